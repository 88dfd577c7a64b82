//! Compiling and evaluating CEL.
//!
//! An input is an expression over the variables below. It is evaluated with each of several sets of values: always the same
//! way, to a value of the type that was found before, for a cost that was estimated before, within its budget.

use std::{path::Path, sync::Arc};

use anyhow::Result;
use crdgen_cel::{Arena, Compiled, Duration, Environment, List, Map, Program, Range, Sizes, Timestamp, Type, Value};
use fastrand::Rng;

use super::{Maker, Outcome, Target, must_equal, pool::Pool};
use crate::{
    grammar::{self, Variable},
    mutation::change_text,
};

pub(super) const TARGET: Target = Target { name: "evaluate", maker, run };

/// What one evaluation may cost, as in Kubernetes.
const BUDGET: u64 = 1_000_000;
/// How many sets of values there are.
const SETS: usize = 3;

struct Expressions(Pool);

#[allow(clippy::unnecessary_wraps)] // The signature is that of every target.
fn maker(_: &Path) -> Result<Box<dyn Maker>> {
    Ok(Box::new(Expressions(Pool::default())))
}

impl Maker for Expressions {
    fn make(&mut self, random: &mut Rng) -> String {
        if random.u8(..10) < 3 && !self.0.inputs().is_empty() {
            let start = self.0.choose(random).to_owned();
            return change_text(random, &start, self.0.inputs());
        }
        let kinds =
            ["bool", "bool", "int", "string", "double", "ints", "strings", "map", "optional", "dyn", "timestamp"];
        let kind = kinds[random.usize(..kinds.len())];
        let variables: Vec<Variable> = declared().iter().map(|(name, kind, _)| Variable::new(*name, kind)).collect();
        let depth = random.usize(1..=6);
        grammar::expression(random, kind, &variables, depth)
    }

    fn keep(&mut self, input: &str) {
        if input.len() < 4000 {
            self.0.keep(input);
        }
    }
}

/// The variables: their names, and their types in the grammar and in CEL.
fn declared() -> Vec<(&'static str, &'static str, Type)> {
    vec![
        ("b", "bool", Type::Bool),
        ("i", "int", Type::Int),
        ("u", "uint", Type::Uint),
        ("d", "double", Type::Double),
        ("s", "string", Type::String),
        ("y", "bytes", Type::Bytes),
        ("n", "duration", Type::Duration),
        ("t", "timestamp", Type::Timestamp),
        ("is", "ints", Type::list(Type::Int)),
        ("ss", "strings", Type::list(Type::String)),
        ("m", "map", Type::map(Type::String, Type::Int)),
        ("o", "optional", Type::optional(Type::Int)),
        ("any", "any", Type::Dyn),
        ("object", "object", Type::map(Type::String, Type::Dyn)),
    ]
}

/// A set of values for the variables: small ones, usual ones, hostile ones.
fn values(set: usize, arena: &Arena) -> Vec<Value<'_>> {
    let list = |items: &[Value<'static>]| Value::List(List::Values(arena.values(items)));
    let map = |entries: &[(&'static str, Value<'static>)]| {
        let entries = entries.iter().map(|(key, value)| (Value::String(key), *value));
        Value::Map(Map::from_entries(entries.collect(), arena))
    };
    let (ints, texts): (&[Value<'static>], &[Value<'static>]) = [
        (&[][..], &[][..]),
        (&[Value::Int(3), Value::Int(1), Value::Int(2)], &[Value::String("a"), Value::String("b,c")]),
        (
            &[Value::Int(i64::MIN), Value::Int(i64::MAX), Value::Int(-1)],
            &[Value::String("\u{10ffff}é"), Value::String("")],
        ),
    ][set];
    let text = ["", "name-1.example.com", "'\"\\\n\0\u{202e}🦀%s{}"][set];
    let number = [0, 7, i64::MIN][set];
    let object = map(&[("a", Value::Int(number)), ("b", Value::String(text))]);
    vec![
        Value::Bool(set == 1),
        Value::Int(number),
        Value::Uint([0, 7, u64::MAX][set]),
        Value::Double([0.0, 2.5, f64::NAN][set]),
        Value::String(text),
        Value::Bytes([&b""[..], b"abc", b"\xff\x00"][set]),
        Value::Duration(Duration { nanoseconds: [0, 90_000_000_000, i64::MIN][set] }),
        Value::Timestamp(Timestamp { seconds: [0, 1_700_000_000, 253_402_300_799][set], nanoseconds: 0, offset: 0 }),
        list(ints),
        list(texts),
        [map(&[]), map(&[("a", Value::Int(1)), ("b", Value::Int(2))]), map(&[("", Value::Int(i64::MAX))])][set],
        Value::Optional((set > 0).then(|| arena.value(Value::Int(number)))),
        [Value::Null, object, list(ints)][set],
        object,
    ]
}

fn run(input: &str) -> Result<Outcome, String> {
    let library = crdgen_schema::rule::library();
    let environment = declared()
        .into_iter()
        .fold(Environment::new(library), |environment, (name, _, declared)| environment.variable(name, declared));
    let compiled = match environment.compile(input) {
        Ok(compiled) => compiled,
        Err(issues) => return Ok(Outcome { label: "refused", answer: issues.to_string() }),
    };
    let program = match compiled.program() {
        Ok(program) => program,
        Err(why) => return Ok(Outcome { label: "fails always", answer: why }),
    };
    let mut answer = compiled.output().to_string();
    let mut given = 0;
    for set in 0..SETS {
        let (arena, again) = (Arena::new(), Arena::new());
        let variables = values(set, &arena);
        let evaluation = program.evaluate(&arena, &variables, BUDGET);
        let shown = shown(evaluation.outcome);
        given += usize::from(evaluation.outcome.is_ok());
        let variables_again = values(set, &again);
        let second = program.evaluate(&again, &variables_again, BUDGET);
        must_equal("evaluated twice", &(&shown, evaluation.cost), &(&self::shown(second.outcome), second.cost))?;
        check_cost(input, &compiled, &program, &variables, evaluation.cost)?;
        if let Ok(value) = evaluation.outcome
            && is_certain(&compiled, input)
        {
            check_type(compiled.output(), value, &arena)?;
        }
        answer.push_str(&shown);
    }
    let label = if given == 0 { "gives errors" } else { "gives values" };
    Ok(Outcome { label, answer })
}

/// An outcome as text; only the start of what is large.
fn shown(outcome: Result<Value<'_>, crdgen_cel::Fault<'_>>) -> String {
    let text = match outcome {
        Ok(value) => value.to_string(),
        Err(fault) => format!("error: {}", fault.message()),
    };
    text.chars().take(2000).collect()
}

/// The cost is within the estimate, and a budget of less is not enough.
fn check_cost(
    text: &str,
    compiled: &Compiled,
    program: &Program,
    variables: &[Value<'_>],
    cost: u64,
) -> Result<(), String> {
    if cost > BUDGET {
        return Ok(());
    }
    let estimate = compiled.estimate(&Known(variables)).max;
    if is_certain(compiled, text)
        && !UNDERESTIMATED.iter().any(|name| text.contains(name))
        && cost > super::most_cost(estimate)
    {
        return Err(format!("it cost {cost}, and {estimate} at most was estimated"));
    }
    if let Some(less) = cost.checked_sub(1) {
        let arena = Arena::new();
        let stopped = program.evaluate(&arena, variables, less);
        if !stopped.outcome.is_err_and(|fault| fault.is_over_budget()) {
            return Err(format!("it cost {cost}, but {less} were enough"));
        }
    }
    Ok(())
}

/// Functions that cost more in Kubernetes than it estimates, or give more than it estimates, in proportion to what they work on.
const UNDERESTIMATED: [&str; 9] =
    ["startsWith(", "endsWith(", "flatten(", "split(", "findAll(", "validate(", "optional.", "join(", "replace("];

/// Whether the types within an expression are known before it runs. What may be anything passes for every type.
fn is_certain(compiled: &Compiled, text: &str) -> bool {
    !compiled.uses("any") && !compiled.uses("object") && !text.contains("dyn(")
}

/// The value is of the type that was found when the expression was compiled.
fn check_type<'a>(declared: &Type, value: Value<'a>, arena: &'a Arena) -> Result<(), String> {
    if fits(declared, value, arena) { Ok(()) } else { Err(format!("{value} is not of the type {declared}")) }
}

fn fits<'a>(declared: &Type, value: Value<'a>, arena: &'a Arena) -> bool {
    match (declared, value) {
        (Type::Dyn | Type::Parameter(_) | Type::Variable(_), _) => true,
        (Type::List(item), Value::List(list)) => {
            list.iter(arena).all(|found| found.is_ok_and(|found| fits(item, found, arena)))
        }
        (Type::Map(entry), Value::Map(map)) => map
            .entries(arena)
            .is_ok_and(|entries| entries.iter().all(|(k, v)| fits(&entry.0, *k, arena) && fits(&entry.1, *v, arena))),
        _ => declared.runtime_name() == value.type_name(),
    }
}

/// The sizes that the values of the variables have.
struct Known<'v>(&'v [Value<'v>]);

impl Sizes for Known<'_> {
    fn size(&self, path: &[Arc<str>]) -> Option<Range> {
        let (name, within) = path.split_first()?;
        let place = declared().iter().position(|(declared, ..)| *declared == &**name)?;
        let value = *self.0.get(place)?;
        match within {
            [] => Some(Range::exactly(value.size()? as u64)),
            // As large as any of the texts above is.
            _ => Some(Range { min: 0, max: 64 }),
        }
    }
}
