//! Requests made at random: objects of every built-in kind and of some CRDs, changed at random places, and what clients do with them.
//!
//! A seed gives the same requests whenever it is used, so a difference between two servers can be looked at again. `base` and `custom`
//! have one right object of each kind, `mutation` changes it with the help of `table`, `reading` asks for what is there.

mod base;
mod custom;
mod mutation;
mod reading;
mod table;

use std::collections::BTreeMap;

use fastrand::Rng;
use serde_json::{Value, json};

use crate::{
    traffic::{self, APPLY, JSON, MERGE, Traffic},
    twins::Request,
};
use base::{BASES, Base};
pub use mutation::Mutation;
use table::Table;

/// The group of the objects of [`Traffic`].
const WIDGETS: &str = "widgets.example.com";

/// Makes requests in one namespace.
pub struct Requests {
    random: Rng,
    table: &'static Table,
    namespace: String,
    /// The kinds that are asked for: all of one seed are few, so that requests meet each other's objects.
    kinds: Vec<&'static Base>,
    /// Some seeds are about several managers of custom resources only.
    traffic: Option<Traffic>,
    /// What the server last answered for an object, by the path of the object.
    known: BTreeMap<String, Value>,
    /// The versions of objects and the tokens to go on with that were seen.
    versions: Vec<String>,
    tokens: Vec<String>,
    /// The path of the object that the last request was about, and its kind.
    asked: String,
    about: Option<(&'static Base, String)>,
}

/// The CRDs that must be served, each with the collections that it serves.
pub fn definitions() -> Vec<(Value, Vec<String>)> {
    let mut all = custom::definitions().to_vec();
    all.push(traffic::definition(WIDGETS));
    let collections = |definition: &Value| {
        let spec = &definition["spec"];
        let part = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let versions = spec["versions"].as_array().cloned().unwrap_or_default();
        let path = |version: &Value| {
            format!("/apis/{}/{}/{}", part(&spec["group"]), part(&version["name"]), part(&spec["names"]["plural"]))
        };
        versions.iter().map(path).collect()
    };
    all.into_iter().map(|definition| (definition.clone(), collections(&definition))).collect()
}

impl Requests {
    /// The requests of a seed. `only` chooses kinds by their plural; without any, all are asked for.
    pub fn new(seed: u64, only: &[String]) -> Self {
        let mut random = Rng::with_seed(seed);
        let is_wanted = |plural: &str| only.is_empty() || only.iter().any(|name| name == plural);
        // CRDs are few beside the built-in kinds, and as many as these are in a cluster.
        let custom = custom::BASES.iter().cycle().take(3 * custom::BASES.len());
        let mut all: Vec<&Base> = BASES.iter().chain(custom).filter(|base| is_wanted(base.plural)).collect();
        random.shuffle(&mut all);
        all.truncate(3);
        let namespace = format!("seed{seed}");
        let is_traffic = is_wanted("widgets") && (all.is_empty() || random.u8(..10) == 0);
        let traffic = is_traffic.then(|| Traffic::new(seed, WIDGETS, &namespace));
        Self {
            random,
            table: Table::read(),
            namespace,
            kinds: all,
            traffic,
            known: BTreeMap::new(),
            versions: Vec::new(),
            tokens: Vec::new(),
            asked: String::new(),
            about: None,
        }
    }

    /// The namespace that must exist.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Whether requests ask for addresses and ports, of which a cluster has each only once.
    pub fn chooses_addresses(&self) -> bool {
        self.traffic.is_none() && self.kinds.iter().any(|base| base.plural == "services")
    }

    /// Takes note of an answer to the last request.
    pub fn learn(&mut self, status: u16, body: &Value) {
        if !(200..300).contains(&status) {
            return;
        }
        let metadata = &body["metadata"];
        if metadata["uid"].is_string() && !self.asked.is_empty() {
            self.known.insert(self.asked.clone(), client_part(body));
            self.versions.extend(metadata["resourceVersion"].as_str().map(str::to_owned));
        }
        self.tokens.extend(metadata["continue"].as_str().filter(|token| !token.is_empty()).map(str::to_owned));
    }

    /// Requests that remove the object that the last request was about.
    pub fn removal(&mut self) -> Vec<Request> {
        let paths = match &self.about {
            None => ["a", "b"].map(|name| format!("{}/{name}", self.traffic_collection())).to_vec(),
            Some((base, name)) => vec![self.object_path(base, name)],
        };
        self.known.remove(&self.asked);
        // Watches from an earlier version would tell the difference once more.
        self.versions.clear();
        paths.iter().flat_map(|path| removal(path)).collect()
    }

    /// Requests that give back what a cluster has only once.
    pub fn release(&self) -> Vec<Request> {
        let services = format!("/api/v1/namespaces/{}/services", self.namespace);
        let names: &[&str] = if self.chooses_addresses() { &["a", "b"] } else { &[] };
        names.iter().flat_map(|name| removal(&format!("{services}/{name}"))).collect()
    }

    fn traffic_collection(&self) -> String {
        self.traffic.as_ref().map(Traffic::collection).unwrap_or_default()
    }

    /// The next request.
    pub fn next_request(&mut self) -> Request {
        if let Some(traffic) = &mut self.traffic {
            return traffic.request();
        }
        let Some(base) = self.random.choice(&self.kinds).copied() else { return get("/version".to_owned()) };
        let name = *self.random.choice(&["a", "b"]).unwrap_or(&"a");
        self.asked = format!("{}/{name}", self.collection(base));
        self.about = Some((base, name.to_owned()));
        match self.random.u8(..100) {
            0..28 => self.create(base, name),
            28..42 => self.replace(base, name),
            42..58 => self.patch(base, name),
            58..70 => self.apply(base, name),
            70..77 => self.status(base, name),
            77..79 => self.scale(base, name),
            79..86 => self.delete(base, name),
            _ => self.read(base, name),
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

    fn object_path(&self, base: &Base, name: &str) -> String {
        format!("{}/{}", self.collection(base), self.name(base, name))
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
        query(&parts)
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
        Request::new("POST", self.collection(base) + &self.query(base), JSON, body)
    }

    fn replace(&mut self, base: &Base, name: &str) -> Request {
        let body = match self.known.get(&self.asked).cloned() {
            Some(mut known) => {
                self.mutate(base, &mut known);
                // Sometimes only if nobody has changed it meanwhile.
                if self.random.u8(..5) > 0 {
                    known["metadata"].as_object_mut().map(|metadata| metadata.remove("resourceVersion"));
                }
                known
            }
            None => self.object(base, name),
        };
        let path = self.object_path(base, name);
        Request::new("PUT", path + &self.query(base), JSON, body)
    }

    fn patch(&mut self, base: &Base, name: &str) -> Request {
        let path = self.object_path(base, name) + &self.query(base);
        let mut change = json!({});
        Mutation { random: &mut self.random, table: self.table }.change(&mut change, base.structure);
        match self.random.u8(..3) {
            0 => Request::new("PATCH", path, MERGE, change),
            1 => Request::new("PATCH", path, "application/strategic-merge-patch+json", change),
            _ => {
                let (pointer, value) = leaf(&change);
                let op = self.random.choice(&["add", "replace", "remove", "test"]).copied().unwrap_or("add");
                let body = json!([{"op": op, "path": pointer, "value": value}]);
                Request::new("PATCH", path, "application/json-patch+json", body)
            }
        }
    }

    fn apply(&mut self, base: &Base, name: &str) -> Request {
        let body = self.object(base, name);
        Request::new("PATCH", self.object_path(base, name) + &self.managed(base), APPLY, body)
    }

    /// The query of an apply request.
    fn managed(&mut self, base: &Base) -> String {
        let manager = *self.random.choice(&["one", "two", "three"]).unwrap_or(&"one");
        let force = if self.random.bool() { "&force=true" } else { "" };
        let dry = if base.dry_run { "&dryRun=All" } else { "" };
        format!("?fieldManager={manager}{force}{dry}")
    }

    fn status(&mut self, base: &Base, name: &str) -> Request {
        let path = format!("{}/status", self.object_path(base, name));
        let mut change = json!({});
        for _ in 0..3 {
            let mut mutation = Mutation { random: &mut self.random, table: self.table };
            mutation.change_within(&mut change, base.structure, "status");
        }
        let dry = if base.dry_run { "?dryRun=All" } else { "" };
        match (self.random.u8(..10), self.known.get(&self.asked).cloned()) {
            (0..2, Some(mut known)) => {
                known["status"] = change["status"].take();
                Request::new("PUT", path + dry, JSON, known)
            }
            (2..4, _) => {
                change["apiVersion"] = json!(base.group_version);
                change["kind"] = json!(base.kind);
                change["metadata"] = json!({"name": self.name(base, name)});
                Request::new("PATCH", path + &self.managed(base), APPLY, change)
            }
            (4, _) => get(path),
            _ => Request::new("PATCH", path + dry, MERGE, change),
        }
    }

    fn scale(&mut self, base: &Base, name: &str) -> Request {
        // The answer is a scale, not an object of the kind.
        self.asked.clear();
        let path = format!("{}/scale", self.object_path(base, name));
        let replicas = *self.random.choice(&[-1, 0, 1, 3]).unwrap_or(&0);
        let scale = json!({
            "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": self.name(base, name)},
            "spec": {"replicas": replicas},
        });
        let dry = if base.dry_run { "?dryRun=All" } else { "" };
        match self.random.u8(..4) {
            0 => get(path),
            1 => Request::new("PATCH", path + dry, MERGE, json!({"spec": {"replicas": replicas}})),
            2 => Request::new("PATCH", path + &self.managed(base), APPLY, scale),
            _ => Request::new("PUT", path + dry, JSON, scale),
        }
    }

    fn delete(&mut self, base: &Base, name: &str) -> Request {
        let version = self.random.choice(&self.versions).cloned().unwrap_or_default();
        let body = match self.random.u8(..12) {
            0 | 1 => json!({"propagationPolicy": "Background"}),
            2 | 3 => json!({"propagationPolicy": "Foreground"}),
            4 | 5 => json!({"propagationPolicy": "Orphan"}),
            6 => json!({"gracePeriodSeconds": 0}),
            7 => json!({"preconditions": {"uid": "1111"}}),
            8 => json!({"preconditions": {"resourceVersion": version}}),
            9 => self
                .random
                .choice(&[
                    json!({"orphanDependents": true}),
                    json!({"propagationPolicy": "Never"}),
                    json!({"orphanDependents": false, "propagationPolicy": "Orphan"}),
                    json!({"dryRun": ["All"]}),
                    json!({"gracePeriodSeconds": -1}),
                ])
                .cloned()
                .unwrap_or_default(),
            _ => Value::Null,
        };
        let dry = if base.dry_run { "?dryRun=All" } else { "" };
        if base.namespaced && self.random.u8(..10) == 0 {
            self.asked.clear();
            return Request::new("DELETE", self.collection(base) + dry, JSON, body);
        }
        Request::new("DELETE", self.object_path(base, name) + dry, JSON, body)
    }
}

fn query(parts: &[&str]) -> String {
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

fn get(path: String) -> Request {
    Request::new("GET", path, JSON, Value::Null)
}

/// An object is gone after these, whatever it is held by.
fn removal(path: &str) -> [Request; 2] {
    [
        Request::new("PATCH", path.to_owned(), MERGE, json!({"metadata": {"finalizers": null}})),
        Request::new(
            "DELETE",
            path.to_owned(),
            JSON,
            json!({"gracePeriodSeconds": 0, "propagationPolicy": "Background"}),
        ),
    ]
}

/// What a client may send back of an answer.
fn client_part(body: &Value) -> Value {
    let mut object = body.clone();
    if let Some(members) = object["metadata"].as_object_mut() {
        let kept = ["name", "namespace", "labels", "annotations", "finalizers", "ownerReferences", "resourceVersion"];
        members.retain(|name, _| kept.contains(&name.as_str()));
    }
    object.as_object_mut().map(|members| members.remove("<warnings>"));
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
