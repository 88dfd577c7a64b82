//! Equal shapes become one type.
//!
//! In: a group. Out: each shape that another one stands for refers to it. Shapes are joined within a group, across its
//! kinds and versions, if they have the same fields, types, optionality, constraints, defaults and names, and besides
//! either the same local name or the same descriptions inside: shape alone would join every `{name}`, whatever it names.
//!
//! **Invariant**: what stands for others comes first in canonical order and lies inside no shape that another stands
//! for. Equal shapes have equal insides in the same order, and canonical order is breadth first.

use std::{collections::BTreeMap, fmt::Write as _};

use indexmap::IndexMap;

use crate::{
    model::{Body, Field, Group, Object, ShapeId, Shapes, Type},
    naming::local_name,
};

/// A class of equal shapes, for each shape.
type Classes = Vec<usize>;

/// Finds equal shapes.
pub(super) fn share(group: &mut Group<'_>) {
    let shapes = &group.shapes;
    let members = members(group);
    let classes = classes(shapes, &members, structure);
    let descriptions = self::classes(shapes, &members, inner_descriptions);
    let mut sets = DisjointSets::new(shapes.len());
    let mut by_name = BTreeMap::new();
    let mut by_description = BTreeMap::new();
    for &id in members.iter().filter(|id| shapes[**id].parent.is_some()) {
        let class = classes[id.index()];
        sets.join(id, *by_name.entry((class, local_name(shapes, id))).or_insert(id));
        if is_described(shapes, id) {
            sets.join(id, *by_description.entry((class, descriptions[id.index()])).or_insert(id));
        }
    }
    for id in members {
        let first = sets.first(id);
        group.shapes[id].canonical = (first != id).then_some(first);
    }
}

/// All shapes of a group that are used, in canonical order.
fn members(group: &Group<'_>) -> Vec<ShapeId> {
    let mut found: Vec<ShapeId> =
        group.versions.iter().flat_map(|version| &version.resources).map(|resource| resource.root).collect();
    let mut next = 0;
    while let Some(&id) = found.get(next) {
        next += 1;
        found.extend(group.shapes.children(id));
    }
    found.sort();
    found
}

/// Numbers shapes so that two have the same number if `describe` says the same of them, given the numbers of their
/// children.
fn classes(
    shapes: &Shapes<'_>,
    members: &[ShapeId],
    describe: fn(&mut String, &Shapes<'_>, ShapeId, &Classes),
) -> Classes {
    let mut numbers: IndexMap<String, usize> = IndexMap::new();
    let mut classes = vec![usize::MAX; shapes.len()];
    let mut text = String::new();
    for &id in members.iter().rev() {
        text.clear();
        describe(&mut text, shapes, id, &classes);
        let fresh = numbers.len();
        classes[id.index()] = match numbers.get(&text) {
            Some(number) => *number,
            None => *numbers.entry(text.clone()).or_insert(fresh),
        };
    }
    classes
}

fn is_described(shapes: &Shapes<'_>, id: ShapeId) -> bool {
    match &shapes[id].body {
        Body::Object(object) => object.fields.iter().any(|field| field.docs.description.is_some()),
        Body::Enumeration(_) => false,
    }
}

/// Everything that makes a type what it is, except its own name and descriptions.
fn structure(text: &mut String, shapes: &Shapes<'_>, id: ShapeId, classes: &Classes) {
    let shape = &shapes[id];
    for note in &shape.docs.notes {
        write_text(text, note);
    }
    match &shape.body {
        Body::Enumeration(enumeration) => {
            text.push_str(if enumeration.closed { "closed enum" } else { "enum" });
            for variant in &enumeration.variants {
                write_text(text, variant.value);
                write_text(text, &variant.name);
            }
        }
        Body::Object(object) => {
            let _ = write!(text, "object {:?}", object.unknown);
            if let Some(constructor) = &object.constructor {
                write_text(text, &constructor.name);
                constructor.parameters.iter().for_each(|index| write_text(text, object.fields[*index].key));
            }
            for field in sorted_fields(object) {
                write_field(text, shapes, field, classes);
            }
        }
    }
}

fn write_field(text: &mut String, shapes: &Shapes<'_>, field: &Field<'_>, classes: &Classes) {
    write_text(text, field.key);
    write_text(text, field.name.as_str());
    let flags = [field.required, field.nullable, field.defaulted];
    text.extend(flags.map(|flag| if flag { 'y' } else { 'n' }));
    if !field.constraints.is_empty() {
        let _ = write!(text, "{:?}", field.constraints);
    }
    for note in &field.docs.notes {
        write_text(text, note);
    }
    write_type(text, shapes, &field.ty, classes);
}

/// A text with its length in front, so that no two lists of texts look the same.
fn write_text(text: &mut String, part: &str) {
    let _ = write!(text, " {}:", part.len());
    text.push_str(part);
}

fn write_type(text: &mut String, shapes: &Shapes<'_>, ty: &Type, classes: &Classes) {
    match ty {
        Type::Array(inner) => {
            text.push_str("array of ");
            write_type(text, shapes, inner, classes);
        }
        Type::Map(inner) => {
            text.push_str("map of ");
            write_type(text, shapes, inner, classes);
        }
        Type::Nullable(inner) => {
            text.push_str("nullable ");
            write_type(text, shapes, inner, classes);
        }
        Type::Shape(id) => {
            let _ = write!(text, "shape {}", classes[id.index()]);
            write_text(text, &shapes[*id].ty);
            write_text(text, shapes[*id].module.as_str());
        }
        leaf => {
            let _ = write!(text, "{leaf:?}");
        }
    }
}

fn inner_descriptions(text: &mut String, shapes: &Shapes<'_>, id: ShapeId, classes: &Classes) {
    if let Body::Object(object) = &shapes[id].body {
        for field in sorted_fields(object) {
            write_text(text, field.key);
            write_text(text, field.docs.description.unwrap_or_default());
            if let Some(child) = field.ty.shape() {
                let _ = write!(text, "{}", classes[child.index()]);
            }
        }
    }
}

/// The order of properties means nothing.
fn sorted_fields<'o, 'a>(object: &'o Object<'a>) -> Vec<&'o Field<'a>> {
    let mut fields: Vec<_> = object.fields.iter().collect();
    fields.sort_by_key(|field| field.key);
    fields
}

/// Sets of shapes, each known by its first member.
struct DisjointSets {
    parents: Vec<Option<ShapeId>>,
}

impl DisjointSets {
    fn new(shapes: usize) -> Self {
        Self { parents: vec![None; shapes] }
    }

    fn first(&mut self, id: ShapeId) -> ShapeId {
        let mut top = id;
        while let Some(parent) = self.parents[top.index()] {
            top = parent;
        }
        let mut below = id;
        while below != top {
            let next = self.parents[below.index()].replace(top).unwrap_or(top);
            below = next;
        }
        top
    }

    fn join(&mut self, a: ShapeId, b: ShapeId) {
        let (a, b) = (self.first(a), self.first(b));
        if a != b {
            self.parents[a.max(b).index()] = Some(a.min(b));
        }
    }
}
