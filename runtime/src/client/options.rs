//! The options of requests, and the query parameters they become.
//!
//! kube's own parameter types are not enough for a reflector: they drop `resourceVersion=0` if there is a limit, and do
//! not let the caller choose the timeout of a watch.

use std::time::Duration;

pub use k8s_openapi::apimachinery::pkg::apis::meta::v1::DeleteOptions;
use serde_json::Value;

use crate::cached::Form;

/// The query parameters of a request, in the order in which they are sent.
pub(crate) type Query = Vec<(&'static str, String)>;

/// Which data a list with a `resource_version` may return (`resourceVersionMatch`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionMatch {
    /// Data at least as new as the version.
    NotOlderThan,
    /// Data of exactly this version. The server answers 410 if it no longer has it.
    Exact,
}

/// Which objects to list, and how fresh.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOptions {
    /// Only objects with these labels, in the syntax of `kubectl -l`.
    pub label_selector: Option<String>,
    /// Only objects with these field values. The server supports name and namespace, and the fields that a CRD lists in
    /// `selectableFields`.
    pub field_selector: Option<String>,
    /// Only objects of which the hash of a field is in one of these ranges (KEP-5866, behind the gate `ShardedListAndWatch`):
    /// `shardRange(object.metadata.namespace, '0x0000000000000000', '0x8000000000000000')`, several with `||` between them. A server
    /// without that feature sends all objects.
    pub shard_selector: Option<String>,
    /// At most this many objects; `continue_token` asks for the next ones.
    pub limit: Option<u32>,
    /// The token that came with the previous page.
    pub continue_token: Option<String>,
    /// None or empty: the newest data; `"0"`: whatever the server has cached; otherwise data not older than this.
    pub resource_version: Option<String>,
    /// How to read `resource_version`, if the default is not what is wanted.
    pub version_match: Option<VersionMatch>,
    /// Leave `metadata.managedFields` out of the decoded objects: often a third of their size.
    pub omit_managed_fields: bool,
    /// The form of objects for a cache.
    pub form: Form,
}

/// Which changes to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchOptions {
    /// Only objects with these labels.
    pub label_selector: Option<String>,
    /// Only objects with these fields.
    pub field_selector: Option<String>,
    /// Only objects with hashes in these ranges: see [`ListOptions::shard_selector`].
    pub shard_selector: Option<String>,
    /// Changes after this version: that of a list, an object or a bookmark.
    pub resource_version: String,
    /// How long the server keeps the watch open; sent in whole seconds.
    pub timeout: Duration,
    /// After this long without data the connection is taken to be dead, and the watch ends with [`Error::Idle`]. Should
    /// be longer than `timeout`. Once a bookmark has arrived, three minutes are enough, because bookmarks come every
    /// minute.
    ///
    /// [`Error::Idle`]: crate::client::Error::Idle
    pub idle_timeout: Duration,
    /// Ask for bookmarks, which keep the version fresh while nothing changes.
    pub bookmarks: bool,
    /// Begin with an addition for each object that there is, in a state not older than `resource_version`, and then a
    /// bookmark that says that these were all (`sendInitialEvents`). Needs `bookmarks`.
    pub initial_events: bool,
    /// Leave `metadata.managedFields` out of the decoded objects.
    pub omit_managed_fields: bool,
    /// The form of the objects.
    pub form: Form,
}

/// A change to part of an object.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Patch {
    /// JSON merge patch (RFC 7386): null removes, lists are replaced.
    Merge(Value),
    /// JSON patch (RFC 6902): a list of operations.
    Json(Value),
    /// Strategic merge patch: as a merge patch, but lists of built-in kinds are merged by the keys of their items. Custom
    /// resources do not have it.
    Strategic(Value),
}

impl Default for WatchOptions {
    fn default() -> Self {
        Self {
            label_selector: None,
            field_selector: None,
            shard_selector: None,
            resource_version: String::new(),
            timeout: Duration::from_mins(5),
            idle_timeout: Duration::from_secs(310),
            bookmarks: true,
            initial_events: false,
            omit_managed_fields: false,
            form: Form::Typed,
        }
    }
}

impl ListOptions {
    pub(crate) fn query(&self) -> Query {
        let mut query = selectors([&self.label_selector, &self.field_selector, &self.shard_selector]);
        query.extend(self.limit.map(|limit| ("limit", limit.to_string())));
        if let Some(token) = &self.continue_token {
            // A token carries its own resource version; the server refuses both together.
            query.push(("continue", token.clone()));
            return query;
        }
        if let Some(version) = self.resource_version.as_ref().filter(|version| !version.is_empty()) {
            query.push(("resourceVersion", version.clone()));
            query.extend(self.version_match.map(|wanted| ("resourceVersionMatch", format!("{wanted:?}"))));
        }
        query
    }
}

impl WatchOptions {
    pub(crate) fn query(&self) -> Query {
        let mut query = vec![("watch", "true".to_owned())];
        query.extend(selectors([&self.label_selector, &self.field_selector, &self.shard_selector]));
        query.push(("timeoutSeconds", self.timeout.as_secs().to_string()));
        if self.bookmarks {
            query.push(("allowWatchBookmarks", "true".to_owned()));
        }
        if self.initial_events {
            query.push(("sendInitialEvents", "true".to_owned()));
            query.push(("resourceVersionMatch", "NotOlderThan".to_owned()));
        }
        query.push(("resourceVersion", self.resource_version.clone()));
        query
    }
}

impl Patch {
    pub(crate) fn content_type(&self) -> &'static str {
        match self {
            Self::Merge(_) => "application/merge-patch+json",
            Self::Json(_) => "application/json-patch+json",
            Self::Strategic(_) => "application/strategic-merge-patch+json",
        }
    }

    pub(crate) fn value(&self) -> &Value {
        match self {
            Self::Merge(value) | Self::Json(value) | Self::Strategic(value) => value,
        }
    }
}

fn selectors(selectors: [&Option<String>; 3]) -> Query {
    let named = ["labelSelector", "fieldSelector", "shardSelector"].into_iter().zip(selectors);
    named.filter_map(|(name, selector)| Some((name, selector.clone()?))).collect()
}
