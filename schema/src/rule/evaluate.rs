//! Runs rules over an object.
//!
//! In: the tree of rules, a value and its schema, and what it replaces. Out: field errors. Rules of a parent run before those
//! of its parts, and all of them draw on one budget: what comes after it is used up is not checked, and an error says so.

use std::ops::{ControlFlow, Deref};

use crdgen_cel::{Arena, Fault, Value};

use super::{
    host,
    message::{self, Made},
    tree::{Node, Programs, Replaced, Rule},
};
use crate::{
    correlation::Old,
    field::{Error, ErrorType, Errors, Path},
    go::{print_quoted, print_value},
    part::{Step, parts},
    schema::{Schema, SchemaType},
    view::View,
};

const SPENT: &str = "validation failed due to running out of cost budget, no further validation rules will be run";

/// What rules may still cost, in CEL's units. The default is what the API server grants for one object.
#[derive(Debug)]
pub struct Budget(i64);

impl Default for Budget {
    fn default() -> Self {
        Self(10_000_000)
    }
}

impl Budget {
    /// What one evaluation may cost at most.
    pub(super) const ONE_RULE: u64 = 1_000_000;

    /// A budget of so many units.
    pub fn new(units: u64) -> Self {
        Self(i64::try_from(units).unwrap_or(i64::MAX))
    }

    /// What is left; none if rules were stopped because they cost too much.
    pub fn left(&self) -> Option<u64> {
        u64::try_from(self.0).ok()
    }

    /// Takes from the budget; false if there is not enough.
    pub(super) fn spend(&mut self, cost: u64) -> bool {
        match i64::try_from(cost) {
            Ok(cost) if cost <= self.0 => {
                self.0 -= cost;
                true
            }
            _ => false,
        }
    }
}

/// No further rules are run.
struct Stopped;

/// A value that rules check.
#[derive(Clone, Copy)]
struct Subject<'v> {
    value: View<'v>,
    schema: &'v Schema,
    /// What it replaces: `oldSelf`.
    old: Option<Old<'v>>,
    ratchet: Ratchet<'v>,
}

/// Decides whether an error counts: not if the value has not changed, or what it is a part of, as far as that can be matched
/// with the old object (KEP-4008).
#[derive(Clone, Copy, Default)]
struct Ratchet<'v> {
    /// Whether the value is matched with the one that it replaces, if there is one.
    matches: bool,
    /// The nearest value above that is matched, and what it replaces.
    above: Option<(Old<'v>, View<'v>)>,
}

impl<'v> Subject<'v> {
    /// The old value that decides whether errors count.
    fn matched(self) -> Option<Old<'v>> {
        self.old.filter(|_| self.ratchet.matches)
    }

    fn is_forgiven(self) -> bool {
        match (self.matched(), self.ratchet.above) {
            (Some(old), _) => old.is_unchanged(self.value),
            (None, Some((old, above))) => old.is_unchanged(above),
            (None, None) => false,
        }
    }

    /// How a part is matched.
    fn ratchet_below(self, step: Step<'_>) -> Ratchet<'v> {
        let Some(old) = self.matched() else { return Ratchet { matches: false, ..self.ratchet } };
        // Both are the same for every version, so they say nothing about a change.
        let is_type = matches!(step, Step::Property("apiVersion" | "kind") | Step::Key("apiVersion" | "kind"));
        if self.ratchet.above.is_none() && is_type {
            return Ratchet::default();
        }
        Ratchet { matches: true, above: Some((old, self.value)) }
    }
}

pub(super) fn check(
    root: &Node,
    value: View<'_>,
    schema: &Schema,
    replaced: Replaced<'_>,
    budget: &mut Budget,
) -> Errors {
    let arena = Arena::spare();
    let (old, matches) = match replaced {
        Replaced::Nothing => (None, false),
        Replaced::Forgiving(old) => (Some(Old::new(old, schema, arena.bump())), true),
        Replaced::Strict(old) => (Some(Old::new(old, schema, arena.bump())), false),
    };
    let ratchet = Ratchet { matches, above: None };
    Run::new(budget, &arena).all(root, Subject { value, schema, old, ratchet }, &Path::ROOT)
}

/// Checks a default, as one that replaces itself and then as a new one. All defaults of a CRD draw on one budget.
pub(super) fn check_default(
    root: &Node,
    value: View<'_>,
    schema: &Schema,
    path: &Path<'_>,
    budget: &mut Budget,
) -> Errors {
    let (before, arena) = (budget.0, Arena::spare());
    let subject = |old| Subject { value, schema, old, ratchet: Ratchet::default() };
    let errors = Run::new(budget, &arena).all(root, subject(Some(Old::new(value, schema, arena.bump()))), path);
    if !errors.is_empty() {
        return errors;
    }
    // The more expensive of the two counts.
    let after = std::mem::replace(&mut budget.0, before);
    let errors = Run::new(budget, &arena).all(root, subject(None), path);
    budget.0 = budget.0.min(after);
    errors
}

struct Run<'b, 'v> {
    budget: &'b mut Budget,
    errors: Errors,
    /// What views of the value's parts lie in.
    arena: &'v Arena,
    /// What an evaluation makes, until the next one.
    scratch: Arena,
}

impl<'b, 'v> Run<'b, 'v> {
    fn new(budget: &'b mut Budget, arena: &'v Arena) -> Self {
        Self { budget, errors: Errors::default(), arena, scratch: Arena::new() }
    }

    fn all(mut self, root: &Node, subject: Subject<'v>, path: &Path<'_>) -> Errors {
        if self.node(root, subject, path).is_err() {
            self.budget.0 = -1;
        }
        self.errors
    }

    fn node(&mut self, node: &Node, subject: Subject<'v>, path: &Path<'_>) -> Result<(), Stopped> {
        if subject.value.is_null() {
            return Ok(());
        }
        self.rules(node, subject, path)?;
        for branch in &node.all_of {
            // The API server does not match the values of branches with old ones.
            let ratchet = Ratchet { matches: false, ..subject.ratchet };
            self.node(branch, Subject { ratchet, ..subject }, path)?;
        }
        if node.properties.is_empty() && node.additional.is_none() && node.items.is_none() {
            return Ok(());
        }
        if let (true, View::Object(members)) = (node.leads_to_few(), subject.value) {
            return node.properties.iter().try_for_each(|(name, below)| {
                let found = members.get(name, self.arena.bump()).zip(subject.schema.properties.get(name));
                let Some((value, schema)) = found else { return Ok(()) };
                let (step, old) = (Step::Property(name), subject.old.and_then(|old| old.member(name)));
                let ratchet = subject.ratchet_below(step);
                self.node(below, Subject { value, schema, old, ratchet }, &step.below(path))
            });
        }
        let old_items = subject.old.map(Old::items);
        let mut outcome = Ok(());
        parts(subject.value, subject.schema, self.arena.bump(), |step, value, schema| {
            let (below, old) = match step {
                Step::Property(name) => (node.properties.get(name), subject.old.and_then(|old| old.member(name))),
                Step::Key(name) => (node.additional.as_deref(), subject.old.and_then(|old| old.member(name))),
                Step::Item(_) => (node.items.as_deref(), old_items.as_ref().and_then(|items| items.get(value))),
            };
            let Some(below) = below else { return ControlFlow::Continue(()) };
            let ratchet = subject.ratchet_below(step);
            outcome = self.node(below, Subject { value, schema, old, ratchet }, &step.below(path));
            if outcome.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        outcome
    }

    fn rules(&mut self, node: &Node, subject: Subject<'v>, path: &Path<'_>) -> Result<(), Stopped> {
        if let Some(fault) = node.fault {
            self.fault(subject, path, format!("rule compiler initialization error: {fault}"));
            return Ok(());
        }
        if node.rules.is_empty() {
            return Ok(());
        }
        if self.budget.0 <= 0 {
            self.fault(subject, path, SPENT.to_owned());
            return Err(Stopped);
        }
        let old = subject.old.map(Old::value).filter(|old| !old.is_null());
        let arena = self.arena;
        let of = |value| host::value(value, subject.schema, node.is_root, arena);
        let values = Values { this: of(subject.value), old: if node.uses_old_self { old.map(of) } else { None } };
        for rule in &node.rules {
            match &rule.programs {
                Err(fault) => self.fault(subject, path, format!("rule compile error: {fault}")),
                // A rule about changes has nothing to say of what is new.
                Ok(programs) if programs.uses_old_self && old.is_none() && !rule.optional_old_self => {}
                Ok(programs) => self.rule(rule, programs, &values, subject, path)?,
            }
        }
        Ok(())
    }

    fn rule(
        &mut self,
        rule: &Rule,
        programs: &Programs,
        values: &Values<'v>,
        subject: Subject<'v>,
        path: &Path<'_>,
    ) -> Result<(), Stopped> {
        let variables = match values.variables(rule.optional_old_self, self.arena) {
            Ok(variables) => variables,
            Err(fault) => {
                self.fault(subject, path, failure(fault, rule.name()));
                return Ok(());
            }
        };
        self.scratch.reset();
        let evaluation = programs.rule.evaluate(&self.scratch, &variables, Budget::ONE_RULE);
        if !self.budget.spend(evaluation.cost) {
            self.fault(subject, path, SPENT.to_owned());
            return Err(Stopped);
        }
        match evaluation.outcome {
            Ok(Value::Bool(true)) => return Ok(()),
            Ok(_) => {}
            Err(fault) => {
                let (detail, is_over_budget) = (failure(fault, rule.name()), fault.is_over_budget());
                self.fault(subject, path, detail);
                return if is_over_budget { Err(Stopped) } else { Ok(()) };
            }
        }
        let forgiven = !programs.uses_old_self && subject.is_forgiven();
        let path = if rule.field_path.is_empty() { *path } else { path.child(&rule.field_path) };
        let made = programs.message.as_ref().map(|program| {
            let variables = values.variables(false, self.arena);
            variables
                .map_or(Made::None, |variables| message::make(program, &rule.message_source, &variables, self.budget))
        });
        let detail = match made {
            Some(Made::Message(message)) => message,
            Some(Made::TooExpensive(why)) => {
                if !forgiven {
                    self.fault(subject, &path, why);
                }
                return Err(Stopped);
            }
            Some(Made::None) | None => rule.plain_message(),
        };
        if !forgiven {
            self.errors.push(broken(rule, subject, &path, detail));
        }
        Ok(())
    }

    /// Something that keeps a rule from being checked. As in kube-apiserver, the type stands where the value should.
    fn fault(&mut self, subject: Subject<'_>, path: &Path<'_>, detail: String) {
        let kind = subject.schema.kind.map_or("", SchemaType::name);
        self.errors.push(Error::new(ErrorType::Invalid, path, print_quoted(kind), detail));
    }
}

/// What is said of a rule that fails.
fn failure(fault: Fault<'_>, name: &str) -> String {
    let message = fault.message();
    if fault.is_over_budget() {
        format!("'{message}': no further validation rules will be run due to call cost exceeds limit for rule: {name}")
    } else if message.starts_with("no such overload") {
        format!(
            "'{message}': call arguments did not match a supported operator, function or macro signature for rule: {name}"
        )
    } else {
        format!("{message} evaluating rule: {name}")
    }
}

/// The error of a rule that is broken. Objects and arrays are not shown.
fn broken(rule: &Rule, subject: Subject<'_>, path: &Path<'_>, detail: String) -> Error {
    let shown = match subject.schema.kind {
        Some(SchemaType::Object | SchemaType::Array) => String::new(),
        _ => print_value(&subject.value.to_json()),
    };
    let (kind, detail) = match rule.reason.as_deref() {
        Some("FieldValueForbidden") => (ErrorType::Forbidden, detail),
        Some("FieldValueRequired") => (ErrorType::Required, detail),
        Some("FieldValueDuplicate") => (ErrorType::Duplicate, String::new()),
        _ => (ErrorType::Invalid, detail),
    };
    Error::new(kind, path, shown, detail)
}

/// The variables of one evaluation.
enum Variables<'a> {
    One([Value<'a>; 1]),
    Two([Value<'a>; 2]),
}

impl<'a> Deref for Variables<'a> {
    type Target = [Value<'a>];

    fn deref(&self) -> &Self::Target {
        match self {
            Self::One(values) => values,
            Self::Two(values) => values,
        }
    }
}

/// What a rule's variables hold.
struct Values<'a> {
    this: Result<Value<'a>, Fault<'a>>,
    old: Option<Result<Value<'a>, Fault<'a>>>,
}

impl<'a> Values<'a> {
    /// `self`, and `oldSelf` where it is there.
    fn variables(&self, optional: bool, arena: &'a Arena) -> Result<Variables<'a>, Fault<'a>> {
        let this = self.this?;
        Ok(match (self.old, optional) {
            (Some(old), false) => Variables::Two([this, old?]),
            (Some(old), true) => Variables::Two([this, Value::Optional(Some(arena.value(old?)))]),
            (None, true) => Variables::Two([this, Value::Optional(None)]),
            (None, false) => Variables::One([this]),
        })
    }
}
