//! The end of a namespace: the objects in it are deleted, pods first, and then the namespace, unless somebody else's finalizers hold
//! it.
//!
//! Source: `k8s.io/kubernetes/pkg/controller/namespace/deletion/namespaced_resources_deleter.go`. The real controller looks again
//! after some seconds, here it looks again as soon as something in the namespace changes: that pods have outlived their time is
//! noticed then.

use std::sync::Arc;

use serde_json::Value;

use super::condition::{self, Content};
use crate::object::{finalizers, generate, meta, text};
use crate::registry;
use crate::request::delete_options::{DeleteOptions, Propagation};
use crate::resource::Resource;
use crate::resource::catalog::Catalog;
use crate::resource::strategy::Subresource;
use crate::state::State;
use crate::status::Result;
use crate::store::Stored;
use crate::strategy::NAMESPACES;
use crate::strategy::PODS;

/// The finalizer of the namespace that waits for its content.
const KUBERNETES: &str = "kubernetes";

/// Deletes the objects in a namespace that is being deleted, and then the namespace, once no object in it waits for
/// finalizers. Its conditions say what is left.
pub(crate) async fn finish(state: &Arc<State>, name: &str) {
    let Some(stored) = state.store.get(NAMESPACES, name) else { return };
    let namespace = stored.value();
    if meta(namespace, "deletionTimestamp").is_none() || !holds(namespace) {
        return;
    }
    let outcome = delete_content(state, namespace).await;
    // A write that fails is not repeated: the namespace is gone, or somebody else has written it, and it is looked at again.
    let _ = write_conditions(state, namespace, &outcome).await;
    if outcome.is_gone {
        let _ = release(state, namespace).await;
    }
}

fn holds(namespace: &Value) -> bool {
    namespace["spec"]["finalizers"].as_array().is_some_and(|list| list.iter().any(|one| one == KUBERNETES))
}

/// What became of the content.
struct Outcome {
    content: Content,
    /// Whether nothing is left and nothing has failed.
    is_gone: bool,
}

async fn delete_content(state: &Arc<State>, namespace: &Value) -> Outcome {
    let mut kinds = state.read_catalog(Catalog::deletable_in_namespaces);
    kinds.sort_by_key(|resource| resource.collection != PODS);
    let mut content = Content::default();
    for resource in kinds {
        let left = delete_kind(state, &resource, namespace, &mut content.failures).await;
        if left.is_empty() {
            continue;
        }
        if resource.collection == PODS {
            // Nothing else is deleted before the last pod is gone, and the conditions only show failures.
            return Outcome { content: Content { failures: content.failures, ..Content::default() }, is_gone: false };
        }
        content.kinds.insert(format!("{}.{}", resource.plural, resource.group), left.len());
        for finalizer in left.iter().flat_map(|stored| finalizers::of(stored.value())) {
            *content.finalizers.entry(finalizer.to_owned()).or_default() += 1;
        }
    }
    let is_gone = content.kinds.is_empty() && content.failures.is_empty();
    Outcome { content, is_gone }
}

/// Deletes the objects of a kind, and returns those that are left.
async fn delete_kind(
    state: &Arc<State>,
    resource: &Arc<Resource>,
    namespace: &Value,
    failures: &mut Vec<String>,
) -> Vec<Stored> {
    let prefix = format!("{}/", text(namespace, "name"));
    let stored = || -> Vec<Stored> {
        let snapshot = state.store.snapshot(&resource.collection);
        snapshot.under(&prefix, &prefix).map(|(_, stored)| stored).collect()
    };
    let how = DeleteOptions { propagation: Some(Propagation::Background), ..DeleteOptions::default() };
    for one in stored() {
        // Somebody else may have deleted it meanwhile.
        if let Err(refusal) = registry::delete_by_server(state, resource, one.value(), &how).await
            && refusal.http_code() != http::StatusCode::NOT_FOUND
        {
            failures.push(refusal.message.clone());
            return stored();
        }
    }
    let left = stored();
    let is_waiting = |one: &Stored| !finalizers::of(one.value()).is_empty();
    if !left.is_empty() && !left.iter().any(is_waiting) && !has_time(state, namespace, &left) {
        let (name, Resource { group, version, plural, .. }) = (text(namespace, "name"), &**resource);
        failures.push(format!(
            "unexpected items still remain in namespace: {name} for gvr: {group}/{version}, Resource={plural}"
        ));
    }
    left
}

/// Whether one of these pods may still take the time that it was given to end (`estimateGracefulTermination`).
fn has_time(state: &State, namespace: &Value, left: &[Stored]) -> bool {
    let has_ended = |pod: &Value| matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"));
    let running = left.iter().map(Stored::value).filter(|pod| !has_ended(pod));
    let longest = running.filter_map(|pod| pod["spec"]["terminationGracePeriodSeconds"].as_i64()).max().unwrap_or(0);
    let since = meta(namespace, "deletionTimestamp").and_then(Value::as_str).and_then(|time| time.parse().ok());
    let taken = since.map_or(i64::MAX, |since: jiff::Timestamp| state.now().duration_since(since).as_secs());
    taken < longest
}

async fn write_conditions(state: &State, namespace: &Value, outcome: &Outcome) -> Result<()> {
    let time = generate::time(state.now());
    let change = |namespace: &mut Value| condition::update(namespace, &outcome.content, &time);
    write(state, namespace, Subresource::Status, &change).await
}

async fn release(state: &State, namespace: &Value) -> Result<()> {
    let change = |namespace: &mut Value| {
        if let Some(finalizers) = namespace["spec"]["finalizers"].as_array_mut() {
            finalizers.retain(|one| one != KUBERNETES);
            finalizers.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
        }
    };
    write(state, namespace, Subresource::Finalize, &change).await
}

async fn write(
    state: &State,
    namespace: &Value,
    part: Subresource,
    change: &(dyn Fn(&mut Value) + Send + Sync),
) -> Result<()> {
    match state.resource("", "v1", "namespaces") {
        Some(resource) => registry::change_part_by_server(state, &resource, namespace, part, change).await,
        None => Ok(()),
    }
}
