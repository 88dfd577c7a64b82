//! Defaults of members.

use serde_json::Value;

use crate::{
    compatibility::{
        code::{Change, Subject},
        draft::{Draft, Reach},
    },
    diagnostic::quote,
    schema::Schema,
};

/// Longer defaults are cut in messages.
const LONGEST: usize = 80;

/// What has changed about defaults: of members that both sides declare, of items and of the values of a map.
pub(super) fn compare(old: &Schema, new: &Schema) -> Vec<Draft> {
    let mut drafts = of_members(old, new);
    let values = |schema: &Schema| schema.additional_schema().and_then(|values| values.default.clone());
    let items = |schema: &Schema| schema.items.as_ref().and_then(|items| items.default.clone());
    if values(old) != values(new) || items(old) != items(new) {
        let message = "what stands in for null, as an item or a value of a map, has changed";
        let why = "clients that write null there get another result";
        drafts.push(Draft::attention(Subject::Default, Change::Changed, message, why).within());
    }
    drafts
}

fn of_members(old: &Schema, new: &Schema) -> Vec<Draft> {
    let both = old.properties.iter().filter_map(|(name, property)| Some((name, property, new.properties.get(name)?)));
    both.filter_map(|(name, before, after)| {
        let is_required = |schema: &Schema| schema.required.contains(name);
        let shown = quote(name);
        let draft = match (&before.default, &after.default) {
            (before, after) if before == after => return None,
            (None, Some(_)) if is_required(old) => {
                let message = format!("{shown} has a default now; so far it could not be left out");
                Draft::safe(Subject::Default, Change::Added, message).member(name)
            }
            (None, Some(default)) => {
                let message = format!("where {shown} is left out, it is {} now", show(default));
                let why = "objects that are stored without it change: check that this is what leaving it out meant";
                Draft::attention(Subject::Default, Change::Added, message, why).omits(name).reach(Reach::NodeAndMember)
            }
            (Some(default), None) if is_required(new) => {
                let message = format!("{shown} must be there, and has no default any more; it was {}", show(default));
                Draft::suspect(Subject::Default, Change::Removed, message).omits(name)
            }
            (Some(default), None) => {
                let message = format!("where {shown} is left out, it is missing now, and not {}", show(default));
                let why = "stored objects have the old default already; clients that leave it out get another result";
                Draft::attention(Subject::Default, Change::Removed, message, why)
                    .omits(name)
                    .reach(Reach::NodeAndMember)
            }
            (None, None) => return None,
            (Some(before), Some(after)) => {
                let before = show(before);
                let message = format!("where {shown} is left out, it is {} now, and not {before}", show(after));
                let why = "stored objects have the old default already; clients that leave it out get another result";
                Draft::attention(Subject::Default, Change::Changed, message, why)
                    .omits(name)
                    .reach(Reach::NodeAndMember)
            }
        };
        // What is required and has no default is always there; what has one need not be, and null is something else then.
        let matters =
            [(old, before), (new, after)].iter().any(|(schema, member)| is_required(schema) || member.nullable);
        let comes_or_goes = before.default.is_some() != after.default.is_some();
        Some(if comes_or_goes && matters { draft.generated() } else { draft })
    })
    .collect()
}

fn show(default: &Value) -> String {
    let text = default.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
