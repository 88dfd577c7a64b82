//! CEL rules. Nobody can read off a rule what it refuses: objects are tried, with values around the constants that it mentions.

use super::Pair;
use crate::{
    compatibility::{
        code::{Change, Subject},
        draft::{Draft, Probe, Reach},
    },
    diagnostic::quote,
    rule::mention::Mentions,
    schema::{Schema, ValidationRule},
};

/// Why nobody can say what a new rule refuses.
const WHY: &str = "no object was found that it refuses, which proves nothing: check whether stored objects and what clients write fulfil it";
const WHY_UPDATE: &str =
    "no update was found that it refuses, which proves nothing: check whether what clients change fulfils it";
/// Members that are tried for one rule.
const MOST_PROBES: usize = 12;

/// What has changed about rules.
pub(super) fn compare(pair: Pair<'_>) -> Vec<Draft> {
    let (old, new) = (&pair.old.validations, &pair.new.validations);
    let removed: Vec<&ValidationRule> =
        old.iter().filter(|rule| !new.iter().any(|other| is_same(rule, other))).collect();
    let added: Vec<&ValidationRule> = new.iter().filter(|rule| !old.iter().any(|other| is_same(rule, other))).collect();
    let mut drafts = Vec::new();
    let mut left = removed;
    let mut found: Vec<(&ValidationRule, Option<&ValidationRule>)> = Vec::new();
    for rule in added {
        let before = left.iter().position(|before| says_the_same(before, rule));
        found.push((rule, before.map(|index| left.remove(index))));
    }
    // Those without a message of before: in their order.
    for (_, before) in found.iter_mut().filter(|(_, before)| before.is_none()) {
        *before = (!left.is_empty()).then(|| left.remove(0));
    }
    drafts.extend(found.into_iter().map(|(rule, before)| new_rule(pair, rule, before)));
    for rule in left {
        let message = format!("the rule {} is gone", quote(&rule.rule));
        drafts.push(Draft::safe(Subject::Rule, Change::Removed, message));
    }
    drafts.extend(reworded(pair.old, pair.new));
    drafts
}

/// Whether two rules check the same.
fn is_same(a: &ValidationRule, b: &ValidationRule) -> bool {
    a.rule.trim() == b.rule.trim() && a.optional_old_self.unwrap_or_default() == b.optional_old_self.unwrap_or_default()
}

/// Whether two rules tell users the same, so that one replaces the other.
fn says_the_same(a: &ValidationRule, b: &ValidationRule) -> bool {
    let says = a.message.is_some() || a.message_expression.is_some();
    says && a.message == b.message && a.message_expression == b.message_expression
}

/// A rule that is new, or replaces another one.
fn new_rule(pair: Pair<'_>, rule: &ValidationRule, before: Option<&ValidationRule>) -> Draft {
    let mut mentions = Mentions::of(rule, pair.new, pair.is_resource);
    let concerns_updates = mentions.uses_old_self && rule.optional_old_self != Some(true);
    if let Some(before) = before {
        mentions = mentions.with_constants_of(Mentions::of(before, pair.old, pair.is_resource));
    }
    let (change, told) = match before {
        Some(before) => (Change::Changed, format!("the rule {} replaces {}", quote(&rule.rule), quote(&before.rule))),
        None => (Change::Added, format!("the rule {} is new", quote(&rule.rule))),
    };
    let told = if concerns_updates { format!("{told}; it concerns updates only") } else { told };
    // The server says the rule's message, or the rule itself.
    let words = rule.message.clone().unwrap_or_else(|| rule.rule.clone());
    let why = if concerns_updates { WHY_UPDATE } else { WHY };
    let draft = Draft::attention(Subject::Rule, change, told, why).reach(Reach::Words(words));
    draft.hints(mentions.values(pair.new)).probes(probes(&mentions, pair.new)).concerns_updates(concerns_updates)
}

/// The members that a rule mentions, with values for each.
fn probes(mentions: &Mentions, schema: &Schema) -> Vec<Probe> {
    let probe = |members: &Vec<String>| {
        let mut names = members.iter();
        let schema = names.try_fold(schema, |schema, name| schema.properties.get(name))?;
        Some(Probe { members: members.clone(), hints: mentions.values(schema) })
    };
    mentions.members.iter().filter_map(probe).take(MOST_PROBES).collect()
}

/// What is said about rules that are otherwise the same.
fn reworded(old: &Schema, new: &Schema) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for rule in &*new.validations {
        let same = || old.validations.iter().filter(|before| is_same(rule, before));
        let differences = |before: &ValidationRule| {
            let parts = [
                ("the message", before.message != rule.message),
                ("the `messageExpression`", before.message_expression != rule.message_expression),
                ("the `reason`", before.reason != rule.reason),
                ("the `fieldPath`", before.field_path != rule.field_path),
            ];
            let differing: Vec<&str> = parts.iter().filter(|(_, differs)| *differs).map(|(name, _)| *name).collect();
            differing.join(" and ")
        };
        if same().any(|before| differences(before).is_empty()) {
            continue;
        }
        if let Some(before) = same().next() {
            let message = format!("{} of the rule {} has changed", differences(before), quote(&rule.rule));
            drafts.push(Draft::safe(Subject::RuleMessage, Change::Changed, message));
        }
    }
    drafts
}
