//! What Go refuses when it converts a value without a type into a struct, without a detour through JSON.
//!
//! In: a value and a [`Struct`]. Out: the text of the error about the first field, in the order of the struct, that cannot be
//! converted. A strategic merge patch and an applied configuration become objects that way.
//! Source: `k8s.io/apimachinery/pkg/runtime/converter.go`.

use serde_json::Value;

use super::{Struct, Type, check::check_value, scalar};

/// Whether Go would convert the value into the struct.
pub fn convert(value: &Value, of: &Struct) -> Result<(), String> {
    if value.is_null() { Ok(()) } else { structure(value, of) }
}

fn structure(given: &Value, of: &Struct) -> Result<(), String> {
    let Value::Object(members) = given else {
        return Err(format!("cannot restore struct from: {}", kind_of(given)));
    };
    let present = of.fields().iter().filter_map(|field| Some((members.get(field.name)?, &field.kind)));
    present.into_iter().try_for_each(|(member, kind)| value(member, kind))
}

fn value(given: &Value, kind: &Type) -> Result<(), String> {
    match (kind, given) {
        (_, Value::Null) => Ok(()),
        (Type::Pointer(kind), _) => value(given, kind),
        (Type::Struct(of), _) => structure(given, of),
        (Type::List(kind), Value::Array(items)) => items.iter().try_for_each(|item| value(item, kind)),
        (Type::Map(kind), Value::Object(members)) => members.values().try_for_each(|member| value(member, kind)),
        (Type::Bytes, Value::String(text)) => {
            scalar::check(text, kind).map_err(|why| format!("error decoding from json: {why}"))
        }
        (Type::List(_) | Type::Bytes, _) => Err(format!("cannot restore slice from {}", kind_of(given))),
        (Type::Map(_), _) => Err(format!("cannot restore map from {}", kind_of(given))),
        (Type::Named(_, of), _) if !is_scalar(of) => value(given, of),
        _ if is_scalar(kind) => scalar(given, kind),
        // Types with decoders of their own decode JSON all the same.
        _ => check_value(given, kind),
    }
}

fn is_scalar(kind: &Type) -> bool {
    matches!(kind.unnamed(), Type::Text | Type::Flag | Type::Int32 | Type::Int64 | Type::WholeNumber | Type::Float64)
}

fn scalar(given: &Value, kind: &Type) -> Result<(), String> {
    let is_whole = |given: &Value| given.as_f64().is_some_and(|number| number.fract() == 0.0);
    match (kind.unnamed(), given) {
        (Type::Text, Value::String(_)) | (Type::Flag, Value::Bool(_)) | (Type::Float64, Value::Number(_)) => Ok(()),
        (Type::Int32 | Type::Int64 | Type::WholeNumber, Value::Number(number))
            if number.is_i64() || is_whole(given) =>
        {
            Ok(())
        }
        // Go's language has these conversions, JSON has not.
        (Type::Text, Value::Number(number)) if number.is_i64() => {
            Err(format!("cannot convert int64 to {}", kind.go_name()))
        }
        (Type::Int32 | Type::Int64 | Type::WholeNumber, Value::Number(_)) => {
            Err(format!("cannot convert float64 to {}", kind.go_name()))
        }
        (unnamed, _) => Err(format!("unrecognized type: {}", unnamed.go_name())),
    }
}

/// The Go kind of a value, as `reflect` names it.
pub fn kind_of(given: &Value) -> &'static str {
    match given {
        Value::Null => "invalid",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_i64() => "int64",
        Value::Number(_) => "float64",
        Value::String(_) => "string",
        Value::Array(_) => "slice",
        Value::Object(_) => "map",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::go::field;

    static INNER: Struct = Struct::new("v1", "Inner", &[field("at", Type::Time), field("port", Type::IntOrString)]);
    static OUTER: Struct = Struct::new(
        "v1",
        "Outer",
        &[
            field("policy", Type::Named("v1.Policy", &Type::Text)),
            field("count", Type::Int32),
            field("flag", Type::Pointer(&Type::Flag)),
            field("list", Type::List(&Type::Struct(&INNER))),
            field("map", Type::Map(&Type::Text)),
            field("bytes", Type::Bytes),
        ],
    );

    fn check(value: &Value, expected: Result<(), &str>) {
        assert_eq!(convert(value, &OUTER), expected.map_err(str::to_owned), "{value}");
    }

    #[test]
    fn what_go_can_convert_is_fine() {
        check(&json!({"policy": "a", "count": 1.0, "flag": null, "list": [null, {"port": "x"}], "bytes": ""}), Ok(()));
        check(&json!({"x": 1, "map": {"a": null}}), Ok(()));
    }

    #[test]
    fn the_first_field_of_the_struct_that_cannot_be_converted_is_told() {
        check(&json!([]), Err("cannot restore struct from: slice"));
        check(&json!({"map": 1, "count": 1.5, "policy": 3}), Err("cannot convert int64 to v1.Policy"));
        check(&json!({"policy": 3.5}), Err("unrecognized type: string"));
        check(&json!({"count": 1.5}), Err("cannot convert float64 to int32"));
        check(&json!({"count": "1"}), Err("unrecognized type: int32"));
        check(&json!({"flag": 1}), Err("unrecognized type: bool"));
        check(&json!({"list": {}}), Err("cannot restore slice from map"));
        check(&json!({"list": [true]}), Err("cannot restore struct from: bool"));
        check(&json!({"map": "x"}), Err("cannot restore map from string"));
        check(&json!({"bytes": "!"}), Err("error decoding from json: illegal base64 data at input byte 0"));
        check(&json!({"list": [{"port": true}]}), Err("json: cannot unmarshal bool into Go value of type int32"));
        check(&json!({"list": [{"at": 1}]}), Err("json: cannot unmarshal number into Go value of type string"));
    }
}
