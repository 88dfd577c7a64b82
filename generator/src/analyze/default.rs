//! Which objects have a default: those whose required properties all have one.
//!
//! In: shapes. Out: a set. An enum has none, as no value of it is more usual than another.

use std::collections::BTreeSet;

use crate::model::{Body, Field, ShapeId, Shapes, Type};

/// The objects that can derive `Default`.
pub(super) fn with_default(shapes: &Shapes) -> BTreeSet<ShapeId> {
    let mut found = BTreeSet::new();
    // Children come after their parents.
    for id in shapes.ids().rev() {
        if let Body::Object(object) = &shapes[id].body
            && object.fields.iter().all(|field| has_default(field, &found))
        {
            found.insert(id);
        }
    }
    found
}

fn has_default(field: &Field, found: &BTreeSet<ShapeId>) -> bool {
    match &field.ty {
        Type::Shape(id) => !field.required || field.nullable || found.contains(id),
        _ => true,
    }
}
