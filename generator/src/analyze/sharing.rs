//! Equal shapes become one type.
//!
//! In: a group. Out: each shape that another one stands for refers to it. Shapes are joined within a group, across its
//! kinds and versions, if they have the same fields, types, optionality, constraints, defaults and names, and besides
//! the same local name, the same descriptions inside, or so many properties that this cannot be an accident: shape alone would
//! join every `{name}`, whatever it names.
//!
//! **Invariant**: what stands for others comes first in canonical order and lies inside no shape that another stands
//! for. Equal shapes have equal insides in the same order, and canonical order is breadth first.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::{
    model::{Body, Field, Group, Object, ShapeId, Shapes, Type},
    naming::local_name,
};

/// Equal shapes with so many properties, at any depth, are one type, whatever their descriptions say: that of a container
/// differs with the place where it is used.
const MANY: usize = 8;

/// A class of equal shapes, for each shape.
type Classes = Vec<usize>;

/// Finds equal shapes.
pub(super) fn share(group: &mut Group<'_>) {
    let shapes = &group.shapes;
    let members = members(group);
    let classes = classes(shapes, &members, structure);
    let descriptions = self::classes(shapes, &members, inner_descriptions);
    let mut sets = DisjointSets::new(shapes.len());
    let sizes = sizes(shapes, &members);
    let mut by_name = BTreeMap::new();
    let mut by_description = BTreeMap::new();
    let mut by_structure = BTreeMap::new();
    for &id in members.iter().filter(|id| shapes[**id].parent.is_some()) {
        let class = classes[id.index()];
        sets.join(id, *by_name.entry((class, local_name(shapes, id))).or_insert(id));
        if is_described(shapes, id) {
            sets.join(id, *by_description.entry((class, descriptions[id.index()])).or_insert(id));
        }
        if sizes[id.index()] >= MANY {
            sets.join(id, *by_structure.entry(class).or_insert(id));
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

/// How many properties are in each shape, at any depth.
fn sizes(shapes: &Shapes<'_>, members: &[ShapeId]) -> Vec<usize> {
    let mut sizes = vec![0; shapes.len()];
    for &id in members.iter().rev() {
        if let Body::Object(object) = &shapes[id].body {
            let inside: usize = shapes.children(id).map(|child| sizes[child.index()]).sum();
            sizes[id.index()] = object.fields.len() + inside;
        }
    }
    sizes
}

/// What a shape is described by, part by part: equal shapes have equal lists of parts.
#[derive(PartialEq, Eq, Hash)]
enum Part<'s> {
    /// A word that says what follows.
    Word(&'static str),
    /// A text of the schema, or a name.
    Text(&'s str),
    /// A class of shapes.
    Class(usize),
    /// How a property is there: required, nullable, defaulted.
    Presence([bool; 3]),
    /// A type without a shape in it.
    Leaf(&'s Type),
    /// Constraints, as text.
    Constraints(String),
}

/// Numbers shapes so that two have the same number if `describe` says the same of them, given the numbers of their
/// children.
fn classes<'s>(
    shapes: &'s Shapes<'_>,
    members: &[ShapeId],
    describe: fn(&mut Vec<Part<'s>>, &'s Shapes<'_>, ShapeId, &Classes),
) -> Classes {
    let mut numbers: IndexMap<Vec<Part<'s>>, usize> = IndexMap::new();
    let mut classes = vec![usize::MAX; shapes.len()];
    for &id in members.iter().rev() {
        let mut parts = Vec::new();
        describe(&mut parts, shapes, id, &classes);
        let fresh = numbers.len();
        classes[id.index()] = *numbers.entry(parts).or_insert(fresh);
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
fn structure<'s>(parts: &mut Vec<Part<'s>>, shapes: &'s Shapes<'_>, id: ShapeId, classes: &Classes) {
    let shape = &shapes[id];
    parts.extend(shape.docs.notes.iter().map(|note| Part::Text(note)));
    match &shape.body {
        Body::Enumeration(enumeration) => {
            parts.push(Part::Word(if enumeration.closed { "closed enum" } else { "enum" }));
            for variant in &enumeration.variants {
                parts.extend([Part::Text(variant.value), Part::Text(&variant.name)]);
            }
        }
        Body::Object(object) => {
            parts.push(Part::Word("object"));
            parts.extend(object.unknown.iter().map(|unknown| Part::Text(unknown.as_str())));
            if let Some(constructor) = &object.constructor {
                parts.extend([Part::Word("constructor"), Part::Text(&constructor.name)]);
                parts.extend(constructor.parameters.iter().map(|index| Part::Text(object.fields[*index].key)));
            }
            for field in sorted_fields(object) {
                describe_field(parts, shapes, field, classes);
            }
        }
    }
}

fn describe_field<'s>(parts: &mut Vec<Part<'s>>, shapes: &'s Shapes<'_>, field: &'s Field<'_>, classes: &Classes) {
    parts.extend([Part::Word("field"), Part::Text(field.key), Part::Text(field.name.as_str())]);
    parts.push(Part::Presence([field.required, field.nullable, field.defaulted]));
    if !field.constraints.is_empty() {
        parts.push(Part::Constraints(format!("{:?}", field.constraints)));
    }
    parts.extend(field.docs.notes.iter().map(|note| Part::Text(note)));
    describe_type(parts, shapes, &field.ty, classes);
}

fn describe_type<'s>(parts: &mut Vec<Part<'s>>, shapes: &'s Shapes<'_>, ty: &'s Type, classes: &Classes) {
    let (word, inner) = match ty {
        Type::Array(inner) => ("array", inner),
        Type::Map(inner) => ("map", inner),
        Type::Nullable(inner) => ("nullable", inner),
        Type::Shape(id) => {
            let shape = &shapes[*id];
            let names = [Part::Text(&shape.ty), Part::Text(shape.module.as_str())];
            parts.extend([Part::Class(classes[id.index()])].into_iter().chain(names));
            return;
        }
        leaf => return parts.push(Part::Leaf(leaf)),
    };
    parts.push(Part::Word(word));
    describe_type(parts, shapes, inner, classes);
}

fn inner_descriptions<'s>(parts: &mut Vec<Part<'s>>, shapes: &'s Shapes<'_>, id: ShapeId, classes: &Classes) {
    if let Body::Object(object) = &shapes[id].body {
        for field in sorted_fields(object) {
            parts.extend([Part::Text(field.key), Part::Text(field.docs.description.unwrap_or_default())]);
            parts.extend(field.ty.shape().map(|child| Part::Class(classes[child.index()])));
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
