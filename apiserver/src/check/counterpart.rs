//! Values as errors show them: the server's own types, which Go's encoder writes with the names of their Go fields.
//!
//! In: a value of an API type, and that type. Out: the text of its counterpart in the server.
//!
//! Source: `field.Error.ErrorBody`, the types in `k8s.io/kubernetes/pkg/apis`.

use std::fmt::Write as _;

use crdgen_schema::go::{self, Field as GoField, Struct, Type};
use serde_json::Value;

use crate::kind::table::{self, Internal, Name};

/// The text of a value; absent ones are what Go has for them.
pub(super) fn text(value: Option<&Value>, kind: &Type) -> String {
    let mut text = String::new();
    write(&mut text, value, kind, None);
    text
}

/// The text of the members of a struct that stand in a struct embedded in it.
pub(super) fn embedded(value: &Value, of: &'static Struct, name: &str) -> String {
    let mut text = String::from("{");
    let mut members = Members { out: &mut text, count: 0 };
    let is_within = |field: &Internal| of.field(field.json).is_some_and(|field| field.tags.embedded == name);
    let fields = table::path(of).and_then(table::internal).unwrap_or_default();
    for field in fields.iter().filter(|field| is_within(field)) {
        members.internal(Some(value), of, field, None);
    }
    text.push('}');
    text
}

/// A text on many lines, each level indented by a blank.
pub(super) fn pretty(compact: &str) -> String {
    let (mut out, mut depth, mut in_text) = (String::new(), 0, false);
    let mut characters = compact.chars().peekable();
    while let Some(c) = characters.next() {
        if in_text || c == '"' {
            out.push(c);
            match c {
                '\\' => out.extend(characters.next()),
                '"' => in_text = !in_text,
                _ => {}
            }
            continue;
        }
        match c {
            '{' | '[' if matches!(characters.peek(), Some('}' | ']')) => {
                out.push(c);
                out.extend(characters.next());
            }
            '{' | '[' => {
                depth += 1;
                let _ = write!(out, "{c}\n{:depth$}", "");
            }
            '}' | ']' => {
                depth -= 1;
                let _ = write!(out, "\n{:depth$}{c}", "");
            }
            ',' => {
                let _ = write!(out, ",\n{:depth$}", "");
            }
            ':' => out.push_str(": "),
            c => out.push(c),
        }
    }
    out
}

/// Writes a value. `outer` is the object around the one that it stands in.
fn write(out: &mut String, value: Option<&Value>, kind: &Type, outer: Option<&Value>) {
    let value = value.filter(|value| !value.is_null());
    match (kind, value) {
        (Type::Named(_, kind), _) | (Type::Pointer(kind), Some(_)) => write(out, value, kind, outer),
        (Type::Struct(of), _) => structure(out, value, of, outer),
        (Type::List(kind), Some(Value::Array(items))) => {
            out.push('[');
            separated(out, items.iter(), |out, item| write(out, Some(item), kind, outer));
            out.push(']');
        }
        (Type::Map(kind), Some(Value::Object(members))) => {
            out.push('{');
            separated(out, members.iter(), |out, (name, member)| {
                let _ = write!(out, "{}:", go::print_json(&Value::from(name.as_str())));
                write(out, Some(member), kind, outer);
            });
            out.push('}');
        }
        (_, Some(value)) => out.push_str(&go::print_json(value)),
        (kind, None) => out.push_str(zero(kind)),
    }
}

fn zero(kind: &Type) -> &'static str {
    match kind {
        Type::Text => "\"\"",
        Type::Flag => "false",
        Type::Int32 | Type::Int64 | Type::WholeNumber | Type::Float64 | Type::IntOrString => "0",
        Type::Quantity => "\"0\"",
        _ => "null",
    }
}

fn separated<T>(out: &mut String, items: impl Iterator<Item = T>, mut print: impl FnMut(&mut String, T)) {
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        print(out, item);
    }
}

fn structure(out: &mut String, value: Option<&Value>, of: &'static Struct, outer: Option<&Value>) {
    let path = table::path(of).unwrap_or_default();
    let mut members = Members { out, count: 0 };
    members.out.push('{');
    match table::internal(path) {
        // The types of `meta/v1` are the server's own, and have names for JSON.
        _ if path.starts_with("meta/") => members.tagged(value, of),
        Some(fields) => fields.iter().for_each(|field| members.internal(value, of, field, outer)),
        None => {
            for field in of.fields().iter().filter(|field| field.tags.embedded != "TypeMeta") {
                members.implied(value, field);
            }
        }
    }
    members.out.push('}');
}

/// The members of an object that is being written.
struct Members<'o> {
    out: &'o mut String,
    count: usize,
}

impl Members<'_> {
    fn name(&mut self, name: &str) {
        let comma = if self.count > 0 { "," } else { "" };
        self.count += 1;
        let _ = write!(self.out, "{comma}\"{name}\":");
    }

    /// Members with names for JSON, without those that are left out when they are empty.
    fn tagged(&mut self, value: Option<&Value>, of: &'static Struct) {
        for field in of.fields() {
            let own = value.and_then(|value| value.get(field.name));
            if own.is_some() || !field.omit_empty && !matches!(field.kind, Type::Struct(_)) {
                self.name(field.name);
                write(self.out, own, &field.kind, value);
            }
        }
    }

    fn implied(&mut self, value: Option<&Value>, field: &'static GoField) {
        let own = value.and_then(|value| value.get(field.name));
        if let (Type::Struct(of), "metadata") = (field.kind.unnamed(), field.name) {
            return self.tagged(own, of);
        }
        self.name(&capital(field.name));
        write(self.out, own, &field.kind, value);
    }

    fn internal(&mut self, value: Option<&Value>, of: &'static Struct, field: &Internal, outer: Option<&Value>) {
        let source = if field.is_outside { outer } else { value };
        let own = source.and_then(|source| source.get(field.json));
        let declared = of.field(field.json);
        if let (Some(Type::Struct(of)), "metadata") = (declared.map(|field| field.kind), field.json) {
            return self.tagged(own, of);
        }
        match field.name {
            Name::Capital => self.name(&capital(field.json)),
            Name::Own(name) => self.name(name),
        }
        match (declared, own) {
            (Some(declared), _) => write_as(self.out, own, &declared.kind, field.is_pointer, value),
            (None, Some(own)) => self.out.push_str(&go::print_json(own)),
            // Flags of the struct around are the only values among these.
            (None, None) if field.json.starts_with("host") && field.json != "hostUsers" => self.out.push_str("false"),
            (None, None) => self.out.push_str("null"),
        }
    }
}

/// Writes a value whose field may be a pointer where the API has none, or the other way round.
fn write_as(out: &mut String, own: Option<&Value>, kind: &Type, is_pointer: Option<bool>, value: Option<&Value>) {
    match (is_pointer, kind) {
        (Some(true), _) if own.is_none() => out.push_str("null"),
        (Some(false), Type::Pointer(kind)) => write(out, own, kind, value),
        _ => write(out, own, kind, value),
    }
}

fn capital(name: &str) -> String {
    let (first, rest) = name.split_at_checked(1).unwrap_or_default();
    first.to_uppercase() + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(group_version: &str, kind: &str, value: &Value, expected: &str) {
        let of = table::structure(group_version, kind).unwrap();
        assert_eq!(text(Some(value), &Type::Struct(of)), expected);
    }

    #[test]
    fn fields_have_the_names_and_the_order_of_the_servers_types() {
        check("v1", "EnvVar", &json!({"name": "a"}), r#"{"Name":"a","Value":"","ValueFrom":null}"#);
        let budget = json!({"selector": {"matchLabels": {"a": "b"}}, "maxUnavailable": 1});
        let expected = r#"{"MinAvailable":null,"Selector":{"matchLabels":{"a":"b"}},"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}"#;
        check("policy/v1", "PodDisruptionBudgetSpec", &budget, expected);
    }

    #[test]
    fn what_the_server_keeps_elsewhere_is_found() {
        let spec = json!({"hostNetwork": true, "securityContext": {"runAsUser": 1}, "containers": []});
        let text = text(Some(&spec), &Type::Struct(table::structure("v1", "PodSpec").unwrap()));
        assert!(text.contains(r#""SecurityContext":{"HostNetwork":true,"HostPID":false,"#), "{text}");
        assert!(text.contains(r#""RunAsUser":1,"#), "{text}");
    }

    #[test]
    fn levels_are_indented_by_a_blank() {
        let of = Type::Struct(table::structure("v1", "EnvVar").unwrap());
        let expected = "{\n \"Name\": \"a,{\",\n \"Value\": \"\",\n \"ValueFrom\": null\n}";
        assert_eq!(pretty(&text(Some(&json!({"name": "a,{"})), &of)), expected);
    }
}
