//! What the controllers read, and how they write.
//!
//! A write that fails is left: whatever made it fail is a change that leads here again.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::object::{generate, text};
use crate::registry;
use crate::request::delete_options::{DeleteOptions, Propagation};
use crate::resource::Resource;
use crate::resource::strategy::Subresource;
use crate::state::State;
use crate::store::Stored;
use crate::strategy::PODS;

/// The server, as its controllers see it.
#[derive(Clone, Copy)]
pub(super) struct Cluster<'a> {
    state: &'a State,
    /// Now, by the server's clock.
    pub(super) now: Timestamp,
}

impl<'a> Cluster<'a> {
    pub(super) fn new(state: &'a State) -> Self {
        Self { state, now: state.now() }
    }

    /// How long a pod takes from one phase to the next.
    pub(super) fn delay(&self) -> SignedDuration {
        self.state.settings.simulate.unwrap_or_default()
    }

    /// Now, as objects have it.
    pub(super) fn time(&self) -> String {
        generate::time(self.now)
    }

    fn resource(&self, collection: &str) -> Option<Arc<Resource>> {
        self.state.read_catalog(|catalog| catalog.of_collection(collection))
    }

    /// An object.
    pub(super) fn get(&self, collection: &str, key: &str) -> Option<Stored> {
        self.state.store.get(collection, key)
    }

    /// All objects of a collection.
    pub(super) fn all(&self, collection: &str) -> Vec<Stored> {
        self.state.store.snapshot(collection).values().collect()
    }

    /// The objects of a collection that an object controls, in the order of their names.
    pub(super) fn owned(&self, collection: &str, owner: &Value) -> Vec<Stored> {
        let prefix = format!("{}/", text(owner, "namespace"));
        let snapshot = self.state.store.snapshot(collection);
        let uid = text(owner, "uid");
        let mine = |object: &Value| controller_of(object).is_some_and(|owner| owner["uid"] == uid);
        snapshot.under(&prefix, &prefix).map(|(_, stored)| stored).filter(|stored| mine(stored.value())).collect()
    }

    /// Creates an object.
    pub(super) async fn create(&self, collection: &str, object: Value) {
        let Some(resource) = self.resource(collection) else { return };
        if let Err(refusal) = registry::create_by_server(self.state, &resource, object).await {
            tracing::debug!(collection, refusal = refusal.message, "a simulated controller could not create an object");
        }
    }

    /// Changes an object.
    pub(super) async fn change(
        &self,
        collection: &str,
        object: &Value,
        part: Subresource,
        change: &(dyn Fn(&mut Value) + Send + Sync),
    ) {
        let Some(resource) = self.resource(collection) else { return };
        if let Err(refusal) = registry::change_part_by_server(self.state, &resource, object, part, change).await {
            tracing::debug!(collection, refusal = refusal.message, "a simulated controller could not change an object");
        }
    }

    /// Writes the status of an object, if it is another one.
    pub(super) async fn set_status(&self, collection: &str, object: &Value, status: &Value) {
        if object["status"] != *status {
            let change = |object: &mut Value| object["status"] = status.clone();
            self.change(collection, object, Subresource::Status, &change).await;
        }
    }

    /// Sets how many pods an object wants.
    pub(super) async fn scale(&self, collection: &str, object: &Value, replicas: i64) {
        let change = |object: &mut Value| object["spec"]["replicas"] = json!(replicas);
        self.change(collection, object, Subresource::Main, &change).await;
    }

    /// Deletes an object. A pod with a node gets time to end.
    pub(super) async fn delete(&self, collection: &str, object: &Value) {
        self.delete_within(collection, object, None).await;
    }

    /// Deletes an object at once.
    pub(super) async fn remove(&self, collection: &str, object: &Value) {
        self.delete_within(collection, object, Some(0)).await;
    }

    async fn delete_within(&self, collection: &str, object: &Value, grace_period: Option<i64>) {
        let Some(resource) = self.resource(collection) else { return };
        let how =
            DeleteOptions { propagation: Some(Propagation::Background), grace_period, ..DeleteOptions::default() };
        // Somebody else may have deleted it.
        let _ = registry::delete_by_server(self.state, &resource, object, &how).await;
    }

    /// Gives a pod a node.
    pub(super) fn bind(&self, pod: &Value, change: impl Fn(&mut Value)) {
        let Some(resource) = self.resource(PODS) else { return };
        // The pod may be gone.
        let _ = registry::bind_by_server(self.state, &resource, pod, change);
    }
}

/// The owner reference of an object's controller.
pub(super) fn controller_of(object: &Value) -> Option<&Value> {
    let owners = object["metadata"]["ownerReferences"].as_array()?;
    owners.iter().find(|owner| owner["controller"] == true)
}

/// The owner reference to a controller.
pub(super) fn owner_reference(api_version: &str, kind: &str, owner: &Value) -> Value {
    json!([{
        "apiVersion": api_version,
        "kind": kind,
        "name": text(owner, "name"),
        "uid": text(owner, "uid"),
        "controller": true,
        "blockOwnerDeletion": true,
    }])
}

/// A number; 0 if it is absent.
pub(super) fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_default()
}

/// A count of objects.
pub(super) fn count<T>(objects: &[T], is_counted: impl Fn(&&T) -> bool) -> i64 {
    i64::try_from(objects.iter().filter(is_counted).count()).unwrap_or(i64::MAX)
}

/// A number or a percentage of a whole, rounded up or down.
pub(super) fn share(value: &Value, whole: i64, rounds_up: bool) -> i64 {
    let percent = value.as_str().and_then(|text| text.strip_suffix('%')).and_then(|text| text.parse::<i64>().ok());
    match percent {
        Some(percent) => percent.saturating_mul(whole).saturating_add(if rounds_up { 99 } else { 0 }) / 100,
        None => number(value),
    }
}

/// A map with further members.
pub(super) fn extended(map: &Value, more: &[(&str, &str)]) -> Value {
    let mut members = map.as_object().cloned().unwrap_or_default();
    members.extend(more.iter().map(|(name, value)| ((*name).to_owned(), json!(value))));
    Value::Object(members)
}
