//! Members that must be there.

use super::super::Pair;
use crate::{
    compatibility::{
        code::{Change, Subject},
        draft::Draft,
    },
    diagnostic::quote,
    schema::Schema,
};

/// What has changed about required members.
pub(super) fn compare(pair: Pair<'_>) -> Vec<Draft> {
    let (old, new) = (pair.old, pair.new);
    let mut drafts = Vec::new();
    for name in new.required.iter().filter(|name| is_newly_required(old, new, name)) {
        let shown = quote(name);
        let is_new = !old.properties.contains_key(name);
        let message = if is_new { format!("{shown} is new and required") } else { format!("{shown} is required now") };
        drafts.push(Draft::suspect(Subject::Required, Change::Added, message).omits(name));
    }
    for name in new.required.iter().filter(|name| !old.required.contains(name) && has_default(new, name)) {
        if old.properties.contains_key(name) {
            let message = format!("{} is required now; its default is filled in where it is missing", quote(name));
            drafts.push(Draft::safe(Subject::Required, Change::Added, message).member(name));
        }
    }
    for name in old.required.iter().filter(|name| !new.required.contains(name)) {
        let message = format!("{} is not required any more", quote(name));
        drafts.push(Draft::safe(Subject::Required, Change::Removed, message).member(name));
    }
    drafts.into_iter().map(Draft::generated).collect()
}

/// Whether a member must be there now, without a default that is filled in.
pub(super) fn is_newly_required(old: &Schema, new: &Schema, name: &str) -> bool {
    let is_required = |schema: &Schema| schema.required.iter().any(|required| required == name);
    is_required(new) && !is_required(old) && !has_default(new, name)
}

fn has_default(schema: &Schema, name: &str) -> bool {
    schema.properties.get(name).is_some_and(|property| property.default.is_some())
}
