//! The query of lists, watches and collection deletions: `metav1.ListOptions`.
//!
//! In: a query. Out: [`ListOptions`], or the `Status` that kube-apiserver refuses the combination with.
//! Source: `k8s.io/apimachinery/pkg/apis/meta/internalversion/validation`.

use crdgen_schema::field;
use serde_json::Value;

use super::query::Query;
use crate::selector::Selector;
use crate::status::{Result, Status};

/// `metav1.ListOptions`, selectors still as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ListOptions {
    pub(crate) label_selector: String,
    pub(crate) field_selector: String,
    /// It counts only if shards are served.
    pub(crate) shard_selector: String,
    pub(crate) watch: bool,
    pub(crate) bookmarks: bool,
    pub(crate) resource_version: String,
    pub(crate) resource_version_match: String,
    /// `timeoutSeconds`
    pub(crate) timeout: Option<i64>,
    /// The most objects to return; 0 means all.
    pub(crate) limit: usize,
    pub(crate) continue_token: String,
    pub(crate) send_initial_events: Option<bool>,
}

const MATCH: &str = "resourceVersionMatch";

impl ListOptions {
    /// Reads and checks a query.
    pub(crate) fn parse(query: &Query, watch_path: bool) -> Result<Self> {
        let limit = query.number("limit")?.unwrap_or(0);
        let options = Self {
            label_selector: query.text("labelSelector").to_owned(),
            field_selector: query.text("fieldSelector").to_owned(),
            shard_selector: query.text("shardSelector").to_owned(),
            watch: watch_path || query.flag("watch").unwrap_or(false),
            bookmarks: query.flag("allowWatchBookmarks").unwrap_or(false),
            resource_version: query.text("resourceVersion").to_owned(),
            resource_version_match: query.text(MATCH).to_owned(),
            timeout: query.number("timeoutSeconds")?,
            limit: usize::try_from(limit).unwrap_or(0),
            continue_token: query.text("continue").to_owned(),
            send_initial_events: query.flag("sendInitialEvents"),
        };
        Selector::check_syntax(&options)?;
        let errors = if options.watch { options.watch_errors() } else { options.list_errors() };
        if errors.is_empty() { Ok(options) } else { Err(Status::invalid_options("ListOptions", &errors)) }
    }

    fn list_errors(&self) -> Vec<field::Error> {
        let matching = self.resource_version_match.as_str();
        let mut errors = Vec::new();
        if !matching.is_empty() {
            if self.resource_version.is_empty() {
                errors.push(forbidden("resourceVersionMatch is forbidden unless resourceVersion is provided"));
            }
            if !self.continue_token.is_empty() {
                errors.push(forbidden("resourceVersionMatch is forbidden when continue is provided"));
            }
            if !matches!(matching, "Exact" | "NotOlderThan") {
                errors.push(unsupported(matching, &["Exact", "NotOlderThan", ""]));
            }
            if matching == "Exact" && self.resource_version == "0" {
                errors.push(forbidden("resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
            }
        }
        if self.send_initial_events.is_some() {
            errors.push(field::Error::forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
        }
        errors
    }

    fn watch_errors(&self) -> Vec<field::Error> {
        let matching = self.resource_version_match.as_str();
        let mut errors = Vec::new();
        if self.send_initial_events.is_some() && matching != "NotOlderThan" {
            errors.push(forbidden("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
        }
        if !matching.is_empty() {
            if self.send_initial_events.is_none() {
                errors.push(forbidden(
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
                ));
            }
            if matching != "NotOlderThan" {
                errors.push(unsupported(matching, &["NotOlderThan"]));
            }
        }
        if !self.continue_token.is_empty() {
            errors.push(forbidden("resourceVersionMatch is forbidden when continue is provided"));
        }
        errors
    }
}

fn forbidden(why: &str) -> field::Error {
    field::Error::forbidden(MATCH, why)
}

fn unsupported(value: &str, supported: &[&str]) -> field::Error {
    field::Error::not_supported(MATCH, &Value::String(value.to_owned()), supported)
}
