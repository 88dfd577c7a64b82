//! Creates the namespaces that every cluster has.
//!
//! In: changes of namespaces. Out: what they have from the start ([`furniture`]), and the end of those that are deleted
//! ([`deletion`]), with conditions that say how far it is ([`condition`]).
//! Source: `k8s.io/kubernetes/pkg/controller/namespace`, `controller/serviceaccount`, `controller/certificates/rootcacertpublisher`.

mod condition;
mod deletion;
mod furniture;

use serde_json::json;

use crate::object::generate;
use crate::state::State;
use crate::store::Write;
use crate::strategy::NAMESPACES;

pub(crate) use deletion::finish;
pub(crate) use furniture::{furnish, is_furniture};

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
