//! Rules that do nothing, or say nothing to users. What they cost is in [`super::cost`]; what does not compile is a refusal.
//!
//! In: the rules of a version. Out: findings.

use crdgen_schema::rule::{Site, SurveyedRule};

use super::{
    check,
    finding::Sink,
    place::{Spot, VersionOf},
};

/// Checks the rules of a version.
pub(crate) fn check(of: VersionOf<'_>, sites: &[Site<'_>], sink: &mut Sink<'_>) {
    for site in sites {
        let rules: Vec<_> = site.rules.iter().flatten().collect();
        for (index, rule) in rules.iter().enumerate() {
            let spot = of.spot_of_rule(site, index);
            check_use(site, rule, &spot, sink);
            check_message(rule, &spot, sink);
            if rules[..index].iter().any(|earlier| is_repeated(earlier, rule)) {
                sink.push(check::RULE_REPEATED, spot, "an earlier rule says the same", "delete one of them");
            }
        }
    }
}

fn check_use(site: &Site<'_>, rule: &SurveyedRule<'_>, spot: &Spot, sink: &mut Sink<'_>) {
    if site.cardinality == Some(0) {
        let message = "the rule never runs: a list or map around it may have no elements";
        sink.push(check::RULE_UNUSED, spot.clone(), message, "delete it, or raise the bound of the list or map");
    }
    if rule.reads_a_value() == Some(false) {
        let message = "the rule reads neither `self` nor `oldSelf`: it says the same of every value";
        sink.push(check::RULE_CONSTANT, spot.clone(), message, "write a rule about `self`, or delete it");
    }
}

fn check_message(rule: &SurveyedRule<'_>, spot: &Spot, sink: &mut Sink<'_>) {
    let is_given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
    if !is_given(&rule.rule.message) && !is_given(&rule.rule.message_expression) {
        let message = "the rule has no message: users are shown the expression";
        sink.push(check::RULE_WITHOUT_MESSAGE, spot.clone(), message, "say in `message` what a value must be like");
    }
}

fn is_repeated(earlier: &SurveyedRule<'_>, rule: &SurveyedRule<'_>) -> bool {
    let (earlier, rule) = (earlier.rule, rule.rule);
    earlier.rule.trim() == rule.rule.trim() && earlier.optional_old_self == rule.optional_old_self
}
