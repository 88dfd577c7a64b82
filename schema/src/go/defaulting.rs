//! The values that the server sets where an object of a built-in kind has none, as far as they depend on nothing else.
//!
//! In: a value that [`round_trip`](super::round_trip) has been through, and its [`Struct`]. Out: the value with what
//! [`Tags::set`](super::Tags::set) says. Defaults that depend on other fields are the business of strategies.
//!
//! Source: `SetObjectDefaults_*` in `k8s.io/kubernetes/pkg/apis`.

use serde_json::{Map, Value};

use super::{Field, Struct, Type};
use crate::quantity::Quantity;

/// Sets the defaults of a value of that type, and of everything in it.
pub fn set_defaults(value: &mut Value, of: &Struct) {
    let Value::Object(members) = value else { return };
    for field in of.fields().iter().filter(|field| !field.tags.set.is_empty()) {
        set(members, field);
    }
    for (name, member) in members {
        if let Some(field) = of.field(name) {
            descend(member, &field.kind);
        }
    }
}

fn set(members: &mut Map<String, Value>, field: &Field) {
    let is_pointer = matches!(field.kind.unnamed(), Type::Pointer(_));
    let is_empty =
        members.get(field.name).is_none_or(|value| value.is_null() || !is_pointer && *value == field.kind.zero());
    if is_empty && let Ok(value) = serde_json::from_str(field.tags.set) {
        members.insert(field.name.to_owned(), value);
    }
}

fn descend(value: &mut Value, kind: &Type) {
    match (kind, value) {
        (Type::Named("v1.ResourceList", _), Value::Object(amounts)) => amounts.values_mut().for_each(round_up),
        (Type::Pointer(kind) | Type::Named(_, kind), value) => descend(value, kind),
        (Type::Struct(of), value) => set_defaults(value, of),
        (Type::List(kind), Value::Array(items)) => items.iter_mut().for_each(|item| descend(item, kind)),
        (Type::Map(kind), Value::Object(members)) => members.values_mut().for_each(|member| descend(member, kind)),
        _ => {}
    }
}

/// Amounts of resources have three decimal places at most (`SetDefaults_ResourceList`).
fn round_up(amount: &mut Value) {
    if let Some(mut quantity) = amount.as_str().and_then(Quantity::parse) {
        let before = quantity.clone();
        quantity.round_up_to_milli();
        if quantity != before {
            *amount = Value::from(quantity.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::go::{Tags, field};

    static PROTOCOL: Tags = Tags { set: "\"TCP\"", ..Tags::NONE };
    static PORT: Struct = Struct::new(
        "v1",
        "Port",
        &[field("protocol", Type::Text).tagged(&PROTOCOL), field("name", Type::Pointer(&Type::Text)).tagged(&PROTOCOL)],
    );
    static SERVICE: Struct = Struct::new("v1", "Service", &[field("ports", Type::List(&Type::Struct(&PORT)))]);

    #[track_caller]
    fn check(mut given: Value, expected: &Value) {
        set_defaults(&mut given, &SERVICE);
        assert_eq!(given, *expected);
    }

    #[test]
    fn what_is_absent_is_set() {
        check(json!({"ports": [{}]}), &json!({"ports": [{"protocol": "TCP", "name": "TCP"}]}));
    }

    #[test]
    fn an_empty_value_is_set_too_but_behind_a_pointer() {
        let expected = json!({"ports": [{"protocol": "TCP", "name": ""}]});
        check(json!({"ports": [{"protocol": "", "name": ""}]}), &expected);
    }

    #[test]
    fn what_has_a_value_keeps_it() {
        let given = json!({"ports": [{"protocol": "UDP", "name": "a"}]});
        check(given.clone(), &given);
    }
}
