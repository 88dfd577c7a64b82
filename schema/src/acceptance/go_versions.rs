//! Versions as field errors show them: as JSON of the server's internal types, with Go's names in Go's order.
//!
//! In: `spec.versions`. Out: text. What all versions have alike is kept beside them, so it shows as `null`. A schema that
//! is a version's own shows as it was posted: the internal type has a member for every keyword of every node.
//! Source: `apiextensions-apiserver/pkg/apis/apiextensions/types.go`.

use serde_json::Value;

use super::custom_resource_definition::VERSION;
use crate::{
    go::{Struct, Type, print_array, print_json, print_object},
    node::Node,
};

/// The struct of a schema.
const SCHEMA: &str = "JSONSchemaProps";

/// What versions may share, by its name in JSON.
const SHARED: [&str; 4] = ["schema", "subresources", "additionalPrinterColumns", "selectableFields"];

/// Prints `spec.versions`.
pub(super) fn print(versions: &Node<'_>) -> String {
    if versions.is_null() {
        return "null".to_owned();
    }
    let versions: Vec<Value> = versions.items().iter().map(Node::to_value).collect();
    let shared = |name: &str| SHARED.contains(&name) && versions.windows(2).all(|pair| pair[0][name] == pair[1][name]);
    let shared: Vec<&str> = VERSION.fields().iter().map(|field| field.name).filter(|name| shared(name)).collect();
    print_array(versions.iter().map(|version| print_struct(version, &VERSION, &shared)))
}

/// Prints a struct; the members that are left out show as `null`.
fn print_struct(value: &Value, of: &Struct, left_out: &[&str]) -> String {
    let names: Vec<String> = of.fields().iter().map(|field| go_name(field.name)).collect();
    print_object(names.iter().zip(of.fields()).map(|(go_name, field)| {
        let member = if left_out.contains(&field.name) { &Value::Null } else { &value[field.name] };
        (go_name.as_str(), print_value(member, &field.kind))
    }))
}

fn print_value(value: &Value, kind: &Type) -> String {
    match (kind, value) {
        (Type::Pointer(_), Value::Null) => "null".to_owned(),
        (Type::Pointer(kind), _) => print_value(value, kind),
        (Type::Struct(of), Value::Object(_)) if of.name != SCHEMA => print_struct(value, of, &[]),
        (Type::List(kind), Value::Array(items)) => print_array(items.iter().map(|item| print_value(item, kind))),
        (_, Value::Null) => print_json(&kind.zero()),
        _ => print_json(value),
    }
}

/// The name of a field, which is that in JSON except for capital letters.
fn go_name(name: &str) -> String {
    let name = name.replacen("json", "JSON", 1);
    name[..1].to_uppercase() + &name[1..]
}
