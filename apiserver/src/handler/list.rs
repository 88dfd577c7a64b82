//! `GET` of a collection: selectors, pages, and the choice of the revision to list.
//!
//! Source: `k8s.io/apiserver/pkg/storage`, and the table of resource versions in the API concepts.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Call;
use crate::request::list_options::ListOptions;
use crate::request::query::parse_stored_version;
use crate::response::Reply;
use crate::response::list::List;
use crate::selector::Selector;
use crate::status::{Result, Status};
use crate::store::Snapshot;

/// Lists the collection.
pub(super) fn list(call: &Call<'_>) -> Result<Reply> {
    let options = ListOptions::parse(&call.request.query, false)?;
    read(call, &options)?.reply(&call.accept, call.resource, call.state.now())
}

/// The objects that the options select.
pub(super) fn read(call: &Call<'_>, options: &ListOptions) -> Result<List> {
    let selector = call.selector(options)?;
    let prefix = call.prefix();
    let (snapshot, start) = if options.continue_token.is_empty() {
        (first_snapshot(call, options)?, prefix.clone())
    } else {
        continued_snapshot(call, options, &prefix)?
    };
    // The watch cache of kube-apiserver answers resource version 0 in one go, whatever the limit.
    let limit = if options.resource_version == "0" { 0 } else { options.limit };
    Ok(page(&snapshot, call, &selector, &prefix, &start, limit))
}

fn page(snapshot: &Snapshot, call: &Call<'_>, selector: &Selector, prefix: &str, start: &str, limit: usize) -> List {
    let mut list = List { revision: snapshot.revision, shard: selector.shard(), ..List::default() };
    let mut end: Option<&Arc<str>> = None;
    for (key, stored) in snapshot.under(start, prefix) {
        if selector.is_empty() || selector.matches(&call.resource.read(&stored), call.resource) {
            list.items.push(stored);
        }
        if limit > 0 && list.items.len() == limit {
            end = Some(key);
            break;
        }
    }
    let rest = end.map_or(0, |end| snapshot.count_under(end, prefix) - 1);
    // A selector for one name reads one key, so there is no next page.
    if let Some(end) = end.filter(|_| rest > 0 && selector.name().is_none()) {
        list.continue_token = encode(snapshot.revision, &format!("{}\0", &end[prefix.len()..]));
        list.remaining = selector.is_countable().then_some(rest);
    }
    list
}

fn first_snapshot(call: &Call<'_>, options: &ListOptions) -> Result<Snapshot> {
    let asked = parse_stored_version(&options.resource_version)
        .map_err(|why| Status::bad_request(format!("invalid resource version: {why}")))?;
    let snapshot = call.state.store.snapshot(&call.resource.collection);
    if asked > snapshot.revision {
        return Err(Status::too_large_resource_version(asked, snapshot.revision));
    }
    let exact = options.resource_version_match == "Exact"
        || (options.resource_version_match.is_empty() && options.limit > 0 && asked > 0);
    if exact && asked > 0 {
        let old = call.state.store.snapshot_at(&call.resource.collection, asked);
        return old.map_err(|_| Status::expired("The resourceVersion for the provided list is too old."));
    }
    Ok(snapshot)
}

fn continued_snapshot(call: &Call<'_>, options: &ListOptions, prefix: &str) -> Result<(Snapshot, String)> {
    if !matches!(options.resource_version.as_str(), "" | "0") {
        return Err(Status::bad_request("specifying resource version is not allowed when using continue"));
    }
    let (revision, start) = decode(&options.continue_token)
        .ok_or_else(|| Status::bad_request("invalid continue token: continue key is not valid"))?;
    let from = format!("{prefix}{start}");
    let Some(revision) = revision else {
        return Ok((call.state.store.snapshot(&call.resource.collection), from));
    };
    let current = call.state.store.revision();
    if revision > current {
        return Err(Status::too_large_resource_version(revision, current));
    }
    let snapshot = call.state.store.snapshot_at(&call.resource.collection, revision).map_err(|_| {
        let mut status = Status::expired(EXPIRED);
        status.metadata.continue_token = encode_inconsistent(&start);
        status
    })?;
    Ok((snapshot, from))
}

const EXPIRED: &str = "The provided continue parameter is too old to display a consistent list result. You can start \
    a new list without the continue parameter, or use the continue token in this response to retrieve the remainder \
    of the results. Continuing with the provided token results in an inconsistent list - objects that were created, \
    modified, or deleted between the time the first chunk was returned and now may show up in the list.";

/// A continue token: goes on in the same snapshot, at a key relative to the collection.
fn encode(revision: u64, start: &str) -> String {
    URL_SAFE_NO_PAD.encode(json!({"v": "meta.k8s.io/v1", "rv": revision, "start": start}).to_string())
}

/// A continue token for an inconsistent list: goes on in the newest state.
fn encode_inconsistent(start: &str) -> String {
    URL_SAFE_NO_PAD.encode(json!({"v": "meta.k8s.io/v1", "rv": -1, "start": start}).to_string())
}

/// The revision (`None` for the newest) and the key in a continue token; `None` if it is malformed.
fn decode(token: &str) -> Option<(Option<u64>, String)> {
    let bytes = URL_SAFE_NO_PAD.decode(token.trim_end_matches('=')).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    if value["v"] != "meta.k8s.io/v1" {
        return None;
    }
    let start =
        value["start"].as_str().filter(|start| !start.is_empty() && !start.split('/').any(|part| part == ".."))?;
    match value["rv"].as_i64()? {
        -1 => Some((None, start.to_owned())),
        revision => Some((Some(u64::try_from(revision).ok().filter(|revision| *revision > 0)?), start.to_owned())),
    }
}
