//! Patterns, and how long texts are.

use serde_json::Value;

use super::size::{least, most};
use crate::{
    compatibility::{
        code::{Change, Subject},
        draft::{Draft, Weight},
        language::{Budget, Difference, difference},
    },
    diagnostic::quote,
    schema::Schema,
};

/// Longer limits are not compared with patterns.
const LONGEST: i64 = 512;

/// What has changed about patterns and lengths.
pub(super) fn compare(old: &Schema, new: &Schema, budget: &Budget) -> Vec<Draft> {
    let shortest =
        least(Subject::MinLength, "characters", old.constraints.min_length, new.constraints.min_length).map(|draft| {
            settle(draft, old, new.constraints.min_length.map(|limit| (limit, format!("(?s)^.{{{limit}}}"))), budget)
        });
    let longest =
        most(Subject::MaxLength, "characters", old.constraints.max_length, new.constraints.max_length).map(|draft| {
            settle(draft, old, new.constraints.max_length.map(|limit| (limit, format!("(?s)^.{{0,{limit}}}$"))), budget)
        });
    [pattern(old, new, budget), shortest, longest].into_iter().flatten().collect()
}

fn pattern(old: &Schema, new: &Schema, budget: &Budget) -> Option<Draft> {
    match (&old.constraints.pattern, &new.constraints.pattern) {
        (old, new) if old == new => None,
        (None, None) => None,
        (Some(old), None) => {
            let message = format!("texts need not match {} any more", quote(old));
            Some(Draft::safe(Subject::Pattern, Change::Removed, message))
        }
        (None, Some(new)) => {
            let message = format!("texts must match {} now", quote(new));
            let draft = Draft::suspect(Subject::Pattern, Change::Added, message);
            // Anything that is text.
            Some(match difference("", new, budget) {
                Difference::None => Draft { weight: Weight::Safe, ..draft },
                Difference::Words(words) => draft.hints(words.into_iter().map(Value::String)),
                Difference::Unknown => draft,
            })
        }
        (Some(old), Some(new)) => Some(changed(old, new, budget)),
    }
}

fn changed(old: &str, new: &str, budget: &Budget) -> Draft {
    let message = format!("texts must match {} now, not {}", quote(new), quote(old));
    match difference(old, new, budget) {
        Difference::None => {
            let message = format!("{message}; whatever matched before still does");
            Draft::safe(Subject::Pattern, Change::Loosened, message)
        }
        Difference::Words(words) => {
            let hints = words.into_iter().map(Value::String);
            let is_narrower = difference(new, old, budget) == Difference::None;
            let change = if is_narrower { Change::Tightened } else { Change::Changed };
            Draft::suspect(Subject::Pattern, change, message).hints(hints)
        }
        Difference::Unknown => Draft::suspect(Subject::Pattern, Change::Changed, message),
    }
}

/// A limit that every text that matches the old pattern keeps anyway is safe. The limit comes with a pattern that says it.
fn settle(draft: Draft, old: &Schema, limit: Option<(i64, String)>, budget: &Budget) -> Draft {
    let (Some(pattern), Some((limit, said)), Weight::Suspect) = (&old.constraints.pattern, limit, &draft.weight) else {
        return draft;
    };
    if (0..=LONGEST).contains(&limit) && difference(pattern, &said, budget) == Difference::None {
        let message = format!("{}; every text that matches {} does so anyway", draft.message, quote(pattern));
        return Draft { weight: Weight::Safe, message, ..draft };
    }
    draft
}
