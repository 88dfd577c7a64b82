//! What is there, without what differs from server to server.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};

use super::{Cluster, Kind, kind::ALL};

/// Objects by kind and place.
pub type Snapshot = BTreeMap<String, Value>;

/// What is there in the namespaces of a scenario, or without a namespace and with its label.
pub(super) async fn take(cluster: &Cluster) -> Result<Snapshot> {
    let mut found = Snapshot::new();
    let places = [cluster.namespace().to_owned(), cluster.other()];
    for namespace in &places {
        let (status, object) = cluster.get(&format!("/api/v1/namespaces/{namespace}")).await?;
        if status == 200 {
            found.insert(format!("Namespace {namespace}"), normal(cluster, &object));
        }
    }
    for kind in ALL {
        let spaces = if kind.is_namespaced() { &places[..] } else { &places[..1] };
        for namespace in spaces {
            let label = format!("labelSelector=scenario%3D{}", cluster.namespace());
            let query =
                if kind.is_namespaced() || kind == Kind::Definition { String::new() } else { format!("?{label}") };
            let (_, list) = cluster.get(&format!("{}{query}", kind.path(namespace))).await?;
            for object in list["items"].as_array().into_iter().flatten() {
                if kind == Kind::Definition && !is_of(cluster, object) {
                    continue;
                }
                let name = object["metadata"]["name"].as_str().unwrap_or_default();
                found.insert(format!("{kind:?} {namespace}/{name}"), normal(cluster, object));
            }
        }
    }
    Ok(found)
}

/// Definitions are deleted by the scenarios that are named after their plural.
fn is_of(cluster: &Cluster, definition: &Value) -> bool {
    definition["spec"]["names"]["plural"] == cluster.namespace()
}

fn normal(cluster: &Cluster, object: &Value) -> Value {
    let mut object = object.clone();
    if object["metadata"]["name"] == "kube-root-ca.crt" {
        let same = json!(object["data"]["ca.crt"].is_string());
        object["data"] = json!({"ca.crt": same});
    }
    for part in ["uid", "resourceVersion", "selfLink"] {
        object["metadata"].as_object_mut().map(|members| members.remove(part));
    }
    let mut text = timeless(object).to_string();
    for (uid, name) in cluster.uids() {
        text = text.replace(uid, &name);
    }
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

/// A value whose times are gone.
fn timeless(value: Value) -> Value {
    const TIMES: [&str; 5] = ["creationTimestamp", "deletionTimestamp", "lastTransitionTime", "time", "lastUpdateTime"];
    match value {
        Value::Array(items) => items.into_iter().map(timeless).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| {
                let is_time = TIMES.contains(&name.as_str()) && value.is_string();
                let value = if is_time { json!("<time>") } else { timeless(value) };
                (name, value)
            })
            .collect(),
        scalar => scalar,
    }
}
