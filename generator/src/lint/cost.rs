//! What rules can cost: findings about those that cost too much, and a table of all.
//!
//! In: a version's schema. Out: findings with what would mend them, and [`Costs`].
//!
//! Source of the limits: `StaticEstimatedCostLimit` and `StaticEstimatedCRDCostLimit` of apiextensions-apiserver.

use crdgen_schema::{
    diagnostic::escape,
    rule::{ExpressionOf, RULE_LIMIT, RuleCost, SCHEMA_LIMIT, Site},
    schema::Schema,
};

use super::{
    check,
    finding::Sink,
    mend::{Bound, Expensive, Keyword, Mending, mend},
    number::{grouped, percent, share},
    place::{Spot, VersionOf, people},
};

/// So many rules of a version are mended: each is estimated several hundred times.
const MOST_MENDED: usize = 16;
/// So many bounds are named, each of which would do.
const MOST_NAMED: usize = 3;
/// So many rules are named if all together cost too much.
const MOST_CONTRIBUTING: usize = 4;

/// What the rules of a version can cost.
#[derive(Clone, Debug)]
pub(crate) struct Costs {
    /// The version.
    pub(crate) version: String,
    /// What all of them can cost together.
    pub(crate) total: u64,
    /// Rule by rule, in the order in which the server looks at them.
    pub(crate) rules: Vec<RuleCosts>,
}

/// What a rule can cost.
#[derive(Clone, Debug)]
pub(crate) struct RuleCosts {
    /// Where it is.
    pub(crate) spot: Spot,
    /// The part of the object that it checks, as people write it.
    pub(crate) at: String,
    /// The expression.
    pub(crate) rule: String,
    /// What one evaluation can cost, and how often it may run.
    pub(crate) cost: RuleCost,
    /// What `messageExpression` can cost.
    pub(crate) message_cost: Option<u64>,
}

/// The costs of a version's rules; what is too much is a finding.
pub(crate) fn check(of: VersionOf<'_>, sites: &[Site<'_>], sink: &mut Sink<'_>) -> Costs {
    let mut costs = Costs { version: of.version.name.clone(), total: 0, rules: Vec::new() };
    let mut mender = Mender { root: &of.version.schema, mended: 0 };
    for site in sites {
        for (index, rule) in site.rules.iter().flatten().enumerate() {
            let spot = |member| spot(of, site, index, member);
            let (cost, message_cost) = (rule.cost(), rule.report.message_cost);
            costs.total = costs.total.saturating_add(cost.total()).saturating_add(message_cost.unwrap_or(0));
            if exceeds_share(cost.total(), sink) {
                let limit = allowed(cost.total(), sink);
                let help = mender.help(Expensive { site, rule, of: ExpressionOf::Rule, limit });
                report_rule(cost, spot("rule"), help, sink);
            }
            if let Some(cost) = message_cost.filter(|cost| *cost > RULE_LIMIT) {
                let help = mender.help(Expensive { site, rule, of: ExpressionOf::Message, limit: RULE_LIMIT });
                report_message(cost, spot("messageExpression"), help, sink);
            }
            let (spot, text) = (spot("rule"), rule.rule.rule.trim().to_owned());
            costs.rules.push(RuleCosts { spot, at: people(&site.steps), rule: text, cost, message_cost });
        }
    }
    report_total(of, &costs, sink);
    costs
}

fn spot(of: VersionOf<'_>, site: &Site<'_>, index: usize, member: &str) -> Spot {
    let spot = of.spot_of_rule(site, index);
    Spot { path: format!("{}.{member}", spot.path), ..spot }
}

fn exceeds_share(cost: u64, sink: &Sink<'_>) -> bool {
    percent(cost, RULE_LIMIT) > u64::from(sink.settings.cost_share)
}

/// What a rule may cost so that it is not reported as it is: a rule that the server takes must keep below the share.
fn allowed(cost: u64, sink: &Sink<'_>) -> u64 {
    if cost > RULE_LIMIT { RULE_LIMIT } else { RULE_LIMIT / 100 * u64::from(sink.settings.cost_share) }
}

fn report_rule(cost: RuleCost, spot: Spot, help: String, sink: &mut Sink<'_>) {
    let RuleCost { each, times } = cost;
    let total = cost.total();
    let often =
        if times == 1 { String::new() } else { format!(": {} at each of {} values", grouped(each), grouped(times)) };
    let share = share(total, RULE_LIMIT);
    if total > RULE_LIMIT {
        let message = format!(
            "the API server would refuse this CRD: the rule can cost {}{often}, {share} the limit",
            grouped(total)
        );
        sink.push(check::RULE_COST, spot, message, help);
    } else {
        let message = format!("the rule can cost {}{often}, {share} of the limit", grouped(total));
        sink.push(check::RULE_COST_SHARE, spot, message, help);
    }
}

fn report_message(cost: u64, spot: Spot, help: String, sink: &mut Sink<'_>) {
    let (cost, share) = (grouped(cost), share(cost, RULE_LIMIT));
    let message =
        format!("the API server would refuse this CRD: the messageExpression can cost {cost}, {share} the limit");
    sink.push(check::RULE_COST, spot, message, help);
}

fn report_total(of: VersionOf<'_>, costs: &Costs, sink: &mut Sink<'_>) {
    if costs.total <= SCHEMA_LIMIT {
        return;
    }
    let mut most: Vec<&RuleCosts> = costs.rules.iter().collect();
    most.sort_by_key(|rule| std::cmp::Reverse(rule.cost.total()));
    let named = most
        .iter()
        .take(MOST_CONTRIBUTING)
        .map(|rule| format!("{} at {}", grouped(rule.cost.total()), escape(&rule.at)));
    let message = format!(
        "the API server would refuse this CRD: its rules together can cost {}, {} the limit",
        grouped(costs.total),
        share(costs.total, SCHEMA_LIMIT)
    );
    let help = format!("most of it: {}; `--costs` lists all", named.collect::<Vec<_>>().join(", "));
    sink.push(check::SCHEMA_COST, of.spot_of(&[], of.version.schema.at), message, help);
}

/// Says which bounds would mend expressions of a schema.
struct Mender<'m> {
    root: &'m Schema,
    /// How many were mended so far.
    mended: usize,
}

impl Mender<'_> {
    fn help(&mut self, expensive: Expensive<'_>) -> String {
        if self.mended == MOST_MENDED {
            return "mend the others first".to_owned();
        }
        self.mended += 1;
        let described =
            |bounds: &[Bound]| -> Vec<String> { bounds.iter().map(|bound| described(self.root, bound)).collect() };
        match mend(self.root, expensive) {
            Mending::AnyOf(mut bounds) => {
                if bounds.iter().any(|bound| bound.present.is_none()) {
                    bounds.retain(|bound| bound.present.is_none());
                }
                bounds.truncate(MOST_NAMED);
                described(&bounds).join(", or ")
            }
            Mending::AllOf(bounds) => {
                format!("no bound is enough alone; together: {}", described(&bounds).join(", and "))
            }
            Mending::None => {
                "no bound is enough: simplify the expression, or move it to the part of the object that it is about"
                    .to_owned()
            }
        }
    }
}

/// "set `maxItems` of spec.hosts to 16 at most (it has none; the 16 in `allOf` does not count)"
fn described(root: &Schema, bound: &Bound) -> String {
    let (keyword, place) = (bound.keyword.name(), escape(&people(&bound.steps)));
    let now = match (bound.present, bound.in_all_of) {
        (Some(present), _) => format!("it is {present}"),
        (None, Some((number, index))) => {
            let schema = bound.steps.iter().try_fold(root, |schema, step| step.descend(schema));
            let position = schema.and_then(|schema| schema.branches.all_of.get(index)?.at);
            let line = position.map(|position| format!(" on line {}", position.line)).unwrap_or_default();
            format!("it has none: the {number} in `allOf`{line} does not count for costs")
        }
        (None, None) if bound.keyword == Keyword::Length => "it has none; an `enum` bounds it too".to_owned(),
        (None, None) => "it has none".to_owned(),
    };
    format!("set `{keyword}` of {place} to {} at most ({now})", bound.largest)
}
