//! Whether the API server takes the rules of a CRD: each must compile, and none may be able to cost too much.
//!
//! In: a structural schema that is right otherwise. Out: field errors.
//!
//! Source: `ValidateCustomResourceDefinitionOpenAPISchema`, `apiextensions/validation/cel_validation.go`.

use std::cmp::Reverse;

use super::{
    place::{Step, print_schema_path},
    survey::{Faults, Site, SurveyedRule, walk},
};
use crate::{
    field::{Error, ErrorType, Errors, Path},
    go::{print_json, print_object},
    schema::{Schema, ValidationRule},
};

/// What one expression may cost at most, in CEL's units.
pub const RULE_LIMIT: u64 = 10_000_000;
/// What all expressions of a schema may cost together at most, in CEL's units.
pub const SCHEMA_LIMIT: u64 = 100_000_000;
/// How many of the most expensive rules are named if all together cost too much.
const NAMED: usize = 4;

/// Checks the rules of a resource's schema. Where errors were `found` in a schema or beneath it, its rules are not looked at. If
/// `is_limited`, none may be able to cost too much by itself; all together may not in any case.
pub(crate) fn check(schema: &Schema, is_limited: bool, path: &Path<'_>, found: &Errors) -> Errors {
    let mut judge =
        Judge { root: path.to_string(), is_limited, errors: Errors::default(), total: 0, expensive: Vec::new() };
    let before = Found { errors: found, root: path.to_string() };
    let is_faulty = |steps: &[Step]| before.has_error_within(steps);
    let has_strange_map_type = |steps: &[Step]| before.has_strange_map_type(steps);
    let has_none = found.is_empty();
    let faults = Faults {
        is_faulty: if has_none { &|_| false } else { &is_faulty },
        has_strange_map_type: if has_none { &|_| false } else { &has_strange_map_type },
    };
    walk(schema, &faults, &mut |site| judge.site(&site));
    judge.check_total(path);
    judge.errors
}

/// Errors that were found before.
struct Found<'f> {
    errors: &'f Errors,
    /// The path of the root schema.
    root: String,
}

impl Found<'_> {
    /// Whether the map type does not exist, which is an error of its own: nobody knows how to match the members.
    fn has_strange_map_type(&self, steps: &[Step]) -> bool {
        let path = format!("{}{}.x-kubernetes-map-type", self.root, print_schema_path(steps));
        self.errors.iter().any(|error| error.kind == ErrorType::NotSupported && error.field == path)
    }

    fn has_error_within(&self, steps: &[Step]) -> bool {
        let path = format!("{}{}", self.root, print_schema_path(steps));
        let mut rest = self.errors.iter().filter_map(|error| error.field.strip_prefix(&path));
        rest.any(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }
}

struct Judge {
    /// The path of the root schema.
    root: String,
    /// Whether there is a limit for each expression.
    is_limited: bool,
    errors: Errors,
    /// What all rules can cost together.
    total: u64,
    /// The rules that contribute most, each with its cost.
    expensive: Vec<(u64, String)>,
}

impl Judge {
    fn site(&mut self, site: &Site<'_>) {
        let path = format!("{}{}.x-kubernetes-validations", self.root, print_schema_path(&site.steps));
        let Some(rules) = &site.rules else {
            let detail = "internal error: failed to construct type information for x-kubernetes-validations rules: \
                          unable to convert structural schema to CEL declarations";
            self.errors.push(Error::new(ErrorType::Internal, path, "", detail));
            return;
        };
        for (index, surveyed) in rules.iter().enumerate() {
            self.rule(site, surveyed, &format!("{path}[{index}]"));
        }
    }

    fn rule(&mut self, site: &Site<'_>, surveyed: &SurveyedRule<'_>, path: &str) {
        let (rule, report) = (surveyed.rule, &surveyed.report);
        self.check_cost(surveyed.cost().total(), "estimated rule cost", format!("{path}.rule"));
        if let Some(why) = &report.error {
            self.errors.push(Error::new(ErrorType::Invalid, format!("{path}.rule"), print(rule), why.clone()));
        }
        let message_path = format!("{path}.messageExpression");
        if let Some(why) = &report.message_error {
            self.errors.push(Error::new(ErrorType::Invalid, message_path, print(rule), why.clone()));
        } else if let Some(cost) = report.message_cost {
            self.check_cost(cost, "estimated messageExpression cost", message_path);
        }
        self.check_old_self(site, surveyed, path);
    }

    fn check_cost(&mut self, cost: u64, what: &str, path: String) {
        if self.is_limited && cost > RULE_LIMIT {
            self.errors.push(Error::forbidden(path.as_str(), too_expensive(what, cost, RULE_LIMIT)));
        }
        self.total = self.total.saturating_add(cost);
        if cost >= SCHEMA_LIMIT / 100 {
            self.expensive.push((cost, path));
            self.expensive.sort_by_key(|(cost, _)| Reverse(*cost));
            self.expensive.truncate(NAMED);
        }
    }

    fn check_old_self(&mut self, site: &Site<'_>, surveyed: &SurveyedRule<'_>, path: &str) {
        let rule = surveyed.rule;
        match (surveyed.report.uses_old_self, &site.uncorrelated, rule.optional_old_self) {
            (true, Some(within), _) => {
                let within = format!("{}{}", self.root, print_schema_path(within));
                let detail =
                    format!("oldSelf cannot be used on the uncorrelatable portion of the schema within {within}");
                self.errors.push(Error::invalid_text(format!("{path}.rule"), &rule.rule, detail));
            }
            (false, _, Some(given)) => {
                let detail = "may not be set if oldSelf is not used in rule";
                self.errors.push(Error::invalid(format!("{path}.optionalOldSelf"), &given.into(), detail));
            }
            _ => {}
        }
    }

    fn check_total(&mut self, path: &Path<'_>) {
        if self.total <= SCHEMA_LIMIT {
            return;
        }
        for (_, path) in &self.expensive {
            let detail = "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema";
            self.errors.push(Error::forbidden(path, detail));
        }
        let what = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema";
        self.errors.push(Error::forbidden(path, too_expensive(what, self.total, SCHEMA_LIMIT)));
    }
}

#[allow(clippy::cast_precision_loss)] // As in Go.
fn too_expensive(what: &str, cost: u64, limit: u64) -> String {
    let times = cost as f64 / limit as f64;
    let factor = if times > 100.0 {
        "more than 100x".to_owned()
    } else if times < 1.5 {
        format!("{times:.6}x")
    } else {
        format!("{times:.1}x")
    };
    format!(
        "{what} exceeds budget by factor of {factor} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)"
    )
}

/// The rule as Go prints the struct.
fn print(rule: &ValidationRule) -> String {
    let quoted = |text: &str| print_json(&text.into());
    let text = |text: &Option<String>| quoted(text.as_deref().unwrap_or_default());
    let members = [
        ("Rule", quoted(&rule.rule)),
        ("Message", text(&rule.message)),
        ("MessageExpression", text(&rule.message_expression)),
        ("Reason", rule.reason.as_deref().map_or_else(|| "null".to_owned(), quoted)),
        ("FieldPath", text(&rule.field_path)),
        ("OptionalOldSelf", rule.optional_old_self.map_or_else(|| "null".to_owned(), |flag| flag.to_string())),
    ];
    print_object(members.into_iter())
}
