//! Formats: those that the API server enforces, and those that only say something to readers.

use crate::{
    compatibility::{
        code::{Change, Subject},
        draft::Draft,
    },
    diagnostic::quote,
    format::Format,
    schema::{Schema, SchemaType},
};

/// What a format means to the API server.
#[derive(PartialEq, Eq)]
enum Enforced {
    Nothing,
    Text(Format),
    Int32,
    Float32,
}

/// What has changed about the format.
pub(super) fn compare(old: &Schema, new: &Schema) -> Option<Draft> {
    if old.format == new.format {
        return None;
    }
    let message = match (&old.format, &new.format) {
        (None, Some(new)) => format!("the format {} is wanted now", quote(new)),
        (Some(old), None) => format!("the format {} is not wanted any more", quote(old)),
        (Some(old), Some(new)) => format!("the format was {}, and is {} now", quote(old), quote(new)),
        (None, None) => return None,
    };
    let draft = match (enforced(old), enforced(new)) {
        (old, new) if old == new => {
            let message = format!("{message}, which the API server takes for the same");
            Draft::safe(Subject::Format, Change::Changed, message)
        }
        (_, Enforced::Nothing) => Draft::safe(Subject::Format, Change::Removed, message),
        (old, new) if includes(&old, &new) => Draft::safe(Subject::Format, Change::Loosened, message),
        (Enforced::Nothing, _) => Draft::suspect(Subject::Format, Change::Added, message),
        _ => Draft::suspect(Subject::Format, Change::Changed, message),
    };
    Some(draft.generated())
}

fn enforced(schema: &Schema) -> Enforced {
    let name = schema.format.as_deref().unwrap_or_default();
    match (schema.kind, name) {
        (Some(SchemaType::Integer), "int32") => Enforced::Int32,
        (Some(SchemaType::Number), "float") => Enforced::Float32,
        (Some(SchemaType::String) | None, name) => match Format::from_name(name) {
            None | Some(Format::Password) => Enforced::Nothing,
            Some(format) => Enforced::Text(format),
        },
        _ => Enforced::Nothing,
    }
}

/// Whether every text of the old format has the new one.
fn includes(old: &Enforced, new: &Enforced) -> bool {
    let (Enforced::Text(old), Enforced::Text(new)) = (old, new) else { return false };
    matches!(
        (old, new),
        (Format::Uuid3 | Format::Uuid4 | Format::Uuid5, Format::Uuid) | (Format::Isbn10 | Format::Isbn13, Format::Isbn)
    )
}
