//! The order in which Go writes the members of a value.
//!
//! In: a value, and the [`Struct`] that it is if it is one. Out: a [`Document`]. A struct is written in the order of its
//! fields, everything else with sorted names.

use serde_json::Value;

use super::{Struct, Type, print_json};
use crate::json::Document;

/// A value of that struct, in the order in which Go writes it. Members that the struct does not have come last.
pub fn in_order(value: &Value, of: &Struct) -> Document<'static> {
    let Value::Object(members) = value else { return sorted(value) };
    let fields = of.fields().iter().filter_map(|field| {
        let member = members.get(field.name)?;
        Some((field.name.to_owned(), typed(member, &field.kind)))
    });
    let unknown = members.iter().filter(|(name, _)| of.field(name).is_none());
    Document::Object(fields.chain(unknown.map(|(name, member)| (name.clone(), sorted(member)))).collect())
}

/// A value without a type, whose names are sorted.
pub fn sorted(value: &Value) -> Document<'static> {
    typed(value, &Type::Any)
}

fn typed(value: &Value, kind: &Type) -> Document<'static> {
    match (value, kind) {
        (_, Type::Pointer(kind) | Type::Named(_, kind)) => typed(value, kind),
        (Value::Object(_), Type::Struct(of)) => in_order(value, of),
        (Value::Null, _) => Document::Null,
        (Value::Bool(flag), _) => Document::Bool(*flag),
        (Value::Number(_), _) => Document::Number(print_json(value).into()),
        (Value::String(text), _) => Document::String(text.clone()),
        (Value::Array(items), _) => {
            let kind = if let Type::List(kind) = kind { kind } else { &Type::Any };
            Document::Array(items.iter().map(|item| typed(item, kind)).collect())
        }
        (Value::Object(members), _) => {
            let kind = if let Type::Map(kind) = kind { kind } else { &Type::Any };
            let mut members: Vec<_> =
                members.iter().map(|(name, member)| (name.clone(), typed(member, kind))).collect();
            // Sorted even where `serde_json` keeps the order of the source.
            members.sort_by(|(name, _), (other, _)| name.cmp(other));
            Document::Object(members)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::go::{field, print_document};

    #[test]
    fn structs_have_the_order_of_their_fields_and_maps_are_sorted() {
        static INNER: Struct = Struct::new("v1", "Inner", &[field("z", Type::Int32), field("a", Type::Any)]);
        static OUTER: Struct = Struct::new(
            "v1",
            "Outer",
            &[field("list", Type::List(&Type::Struct(&INNER))), field("data", Type::Map(&Type::Text))],
        );
        let value = json!({"data": {"b": "<", "a": ""}, "list": [{"a": {"y": 1.0, "x": null}, "z": 1}]});
        let expected = r#"{"list":[{"z":1,"a":{"x":null,"y":1}}],"data":{"a":"","b":"\u003c"}}"#;
        assert_eq!(print_document(&in_order(&value, &OUTER)), expected);
    }
}
