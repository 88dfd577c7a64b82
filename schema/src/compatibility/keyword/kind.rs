//! Types, int-or-string and null.

use crate::{
    compatibility::{
        code::{Change, Subject},
        draft::{Draft, Reach, Weight},
    },
    format::Format,
    schema::{Schema, SchemaType},
};

/// What has changed about the type.
pub(super) fn compare(old: &Schema, new: &Schema) -> Option<Draft> {
    if name(old) == name(new) {
        return None;
    }
    let message = format!("the type was {}, and is {} now", name(old), name(new));
    let draft = match (allows_all(old, new), allows_all(new, old)) {
        (true, _) => Draft::safe(Subject::Type, Change::Loosened, message),
        (false, true) => Draft::suspect(Subject::Type, Change::Tightened, message).reach(Reach::LossesWithin),
        (false, false) => Draft::suspect(Subject::Type, Change::Changed, message).reach(Reach::LossesWithin),
    };
    Some(draft.generated())
}

/// Whether the new type is another one than the old: neither wider nor narrower.
pub(super) fn is_other(old: &Schema, new: &Schema) -> bool {
    !allows_all(old, new) && !allows_all(new, old)
}

/// What has changed about null.
pub(super) fn nullable(old: &Schema, new: &Schema) -> Option<Draft> {
    match (old.nullable, new.nullable) {
        (false, true) => Some(Draft::safe(Subject::Nullable, Change::Added, "null is allowed now").generated()),
        (true, false) => {
            let message =
                "null is not allowed any more: it is refused where the value is required, and dropped elsewhere";
            Some(Draft::suspect(Subject::Nullable, Change::Removed, message).reach(Reach::PlaceOrMissing).generated())
        }
        _ => None,
    }
}

/// Changes of keywords that are about these types: of no consequence where the old type is another one.
pub(super) fn about(types: &[SchemaType], old: &Schema, mut drafts: Vec<Draft>) -> Vec<Draft> {
    let Some(kinds) = kinds(old) else { return drafts };
    // A text with a format that is enforced may be an array as well.
    let may_be_array = old.format.as_deref().is_some_and(|name| Format::from_name(name).is_some());
    let applies = |kind: &SchemaType| types.contains(kind) || may_be_array && types.contains(&SchemaType::Array);
    if !kinds.iter().any(applies) {
        for draft in &mut drafts {
            draft.weight = Weight::Safe;
            draft.message = format!("{}, which says nothing about a value of type {}", draft.message, name(old));
        }
    }
    drafts
}

/// Whether `new` allows every type that `old` allows.
fn allows_all(old: &Schema, new: &Schema) -> bool {
    let (Some(new), old) = (kinds(new), kinds(old)) else { return true };
    old.is_some_and(|old| {
        old.iter().all(|kind| new.contains(kind) || *kind == SchemaType::Integer && new.contains(&SchemaType::Number))
    })
}

/// The types that a schema allows; none if it does not say.
fn kinds(schema: &Schema) -> Option<Vec<SchemaType>> {
    if schema.int_or_string {
        return Some(vec![SchemaType::Integer, SchemaType::String]);
    }
    schema.kind.map(|kind| vec![kind])
}

fn name(schema: &Schema) -> &'static str {
    match schema.kind {
        _ if schema.int_or_string => "int-or-string",
        Some(kind) => kind.name(),
        None => "any",
    }
}
