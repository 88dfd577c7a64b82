//! Creates the namespaces that every cluster has, and deletes the objects in namespaces that are being deleted.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::api::Api;
use crate::builtin::NAMESPACES;
use crate::handler::delete::delete_object;
use crate::object::{generate, meta, text};
use crate::request::delete_options::DeleteOptions;
use crate::resource::registry::Registry;
use crate::store::Write;

/// Creates those of the namespaces that do not exist yet.
pub(crate) fn make(api: &Api, names: &[&str]) {
    let Some(resource) = api.namespaces() else { return };
    for name in names {
        let mut object = json!({"metadata": {
            "name": name,
            "uid": generate::uid(),
            "creationTimestamp": generate::time(api.now()),
        }});
        if resource.strategy.decode(&resource, &mut object).is_ok() {
            resource.strategy.prepare_for_create(&resource, &mut object);
            // Fails if the namespace exists already, as it does in a store that another server has used.
            let _ = api.store.write(NAMESPACES, name, Write::Create(object));
        }
    }
}

/// Deletes the objects in a namespace that is being deleted, and then the namespace, once no object in it waits for
/// finalizers.
pub(crate) fn finish(api: &Arc<Api>, name: &str) {
    let Some(namespace) = api.store.get(NAMESPACES, name) else { return };
    if meta(&namespace.value, "deletionTimestamp").is_none() {
        return;
    }
    let prefix = format!("{name}/");
    let mut left = 0;
    for (collection, resource) in api.read_registry(Registry::collections) {
        for (key, stored) in api.store.snapshot(&collection).under(&prefix, &prefix) {
            // Objects that could not be deleted are counted below, and deleting them is tried again after the next
            // write.
            let _ = delete_object(api, &resource, key, text(&stored.value, "name"), &DeleteOptions::default());
        }
        left += api.store.snapshot(&collection).under(&prefix, &prefix).count();
    }
    let others = namespace.value["spec"]["finalizers"].as_array().into_iter().flatten().any(|one| one != "kubernetes");
    if left > 0 || others || meta(&namespace.value, "finalizers").is_some_and(|list| *list != Value::Array(Vec::new()))
    {
        return;
    }
    // Another request may have removed it already.
    let _ = api.store.write(NAMESPACES, name, Write::Delete(namespace.revision));
}
