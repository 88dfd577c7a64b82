//! What becomes of an object in storage: built-in kinds are stored as protobuf, which cannot tell an empty list or map from
//! none.
//!
//! In: a value that [`round_trip`](super::round_trip) has been through, and its [`Struct`]. Out: the value with `null` for each
//! empty list and map that Go writes always.

use serde_json::Value;

use super::{Struct, Type};

/// Makes empty lists and maps `null`.
pub fn forget_empty(value: &mut Value, of: &Struct) {
    let Value::Object(members) = value else { return };
    for (name, member) in members {
        if let Some(field) = of.field(name) {
            descend(member, &field.kind);
        }
    }
}

fn descend(value: &mut Value, kind: &Type) {
    match (kind, value) {
        (Type::List(_), value @ Value::Array(_)) if value.as_array().is_some_and(Vec::is_empty) => *value = Value::Null,
        (Type::Map(_), value @ Value::Object(_)) if value.as_object().is_some_and(serde_json::Map::is_empty) => {
            *value = Value::Null;
        }
        (Type::Pointer(kind) | Type::Named(_, kind), value) => descend(value, kind),
        (Type::Struct(of), value) => forget_empty(value, of),
        (Type::List(kind), Value::Array(items)) => items.iter_mut().for_each(|item| descend(item, kind)),
        (Type::Map(kind), Value::Object(members)) => members.values_mut().for_each(|member| descend(member, kind)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::go::field;

    #[test]
    fn empty_lists_and_maps_are_forgotten_and_other_empty_values_are_not() {
        static PORT: Struct = Struct::new(
            "v1",
            "Port",
            &[
                field("names", Type::List(&Type::Text)),
                field("labels", Type::Map(&Type::Text)),
                field("any", Type::Any),
            ],
        );
        static SERVICE: Struct = Struct::new("v1", "Service", &[field("ports", Type::List(&Type::Struct(&PORT)))]);
        let mut value =
            json!({"ports": [{"names": [], "labels": {}, "any": {}}, {"names": [""], "labels": {"a": ""}}]});
        forget_empty(&mut value, &SERVICE);
        let expected =
            json!({"ports": [{"names": null, "labels": null, "any": {}}, {"names": [""], "labels": {"a": ""}}]});
        assert_eq!(value, expected);
    }
}
