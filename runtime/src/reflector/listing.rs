//! Lists all objects of a kind: chooses the resource version to ask for, and reads page after page.

use super::{Reflector, Sink};
use crate::cached::Cached;
use crate::client::{Error, ListOptions};
use crate::decode::List;
use crate::kind::Kind;

/// The usual page size, as in client-go.
const PAGE_SIZE: u32 = 500;

impl<K: Kind, S: Sink<K>> Reflector<K, S> {
    /// Lists all objects, never in an older state than one that was seen before.
    ///
    /// The first list takes whatever the server has cached (version `0`), later ones data not older than the last
    /// version. If the server no longer has that version, or does not have it yet, the newest data is listed at once
    /// (no version).
    pub(super) async fn list(&mut self) -> Result<List<Cached<K>>, Error> {
        let version = match self.last_sync.as_str() {
            _ if self.unavailable => String::new(),
            "" => "0".to_owned(),
            last => last.to_owned(),
        };
        match self.list_at(&version).await {
            Err(error) if !version.is_empty() && (error.is_gone() || error.is_resource_version_too_large()) => {
                self.unavailable = true;
                self.list_at("").await
            }
            outcome => outcome,
        }
    }

    async fn list_at(&mut self, version: &str) -> Result<List<Cached<K>>, Error> {
        let mut options = ListOptions {
            label_selector: self.config.label_selector.clone(),
            field_selector: self.config.field_selector.clone(),
            shard_selector: self.selection.shard_selector.as_deref().map(str::to_owned),
            limit: self.limit(version),
            resource_version: Some(version.to_owned()),
            omit_managed_fields: !self.config.keep_managed_fields,
            form: self.config.form,
            ..ListOptions::default()
        };
        let mut all = List::default();
        loop {
            let sink = &self.sink;
            let page = match self.list_watch.list(&options, &|object| sink.known(sink.receive(object))).await {
                Err(error) if error.is_gone() && options.limit.is_some() && options.continue_token.is_some() => {
                    // The token of the next page has expired: start again, without pages.
                    options.limit = None;
                    options.continue_token = None;
                    all.items.clear();
                    all.undecodable.clear();
                    continue;
                }
                outcome => outcome?,
            };
            all.items.extend(page.items);
            all.undecodable.extend(page.undecodable);
            all.resource_version = page.resource_version;
            if page.continue_token.is_none() {
                return Ok(all);
            }
            self.always_paged |= version == "0";
            options.continue_token = page.continue_token;
        }
    }

    /// The page size: the configured one; else none for a list at a given version, which comes from the server's cache in one
    /// piece, so that asking for pages would only bypass the cache.
    fn limit(&self, version: &str) -> Option<u32> {
        let usual = (self.always_paged || matches!(version, "" | "0")).then_some(PAGE_SIZE);
        self.config.page_size.or(usual).filter(|limit| *limit > 0)
    }
}
