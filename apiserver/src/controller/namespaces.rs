//! Creates the namespaces that every cluster has, and deletes the objects in namespaces that are being deleted.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::builtin::NAMESPACES;
use crate::object::{generate, meta};
use crate::registry;
use crate::request::delete_options::DeleteOptions;
use crate::resource::catalog::Catalog;
use crate::state::State;
use crate::store::Write;

/// Creates those of the namespaces that do not exist yet.
pub(crate) fn make(state: &State, names: &[&str]) {
    let Some(resource) = state.resource("", "v1", "namespaces") else { return };
    for name in names {
        let mut object = json!({"metadata": {
            "name": name,
            "uid": generate::uid(),
            "creationTimestamp": generate::time(state.now()),
        }});
        if resource.strategy.decode(&resource, &mut object).is_ok() {
            resource.strategy.prepare_for_create(&resource, &mut object);
            // Fails if the namespace exists already, as it does in a store that another server has used.
            let _ = state.store.write(NAMESPACES, name, Write::Create(object));
        }
    }
}

/// Deletes the objects in a namespace that is being deleted, and then the namespace, once no object in it waits for
/// finalizers.
pub(crate) async fn finish(state: &Arc<State>, name: &str) {
    let Some(namespace) = state.store.get(NAMESPACES, name) else { return };
    if meta(&namespace.value, "deletionTimestamp").is_none() {
        return;
    }
    let prefix = format!("{name}/");
    let mut left = 0;
    for (collection, resource) in state.read_catalog(Catalog::collections) {
        for (_, stored) in state.store.snapshot(&collection).under(&prefix, &prefix) {
            // Objects that wait for finalizers are counted below. When one goes, the namespace is looked at again.
            let _ = registry::delete_by_server(state, &resource, &stored.value, &DeleteOptions::default()).await;
        }
        left += state.store.snapshot(&collection).under(&prefix, &prefix).count();
    }
    let others = namespace.value["spec"]["finalizers"].as_array().into_iter().flatten().any(|one| one != "kubernetes");
    if left > 0 || others || meta(&namespace.value, "finalizers").is_some_and(|list| *list != Value::Array(Vec::new()))
    {
        return;
    }
    // Another request may have removed it already.
    let _ = state.store.write(NAMESPACES, name, Write::Delete(namespace.revision));
}
