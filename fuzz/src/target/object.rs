//! What the API server does to CRDs and objects.
//!
//! An input is three lines of JSON: a CRD, an object, and an object that is stored. The CRD is accepted or refused; the object
//! is decoded, prepared and checked as a new one and as a successor of the stored one. If the CRD is accepted:
//!
//! - decoding an object once more changes nothing and finds nothing;
//! - checking it once more finds the same errors;
//! - an object that is accepted replaces itself;
//! - the rules of an accepted object cost no more than was estimated;
//! - the quick JSON reader and `serde_json` read the same;
//! - an object that is quickly found to be fine has no errors when everything is looked at;
//! - an object is judged without its defaults as it is checked with them.

use std::path::Path;

use anyhow::Result;
use crdgen_schema::{
    acceptance,
    definition::Definition,
    field::Errors,
    json, list_type, metadata,
    rule::{Budget, Replaced, Rules},
    strategy::{Operation, Strategy},
    validation::{self, Subject},
    view::Arena,
};
use fastrand::Rng;
use serde_json::Value;

use super::{Maker, Outcome, Target, must_equal, pool::Pool};
use crate::{
    mutation::{change_json, change_schema, change_text},
    seed::{self, Seed},
};

pub(super) const TARGET: Target = Target { name: "object", maker, run };

struct Documents {
    definitions: Vec<Value>,
    /// Of each definition, made when it is needed.
    seeds: Vec<Option<Seed>>,
    pool: Pool,
}

fn maker(folder: &Path) -> Result<Box<dyn Maker>> {
    let definitions = seed::definitions(folder)?;
    let seeds = vec![None; definitions.len()];
    Ok(Box::new(Documents { definitions, seeds, pool: Pool::default() }))
}

impl Maker for Documents {
    fn make(&mut self, random: &mut Rng) -> String {
        let (mut definition, mut object, mut old, others) = self.start(random);
        if random.u8(..3) > 0 {
            for _ in 0..random.usize(1..=3) {
                change_schema(random, &mut definition);
            }
        }
        if random.u8(..8) == 0 {
            change_json(random, &mut definition, &self.definitions);
        }
        if random.u8(..4) > 0 {
            change_json(random, &mut object, &others);
        }
        if random.u8(..4) == 0 {
            change_json(random, &mut old, &others);
        }
        let mut lines = [definition.to_string(), object.to_string(), old.to_string()];
        if random.u8(..16) == 0 {
            let line = random.usize(..3);
            lines[line] = change_text(random, &lines[line], &[]).replace('\n', " ");
        }
        lines.join("\n")
    }

    fn keep(&mut self, input: &str) {
        if input.len() < 30_000 {
            self.pool.keep(input);
        }
    }
}

impl Documents {
    /// A CRD, an object, a stored object, and other objects of the CRD.
    fn start(&mut self, random: &mut Rng) -> (Value, Value, Value, Vec<Value>) {
        if random.u8(..3) == 0 {
            let kept: Vec<Value> =
                self.pool.choose(random).lines().filter_map(|line| json::parse(line.as_bytes()).ok()).collect();
            if let [definition, object, old] = &*kept {
                return (definition.clone(), object.clone(), old.clone(), kept.clone());
            }
        }
        let chosen = random.usize(..self.definitions.len());
        let seed = self.seeds[chosen].get_or_insert_with(|| Seed::new(self.definitions[chosen].clone()));
        let mut object = || random.choice(&seed.objects).cloned().unwrap_or_default();
        let (new, old) = (object(), object());
        (seed.definition.clone(), new, old, seed.objects.clone())
    }
}

fn run(input: &str) -> Result<Outcome, String> {
    for line in input.lines() {
        let usual = json::parse(line.as_bytes()).map_err(|error| error.to_string());
        let exact = serde_json::from_slice(&json::without_negative_zeros(line.as_bytes()));
        must_equal("JSON read twice", &usual, &exact.map_err(|error| error.to_string()))?;
    }
    let mut lines = input.lines().map(|line| json::parse(line.as_bytes()));
    let [Some(Ok(document)), Some(Ok(object)), Some(Ok(old))] = [lines.next(), lines.next(), lines.next()] else {
        return Ok(Outcome { label: "not JSON", answer: String::new() });
    };
    let accepted = acceptance::check(&document, Operation::Create);
    let mut answer = accepted.as_ref().map_or_else(ToString::to_string, |()| String::new());
    let Ok(definition) = Definition::from_value(&document) else {
        return match accepted {
            Ok(()) => Err("the CRD is accepted but cannot be read".to_owned()),
            Err(_) => Ok(Outcome { label: "CRD cannot be read", answer }),
        };
    };
    let mut objects = 0;
    for version in &definition.versions {
        let Some(strategy) = Strategy::new(&definition, &version.name) else { continue };
        let text = input.lines().next().unwrap_or_default();
        let case = Case { strategy: &strategy, text, is_accepted: accepted.is_ok() };
        let verdict = case.check(&object, &old)?;
        objects += usize::from(verdict.is_empty());
        answer.push_str(&verdict);
    }
    let label = match (accepted, objects) {
        (Err(_), _) => "CRD is refused",
        (Ok(()), 0) => "object is refused",
        (Ok(()), _) => "object is accepted",
    };
    Ok(Outcome { label, answer })
}

/// One version of a CRD.
struct Case<'s> {
    strategy: &'s Strategy,
    /// The CRD's text.
    text: &'s str,
    /// Whether the API server takes the CRD; of any other one, nothing is promised.
    is_accepted: bool,
}

impl Case<'_> {
    /// What is wrong with an object, in the server's words; empty if it is accepted.
    fn check(&self, object: &Value, old: &Value) -> Result<String, String> {
        let Some(mut new) = self.decode(object)? else { return Ok("cannot be decoded".to_owned()) };
        self.strategy.prepare(&mut new, Operation::Create);
        let errors = self.errors(&new, Operation::Create)?;
        self.check_judged(object)?;
        if errors.is_empty() {
            self.check_thoroughly(&new)?;
            self.check_rule_costs(&new)?;
            self.check_self_update(&new)?;
        }
        if let Some(old) = self.decode(old)? {
            for operation in [Operation::Update { old: &old }, Operation::Status { old: &old }] {
                let mut new = new.clone();
                self.strategy.prepare(&mut new, operation);
                self.errors(&new, operation)?;
            }
        }
        Ok(errors)
    }

    /// The object decoded; none if it is refused.
    fn decode(&self, object: &Value) -> Result<Option<Value>, String> {
        let mut once = object.clone();
        if self.strategy.decode(&mut once).is_err() {
            return Ok(None);
        }
        let mut twice = once.clone();
        match self.strategy.decode(&mut twice) {
            Ok(unknown) if self.is_accepted => {
                must_equal("decoded once more", &once, &twice)?;
                must_equal("unknown fields of what was decoded", &unknown, &Vec::new())?;
            }
            Err(error) if self.is_accepted => return Err(format!("decoded, and then refused: {error}")),
            _ => {}
        }
        Ok(Some(once))
    }

    fn errors(&self, object: &Value, operation: Operation<&Value>) -> Result<String, String> {
        let errors = self.strategy.check(object, operation);
        must_equal("checked twice", &errors, &self.strategy.check(object, operation))?;
        Ok(if errors.is_empty() { String::new() } else { errors.to_string() })
    }

    /// An accepted object has no errors.
    fn check_thoroughly(&self, object: &Value) -> Result<(), String> {
        let schema = self.strategy.schema();
        let mut errors = validation::check(object, schema, Subject::default());
        errors.extend(metadata::validate_embedded(object, schema));
        errors.extend(list_type::validate(object, schema));
        if errors.is_empty() { Ok(()) } else { Err(format!("it is accepted, but has errors: {errors}")) }
    }

    /// As a client would hold it: unknown members, nulls and types are not its concern.
    fn check_judged(&self, object: &Value) -> Result<(), String> {
        let mut bare = object.clone();
        let is_given = |name: &str| object["metadata"][name].as_str().is_some_and(|text| !text.is_empty());
        if !self.is_accepted || !is_given("namespace") || !is_given("name") {
            return Ok(());
        }
        if self.strategy.prune(&mut bare).is_err() || json::has_null(&bare) {
            return Ok(());
        }
        let mut whole = bare.clone();
        self.strategy.apply_defaults(&mut whole);
        let checked = self.strategy.check(&whole, Operation::Create);
        if checked.iter().any(|error| matches!(&*error.field, "apiVersion" | "kind")) {
            return Ok(());
        }
        let judged = self.strategy.judge((&bare).into(), Operation::Create, &Arena::new());
        must_equal("judged and checked", &sorted(&judged), &sorted(&checked))
    }

    /// An accepted object may replace itself, unless a rule wants changes.
    fn check_self_update(&self, object: &Value) -> Result<(), String> {
        if !self.is_accepted || self.text.contains("oldSelf") {
            return Ok(());
        }
        let mut old = object.clone();
        old["metadata"]["resourceVersion"] = Value::from("1");
        let mut new = old.clone();
        let operation = Operation::Update { old: &old };
        self.strategy.prepare(&mut new, operation);
        must_equal("as a successor of itself", &old, &new)?;
        let errors = self.errors(&new, operation)?;
        if errors.is_empty() { Ok(()) } else { Err(format!("it cannot replace itself: {errors}")) }
    }

    fn check_rule_costs(&self, object: &Value) -> Result<(), String> {
        let schema = self.strategy.schema();
        let mut budget = Budget::default();
        let before = budget.left();
        Rules::new(schema).check_within(object, schema, Replaced::Nothing, &mut budget);
        let (Some(before), Some(left)) = (before, budget.left()) else { return Ok(()) };
        let Some(reports) = crdgen_schema::rule::report(schema, true).filter(|_| self.is_accepted) else {
            return Ok(());
        };
        // Rules of the root run once; where there are others, nothing is known of how often those run.
        let estimated: u64 = reports.iter().fold(0, |all, report| all.saturating_add(report.cost));
        let only_here =
            !schema.validations.is_empty() && self.text.matches("\"x-kubernetes-validations\"").count() == 1;
        if only_here && before - left > super::most_cost(estimated) {
            return Err(format!("its rules cost {}, and {estimated} at most was estimated", before - left));
        }
        Ok(())
    }
}

/// Missing members are looked at after those that are there, so the order may be another one.
fn sorted(errors: &Errors) -> Vec<String> {
    let mut shown: Vec<String> = errors.iter().map(ToString::to_string).collect();
    shown.sort();
    shown
}
