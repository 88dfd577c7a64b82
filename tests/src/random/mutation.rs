//! A change of an object at a random place, to a value that its type may have, or nearly.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::table::{Field, Table};

/// No place is deeper than this.
const DEEPEST: usize = 9;

/// Makes one change.
pub struct Mutation<'a> {
    pub(super) random: &'a mut Rng,
    pub(super) table: &'static Table,
}

impl Mutation<'_> {
    /// Changes an object of that struct somewhere.
    pub(super) fn change(&mut self, object: &mut Value, of: &str) {
        // What the server sets is changed by itself.
        let name = if self.random.u8(..8) == 0 { "metadata" } else { "" };
        self.structure(object, of, name, 0);
    }

    /// Changes one part of an object somewhere.
    pub(super) fn change_within(&mut self, object: &mut Value, of: &str, part: &str) {
        self.structure(object, of, part, 0);
    }

    fn structure(&mut self, value: &mut Value, of: &str, only: &str, depth: usize) {
        let Some(fields) = self.table.fields(of) else { return };
        let is_wanted = |field: &&Field| match only {
            "" => depth > 0 || !["apiVersion", "kind", "metadata", "status"].contains(&field.name.as_str()),
            only => field.name == only,
        };
        let fields: Vec<&Field> = fields.iter().filter(is_wanted).collect();
        let Some(field) = self.random.choice(&fields).copied() else { return };
        if of == "meta/v1.ObjectMeta"
            && !["labels", "annotations", "finalizers", "ownerReferences"].contains(&field.name.as_str())
        {
            return;
        }
        if !value.is_object() {
            *value = json!({});
        }
        let Some(members) = value.as_object_mut() else { return };
        if self.random.u8(..12) == 0 && depth > 0 {
            members.remove(&field.name);
            return;
        }
        let package = of.rsplit_once('.').map_or("", |(package, _)| package);
        let member = members.entry(field.name.as_str()).or_insert(Value::Null);
        self.value(member, &field.kind, field, package, depth + 1);
        if member.is_null() && depth > 0 {
            members.remove(&field.name);
        }
    }

    fn value(&mut self, value: &mut Value, kind: &str, field: &Field, package: &str, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        if self.random.u8(..50) == 0 {
            *value = self.wrong();
            return;
        }
        if let Some(kind) = kind.strip_prefix('*') {
            return self.value(value, kind, field, package, depth);
        }
        if let Some(item) = kind.strip_prefix("[]") {
            return self.list(value, item, field, package, depth);
        }
        if let Some((_, kind)) = kind.strip_prefix('{').and_then(|kind| kind.split_once('}')) {
            let key = self.key();
            if !value.is_object() {
                *value = Value::Object(Map::new());
            }
            return self.value(&mut value[key], kind, field, package, depth);
        }
        if let Some((_, kind)) = kind.split_once('=') {
            return self.value(value, kind, field, package, depth);
        }
        *value = match kind {
            "string" => self.text(field),
            "bool" => json!(self.random.bool()),
            "int32" | "int64" => self.number(),
            "float64" => json!(1.5),
            "bytes" => json!(self.random.choice(&["YQ==", "!", ""])),
            "time" => json!(self.random.choice(&["2020-01-01T00:00:00Z", "nope"])),
            "micro-time" => json!("2020-01-01T00:00:00.000000Z"),
            "quantity" => json!(self.random.choice(&["1", "100m", "1Gi", "-1", "0", "1.5", "2Gi", "x"])),
            "int-or-string" => self
                .random
                .choice(&[json!("25%"), json!(1), json!(0), json!("http"), json!(-1), json!("150%")])
                .cloned()
                .unwrap_or_default(),
            "raw" | "json" | "any" | "fields" => json!({"a": 1}),
            _ => {
                let name = if kind.contains('.') { kind.to_owned() } else { format!("{package}.{kind}") };
                let only = if name == "core/v1.PodTemplateSpec" { "spec" } else { "" };
                return self.structure(value, &name, only, depth);
            }
        };
    }

    fn list(&mut self, value: &mut Value, item: &str, field: &Field, package: &str, depth: usize) {
        if !value.is_array() {
            *value = json!([]);
        }
        let Some(items) = value.as_array_mut() else { return };
        let at = self.random.usize(..=items.len());
        match self.random.u8(..10) {
            0 if at < items.len() => drop(items.remove(at)),
            1 if at < items.len() => {
                let twin = items[at].clone();
                items.push(twin);
            }
            _ => {
                if at == items.len() {
                    items.push(Value::Null);
                }
                self.value(&mut items[at], item, field, package, depth);
                if items[at].is_null() {
                    items.remove(at);
                }
            }
        }
    }

    fn key(&mut self) -> &'static str {
        let keys = ["a", "app", "example.com/a", "cpu", "memory", "storage", "b c", "", "kubernetes.io/x"];
        self.random.choice(&keys).copied().unwrap_or("a")
    }

    fn text(&mut self, field: &Field) -> Value {
        if !field.values.is_empty() && self.random.u8(..10) > 0 {
            return json!(self.random.choice(&field.values));
        }
        let texts = [
            "",
            "a",
            "b",
            "c",
            "A b",
            "-",
            "example.com/a",
            "1",
            "http",
            "10.0.0.5",
            "10.0.0.0/24",
            "::1",
            "a.b",
            "/a",
            "../b",
            "nginx",
            "TCP",
            "None",
            "*",
            "Always",
            "x",
            "a_b",
        ];
        match self.random.u8(..40) {
            0 => json!("x".repeat(64)),
            1 => json!("y".repeat(254)),
            _ => json!(self.random.choice(&texts)),
        }
    }

    fn number(&mut self) -> Value {
        let numbers = [0, -1, 1, 2, 3, 5, 30, 80, 443, 600, 30080, 65535, 65536, i64::from(i32::MAX)];
        json!(self.random.choice(&numbers))
    }

    /// A value of a wrong type, more often than not.
    fn wrong(&mut self) -> Value {
        let values = [json!("text"), json!(7), json!(true), json!([]), json!({}), json!(1.5), json!(null), json!([1])];
        self.random.choice(&values).cloned().unwrap_or_default()
    }
}
