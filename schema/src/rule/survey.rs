//! All rules of a resource's schema: where each stands, how often it may run, and what it can cost.
//!
//! In: a structural schema. Out: a [`Site`] for each schema in it that has rules. Costs can be estimated again for a schema
//! with other bounds, to find out which bound a rule needs.
//!
//! Source: `ValidateCustomResourceDefinitionOpenAPISchema`, `apiextensions/validation/cel_validation.go`.

use std::{cell::RefCell, collections::BTreeSet, sync::Arc};

use crdgen_cel::{Compiled, Environment, Range, Sizes};

use super::{
    declaration::{Declaration, DeclaredSizes},
    escape::escape,
    expression,
    place::Step,
    report::{self, Report, most_values},
    tree::{field_declaration, has_rules},
};
use crate::schema::{ListType, Schema, SchemaType, ValidationRule};

/// A schema that has rules.
#[derive(Debug)]
pub struct Site<'s> {
    /// The way to it from the root.
    pub steps: Vec<Step>,
    /// The schema.
    pub schema: &'s Schema,
    /// How many values of it an object can have; none if a list or map around it has no bound.
    pub cardinality: Option<u64>,
    /// The way to the list or map around it whose parts are not matched with old ones, so that `oldSelf` cannot be used.
    pub uncorrelated: Option<Vec<Step>>,
    /// Its rules in source order, those that are empty too; none if rules cannot see its values.
    pub rules: Option<Vec<SurveyedRule<'s>>>,
    /// Whether the declaration of its values starts anew here, because no rule can name them from above.
    is_root: bool,
}

/// A rule of a [`Site`].
#[derive(Debug)]
pub struct SurveyedRule<'s> {
    /// The rule as written.
    pub rule: &'s ValidationRule,
    /// Whether it compiles, and what one evaluation can cost.
    pub report: Report,
    /// How often it may run for one object.
    pub times: u64,
    compiled: Option<Compiled>,
    message: Option<Compiled>,
}

/// What a rule can cost for one object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleCost {
    /// The most that one evaluation can cost, in CEL's units.
    pub each: u64,
    /// How often it may run.
    pub times: u64,
}

impl RuleCost {
    /// What counts for the limit of a rule; as much as fits into 64 bits.
    pub fn total(self) -> u64 {
        self.each.saturating_mul(self.times)
    }
}

/// Surveys the schema of a resource.
pub fn survey(schema: &Schema) -> Vec<Site<'_>> {
    let mut sites = Vec::new();
    let faults = Faults { is_faulty: &|_| false, has_strange_map_type: &|_| false };
    walk(schema, &faults, &mut |site| sites.push(site));
    sites
}

/// What is wrong with a schema already, by the ways from its root.
pub(super) struct Faults<'f> {
    /// Whether there is an error in a schema, or in one below it: its rules are not looked at.
    pub(super) is_faulty: &'f dyn Fn(&[Step]) -> bool,
    /// Whether the map type of a schema does not exist: nobody knows how to match the members.
    pub(super) has_strange_map_type: &'f dyn Fn(&[Step]) -> bool,
}

/// Visits every schema that has rules, those below first.
pub(super) fn walk<'s>(schema: &'s Schema, faults: &Faults<'_>, visit: &mut dyn FnMut(Site<'s>)) {
    if !has_rules(schema) {
        return;
    }
    let place = Place { scope: None, cardinality: Some(1), uncorrelated: None, is_root: true };
    Walk { faults, visit, steps: Vec::new() }.node(schema, place);
}

/// Where a schema stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    /// What is declared; nothing above the first rules.
    scope: Option<Scope<'a>>,
    /// How many values of the schema an object can have; none if nothing bounds them.
    cardinality: Option<u64>,
    /// How many steps lead to the list or map whose parts cannot be matched with old ones.
    uncorrelated: Option<usize>,
    is_root: bool,
}

/// What is declared where rules are.
#[derive(Clone, Copy)]
struct Scope<'a> {
    /// The declaration of the schema; none if rules cannot see its values.
    declaration: Option<&'a Arc<Declaration>>,
    environment: &'a Environment,
    /// Whether the schema was declared by itself, not as a part of one above.
    is_own: bool,
}

struct Walk<'f, 'v, 's> {
    faults: &'f Faults<'f>,
    visit: &'v mut dyn FnMut(Site<'s>),
    steps: Vec<Step>,
}

impl<'s> Walk<'_, '_, 's> {
    fn node(&mut self, schema: &'s Schema, place: Place<'_>) {
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
    fn declare(&mut self, schema: &'s Schema, place: Place<'_>) {
        let (declaration, environment) = expression::declare(schema, place.is_root || schema.embedded_resource);
        let scope = Scope { declaration: declaration.as_ref(), environment: &environment, is_own: true };
        self.within(schema, Place { scope: Some(scope), ..place });
    }

    fn within(&mut self, schema: &'s Schema, place: Place<'_>) {
        let cardinality = place.cardinality.zip(most_children(schema)).map(|(own, each)| own.saturating_mul(each));
        let element = |scope: Scope<'_>| scope.declaration.and_then(|declaration| declaration.element()).cloned();
        let element = place.scope.and_then(element);
        let scope = place.scope.map(|scope| Scope { declaration: element.as_ref(), is_own: false, ..scope });
        let below = Place { scope, cardinality, is_root: false, ..place };
        if let Some(values) = schema.additional_schema() {
            self.below(Step::Values, values, below);
        }
        let uncorrelated =
            place.uncorrelated.or((self.faults.has_strange_map_type)(&self.steps).then_some(self.steps.len()));
        self.properties(schema, place.scope, Place { uncorrelated, ..below });
        if let Some(items) = &schema.items {
            let matched = schema.list_type == Some(ListType::Map);
            let uncorrelated = place.uncorrelated.or((!matched).then_some(self.steps.len()));
            self.below(Step::Items, items, Place { uncorrelated, ..below });
        }
        if let Some(scope) = place.scope
            && !schema.validations.is_empty()
            && !(self.faults.is_faulty)(&self.steps)
        {
            self.visit(schema, place, scope);
        }
    }

    fn properties(&mut self, schema: &'s Schema, scope: Option<Scope<'_>>, below: Place<'_>) {
        for (name, property) in schema.properties.iter().filter(|(_, property)| has_rules(property)) {
            self.steps.push(Step::Property(name.clone()));
            match scope.map(|scope| (scope, field_declaration(scope.declaration, name))) {
                None => self.node(property, Place { scope: None, ..below }),
                // What rules above cannot name has declarations of its own.
                Some((Scope { declaration: Some(_), .. }, None)) => self.declare(property, below),
                Some((scope, declaration)) => {
                    let scope = Scope { declaration, is_own: false, ..scope };
                    self.node(property, Place { scope: Some(scope), ..below });
                }
            }
            self.steps.pop();
        }
    }

    fn below(&mut self, step: Step, schema: &'s Schema, place: Place<'_>) {
        self.steps.push(step);
        self.node(schema, place);
        self.steps.pop();
    }

    fn visit(&mut self, schema: &'s Schema, place: Place<'_>, scope: Scope<'_>) {
        let rules = scope.declaration.map(|declaration| {
            let rules = schema.validations.iter();
            rules
                .map(|rule| {
                    let (mut report, compiled, message) = report::examine(rule, declaration, scope.environment);
                    if !scope.is_own && names_a_type(&report) {
                        report = report_by_itself(rule, schema).unwrap_or(report);
                    }
                    let times = place.cardinality.unwrap_or(report.most_values);
                    SurveyedRule { rule, report, times, compiled, message }
                })
                .collect()
        });
        (self.visit)(Site {
            steps: self.steps.clone(),
            schema,
            cardinality: place.cardinality,
            uncorrelated: place.uncorrelated.map(|length| self.steps[..length].to_vec()),
            rules,
            is_root: place.is_root || schema.embedded_resource,
        });
    }
}

/// Whether the report names a type that was declared for rules. Such names start at the schema that has the rule.
fn names_a_type(report: &Report) -> bool {
    let mut texts = report.error.iter().chain(&report.message_error);
    texts.any(|text| text.contains(expression::SELF_TYPE))
}

/// The report of a rule of a schema that is declared by itself.
fn report_by_itself(rule: &ValidationRule, schema: &Schema) -> Option<Report> {
    let (declaration, environment) = expression::declare(schema, schema.embedded_resource);
    Some(report::examine(rule, &declaration?, &environment).0)
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

impl SurveyedRule<'_> {
    /// What it can cost.
    pub fn cost(&self) -> RuleCost {
        RuleCost { each: self.report.cost, times: self.times }
    }

    /// Whether the expression reads the value that it checks, or the old one. None if it does not compile.
    pub fn reads_a_value(&self) -> Option<bool> {
        let compiled = self.compiled.as_ref()?;
        Some(compiled.uses(expression::SELF) || compiled.uses(expression::OLD_SELF))
    }

    /// For each call in its expressions the overloads that it may mean, by their names in cel-go; macros count as what they stand
    /// for.
    pub fn calls(&self) -> BTreeSet<Vec<&'static str>> {
        self.expressions().flat_map(Compiled::calls).collect()
    }

    /// Whether one of the loops in its expressions has two variables.
    pub fn has_loop_of_two_variables(&self) -> bool {
        self.expressions().any(Compiled::has_loop_of_two_variables)
    }

    fn expression(&self, of: ExpressionOf) -> Option<&Compiled> {
        match of {
            ExpressionOf::Rule => self.compiled.as_ref(),
            ExpressionOf::Message => self.message.as_ref(),
        }
    }

    fn expressions(&self) -> impl Iterator<Item = &Compiled> {
        self.compiled.iter().chain(&self.message)
    }
}

/// One of the expressions of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpressionOf {
    /// `rule`.
    Rule,
    /// `messageExpression`, which counts once whatever the number of values.
    Message,
}

impl Site<'_> {
    /// What an expression of a rule of this site would cost if `root` were the schema of the resource: the same schema with other bounds. None
    /// if there is no such expression, or if it does not compile.
    pub fn cost_within(&self, rule: &SurveyedRule<'_>, of: ExpressionOf, root: &Schema) -> Option<RuleCost> {
        let (schema, cardinality) = self.find(root)?;
        // Names of types do not change costs.
        let declaration = Declaration::new(schema, self.is_root, "")?;
        let each = rule.expression(of)?.estimate(&DeclaredSizes(&declaration)).max;
        let times = match of {
            ExpressionOf::Rule => cardinality.unwrap_or_else(|| most_values(&declaration)),
            ExpressionOf::Message => 1,
        };
        Some(RuleCost { each, times })
    }

    /// This site in another schema of the same shape, and how many values it can have there.
    fn find<'r>(&self, root: &'r Schema) -> Option<(&'r Schema, Option<u64>)> {
        self.steps.iter().try_fold((root, Some(1_u64)), |(schema, cardinality), step| {
            let each = most_children(schema);
            let cardinality = cardinality.zip(each).map(|(own, each)| own.saturating_mul(each));
            Some((step.descend(schema)?, cardinality))
        })
    }

    /// The places whose sizes the cost of an expression depends on, as ways from the root: the lists, maps and texts that it reads.
    pub fn sizes_of(&self, rule: &SurveyedRule<'_>, of: ExpressionOf) -> BTreeSet<Vec<Step>> {
        let (Some(compiled), Some(declaration)) =
            (rule.expression(of), Declaration::new(self.schema, self.is_root, ""))
        else {
            return BTreeSet::new();
        };
        let recorder = Recorder { sizes: DeclaredSizes(&declaration), asked: RefCell::default() };
        compiled.estimate(&recorder);
        let asked = recorder.asked.into_inner();
        asked.iter().filter_map(|path| self.way(path)).collect()
    }

    /// The way to what an expression calls `self.a.@items.b`.
    fn way(&self, path: &[Arc<str>]) -> Option<Vec<Step>> {
        let (mut schema, mut steps) = (self.schema, self.steps.clone());
        for name in path.get(1..)? {
            let step = match &**name {
                "@items" => Step::Items,
                "@values" => Step::Values,
                name => {
                    let mut names = schema.properties.keys();
                    Step::Property(names.find(|property| escape(property).as_deref() == Some(name))?.clone())
                }
            };
            schema = step.descend(schema)?;
            steps.push(step);
        }
        Some(steps)
    }
}

/// Remembers whose sizes were asked for.
struct Recorder<'d> {
    sizes: DeclaredSizes<'d>,
    asked: RefCell<BTreeSet<Vec<Arc<str>>>>,
}

impl Sizes for Recorder<'_> {
    fn size(&self, path: &[Arc<str>]) -> Option<Range> {
        let size = self.sizes.size(path)?;
        self.asked.borrow_mut().insert(path.to_vec());
        Some(size)
    }
}
