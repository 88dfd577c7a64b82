//! Creates the namespaces that every cluster has and what every namespace has, and deletes the objects in namespaces that are
//! being deleted.
//!
//! Source: `k8s.io/kubernetes/pkg/controller/namespace`, `controller/serviceaccount`, `controller/certificates/rootcacertpublisher`.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::object::{self, generate, meta};
use crate::registry;
use crate::request::delete_options::{DeleteOptions, Propagation};
use crate::resource::catalog::Catalog;
use crate::state::State;
use crate::store::Write;
use crate::strategy::NAMESPACES;

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

/// The collections and the names of what every namespace has.
const FURNITURE: [(&str, &str); 2] = [("/serviceaccounts", "default"), ("/configmaps", "kube-root-ca.crt")];

/// Whether every namespace has an object of this name.
pub(crate) fn is_furniture(collection: &str, key: &str) -> bool {
    let name = key.split_once('/').map_or("", |(_, name)| name);
    FURNITURE.contains(&(collection, name))
}

/// Makes what a namespace lacks: its default service account, and the authority of the server's certificate.
pub(crate) async fn furnish(state: &State, namespace: &str) {
    for (collection, name) in FURNITURE {
        let Some(resource) = state.read_catalog(|catalog| catalog.of_collection(collection)) else { continue };
        let mut object = json!({"metadata": {"name": name, "namespace": namespace}});
        if collection == "/configmaps" {
            object["metadata"]["annotations"] = json!({"kubernetes.io/description": ABOUT_AUTHORITY});
            object["data"] = json!({"ca.crt": state.authority()});
        }
        let key = object::key(Some(namespace), name);
        // It may not be possible to make it, because the namespace is being deleted.
        let _ = match state.store.get(&resource.collection, &key) {
            None => registry::create_by_server(state, &resource, object).await,
            Some(stored) if stored.value["data"] != object["data"] => {
                let data = object["data"].clone();
                registry::change_by_server(state, &resource, &object, &|object| object["data"] = data.clone()).await
            }
            Some(_) => Ok(()),
        };
    }
}

/// The annotation of `kube-root-ca.crt`.
const ABOUT_AUTHORITY: &str = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal \
    endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions \
    of Kubernetes clusters.";

/// Deletes the objects in a namespace that is being deleted, and then the namespace, once no object in it waits for
/// finalizers.
pub(crate) async fn finish(state: &Arc<State>, name: &str) {
    let Some(namespace) = state.store.get(NAMESPACES, name) else { return };
    if meta(&namespace.value, "deletionTimestamp").is_none() {
        return;
    }
    let prefix = format!("{name}/");
    let how = DeleteOptions { propagation: Some(Propagation::Background), ..DeleteOptions::default() };
    let mut left = 0;
    for (collection, resource) in state.read_catalog(Catalog::collections) {
        for (_, stored) in state.store.snapshot(&collection).under(&prefix, &prefix) {
            // Objects that wait for finalizers are counted below. When one goes, the namespace is looked at again.
            let _ = registry::delete_by_server(state, &resource, &stored.value, &how).await;
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
