//! Equal shapes become one type.
//!
//! In: a [`Model`]. Out: for each shape the one that stands for it. Shapes are joined within a group, across its kinds
//! and versions, if they have the same fields, types, optionality, constraints and defaults, and besides either the
//! same local name or the same descriptions inside: shape alone would join every `{name}`, whatever it names.
//!
//! **Invariant**: what stands for others comes first in canonical order and lies inside no shape that another stands
//! for. Equal shapes have equal insides in the same order, and canonical order is breadth first.

use std::{collections::BTreeMap, fmt::Write as _};

use super::naming;
use crate::model::{Body, Group, Model, Object, ShapeId, Shapes, Type};

/// Which shape stands for which.
#[derive(Clone, Debug)]
pub struct Sharing {
    canonical: Vec<Option<ShapeId>>,
}

impl Sharing {
    /// The shape that is emitted in the place of `id`: itself, unless it is shared.
    pub fn canonical(&self, id: ShapeId) -> ShapeId {
        self.canonical[id.index()].unwrap_or(id)
    }

    /// Whether another shape stands for it.
    pub fn is_alias(&self, id: ShapeId) -> bool {
        self.canonical(id) != id
    }
}

/// Finds equal shapes.
pub fn share(model: &Model) -> Sharing {
    let mut canonical = vec![None; model.shapes.len()];
    for group in &model.groups {
        share_group(&model.shapes, group, &mut canonical);
    }
    Sharing { canonical }
}

fn share_group(shapes: &Shapes, group: &Group, canonical: &mut [Option<ShapeId>]) {
    let members = members(shapes, group);
    let classes = classes(shapes, &members, structure);
    let descriptions = classes_of_descriptions(shapes, &members);
    let mut sets = DisjointSets::default();
    let mut by_name = BTreeMap::new();
    let mut by_description = BTreeMap::new();
    for &id in members.iter().filter(|id| shapes[**id].parent.is_some()) {
        let class = classes[&id];
        sets.join(id, *by_name.entry((class, naming::local_name(shapes, id))).or_insert(id));
        if let Some(description) = descriptions[&id] {
            sets.join(id, *by_description.entry((class, description)).or_insert(id));
        }
    }
    for id in members {
        canonical[id.index()] = Some(sets.first(id));
    }
}

/// All shapes of a group in canonical order.
fn members(shapes: &Shapes, group: &Group) -> Vec<ShapeId> {
    let mut found: Vec<ShapeId> =
        group.versions.iter().flat_map(|version| &version.resources).map(|resource| resource.root).collect();
    let mut next = 0;
    while let Some(&id) = found.get(next) {
        next += 1;
        found.extend(shapes.children(id));
    }
    found.sort();
    found
}

/// Numbers shapes so that two have the same number if `describe` says the same of them, given the numbers of their
/// children.
fn classes(
    shapes: &Shapes,
    members: &[ShapeId],
    describe: fn(&Shapes, ShapeId, &BTreeMap<ShapeId, usize>) -> String,
) -> BTreeMap<ShapeId, usize> {
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut classes = BTreeMap::new();
    for &id in members.iter().rev() {
        let text = describe(shapes, id, &classes);
        let fresh = numbers.len();
        classes.insert(id, *numbers.entry(text).or_insert(fresh));
    }
    classes
}

/// As [`classes`] for the descriptions inside objects; none where nothing is described.
fn classes_of_descriptions(shapes: &Shapes, members: &[ShapeId]) -> BTreeMap<ShapeId, Option<usize>> {
    let classes = classes(shapes, members, inner_descriptions);
    classes.into_iter().map(|(id, class)| (id, is_described(shapes, id).then_some(class))).collect()
}

fn is_described(shapes: &Shapes, id: ShapeId) -> bool {
    match &shapes[id].body {
        Body::Object(object) => object.fields.iter().any(|field| field.docs.description.is_some()),
        Body::Enumeration(_) => false,
    }
}

/// Everything that makes a type what it is, except names and descriptions.
fn structure(shapes: &Shapes, id: ShapeId, classes: &BTreeMap<ShapeId, usize>) -> String {
    let shape = &shapes[id];
    let mut text = format!("{:?}", shape.docs.notes);
    match &shape.body {
        Body::Enumeration(values) => write_to(&mut text, format_args!("enum {values:?}")),
        Body::Object(object) => {
            write_to(&mut text, format_args!("object {}", object.unknown));
            for field in sorted_fields(object) {
                let flags = (field.required, field.nullable, field.defaulted);
                write_to(&mut text, format_args!("\n{:?} {flags:?} {:?}", field.key, field.rules));
                write_to(&mut text, format_args!(" {:?} ", field.docs.notes));
                write_type(&mut text, &field.ty, classes);
            }
        }
    }
    text
}

fn inner_descriptions(shapes: &Shapes, id: ShapeId, classes: &BTreeMap<ShapeId, usize>) -> String {
    let mut text = String::new();
    if let Body::Object(object) = &shapes[id].body {
        for field in sorted_fields(object) {
            let child = field.ty.shape().and_then(|child| classes.get(&child));
            write_to(&mut text, format_args!("{:?} {:?} {child:?}\n", field.key, field.docs.description));
        }
    }
    text
}

/// The order of properties means nothing.
fn sorted_fields(object: &Object) -> Vec<&crate::model::Field> {
    let mut fields: Vec<_> = object.fields.iter().collect();
    fields.sort_by(|a, b| a.key.cmp(&b.key));
    fields
}

fn write_type(text: &mut String, ty: &Type, classes: &BTreeMap<ShapeId, usize>) {
    match ty {
        Type::Array(inner) => {
            text.push_str("array of ");
            write_type(text, inner, classes);
        }
        Type::Map(inner) => {
            text.push_str("map of ");
            write_type(text, inner, classes);
        }
        Type::Nullable(inner) => {
            text.push_str("nullable ");
            write_type(text, inner, classes);
        }
        Type::Shape(id) => write_to(text, format_args!("shape {:?}", classes.get(id))),
        leaf => write_to(text, format_args!("{leaf:?}")),
    }
}

/// Writing to a string cannot fail.
fn write_to(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(arguments);
}

/// Sets of shapes, each known by its first member.
#[derive(Default)]
struct DisjointSets {
    parents: BTreeMap<ShapeId, ShapeId>,
}

impl DisjointSets {
    fn first(&mut self, id: ShapeId) -> ShapeId {
        let mut top = id;
        while let Some(&parent) = self.parents.get(&top) {
            top = parent;
        }
        let mut below = id;
        while below != top {
            below = self.parents.insert(below, top).unwrap_or(top);
        }
        top
    }

    fn join(&mut self, a: ShapeId, b: ShapeId) {
        let (a, b) = (self.first(a), self.first(b));
        if a != b {
            self.parents.insert(a.max(b), a.min(b));
        }
    }
}
