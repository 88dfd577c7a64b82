//! Requests made at random: objects of every built-in kind, changed at random places, and what clients do with them.
//!
//! A seed gives the same requests whenever it is used, so a difference between two servers can be looked at again.

mod base;
mod mutation;
mod table;

use std::collections::BTreeMap;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::twins::Request;
use base::{BASES, Base};
pub use mutation::Mutation;
use table::Table;

/// Makes requests in one namespace.
pub struct Requests {
    random: Rng,
    table: &'static Table,
    namespace: String,
    /// The kinds that are asked for: all of one seed are few, so that requests meet each other's objects.
    kinds: Vec<&'static Base>,
    /// What the server last answered for an object, by the path of the object.
    known: BTreeMap<String, Value>,
    /// The path of the object that the last request was about.
    asked: String,
}

impl Requests {
    /// The requests of a seed. `only` chooses kinds by their plural; without any, all are asked for.
    pub fn new(seed: u64, only: &[String]) -> Self {
        let mut random = Rng::with_seed(seed);
        let mut all: Vec<&Base> =
            BASES.iter().filter(|base| only.is_empty() || only.iter().any(|name| name == base.plural)).collect();
        random.shuffle(&mut all);
        all.truncate(3);
        let namespace = format!("seed{seed}");
        Self { random, table: Table::read(), namespace, kinds: all, known: BTreeMap::new(), asked: String::new() }
    }

    /// The namespace that must exist.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Takes note of an answer to the last request.
    pub fn learn(&mut self, status: u16, body: &Value) {
        let is_object = body["metadata"]["uid"].is_string();
        if (200..300).contains(&status) && is_object {
            self.known.insert(self.asked.clone(), client_part(body));
        }
    }

    /// The next request.
    pub fn next_request(&mut self) -> Request {
        let Some(base) = self.random.choice(&self.kinds).copied() else { return get("/version".to_owned()) };
        let name = *self.random.choice(&["a", "b"]).unwrap_or(&"a");
        let object = format!("{}/{name}", self.collection(base));
        self.asked.clone_from(&object);
        match self.random.u8(..100) {
            0..35 => self.create(base, name),
            35..50 => self.replace(base, name, &object),
            50..65 => self.patch(base, name),
            65..75 => self.apply(base, name),
            75..80 => self.status(base, name),
            80..86 => self.delete(base),
            86..94 => get(object),
            _ => get(self.list(base)),
        }
    }

    fn collection(&self, base: &Base) -> String {
        let root = match base.group_version.split_once('/') {
            None => format!("/api/{}", base.group_version),
            Some(_) => format!("/apis/{}", base.group_version),
        };
        let namespace = if base.namespaced { format!("/namespaces/{}", self.namespace) } else { String::new() };
        format!("{root}{namespace}/{}", base.plural)
    }

    /// Names of objects without a namespace carry the seed.
    fn name(&self, base: &Base, name: &str) -> String {
        if base.namespaced { name.to_owned() } else { format!("{}-{name}", self.namespace) }
    }

    fn query(&mut self, base: &Base) -> String {
        let mut parts = Vec::new();
        if base.dry_run || self.random.u8(..10) == 0 {
            parts.push("dryRun=All");
        }
        if self.random.u8(..6) == 0 {
            parts.push(self.random.choice(&["fieldValidation=Strict", "fieldValidation=Ignore"]).unwrap_or(&""));
        }
        if self.random.u8(..4) == 0 {
            parts.push("fieldManager=other");
        }
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }

    fn object(&mut self, base: &Base, name: &str) -> Value {
        let mut object: Value = serde_json::from_str(&base.spec.replace("$NS", &self.namespace)).unwrap_or_default();
        let (version, kind) = (base.group_version, base.kind);
        object["apiVersion"] = json!(version);
        object["kind"] = json!(kind);
        object["metadata"] = json!({"name": self.name(base, name)});
        self.mutate(base, &mut object);
        object
    }

    fn mutate(&mut self, base: &Base, object: &mut Value) {
        let count = [0, 1, 1, 1, 2, 3][self.random.usize(..6)];
        for _ in 0..count {
            Mutation { random: &mut self.random, table: self.table }.change(object, base.structure);
        }
    }

    fn create(&mut self, base: &Base, name: &str) -> Request {
        let body = self.object(base, name);
        request("POST", self.collection(base) + &self.query(base), "application/json", body)
    }

    fn replace(&mut self, base: &Base, name: &str, path: &str) -> Request {
        let body = match self.known.get(path).cloned() {
            Some(mut known) => {
                self.mutate(base, &mut known);
                known
            }
            None => self.object(base, name),
        };
        let path = self.object_path(base, name);
        request("PUT", path + &self.query(base), "application/json", body)
    }

    fn object_path(&self, base: &Base, name: &str) -> String {
        format!("{}/{}", self.collection(base), self.name(base, name))
    }

    fn patch(&mut self, base: &Base, name: &str) -> Request {
        let path = self.object_path(base, name) + &self.query(base);
        let mut change = json!({});
        Mutation { random: &mut self.random, table: self.table }.change(&mut change, base.structure);
        match self.random.u8(..3) {
            0 => request("PATCH", path, "application/merge-patch+json", change),
            1 => request("PATCH", path, "application/strategic-merge-patch+json", change),
            _ => {
                let (pointer, value) = leaf(&change);
                let op = self.random.choice(&["add", "replace", "remove", "test"]).copied().unwrap_or("add");
                let body = json!([{"op": op, "path": pointer, "value": value}]);
                request("PATCH", path, "application/json-patch+json", body)
            }
        }
    }

    fn apply(&mut self, base: &Base, name: &str) -> Request {
        let body = self.object(base, name);
        let manager = *self.random.choice(&["one", "two"]).unwrap_or(&"one");
        let force = if self.random.bool() { "&force=true" } else { "" };
        let dry = if base.dry_run { "&dryRun=All" } else { "" };
        let path = format!("{}?fieldManager={manager}{force}{dry}", self.object_path(base, name));
        request("PATCH", path, "application/apply-patch+yaml", body)
    }

    fn status(&mut self, base: &Base, name: &str) -> Request {
        let dry = if base.dry_run { "?dryRun=All" } else { "" };
        let path = format!("{}/status{dry}", self.object_path(base, name));
        let mut change = json!({});
        for _ in 0..3 {
            Mutation { random: &mut self.random, table: self.table }.change_within(
                &mut change,
                base.structure,
                "status",
            );
        }
        request("PATCH", path, "application/merge-patch+json", change)
    }

    fn delete(&mut self, base: &Base) -> Request {
        let name = *self.random.choice(&["a", "b"]).unwrap_or(&"a");
        let body = match self.random.u8(..5) {
            0 => json!({"propagationPolicy": "Background"}),
            1 => json!({"gracePeriodSeconds": 0}),
            2 => json!({"preconditions": {"uid": "1111"}}),
            _ => Value::Null,
        };
        let dry = if base.dry_run { "?dryRun=All" } else { "" };
        request("DELETE", self.object_path(base, name) + dry, "application/json", body)
    }

    fn list(&mut self, base: &Base) -> String {
        let selector = ["", "?labelSelector=a%3Db", "?fieldSelector=metadata.name%3Da", "?fieldSelector=spec.nope%3Da"];
        let selector = self.random.choice(&selector).copied().unwrap_or_default();
        // Others have objects without a namespace, too.
        let only = if selector.is_empty() && !base.namespaced {
            format!("?fieldSelector=metadata.name%3D{}-a", self.namespace)
        } else {
            selector.to_owned()
        };
        self.collection(base) + &only
    }
}

fn get(path: String) -> Request {
    request("GET", path, "application/json", Value::Null)
}

fn request(method: &'static str, path: String, media_type: &'static str, body: Value) -> Request {
    Request { method, path, media_type, body }
}

/// What a client may send back of an answer.
fn client_part(body: &Value) -> Value {
    let mut object = body.clone();
    if let Some(members) = object["metadata"].as_object_mut() {
        members.retain(|name, _| {
            ["name", "namespace", "labels", "annotations", "finalizers", "ownerReferences"].contains(&name.as_str())
        });
    }
    object
}

/// The first leaf of a patch, as a JSON pointer.
fn leaf(patch: &Value) -> (String, Value) {
    let mut pointer = String::new();
    let mut value = patch;
    while let Some((name, inner)) = value.as_object().and_then(|members| members.iter().next()) {
        pointer.push('/');
        pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
        value = inner;
    }
    (pointer, value.clone())
}
