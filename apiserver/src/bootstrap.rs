//! The objects that every API server makes for itself when it starts: the range of its services' addresses, the service by which
//! pods reach it, system priorities, and how requests are queued. Cluster roles are left out: nothing here depends on them.
//!
//! Source: the post-start hooks of `k8s.io/kubernetes/pkg/controlplane` and `pkg/registry/*/rest`.

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::allocation::BLOCK;
use crate::object::{self, generate, text};
use crate::registry;
use crate::state::State;
use crate::store::Write;
use crate::strategy::service::{self, SERVICES};
use crate::strategy::{flow_control, priority_class};

const RANGES: &str = "networking.k8s.io/servicecidrs";
const ENDPOINTS: &str = "/endpoints";
const SLICES: &str = "discovery.k8s.io/endpointslices";

/// The name of the server's service and of all that belongs to it.
const NAME: &str = "kubernetes";

/// Makes the objects that do not exist yet, and takes up the ports of services that do.
pub(crate) async fn run(state: &Arc<State>) {
    for stored in state.store.snapshot(SERVICES).values() {
        state.ports.take(service::ports_of(stored.value()));
    }
    let time = generate::time(state.now());
    for (name, value, description) in priority_class::SYSTEM {
        let metadata = json!({"name": name});
        let object = json!({"metadata": metadata, "value": value, "description": description});
        make(state, priority_class::PRIORITY_CLASSES, object).await;
    }
    for (collection, object) in flow_control::bootstrap::objects() {
        make(state, collection, object).await;
    }
    let range = json!({"metadata": {"name": NAME}, "spec": {"cidrs": [BLOCK]}});
    if make(state, RANGES, range.clone()).await {
        let condition = json!({
            "type": "Ready",
            "status": "True",
            "reason": "",
            "message": "Kubernetes default Service CIDR is ready",
            "lastTransitionTime": time,
        });
        set_status(state, RANGES, &range, &json!({"conditions": [condition]})).await;
    }
    make(state, SERVICES, own_service()).await;
}

fn own_service() -> Value {
    json!({
        "metadata": {
            "name": NAME,
            "namespace": "default",
            "labels": {"provider": "kubernetes", "component": "apiserver"},
        },
        "spec": {
            "ports": [{"name": "https", "protocol": "TCP", "port": 443, "targetPort": 6443}],
            "clusterIP": "10.0.0.1",
            "ipFamilyPolicy": "SingleStack",
            "sessionAffinity": "None",
            "type": "ClusterIP",
        },
    })
}

/// Says where the server listens.
pub(crate) fn announce(state: &State, address: SocketAddr) {
    let (ip, port) = (address.ip().to_string(), address.port());
    let family = if address.is_ipv4() { "IPv4" } else { "IPv6" };
    let endpoints = json!({
        "metadata": {
            "name": NAME,
            "namespace": "default",
            "labels": {"endpointslice.kubernetes.io/skip-mirror": "true"},
        },
        "subsets": [{
            "addresses": [{"ip": ip}],
            "ports": [{"name": "https", "port": port, "protocol": "TCP"}],
        }],
    });
    let slice = json!({
        "metadata": {"name": NAME, "namespace": "default", "labels": {"kubernetes.io/service-name": NAME}},
        "addressType": family,
        "endpoints": [{"addresses": [ip], "conditions": {"ready": true}}],
        "ports": [{"name": "https", "port": port, "protocol": "TCP"}],
    });
    put(state, ENDPOINTS, endpoints);
    put(state, SLICES, slice);
    set_target(state, port);
}

/// Points the server's own service to the port where it listens.
fn set_target(state: &State, port: u16) {
    let key = object::key(Some("default"), NAME);
    let Some(stored) = state.store.get(SERVICES, &key) else { return };
    let mut service = stored.value().clone();
    service["spec"]["ports"][0]["targetPort"] = Value::from(port);
    // Fails if somebody writes it meanwhile, who then says where it points.
    let _ = state.store.write(SERVICES, &key, Write::Replace(stored.revision, service));
}

/// Stores an object unless it exists already. It is not validated: no client may write an address of the loopback interface, but
/// that is where this server listens.
fn put(state: &State, collection: &str, mut object: Value) {
    let Some(resource) = state.read_catalog(|catalog| catalog.of_collection(collection)) else { return };
    let key = object::key(resource.namespace_of(&object), text(&object, "name"));
    object::set(&mut object, "uid", Value::from(generate::uid()));
    object::set(&mut object, "creationTimestamp", Value::from(generate::time(state.now())));
    if resource.strategy.decode(&resource, &mut object).is_ok() {
        resource.strategy.prepare_for_create(&resource, &mut object);
        // Fails if the object exists.
        let _ = state.store.write(collection, &key, Write::Create(object));
    }
}

/// Makes an object unless it exists already; whether it did.
async fn make(state: &State, collection: &str, object: Value) -> bool {
    let Some(resource) = state.read_catalog(|catalog| catalog.of_collection(collection)) else { return false };
    let key = object::key(resource.namespace_of(&object), text(&object, "name"));
    if state.store.get(collection, &key).is_some() {
        return false;
    }
    let made = registry::create_own(state, &resource, object).await;
    if let Err(status) = &made {
        tracing::error!("{collection} {key} could not be made: {}", status.message);
    }
    made.is_ok()
}

async fn set_status(state: &State, collection: &str, of: &Value, status: &Value) {
    let Some(resource) = state.read_catalog(|catalog| catalog.of_collection(collection)) else { return };
    let change = |current: &Value| {
        let mut object = current.clone();
        object["status"] = status.clone();
        Ok(object)
    };
    // It was made right before, so that nobody can have deleted it.
    let _ = registry::change_own_status(state, &resource, of, &change).await;
}
