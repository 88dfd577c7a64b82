//! The lints that output trips in a crate of any kind, with clippy's pedantic ones: those that occur, and no others.

use crate::{
    model::{Body, Group, Object, Shape, Type},
    options::Options,
};

/// rustc's for what a binary does not use, then clippy's.
const ALWAYS: &[&str] = &["dead_code", "unused_imports", "clippy::doc_markdown"];

/// More flags than this in one struct are told by `clippy::struct_excessive_bools`.
const MOST_FLAGS: usize = 3;

/// The names of the lints, sorted as they are written.
pub(super) fn occurring(groups: &[Group<'_>], options: &Options) -> Vec<&'static str> {
    let mut lints = ALWAYS.to_vec();
    if !options.docs() {
        lints.push("missing_docs");
    }
    let optional: [(&str, fn(&Group<'_>, &Shape<'_>) -> bool); 4] = [
        ("clippy::module_inception", is_inside_of_its_name),
        ("clippy::struct_excessive_bools", has_many_flags),
        ("clippy::type_complexity", has_deep_type),
        ("clippy::zero_sized_map_values", has_map_of_nothing),
    ];
    for (lint, occurs) in optional {
        let mut shapes = groups.iter().flat_map(|group| group.shapes.ids().map(move |id| (group, &group.shapes[id])));
        let versions = groups.iter().any(|group| group.versions.iter().any(|version| has_same_name(group, version)));
        if lint == "clippy::module_inception" && versions || shapes.any(|(group, shape)| occurs(group, shape)) {
            lints.push(lint);
        }
    }
    lints
}

/// A module in a module of the same name.
fn is_inside_of_its_name(group: &Group<'_>, shape: &Shape<'_>) -> bool {
    let path = shape.module_path.as_deref().unwrap_or_default();
    let _ = group;
    path.windows(2).any(|pair| pair[0] == pair[1])
}

fn has_same_name(group: &Group<'_>, version: &crate::model::Version<'_>) -> bool {
    group.module == version.module || version.resources.iter().any(|resource| resource.module == version.module)
}

fn has_many_flags(_: &Group<'_>, shape: &Shape<'_>) -> bool {
    let is_flag = |object: &Object<'_>| {
        object.fields.iter().filter(|field| field.required && !field.nullable && field.ty == Type::Boolean).count()
    };
    matches!(&shape.body, Body::Object(object) if is_flag(object) > MOST_FLAGS)
}

/// `clippy::type_complexity` counts what is in a type; only deep nesting reaches its threshold.
fn has_deep_type(_: &Group<'_>, shape: &Shape<'_>) -> bool {
    matches!(&shape.body, Body::Object(object) if object.fields.iter().any(|field| depth(&field.ty) > 3))
}

fn depth(ty: &Type) -> usize {
    match ty {
        Type::Array(inner) | Type::Map(inner) | Type::Nullable(inner) => 1 + depth(inner),
        _ => 0,
    }
}

fn has_map_of_nothing(_: &Group<'_>, shape: &Shape<'_>) -> bool {
    matches!(&shape.body, Body::Object(object) if object.fields.iter().any(|field| is_map_of_nothing(&field.ty)))
}

fn is_map_of_nothing(ty: &Type) -> bool {
    match ty {
        Type::Map(inner) => **inner == Type::Empty || is_map_of_nothing(inner),
        Type::Array(inner) | Type::Nullable(inner) => is_map_of_nothing(inner),
        _ => false,
    }
}
