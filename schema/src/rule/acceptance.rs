//! Whether the API server takes the rules of a CRD: each must compile, and none may be able to cost too much.
//!
//! In: a structural schema that is right otherwise. Out: field errors.
//!
//! Source: `ValidateCustomResourceDefinitionOpenAPISchema`, `apiextensions/validation/cel_validation.go`.

use std::{cmp::Reverse, sync::Arc};

use crdgen_cel::Environment;

use super::{declaration::Declaration, expression, has_rules, report, tree::field_declaration};
use crate::{
    field::{Error, ErrorType, Errors, Path},
    go::{print_object, print_quoted},
    schema::{ListType, Schema, SchemaType, ValidationRule},
};

/// What one expression may cost at most, and all of a schema together, in CEL's units.
const EXPRESSION_LIMIT: u64 = 10_000_000;
const SCHEMA_LIMIT: u64 = 100_000_000;
/// How many of the most expensive rules are named if all together cost too much.
const NAMED: usize = 4;

/// Checks the rules of a resource's schema. Where errors were `found` in a schema or beneath it, its rules are not looked at. If
/// `is_limited`, none may be able to cost too much by itself; all together may not in any case.
pub(crate) fn check(schema: &Schema, is_limited: bool, path: &Path<'_>, found: &Errors) -> Errors {
    let mut walk = Walk { found, is_limited, errors: Errors::default(), total: 0, expensive: Vec::new() };
    if !has_rules(schema) {
        return walk.errors;
    }
    walk.node(schema, Place { path, is_root: true, scope: None, cardinality: Some(1), uncorrelated: None });
    walk.check_total(path);
    walk.errors
}

/// Where a schema stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    path: &'a Path<'a>,
    is_root: bool,
    /// What is declared; nothing above the first rules.
    scope: Option<Scope<'a>>,
    /// How many values of the schema an object can have; none if nothing bounds them.
    cardinality: Option<u64>,
    /// The list above whose items cannot be matched with old ones.
    uncorrelated: Option<&'a Path<'a>>,
}

/// What is declared where rules are.
#[derive(Clone, Copy)]
struct Scope<'a> {
    /// The declaration of the schema; none if rules cannot see its values.
    declaration: Option<&'a Arc<Declaration>>,
    environment: &'a Environment,
}

struct Walk<'f> {
    found: &'f Errors,
    /// Whether there is a limit for each expression.
    is_limited: bool,
    errors: Errors,
    /// What all rules can cost together.
    total: u64,
    /// The rules that contribute most, each with its cost.
    expensive: Vec<(u64, String)>,
}

impl Walk<'_> {
    fn node(&mut self, schema: &Schema, place: Place<'_>) {
        if !has_rules(schema) {
            return;
        }
        if place.scope.is_some() || schema.validations.is_empty() {
            self.within(schema, place);
        } else {
            self.declare(schema, place);
        }
    }

    /// Goes on with a schema whose values are declared by themselves.
    fn declare(&mut self, schema: &Schema, place: Place<'_>) {
        let (declaration, environment) = expression::declare(schema, place.is_root || schema.embedded_resource);
        let scope = Scope { declaration: declaration.as_ref(), environment: &environment };
        self.within(schema, Place { scope: Some(scope), ..place });
    }

    fn within(&mut self, schema: &Schema, place: Place<'_>) {
        let cardinality = place.cardinality.zip(most_children(schema)).map(|(own, each)| own.saturating_mul(each));
        let element = |scope: Scope<'_>| scope.declaration.and_then(|declaration| declaration.element()).cloned();
        let element = place.scope.and_then(element);
        let scope = place.scope.map(|scope| Scope { declaration: element.as_ref(), ..scope });
        let below = Place { is_root: false, cardinality, scope, ..place };
        if let Some(values) = schema.additional_schema() {
            self.node(values, Place { path: &place.path.child("additionalProperties"), ..below });
        }
        let uncorrelated = place.uncorrelated.or(self.has_strange_map_type(place.path).then_some(place.path));
        self.properties(schema, place, Place { uncorrelated, ..below });
        if let Some(items) = &schema.items {
            let matched = schema.list_type == Some(ListType::Map);
            let uncorrelated = place.uncorrelated.or((!matched).then_some(place.path));
            self.node(items, Place { path: &place.path.child("items"), uncorrelated, ..below });
        }
        let Some(scope) = place.scope.filter(|_| !schema.validations.is_empty()) else { return };
        if !self.has_error_within(place.path) {
            self.rules(schema, place, scope);
        }
    }

    fn properties(&mut self, schema: &Schema, place: Place<'_>, below: Place<'_>) {
        let properties = place.path.child("properties");
        for (name, property) in &*schema.properties {
            let path = properties.key(name);
            let below = Place { path: &path, ..below };
            match place.scope {
                None => self.node(property, below),
                Some(scope) => match (field_declaration(scope.declaration, name), scope.declaration) {
                    // What rules above cannot name has declarations of its own.
                    (None, Some(_)) if has_rules(property) => self.declare(property, below),
                    (declaration, _) => {
                        self.node(property, Place { scope: Some(Scope { declaration, ..scope }), ..below });
                    }
                },
            }
        }
    }

    /// Whether the map type does not exist, which is an error of its own: nobody knows how to match the members.
    fn has_strange_map_type(&self, path: &Path<'_>) -> bool {
        if self.found.is_empty() {
            return false;
        }
        let path = path.child("x-kubernetes-map-type").to_string();
        self.found.iter().any(|error| error.kind == ErrorType::NotSupported && error.field == path)
    }

    fn has_error_within(&self, path: &Path<'_>) -> bool {
        if self.found.is_empty() {
            return false;
        }
        let path = path.to_string();
        let mut rest = self.found.iter().filter_map(|error| error.field.strip_prefix(&path));
        rest.any(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    }

    fn rules(&mut self, schema: &Schema, place: Place<'_>, scope: Scope<'_>) {
        let path = place.path.child("x-kubernetes-validations");
        let Some(declaration) = scope.declaration else {
            let detail = "internal error: failed to construct type information for x-kubernetes-validations rules: \
                          unable to convert structural schema to CEL declarations";
            self.errors.push(Error::new(ErrorType::Internal, path, "", detail));
            return;
        };
        for (index, rule) in schema.validations.iter().enumerate() {
            let path = path.index(index);
            let report = report::of(rule, declaration, scope.environment);
            let times = place.cardinality.unwrap_or(report.most_values);
            self.check_cost(report.cost.saturating_mul(times), "estimated rule cost", &path.child("rule"));
            if let Some(why) = report.error {
                self.errors.push(Error::new(ErrorType::Invalid, path.child("rule"), print(rule), why));
            }
            let message_path = path.child("messageExpression");
            if let Some(why) = report.message_error {
                self.errors.push(Error::new(ErrorType::Invalid, message_path, print(rule), why));
            } else if let Some(cost) = report.message_cost {
                self.check_cost(cost, "estimated messageExpression cost", &message_path);
            }
            self.check_old_self(report.uses_old_self, rule, place, &path);
        }
    }

    fn check_cost(&mut self, cost: u64, what: &str, path: &Path<'_>) {
        if self.is_limited && cost > EXPRESSION_LIMIT {
            self.errors.push(Error::forbidden(path, too_expensive(what, cost, EXPRESSION_LIMIT)));
        }
        self.total = self.total.saturating_add(cost);
        if cost >= SCHEMA_LIMIT / 100 {
            self.expensive.push((cost, path.to_string()));
            self.expensive.sort_by_key(|(cost, _)| Reverse(*cost));
            self.expensive.truncate(NAMED);
        }
    }

    fn check_old_self(&mut self, uses_old_self: bool, rule: &ValidationRule, place: Place<'_>, path: &Path<'_>) {
        match (uses_old_self, place.uncorrelated, rule.optional_old_self) {
            (true, Some(within), _) => {
                let detail =
                    format!("oldSelf cannot be used on the uncorrelatable portion of the schema within {within}");
                self.errors.push(Error::invalid_text(path.child("rule"), &rule.rule, detail));
            }
            (false, _, Some(given)) => {
                let detail = "may not be set if oldSelf is not used in rule";
                self.errors.push(Error::invalid(path.child("optionalOldSelf"), &given.into(), detail));
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

/// How many values an object of the schema has for each of its parts; none if nothing bounds them.
fn most_children(schema: &Schema) -> Option<u64> {
    let most = |limit: Option<i64>| limit.map(|limit| u64::try_from(limit).unwrap_or(0));
    match schema.kind {
        Some(SchemaType::Object) if schema.additional_properties.is_some() || schema.forbids_additional => {
            most(schema.constraints.max_properties)
        }
        Some(SchemaType::Array) => most(schema.constraints.max_items),
        _ => Some(1),
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
    let text = |text: &Option<String>| print_quoted(text.as_deref().unwrap_or_default());
    let members = [
        ("Rule", print_quoted(&rule.rule)),
        ("Message", text(&rule.message)),
        ("MessageExpression", text(&rule.message_expression)),
        ("Reason", rule.reason.as_deref().map_or_else(|| "null".to_owned(), print_quoted)),
        ("FieldPath", text(&rule.field_path)),
        ("OptionalOldSelf", rule.optional_old_self.map_or_else(|| "null".to_owned(), |flag| flag.to_string())),
    ];
    print_object(members.into_iter())
}
