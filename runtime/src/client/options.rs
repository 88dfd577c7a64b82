//! The options of requests, and the query parameters they become.
//!
//! kube's own parameter types leave out `resourceVersion=0` beside a limit and fix the watch timeout, which a reflector
//! must set.

use std::time::Duration;

pub use k8s_openapi::apimachinery::pkg::apis::meta::v1::DeleteOptions;
use serde_json::Value;

/// The query parameters of a request, in the order they are sent.
pub(crate) type Query = Vec<(&'static str, String)>;

/// How a list's `resource_version` is meant (`resourceVersionMatch`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VersionMatch {
    /// Data at least as new as the version.
    NotOlderThan,
    /// Data of exactly this version; 410 once it is compacted.
    Exact,
}

/// Which objects to list, and how fresh.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOptions {
    /// Only objects with these labels, in the syntax of `kubectl -l`.
    pub label_selector: Option<String>,
    /// Only objects with these fields; the server supports few, and those a CRD selects.
    pub field_selector: Option<String>,
    /// At most this many objects; the rest follows by `continue_token`.
    pub limit: Option<u32>,
    /// The token of the page before.
    pub continue_token: Option<String>,
    /// None or empty: the newest data; `"0"`: whatever the server has cached; otherwise data not older than this.
    pub resource_version: Option<String>,
    /// How `resource_version` is meant, where the default does not fit.
    pub version_match: Option<VersionMatch>,
    /// Leave `metadata.managedFields` out of the decoded objects: often a third of their size.
    pub omit_managed_fields: bool,
}

/// Which changes to watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchOptions {
    /// Only objects with these labels.
    pub label_selector: Option<String>,
    /// Only objects with these fields.
    pub field_selector: Option<String>,
    /// Changes after this version: that of a list, an object or a bookmark.
    pub resource_version: String,
    /// When the server ends the watch, to be sent as whole seconds.
    pub timeout: Duration,
    /// When silence means that the connection is half-open; an error then. Should exceed `timeout`. After a bookmark three
    /// minutes are enough, since another one should have come.
    pub idle_timeout: Duration,
    /// Ask for bookmarks, which keep the version fresh while nothing changes.
    pub bookmarks: bool,
    /// Leave `metadata.managedFields` out of the decoded objects.
    pub omit_managed_fields: bool,
}

/// A change to part of an object.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Patch {
    /// JSON merge patch (RFC 7386): null removes, lists are replaced.
    Merge(Value),
    /// JSON patch (RFC 6902): a list of operations.
    Json(Value),
}

impl Default for WatchOptions {
    fn default() -> Self {
        Self {
            label_selector: None,
            field_selector: None,
            resource_version: String::new(),
            timeout: Duration::from_mins(5),
            idle_timeout: Duration::from_secs(310),
            bookmarks: true,
            omit_managed_fields: false,
        }
    }
}

impl ListOptions {
    pub(crate) fn query(&self) -> Query {
        let mut query = selectors(self.label_selector.as_ref(), self.field_selector.as_ref());
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
        query.extend(selectors(self.label_selector.as_ref(), self.field_selector.as_ref()));
        query.push(("timeoutSeconds", self.timeout.as_secs().to_string()));
        if self.bookmarks {
            query.push(("allowWatchBookmarks", "true".to_owned()));
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
        }
    }

    pub(crate) fn value(&self) -> &Value {
        match self {
            Self::Merge(value) | Self::Json(value) => value,
        }
    }
}

fn selectors(labels: Option<&String>, fields: Option<&String>) -> Query {
    let labels = labels.map(|labels| ("labelSelector", labels.clone()));
    labels.into_iter().chain(fields.map(|fields| ("fieldSelector", fields.clone()))).collect()
}
