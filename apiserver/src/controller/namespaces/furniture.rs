//! What every namespace has: its default service account, and the authority of the server's certificate.
//!
//! Source: `k8s.io/kubernetes/pkg/controller/serviceaccount`, `controller/certificates/rootcacertpublisher`.

use serde_json::json;

use crate::object;
use crate::registry;
use crate::state::State;
use crate::strategy::ACCOUNTS;

/// The collections and the names of what every namespace has.
const FURNITURE: [(&str, &str); 2] = [(ACCOUNTS, "default"), ("/configmaps", "kube-root-ca.crt")];

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
            Some(stored) if stored.value()["data"] != object["data"] => {
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
