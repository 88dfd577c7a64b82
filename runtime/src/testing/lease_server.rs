//! A server with nothing but a lease.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::Reply;

/// The lease, and the version of the next one.
#[derive(Default)]
pub(crate) struct Stored {
    pub(crate) lease: Option<Value>,
    pub(crate) version: u64,
}

/// A server that stores one lease.
#[derive(Clone, Default)]
pub(crate) struct LeaseServer(pub(crate) Arc<Mutex<Stored>>);

impl LeaseServer {
    /// What the lease says now.
    pub(crate) fn spec(&self) -> Value {
        self.0.lock().unwrap().lease.as_ref().map_or(Value::Null, |lease| lease["spec"].clone())
    }

    /// Changes the lease behind everybody's back.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Value)) {
        change(self.0.lock().unwrap().lease.as_mut().unwrap());
    }

    /// Answers as a server with nothing but this lease, with optimistic concurrency.
    pub(crate) fn answer(&self, request: &str, body: &str) -> Reply {
        let failure = |code: u16, reason: &str| {
            Reply::json(code, &json!({ "kind": "Status", "code": code, "reason": reason, "message": reason }))
        };
        let mut stored = self.0.lock().unwrap();
        let known = stored.lease.as_ref().map(|lease| lease["metadata"]["resourceVersion"].clone());
        if request.starts_with("GET") {
            return stored.lease.as_ref().map_or_else(|| failure(404, "NotFound"), |lease| Reply::json(200, lease));
        }
        let mut lease: Value = serde_json::from_str(body).unwrap();
        match known {
            Some(_) if request.starts_with("POST") => return failure(409, "AlreadyExists"),
            Some(version) if lease["metadata"]["resourceVersion"] != version => return failure(409, "Conflict"),
            _ => {}
        }
        stored.version += 1;
        lease["metadata"]["resourceVersion"] = json!(stored.version.to_string());
        stored.lease = Some(lease.clone());
        Reply::json(200, &lease)
    }
}
