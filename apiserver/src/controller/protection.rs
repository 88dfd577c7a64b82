//! Lets volumes and claims go that nobody uses any longer: admission gave them finalizers that keep them until then.
//!
//! Source: `pvcprotection` and `pvprotection` in `k8s.io/kubernetes/pkg/controller/volume`.

use std::sync::Arc;

use serde_json::Value;

use crate::object::{self, finalizers, meta, text};
use crate::registry;
use crate::state::State;
use crate::store::Change;
use crate::strategy::PODS;
use crate::strategy::storage::ATTRIBUTES_CLASSES;
use crate::strategy::volume::{CLAIMS, VOLUMES};

/// The finalizers, and the collections of the objects that have them.
const FINALIZERS: [(&str, &str); 3] = [
    (CLAIMS, "kubernetes.io/pvc-protection"),
    (VOLUMES, "kubernetes.io/pv-protection"),
    (ATTRIBUTES_CLASSES, "kubernetes.io/vac-protection"),
];

/// Whether a change may let something go.
pub(super) fn concerns(change: &Change) -> bool {
    let Change { collection, event, after, .. } = change;
    match &**collection {
        PODS => event.deleted || is_finished(after.value()),
        CLAIMS | VOLUMES | ATTRIBUTES_CLASSES => event.deleted || after.is_being_deleted(),
        _ => false,
    }
}

/// Takes the finalizers of what is being deleted and is not used.
pub(super) async fn release(state: &Arc<State>) {
    for (collection, finalizer) in FINALIZERS {
        let Some(resource) = state.read_catalog(|catalog| catalog.of_collection(collection)) else { continue };
        for stored in state.store.snapshot(collection).values() {
            let object = stored.value();
            let waits = meta(object, "deletionTimestamp").is_some() && finalizers::of(object).contains(&finalizer);
            if !waits || is_used(state, collection, object) {
                continue;
            }
            let change = |object: &mut Value| {
                let left: Vec<&str> = finalizers::of(object).into_iter().filter(|one| *one != finalizer).collect();
                let left = Value::from(left);
                object::set(object, "finalizers", left);
            };
            // It may have been changed meanwhile, and then it is looked at again.
            let _ = registry::change_by_server(state, &resource, object, &change).await;
        }
    }
}

fn is_used(state: &State, collection: &str, object: &Value) -> bool {
    let name = text(object, "name");
    match collection {
        CLAIMS => {
            let prefix = format!("{}/", text(object, "namespace"));
            let pods = state.store.snapshot(PODS);
            pods.under(&prefix, &prefix).any(|(_, pod)| !is_finished(pod.value()) && uses(pod.value(), name))
        }
        VOLUMES => object["status"]["phase"] == "Bound",
        _ => {
            let names = |claim: &Value| {
                claim["spec"]["volumeAttributesClassName"] == name
                    || claim["status"]["currentVolumeAttributesClassName"] == name
            };
            let of = |collection: &str| state.store.snapshot(collection).values().any(|one| names(one.value()));
            of(CLAIMS) || of(VOLUMES)
        }
    }
}

fn is_finished(pod: &Value) -> bool {
    matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"))
}

/// Whether a pod has the claim as a volume.
fn uses(pod: &Value, claim: &str) -> bool {
    let volumes = pod["spec"]["volumes"].as_array().into_iter().flatten();
    let name = text(pod, "name");
    volumes.into_iter().any(|volume| {
        let ephemeral = !volume["ephemeral"].is_null()
            && claim == format!("{name}-{}", volume["name"].as_str().unwrap_or_default());
        volume["persistentVolumeClaim"]["claimName"] == claim || ephemeral
    })
}
