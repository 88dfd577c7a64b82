//! CEL rules. No object is made for a rule here, but those that are made show whether a new rule refuses them.

use crate::{
    compatibility::{
        code::{Change, Subject},
        draft::{Draft, Reach},
    },
    diagnostic::quote,
    schema::{Schema, ValidationRule},
};

/// Why nobody can say what a new rule refuses.
const WHY: &str = "no object was found that it refuses, which proves nothing: check whether stored objects and what clients write fulfil it";

/// What has changed about rules.
pub(super) fn compare(old: &Schema, new: &Schema) -> Vec<Draft> {
    let same = |a: &ValidationRule, b: &ValidationRule| {
        a.rule.trim() == b.rule.trim()
            && a.optional_old_self.unwrap_or_default() == b.optional_old_self.unwrap_or_default()
    };
    let missing = |from: &Schema, other: &Schema| -> Vec<ValidationRule> {
        let rules = from.validations.iter().filter(|rule| !other.validations.iter().any(|other| same(rule, other)));
        rules.cloned().collect()
    };
    let (removed, added) = (missing(old, new), missing(new, old));
    let mut drafts = Vec::new();
    for (index, rule) in added.iter().enumerate() {
        let (change, told) = match removed.get(index) {
            Some(before) => {
                (Change::Changed, format!("the rule {} replaces {}", quote(&rule.rule), quote(&before.rule)))
            }
            None => (Change::Added, format!("the rule {} is new", quote(&rule.rule))),
        };
        // The server says the rule's message, or the rule itself.
        let words = rule.message.clone().unwrap_or_else(|| rule.rule.clone());
        drafts.push(Draft::attention(Subject::Rule, change, told, WHY).reach(Reach::Words(words)));
    }
    for rule in removed.iter().skip(added.len()) {
        let message = format!("the rule {} is gone", quote(&rule.rule));
        drafts.push(Draft::safe(Subject::Rule, Change::Removed, message));
    }
    let reworded = new.validations.iter().any(|rule| {
        old.validations.iter().any(|before| same(rule, before)) && !old.validations.iter().any(|before| before == rule)
    });
    if reworded {
        let message = "what a rule says when it is broken has changed";
        drafts.push(Draft::safe(Subject::RuleMessage, Change::Changed, message));
    }
    drafts
}
