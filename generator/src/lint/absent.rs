//! Rules that fail where a property is absent: the API server refuses such objects with "no such key", which no author means.
//!
//! In: a version with rules. Out: a finding for each rule and property, found by making objects without optional properties and asking
//! the rules. An object counts only if nothing else is wrong with it.

use std::collections::BTreeSet;

use crdgen_schema::{
    diagnostic::quote,
    field::Error,
    rule::{Site, SurveyedRule},
    strategy::Operation,
    synthesis::{Limits, Sample, Synthesizer},
};

use super::{
    check,
    finding::Sink,
    place::{VersionOf, people},
};

/// The objects that are made for one version.
const LIMITS: Limits = Limits { turns: 2, parts: 40, nodes: 2000, steps: 100_000 };
/// How the server's words start, and what stands between the property and the rule.
const FAILURE: &str = "no such key: ";
const OF_RULE: &str = " evaluating rule: ";

/// Checks the rules of a version.
pub(crate) fn check(of: VersionOf<'_>, sites: &[Site<'_>], sink: &mut Sink<'_>) {
    if sites.is_empty() || !sink.wants(check::RULE_READS_ABSENT) {
        return;
    }
    let Some(synthesizer) = Synthesizer::new(of.definition, &of.version.name) else { return };
    let failures: BTreeSet<Failure> =
        synthesizer.samples(&LIMITS).flat_map(|sample| failures(&synthesizer, &sample)).collect();
    for site in sites {
        for (index, rule) in site.rules.iter().flatten().enumerate() {
            for failure in failures.iter().filter(|failure| failure.is_of(site, rule)) {
                let name = quote(&failure.property);
                let message = format!(
                    "the rule fails where {name} is absent: the API server refuses such objects with \"no such key\""
                );
                let help = "ask `has(…)` first, read it with `?` and `orValue`, make it required, or give it a default";
                sink.push(check::RULE_READS_ABSENT, of.spot_of_rule(site, index), message, help);
            }
        }
    }
}

/// A rule that failed, as the server tells of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Failure {
    /// The place of the value: `spec.ports[*]`.
    place: String,
    property: String,
    /// The message of the rule, or its expression.
    words: String,
}

/// The rules that fail for an object with which nothing else is wrong.
fn failures(synthesizer: &Synthesizer, sample: &Sample) -> Vec<Failure> {
    if !sample.refusal.as_ref().is_some_and(|refusal| refusal.contains(FAILURE)) {
        return Vec::new();
    }
    let mut object = sample.object.clone();
    if synthesizer.strategy().decode(&mut object).is_err() {
        return Vec::new();
    }
    let errors = synthesizer.strategy().check(&object, Operation::Create);
    let failures: Option<Vec<Failure>> = errors.iter().map(Failure::of).collect();
    failures.unwrap_or_default()
}

impl Failure {
    /// What an error tells; none if it is another one.
    fn of(error: &Error) -> Option<Self> {
        let (property, words) = error.detail.strip_prefix(FAILURE)?.split_once(OF_RULE)?;
        Some(Self { place: place(&error.field), property: property.to_owned(), words: words.to_owned() })
    }

    fn is_of(&self, site: &Site<'_>, rule: &SurveyedRule<'_>) -> bool {
        let message = rule.rule.message.as_deref().map(str::trim).filter(|message| !message.is_empty());
        let is_root = site.steps.is_empty();
        self.words == message.unwrap_or(rule.rule.rule.trim())
            && (is_root && self.place.is_empty() || !is_root && self.place == people(&site.steps))
    }
}

/// The place of an error: keys and indexes are `*`.
fn place(field: &str) -> String {
    if field == "<nil>" {
        return String::new();
    }
    let mut place = String::new();
    for part in field.split_inclusive(']') {
        match part.split_once('[') {
            Some((before, _)) => place.extend([before, "[*]"]),
            None => place.push_str(part),
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_no_keys_and_indexes() {
        for (field, expected) in [("<nil>", ""), ("spec.a[0].b", "spec.a[*].b"), ("spec.m[k.x][1]", "spec.m[*][*]")] {
            assert_eq!(place(field), expected);
        }
    }
}
