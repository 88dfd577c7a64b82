//! The lints that output trips in a crate of any kind, with clippy's pedantic ones: those that occur, and no others.

use crate::{
    model::{Body, Group, Object, Shape, Type},
    options::Options,
};

/// rustc's for what a binary does not use, then clippy's.
const ALWAYS: &[&str] = &["dead_code", "unused_imports", "clippy::doc_markdown"];

/// `clippy::struct_excessive_bools` accepts so many flags in one struct.
const MOST_FLAGS: usize = 3;

/// From so many members on clippy looks at their names.
const MEMBERS_WITH_NAMES: usize = 3;

/// A lint that only some output trips, and the shapes that trip it.
type Occasional = (&'static str, fn(&Shape<'_>) -> bool);

const OCCASIONAL: &[Occasional] = &[
    ("clippy::enum_variant_names", has_repetitive_variants),
    ("clippy::module_inception", is_inside_of_its_name),
    ("clippy::struct_excessive_bools", has_many_flags),
    ("clippy::struct_field_names", has_repetitive_fields),
    ("clippy::type_complexity", has_deep_type),
    ("clippy::zero_sized_map_values", has_map_of_nothing),
];

/// The names of the lints.
pub(super) fn occurring(groups: &[Group<'_>], options: &Options) -> Vec<&'static str> {
    let mut lints = ALWAYS.to_vec();
    if !options.docs() {
        lints.push("missing_docs");
    }
    let shapes = || groups.iter().flat_map(|group| group.shapes.ids().map(|id| &group.shapes[id]));
    let occurring = OCCASIONAL.iter().filter(|(_, trips)| shapes().any(trips));
    lints.extend(occurring.map(|(lint, _)| *lint));
    lints
}

fn has_repetitive_variants(shape: &Shape<'_>) -> bool {
    let Body::Enumeration(enumeration) = &shape.body else { return false };
    let names = || enumeration.variants.iter().map(|variant| variant.name.as_str());
    let with_type = names().any(|name| name.starts_with(&shape.ty) || name.ends_with(&shape.ty));
    // The variant for other values ends what the others have in common.
    let alike = enumeration.closed && names().count() >= MEMBERS_WITH_NAMES;
    with_type || alike && have_common_word(names().map(camel_words))
}

fn has_repetitive_fields(shape: &Shape<'_>) -> bool {
    let Body::Object(object) = &shape.body else { return false };
    let names = || object.fields.iter().map(|field| field.name.as_str());
    if names().count() < MEMBERS_WITH_NAMES {
        return false;
    }
    let ty = camel_words(&shape.ty).join("_").to_ascii_lowercase();
    let with_type = names().any(|name| name.starts_with(&ty) || name.ends_with(&ty));
    with_type || have_common_word(names().map(|name| name.split('_').collect()))
}

/// Whether all names begin, or all end, with the same word.
fn have_common_word<'n>(names: impl Iterator<Item = Vec<&'n str>>) -> bool {
    let names: Vec<Vec<&str>> = names.collect();
    let same =
        |word: fn(&Vec<&'n str>) -> Option<&'n str>| names.windows(2).all(|pair| word(&pair[0]) == word(&pair[1]));
    same(|words| words.first().copied()) || same(|words| words.last().copied())
}

fn camel_words(name: &str) -> Vec<&str> {
    let starts = name.char_indices().filter(|(_, c)| c.is_ascii_uppercase()).map(|(at, _)| at);
    let mut bounds: Vec<usize> = std::iter::once(0).chain(starts).chain([name.len()]).collect();
    bounds.dedup();
    bounds.windows(2).map(|pair| &name[pair[0]..pair[1]]).collect()
}

/// A module in a module of the same name.
fn is_inside_of_its_name(shape: &Shape<'_>) -> bool {
    shape.module_path.as_deref().unwrap_or_default().windows(2).any(|pair| pair[0] == pair[1])
}

fn has_many_flags(shape: &Shape<'_>) -> bool {
    let flags = |object: &Object<'_>| {
        object.fields.iter().filter(|field| field.required && !field.nullable && field.ty == Type::Boolean).count()
    };
    matches!(&shape.body, Body::Object(object) if flags(object) > MOST_FLAGS)
}

/// `clippy::type_complexity` counts what is in a type; only deep nesting reaches its threshold.
fn has_deep_type(shape: &Shape<'_>) -> bool {
    matches!(&shape.body, Body::Object(object) if object.fields.iter().any(|field| depth(&field.ty) > 3))
}

fn depth(ty: &Type) -> usize {
    match ty {
        Type::Array(inner) | Type::Map(inner) | Type::Nullable(inner) => 1 + depth(inner),
        _ => 0,
    }
}

fn has_map_of_nothing(shape: &Shape<'_>) -> bool {
    matches!(&shape.body, Body::Object(object) if object.fields.iter().any(|field| is_map_of_nothing(&field.ty)))
}

fn is_map_of_nothing(ty: &Type) -> bool {
    match ty {
        Type::Map(inner) => **inner == Type::Empty || is_map_of_nothing(inner),
        Type::Array(inner) | Type::Nullable(inner) => is_map_of_nothing(inner),
        _ => false,
    }
}
