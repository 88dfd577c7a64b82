//! A server with nothing but leases.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use super::Reply;

/// The leases by name, and the version of the last write.
#[derive(Default)]
struct Stored {
    leases: BTreeMap<String, Value>,
    version: u64,
}

/// A server that stores leases of one namespace.
#[derive(Clone, Default)]
pub(crate) struct LeaseServer(Arc<Mutex<Stored>>);

impl LeaseServer {
    /// What the first lease says now.
    pub(crate) fn spec(&self) -> Value {
        self.lock().leases.values().next().map_or(Value::Null, |lease| lease["spec"].clone())
    }

    /// What all leases say now, by name.
    pub(crate) fn all(&self) -> BTreeMap<String, Value> {
        self.lock().leases.clone()
    }

    /// Adds a lease, or changes it, behind everybody's back.
    pub(crate) fn put(&self, lease: Value) {
        let name = lease["metadata"]["name"].as_str().unwrap().to_owned();
        self.lock().leases.insert(name, lease);
    }

    /// Changes the first lease behind everybody's back.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Value)) {
        change(self.lock().leases.values_mut().next().unwrap());
    }

    /// Answers as a server with nothing but these leases, with optimistic concurrency.
    pub(crate) fn answer(&self, request: &str, body: &str) -> Reply {
        let failure = |code: u16, reason: &str| {
            Reply::json(code, &json!({ "kind": "Status", "code": code, "reason": reason, "message": reason }))
        };
        let (verb, path) = request.split_once(' ').unwrap();
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let name = path.split_once("/leases/").map(|(_, name)| name.to_owned());
        let body: Value = serde_json::from_str(body).unwrap_or_default();
        let mut stored = self.lock();
        if verb == "GET" && name.is_none() {
            let selector = query.split('&').find_map(|part| part.strip_prefix("labelSelector="));
            let wanted = selector.map(|selector| selector.replace("%2F", "/").replace("%3D", "="));
            let (label, value) = wanted.as_deref().and_then(|wanted| wanted.split_once('=')).unwrap_or_default();
            let selected = |lease: &&Value| label.is_empty() || lease["metadata"]["labels"][label] == value;
            let items: Vec<_> = stored.leases.values().filter(selected).cloned().collect();
            let version = json!({ "resourceVersion": stored.version.to_string() });
            return Reply::json(200, &json!({ "items": items, "metadata": version }));
        }
        let name = name.unwrap_or_else(|| body["metadata"]["name"].as_str().unwrap().to_owned());
        let known = stored.leases.get(&name);
        match (verb, known) {
            ("GET" | "PUT" | "DELETE", None) => return failure(404, "NotFound"),
            ("GET", Some(lease)) => return Reply::json(200, lease),
            ("POST", Some(_)) => return failure(409, "AlreadyExists"),
            ("DELETE", Some(lease)) => {
                let version = &body["preconditions"]["resourceVersion"];
                if !version.is_null() && *version != lease["metadata"]["resourceVersion"] {
                    return failure(409, "Conflict");
                }
                stored.leases.remove(&name);
                return Reply::json(200, &json!({ "kind": "Status", "status": "Success" }));
            }
            (_, Some(lease)) if body["metadata"]["resourceVersion"] != lease["metadata"]["resourceVersion"] => {
                return failure(409, "Conflict");
            }
            _ => {}
        }
        stored.version += 1;
        let mut lease = body;
        lease["metadata"]["resourceVersion"] = json!(stored.version.to_string());
        stored.leases.insert(name, lease.clone());
        Reply::json(200, &lease)
    }

    fn lock(&self) -> MutexGuard<'_, Stored> {
        self.0.lock().unwrap()
    }
}
