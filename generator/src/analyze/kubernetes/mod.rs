//! Recognises types of `k8s_openapi`.
//!
//! In: shapes. Out: the same shapes, with a field's type replaced where a type of Kubernetes holds exactly what the
//! schema allows: every property is there with the same type and optionality, nothing is constrained, defaulted only
//! where Rust has no `Option`, and no unknown property is kept. Shapes that many things have need context as well. When
//! in doubt, the schema's own type stays.

mod table;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::LazyLock};

use self::table::{Evidence, FieldType, KubernetesField, KubernetesType};
use crate::model::{Body, Field, Object, Shape, ShapeId, Shapes, Type};

/// Replaces what is recognised.
pub(super) fn recognize(shapes: &mut Shapes<'_>) {
    static TABLE: LazyLock<Table> = LazyLock::new(Table::read);
    let table = &*TABLE;
    for id in shapes.ids() {
        for (index, path) in recognized(shapes, table, id) {
            if let Body::Object(object) = &mut shapes[id].body {
                let ty = &mut object.fields[index].ty;
                *ty = ty.with_leaf(Type::Kubernetes(path));
            }
        }
    }
}

/// The table, and its types by a property that a schema of theirs cannot lack.
struct Table {
    types: BTreeMap<&'static str, KubernetesType>,
    by_key: BTreeMap<&'static str, Vec<&'static str>>,
}

impl Table {
    fn read() -> Self {
        let types: BTreeMap<_, _> = table::read().into_iter().map(|ty| (ty.name(), ty)).collect();
        let mut by_key: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for ty in types.values() {
            if let Some(field) = ty.fields.iter().find(|field| !field.added_later) {
                by_key.entry(field.key).or_default().push(ty.name());
            }
        }
        Self { types, by_key }
    }
}

/// The properties of an object whose types are Kubernetes' own, by index.
fn recognized(shapes: &Shapes<'_>, table: &Table, id: ShapeId) -> Vec<(usize, &'static str)> {
    let Body::Object(object) = &shapes[id].body else { return Vec::new() };
    let types = object.fields.iter().enumerate();
    types.filter_map(|(index, field)| Some((index, find(shapes, table, field.ty.shape()?)?))).collect()
}

/// The type that a shape stands for, on its own.
fn find(shapes: &Shapes<'_>, table: &Table, id: ShapeId) -> Option<&'static str> {
    let Body::Object(object) = &shapes[id].body else { return None };
    let candidates = object.fields.iter().filter_map(|field| table.by_key.get(field.key)).flatten();
    let mut types = candidates.filter_map(|name| table.types.get(name));
    types.find(|ty| has_evidence(ty, &shapes[id]) && fits(shapes, table, ty, id)).map(|ty| ty.path)
}

fn has_evidence(ty: &KubernetesType, shape: &Shape<'_>) -> bool {
    match &ty.evidence {
        Evidence::Shape => true,
        Evidence::Parent => false,
        Evidence::Property(words, phrase) => {
            let key = shape.key.to_ascii_lowercase();
            words.iter().any(|word| key.contains(word)) && phrase.is_none_or(|phrase| says(shape, phrase))
        }
    }
}

fn says(shape: &Shape<'_>, phrase: &str) -> bool {
    let Body::Object(object) = &shape.body else { return false };
    let own = shape.docs.description.into_iter();
    let mut descriptions = own.chain(object.fields.iter().filter_map(|field| field.docs.description));
    descriptions.any(|text| text.to_ascii_lowercase().contains(phrase))
}

/// Whether the type holds exactly what the shape allows. Types of the table nest a few levels deep at most.
fn fits(shapes: &Shapes<'_>, table: &Table, ty: &KubernetesType, id: ShapeId) -> bool {
    let shape = &shapes[id];
    let Body::Object(object) = &shape.body else { return false };
    let constrained = object.unknown.is_some() || !shape.docs.notes.is_empty();
    !constrained
        && ty.fields.iter().all(|expected| expected.added_later || has_key(object, expected.key))
        && object.fields.iter().all(|field| {
            let expected = ty.fields.iter().find(|expected| expected.key == field.key);
            expected.is_some_and(|expected| field_fits(shapes, table, expected, field))
        })
}

fn has_key(object: &Object<'_>, key: &str) -> bool {
    object.fields.iter().any(|field| field.key == key)
}

/// A default is a note of its own, and no constraint: the server has filled it in before anyone reads the object.
fn field_fits(shapes: &Shapes<'_>, table: &Table, expected: &KubernetesField, field: &Field<'_>) -> bool {
    let constrained =
        !field.constraints.is_empty() || field.nullable || field.docs.notes.len() > usize::from(field.defaulted);
    let always_there = field.required || field.defaulted && expected.required;
    !constrained && always_there == expected.required && type_fits(shapes, table, &expected.ty, &field.ty)
}

fn type_fits(shapes: &Shapes<'_>, table: &Table, expected: &FieldType, ty: &Type) -> bool {
    match (expected, ty) {
        (FieldType::String, Type::String)
        | (FieldType::Int32, Type::Int32)
        | (FieldType::Int64, Type::Int64)
        | (FieldType::Boolean, Type::Boolean) => true,
        (FieldType::Array(expected), Type::Array(inner)) | (FieldType::Map(expected), Type::Map(inner)) => {
            type_fits(shapes, table, expected, inner)
        }
        (FieldType::Named(name), Type::Shape(id)) => {
            table.types.get(name).is_some_and(|ty| fits(shapes, table, ty, *id))
        }
        _ => false,
    }
}
