//! Enums.

use serde_json::Value;

use crate::{
    compatibility::{
        code::{Change, Subject},
        draft::Draft,
    },
    diagnostic::quote,
    schema::Schema,
};

/// So many values are named.
const MOST_TOLD: usize = 5;

/// What has changed about the listed values. Null is never among them: it matches no enum.
pub(super) fn compare(old: &Schema, new: &Schema) -> Vec<Draft> {
    let (before, after) = (&old.enumeration, &new.enumeration);
    let missing = |from: &[Value], other: &[Value]| -> Vec<Value> {
        from.iter().filter(|value| !value.is_null() && !other.contains(value)).cloned().collect()
    };
    match (before.is_empty(), after.is_empty()) {
        (true, true) => Vec::new(),
        (true, false) => {
            let message = format!("only {} allowed now", told(after));
            vec![Draft::suspect(Subject::Enum, Change::Added, message).generated()]
        }
        (false, true) => {
            let message = format!("not only {} allowed any more", told(before));
            vec![Draft::safe(Subject::Enum, Change::Removed, message).generated()]
        }
        (false, false) => {
            let (removed, added) = (missing(before, after), missing(after, before));
            let mut drafts = Vec::new();
            if !removed.is_empty() {
                let message = format!("{} not allowed any more", told(&removed));
                drafts.push(Draft::suspect(Subject::Enum, Change::Tightened, message).hints(removed).generated());
            }
            if !added.is_empty() {
                let message = format!("{} allowed as well; readers may meet what they do not know", told(&added));
                drafts.push(Draft::safe(Subject::Enum, Change::Loosened, message).generated());
            }
            drafts
        }
    }
}

/// `"a" and "b" are`.
fn told(values: &[Value]) -> String {
    let mut names: Vec<String> = values.iter().take(MOST_TOLD).map(show).collect();
    if values.len() > MOST_TOLD {
        names.push(format!("{} more", values.len() - MOST_TOLD));
    }
    match names.as_slice() {
        [one] => format!("{one} is"),
        [first @ .., last] => format!("{} and {last} are", first.join(", ")),
        [] => "nothing is".to_owned(),
    }
}

fn show(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string().chars().take(80).collect(), quote)
}
