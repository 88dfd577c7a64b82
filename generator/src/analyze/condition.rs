//! Which objects are Kubernetes conditions: items of a property called `conditions`, or ending in that, with the members of
//! `meta/v1.Condition` that a condition cannot lack, and with types that hold what the others of it hold.
//!
//! Source: `k8s.io/apimachinery/pkg/apis/meta/v1.Condition`.

use crate::model::{Body, ConditionFields, Field, Format, Object, Shape, Shapes, Type};

/// The members of a condition: the name that the runtime's macro has for each, and the JSON key.
const MEMBERS: &[(&str, &str)] = &[
    ("r#type", "type"),
    ("status", "status"),
    ("reason", "reason"),
    ("message", "message"),
    ("last_transition_time", "lastTransitionTime"),
    ("observed_generation", "observedGeneration"),
];

/// What makes a condition more than something with a type and a status.
const EVIDENCE: &[&str] = &["reason", "message", "lastTransitionTime"];

/// Marks the conditions.
pub(super) fn find(shapes: &mut Shapes<'_>) {
    for id in shapes.ids() {
        let fields = condition(&shapes[id], shapes);
        if let (Some(fields), Body::Object(object)) = (fields, &mut shapes[id].body) {
            object.condition = Some(fields);
        }
    }
}

fn condition(shape: &Shape<'_>, shapes: &Shapes<'_>) -> Option<ConditionFields> {
    let Body::Object(object) = &shape.body else { return None };
    if !shape.collection || !shape.key.to_ascii_lowercase().ends_with("conditions") {
        return None;
    }
    let found: Vec<(&str, usize)> =
        MEMBERS.iter().filter_map(|&(name, key)| Some((name, position(object, key, shapes)?))).collect();
    let has = |wanted: &str| found.iter().any(|(name, _)| *name == wanted);
    let evident = EVIDENCE.iter().any(|key| object.fields.iter().any(|field| field.key == *key));
    let whole = has("r#type") && has("status") && evident && others_can_be_absent(object, &found);
    whole.then_some(ConditionFields(found))
}

/// The member, if its type is one that the runtime reads and writes as a condition's.
fn position(object: &Object<'_>, key: &str, shapes: &Shapes<'_>) -> Option<usize> {
    let position = object.fields.iter().position(|field| field.key == key)?;
    let field = &object.fields[position];
    let fits = match &field.ty {
        Type::String => key != "observedGeneration",
        Type::Formatted(Format::DateTime) => key == "lastTransitionTime",
        Type::Int64 => key == "observedGeneration",
        Type::Shape(id) => match &shapes[*id].body {
            Body::Enumeration(enumeration) => !enumeration.closed && matches!(key, "type" | "status" | "reason"),
            Body::Object(_) => false,
        },
        _ => false,
    };
    (fits && !field.nullable).then_some(position)
}

/// A new condition has only what a condition has.
fn others_can_be_absent(object: &Object<'_>, found: &[(&str, usize)]) -> bool {
    let is_found = |index: usize| found.iter().any(|(_, position)| *position == index);
    let can_be_absent = |(index, field): (usize, &Field<'_>)| is_found(index) || !field.required;
    object.fields.iter().enumerate().all(can_be_absent)
}
