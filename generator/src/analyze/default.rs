//! Which objects have a default: those whose required properties all have one.
//!
//! An enum has none, as no value of it is more usual than another, and of a type that the settings name nothing is known.

use crate::model::{Body, Field, Shapes, Type};

/// Marks the objects that can derive `Default`.
pub(super) fn find(shapes: &mut Shapes<'_>) {
    // Children come after their parents.
    for id in shapes.ids().rev() {
        let has_default = match &shapes[id].body {
            Body::Object(object) => object.fields.iter().all(|field| has_default(field, shapes)),
            Body::Enumeration(_) => false,
        };
        if let Body::Object(object) = &mut shapes[id].body {
            object.has_default = has_default;
        }
    }
}

fn has_default(field: &Field<'_>, shapes: &Shapes<'_>) -> bool {
    if !field.required || field.nullable {
        return true;
    }
    match &field.ty {
        Type::Shape(id) => matches!(&shapes[*id].body, Body::Object(object) if object.has_default),
        Type::Existing(_) => false,
        _ => true,
    }
}
