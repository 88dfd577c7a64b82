//! Random requests about objects of a CRD that has every type of list and map: several managers apply, update, patch and
//! scale the same two objects.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::twins::Request;

/// The media type of configurations.
pub const APPLY: &str = "application/apply-patch+yaml";
pub(crate) const MERGE: &str = "application/merge-patch+json";
pub(crate) const JSON: &str = "application/json";

/// Makes requests; the same seed makes the same ones.
#[derive(Debug)]
pub struct Traffic {
    random: Rng,
    group: String,
    namespace: String,
}

/// The CRD that the requests are about.
pub fn definition(group: &str) -> Value {
    let text = json!({"type": "string"});
    let number = json!({"type": "integer"});
    let keyed = json!({
        "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
        "items": {"type": "object", "required": ["k"], "properties": {
            "k": text, "v": number, "in": {"type": "array", "x-kubernetes-list-type": "set", "items": text},
        }},
    });
    let twice_keyed = json!({
        "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port", "protocol"],
        "items": {"type": "object", "required": ["port"], "properties": {
            "port": number, "protocol": {"type": "string", "default": "TCP"}, "v": text,
        }},
    });
    let spec = json!({
        "number": number, "text": text, "default": {"type": "string", "default": "x"}, "replicas": number,
        "time": {"type": "string", "format": "date-time"}, "nullable": {"type": "string", "nullable": true},
        "either": {"x-kubernetes-int-or-string": true},
        "set": {"type": "array", "x-kubernetes-list-type": "set", "items": text},
        "whole": {"type": "array", "items": {"type": "object", "properties": {"x": number}}},
        "keyed": keyed, "ports": twice_keyed,
        "map": {"type": "object", "additionalProperties": text},
        "wholeMap": {"type": "object", "x-kubernetes-map-type": "atomic", "properties": {"x": number, "z": number}},
        "nested": {"type": "object", "properties": {"a": text, "b": {"type": "object", "properties": {"c": text}}}},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
        "half": {"type": "object", "x-kubernetes-preserve-unknown-fields": true, "properties": {"set": {
            "type": "array", "x-kubernetes-list-type": "set", "items": text,
        }}},
    });
    let status = json!({"phase": text, "replicas": number, "conditions": keyed});
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("widgets.{group}")},
        "spec": {
            "group": group, "scope": "Namespaced", "names": {"plural": "widgets", "kind": "Widget"},
            "versions": [{
                "name": "v1", "served": true, "storage": true,
                "subresources": {
                    "status": {},
                    "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"},
                },
                "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                    "spec": {"type": "object", "properties": spec}, "status": {"type": "object", "properties": status},
                }}},
            }],
        },
    })
}

impl Traffic {
    /// Requests for objects of [`definition`] in a namespace.
    pub fn new(seed: u64, group: &str, namespace: &str) -> Self {
        Self { random: Rng::with_seed(seed), group: group.to_owned(), namespace: namespace.to_owned() }
    }

    /// The path of the objects.
    pub fn collection(&self) -> String {
        format!("/apis/{}/v1/namespaces/{}/widgets", self.group, self.namespace)
    }

    /// The next request.
    pub fn request(&mut self) -> Request {
        let name = *self.one(&["a", "a", "b"]);
        let manager = *self.one(&["m1", "m2", "m3", "kubectl"]);
        let dry_run = if self.chance(5) { "&dryRun=All" } else { "" };
        let force = if self.chance(35) { "&force=true" } else { "" };
        let object = format!("{}/{name}", self.collection());
        let query = format!("?fieldManager={manager}{dry_run}");
        let patch = |path: String, media_type, body| Request::new("PATCH", path, media_type, body);
        match self.random.u32(0..100) {
            0..50 => patch(format!("{object}{query}{force}"), APPLY, self.widget(name)),
            50..58 => {
                let body = json!({"metadata": {"labels": self.labels()}, "spec": self.spec()});
                patch(format!("{object}{query}"), MERGE, body)
            }
            58..66 => {
                let mut body = self.typed(name);
                body["status"] = self.status();
                patch(format!("{object}/status{query}{force}"), APPLY, body)
            }
            66..72 => patch(format!("{object}/status{query}"), MERGE, json!({"status": self.status()})),
            72..78 => {
                let body = json!({"spec": {"replicas": self.random.u32(0..3)}});
                patch(format!("{object}/scale{query}"), MERGE, body)
            }
            78..82 => {
                let body = self.scale(name);
                patch(format!("{object}/scale{query}{force}"), APPLY, body)
            }
            82..88 => {
                let body = self.widget(name);
                Request::new("POST", format!("{}{query}", self.collection()), JSON, body)
            }
            88..92 => patch(format!("{object}{query}"), MERGE, self.entries()),
            92..94 => Request::new("DELETE", object, JSON, Value::Null),
            _ => Request::new("GET", object, JSON, Value::Null),
        }
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.random.u32(0..100) < percent
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.random.usize(0..of.len())]
    }

    fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        let mut some: Vec<T> = of.iter().filter(|_| self.random.bool()).cloned().collect();
        self.random.shuffle(&mut some);
        some
    }

    fn typed(&self, name: &str) -> Value {
        json!({"apiVersion": format!("{}/v1", self.group), "kind": "Widget", "metadata": {"name": name}})
    }

    fn widget(&mut self, name: &str) -> Value {
        let mut widget = self.typed(name);
        if self.chance(30) {
            widget["metadata"]["labels"] = self.labels();
        }
        if self.chance(10) {
            widget["metadata"]["finalizers"] = json!(self.some(&["example.com/a", "example.com/b"]));
        }
        if self.chance(10) {
            let owner = |last: &u32| {
                let uid = format!("11111111-1111-1111-1111-11111111111{last}");
                json!({"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": uid})
            };
            widget["metadata"]["ownerReferences"] = self.some(&[1, 2]).iter().map(owner).collect();
        }
        widget["spec"] = self.spec();
        widget
    }

    fn labels(&mut self) -> Value {
        self.some(&["a", "b", "c"]).into_iter().map(|name| (name.to_owned(), json!("1"))).collect::<Map<_, _>>().into()
    }

    fn spec(&mut self) -> Value {
        const FIELDS: [&str; 16] = [
            "number", "text", "default", "replicas", "time", "nullable", "either", "set", "whole", "keyed", "ports",
            "map", "wholeMap", "nested", "free", "half",
        ];
        let mut spec = Map::new();
        for _ in 0..self.random.u32(0..7) {
            let field = *self.one(&FIELDS);
            spec.insert(field.to_owned(), self.field(field));
        }
        Value::Object(spec)
    }

    fn field(&mut self, field: &str) -> Value {
        if self.chance(2) {
            return self.one(&[json!(null), json!(5), json!("x"), json!(true), json!([1, 1]), json!({"z": 1})]).clone();
        }
        match field {
            "number" | "replicas" => json!(self.one(&[0, 1, 2, 1_000_000])),
            "text" | "default" => json!(self.one(&["", "a", "b"])),
            "time" => json!(self.one(&["2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"])),
            "nullable" => self.one(&[json!(null), json!("a")]).clone(),
            "either" => self.one(&[json!(1), json!("1")]).clone(),
            "set" => json!(self.some(&["a", "b", "c", "d"])),
            "whole" => json!(self.some(&[json!({"x": 1}), json!({"x": 2})])),
            "keyed" => self.keyed(),
            "ports" => {
                let all = [
                    json!({"port": 80}),
                    json!({"port": 80, "protocol": "UDP", "v": "1"}),
                    json!({"port": 443, "protocol": "TCP", "v": "2"}),
                ];
                json!(self.some(&all))
            }
            "map" => self.labels(),
            "wholeMap" => self.one(&[json!({}), json!({"x": 1}), json!({"x": 2, "z": 1})]).clone(),
            "nested" => {
                self.one(&[json!({}), json!({"a": "1"}), json!({"b": {}}), json!({"a": "2", "b": {"c": "1"}})]).clone()
            }
            "half" => json!({"set": self.some(&["a", "b"]), "other": self.one(&[1, 2])}),
            _ => {
                let values =
                    [json!(1), json!([1, 2]), json!({"p": 1}), json!({"p": {"q": [1]}}), json!({}), json!(null)];
                let names = self.some(&["a", "b"]);
                names.into_iter().map(|name| (name.to_owned(), self.one(&values).clone())).collect::<Map<_, _>>().into()
            }
        }
    }

    fn keyed(&mut self) -> Value {
        let mut items = Vec::new();
        for key in self.some(&["a", "b", "c", "d"]) {
            let mut item = json!({"k": key});
            if self.random.bool() {
                item["v"] = json!(self.one(&[1, 2]));
            }
            if self.chance(30) {
                item["in"] = json!(self.some(&["x", "y"]));
            }
            items.push(item);
        }
        Value::Array(items)
    }

    fn status(&mut self) -> Value {
        json!({"phase": self.one(&["Up", "Down"]), "conditions": self.keyed(), "replicas": self.one(&[0, 1])})
    }

    fn scale(&mut self, name: &str) -> Value {
        let spec = self.one(&[json!({}), json!({"replicas": 1}), json!({"replicas": 2})]).clone();
        json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": name}, "spec": spec})
    }

    /// A patch of `managedFields`.
    fn entries(&mut self) -> Value {
        let entry = |manager: &str, operation: &str, version: String, fields: Value| {
            json!({
                "manager": manager, "operation": operation, "apiVersion": version, "fieldsType": "FieldsV1",
                "fieldsV1": {"f:spec": fields},
            })
        };
        let version = format!("{}/v1", self.group);
        let many = (0..12).map(|index| entry(&format!("u{index}"), "Update", version.clone(), json!({"f:text": {}})));
        let lists = [
            json!([{}]),
            json!([{"manager": "m1"}]),
            json!([entry("m1", "Apply", version.clone(), json!({"f:text": {}, "f:set": {"v:\"a\"": {}}}))]),
            json!([entry(
                "old",
                "Update",
                version.clone(),
                json!({"f:wholeMap": {"f:x": {}}, "f:keyed": {"f:z": {}}})
            )]),
            json!([entry("m1", "Apply", format!("{}/v0", self.group), json!({"f:text": {}}))]),
            many.collect(),
        ];
        json!({"metadata": {"managedFields": self.one(&lists)}})
    }
}
