//! A line of a struct's block.
//!
//! In: the line, and the package of its struct. Out: the field, with its type and its tags.

use crdgen_schema::go::{Field, Tags, Type};
use crdgen_schema::schema::ListType;

use super::structs::{go_package, structure};

/// Reads a line; nothing if it is not written as the table's lines are.
pub(super) fn read(line: &'static str, package: &'static str) -> Option<Field> {
    let (line, values) = line.split_once(" values=").map_or((line, None), |(line, values)| (line, Some(values)));
    let mut words = line.trim_start().split(' ');
    let (name, kind) = (words.next()?, read_type(words.next()?, package)?);
    let (name, omit_empty) = match name.strip_suffix('?') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let mut tags = Tags { default: if omit_empty { "" } else { zero(&kind) }, ..Tags::NONE };
    if matches!(kind, Type::Struct(_)) {
        tags.default = "{}";
    }
    for word in words {
        mark(&mut tags, word)?;
    }
    tags.values = values.map_or(&[], list);
    let tags = if tags == Tags::NONE { &Tags::NONE } else { Box::leak(Box::new(tags)) };
    Some(Field { name, kind, omit_empty, tags })
}

/// The default that the API's documentation shows for what Go always writes.
fn zero(kind: &Type) -> &'static str {
    match kind.unnamed() {
        Type::Text => "\"\"",
        Type::Flag => "false",
        Type::Int32 | Type::Int64 | Type::Float64 => "0",
        _ => "",
    }
}

fn mark(tags: &mut Tags, word: &'static str) -> Option<()> {
    match word.split_once('=').unwrap_or((word, "")) {
        ("required", _) => tags.required = true,
        ("retain-keys", _) => tags.retain_keys = true,
        ("replace", _) => tags.replace = true,
        ("merge", key) => (tags.merge, tags.merge_key) = (true, key),
        ("in", names) => tags.embedded = names,
        ("list", "set") => tags.list = ListType::Set,
        ("list", keys) => {
            tags.list = ListType::Map;
            tags.keys = list(keys.strip_prefix("map:")?);
        }
        ("map", "atomic") => tags.atomic = true,
        ("map", "granular") => tags.granular = true,
        ("default", default) => tags.default = default,
        ("set", value) => tags.set = value,
        (numbers, "") => {
            let numbers: Vec<u32> = numbers.split('.').map(|number| number.parse().ok()).collect::<Option<_>>()?;
            let (last, within) = numbers.split_last()?;
            tags.protobuf = *last;
            tags.within = within.to_vec().leak();
        }
        _ => return None,
    }
    Some(())
}

fn list(text: &'static str) -> &'static [&'static str] {
    text.split(',').collect::<Vec<_>>().leak()
}

fn read_type(text: &'static str, package: &'static str) -> Option<Type> {
    if let Some(inner) = text.strip_prefix('*') {
        return Some(Type::Pointer(keep(read_type(inner, package)?)));
    }
    if let Some(item) = text.strip_prefix("[]") {
        return Some(Type::List(keep(read_type(item, package)?)));
    }
    if let Some((key, value)) = text.strip_prefix('{').and_then(|text| text.split_once('}')) {
        let value = keep(read_type(value, package)?);
        let map = Type::Map(value);
        if key == "string" {
            return Some(map);
        }
        let name = format!("map[{}]{}", go_name(key, package), value.go_name());
        return Some(Type::Named(name.leak(), keep(map)));
    }
    if let Some((name, declared)) = text.split_once('=') {
        return Some(Type::Named(go_name(name, package).leak(), keep(read_type(declared, package)?)));
    }
    word(text).or_else(|| Some(Type::Struct(find(text, package)?)))
}

fn word(text: &str) -> Option<Type> {
    Some(match text {
        "string" => Type::Text,
        "bool" => Type::Flag,
        "int32" => Type::Int32,
        "int64" => Type::Int64,
        "float64" => Type::Float64,
        "bytes" => Type::Bytes,
        "time" => Type::Time,
        "micro-time" => Type::MicroTime,
        "quantity" => Type::Quantity,
        "int-or-string" => Type::IntOrString,
        "json" => Type::Any,
        "any" => Type::Named("interface {}", &Type::Any),
        "raw" => Type::Named("runtime.RawExtension", &Type::Any),
        "fields" => Type::Named("v1.FieldsV1", &Type::Any),
        "schema-or-bool" => {
            let kinds = keep([Type::Flag, schema()?]);
            Type::Named("v1.JSONSchemaPropsOrBool", keep(Type::OneOf(kinds, Some("boolean or JSON schema expected"))))
        }
        "schema-or-list" => {
            let kinds = keep([schema()?, Type::List(keep(schema()?))]);
            Type::Named("v1.JSONSchemaPropsOrArray", keep(Type::OneOf(kinds, None)))
        }
        "schema-or-names" => {
            let kinds = keep([schema()?, Type::List(&Type::Text)]);
            Type::Named("v1.JSONSchemaPropsOrStringArray", keep(Type::OneOf(kinds, None)))
        }
        _ => return None,
    })
}

fn schema() -> Option<Type> {
    Some(Type::Struct(structure("apiextensions/v1.JSONSchemaProps")?))
}

/// The struct that a name stands for in a package.
fn find(name: &'static str, package: &str) -> Option<&'static crdgen_schema::go::Struct> {
    if name.contains('.') { structure(name) } else { structure(&format!("{package}.{name}")) }
}

/// A name of the table as Go prints it.
fn go_name(name: &str, package: &str) -> String {
    let (package, name) = name.rsplit_once('.').unwrap_or((package, name));
    if name == "string" { name.to_owned() } else { format!("{}.{name}", go_package(package)) }
}

/// Keeps a value as long as the program, like the text that it comes from.
fn keep<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}
