//! Loops, each of which costs what cel-go's expansion of its macro costs.

use std::ops::ControlFlow;

use super::{Local, State};
use crate::{
    cost::LIST,
    fault::{Fault, Outcome},
    plan::{Collects, Loop, Plan},
    value::{List, MapBuilder, Value},
};

/// What a loop has collected. A fault stays until the end, unless something decides in spite of it.
enum Collected<'a> {
    /// `all` (or `exists`): until something is `decisive`.
    Truth {
        decisive: bool,
        state: Outcome<'a, bool>,
    },
    Count(Outcome<'a, u64>),
    Items(Outcome<'a, Vec<Value<'a>>>),
    Entries(Outcome<'a, MapBuilder<'a>>),
}

impl<'a> State<'a> {
    pub(super) fn repeat(&mut self, repeat: &'a Loop) -> Outcome<'a> {
        let range = self.evaluate(&repeat.range)?;
        let mut collected = match &repeat.collects {
            Collects::All(_) => Collected::Truth { decisive: false, state: Ok(true) },
            Collects::Exists(_) => Collected::Truth { decisive: true, state: Ok(false) },
            Collects::ExistsOne(_) => Collected::Count(Ok(0)),
            Collects::Items(_) => Collected::Items(Ok(Vec::new())),
            Collects::Values(_) | Collects::Entries(_) => Collected::Entries(Ok(MapBuilder::default())),
        };
        let depth = self.locals.len();
        let ended = self.each(repeat, range, &mut collected);
        self.locals.truncate(depth);
        ended?;
        self.finish(collected)
    }

    /// Runs the loop over a range.
    fn each(&mut self, repeat: &'a Loop, range: Value<'a>, collected: &mut Collected<'a>) -> Outcome<'a, ()> {
        let arena = self.arena;
        match range {
            Value::List(list) => {
                for (index, item) in list.iter(arena).enumerate() {
                    let index = Value::Int(i64::try_from(index).unwrap_or(i64::MAX));
                    let variables = if repeat.two_variables { (Ok(index), Some(item)) } else { (item, None) };
                    if self.step(repeat, variables, collected)?.is_break() {
                        break;
                    }
                }
                Ok(())
            }
            Value::Map(map) => {
                let mut outcome = Ok(());
                map.each(arena, &mut |key, value| {
                    let variables = (Ok(key), repeat.two_variables.then_some(value));
                    self.step(repeat, variables, collected).unwrap_or_else(|fault| {
                        outcome = Err(fault);
                        ControlFlow::Break(())
                    })
                });
                outcome
            }
            other => {
                let name = go_name(other);
                let message = if repeat.two_variables {
                    format!("unsupported comprehension range type: {name}")
                } else {
                    format!("got '{name}', expected iterable type")
                };
                Err(Fault::new(arena, &message))
            }
        }
    }

    fn step(
        &mut self,
        repeat: &'a Loop,
        (first, second): (Outcome<'a>, Option<Outcome<'a>>),
        collected: &mut Collected<'a>,
    ) -> Outcome<'a, ControlFlow<()>> {
        let depth = self.locals.len();
        self.locals.extend([Some(first), second].into_iter().flatten().map(Local::of));
        let stepped = self.collect(repeat, first, collected);
        self.locals.truncate(depth);
        stepped
    }

    fn collect(
        &mut self,
        repeat: &'a Loop,
        first: Outcome<'a>,
        collected: &mut Collected<'a>,
    ) -> Outcome<'a, ControlFlow<()>> {
        if let Some(filter) = &repeat.filter {
            match self.keep_truth(filter)? {
                Ok(true) => {}
                Ok(false) => return Ok(ControlFlow::Continue(())),
                Err(fault) => {
                    collected.fail(fault);
                    return Ok(ControlFlow::Continue(()));
                }
            }
        }
        match (&repeat.collects, collected) {
            (Collects::All(predicate) | Collects::Exists(predicate), Collected::Truth { decisive, state }) => {
                return self.quantify(predicate, *decisive, state);
            }
            (Collects::ExistsOne(predicate), Collected::Count(count)) => self.count(predicate, count)?,
            (Collects::Items(item), Collected::Items(items)) => self.add_item(item, items)?,
            (Collects::Values(value), Collected::Entries(entries)) => self.add_value(first, value, entries)?,
            (Collects::Entries(added), Collected::Entries(entries)) => self.add_entries(added, entries)?,
            _ => return Err(Fault::NO_SUCH_OVERLOAD),
        }
        Ok(ControlFlow::Continue(()))
    }

    fn quantify(
        &mut self,
        predicate: &'a Plan,
        decisive: bool,
        state: &mut Outcome<'a, bool>,
    ) -> Outcome<'a, ControlFlow<()>> {
        // Asking whether to go on: the accumulator, a negation for `exists`, and the question.
        self.charge(if decisive { 3 } else { 2 })?;
        if *state == Ok(decisive) {
            return Ok(ControlFlow::Break(()));
        }
        // The accumulator once more.
        self.charge(1)?;
        let found = self.keep_truth(predicate)?;
        if found == Ok(decisive) || state.is_ok() {
            *state = found;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn count(&mut self, predicate: &'a Plan, count: &mut Outcome<'a, u64>) -> Outcome<'a, ()> {
        match self.keep_truth(predicate)? {
            Ok(true) => {
                // The accumulator, and the addition.
                self.charge(2)?;
                *count = count.map(|count| count + 1);
            }
            Ok(false) => {}
            Err(fault) => *count = Err(fault),
        }
        Ok(())
    }

    fn add_item(&mut self, item: &'a Plan, items: &mut Outcome<'a, Vec<Value<'a>>>) -> Outcome<'a, ()> {
        self.charge(1)?;
        let found = self.keep(item)?;
        // A list of one constant is a constant itself; after it, the addition.
        self.charge(if matches!(item, Plan::Constant(_)) { 1 } else { LIST + 1 })?;
        match (&mut *items, found) {
            (Ok(items), Ok(item)) => items.push(item),
            (Ok(_), Err(fault)) => *items = Err(fault),
            (Err(_), _) => {}
        }
        Ok(())
    }

    fn add_value(
        &mut self,
        key: Outcome<'a>,
        value: &'a Plan,
        entries: &mut Outcome<'a, MapBuilder<'a>>,
    ) -> Outcome<'a, ()> {
        self.charge(1)?;
        let Ok(map) = entries else { return Ok(()) };
        // The key.
        self.charge(1)?;
        let inserted = match self.keep(value)? {
            Ok(value) => {
                self.charge(1)?;
                key.and_then(|key| map.insert(key, value, self.arena))
            }
            Err(fault) => Err(fault),
        };
        if let Err(fault) = inserted {
            *entries = Err(fault);
        }
        Ok(())
    }

    fn add_entries(&mut self, added: &'a Plan, entries: &mut Outcome<'a, MapBuilder<'a>>) -> Outcome<'a, ()> {
        self.charge(1)?;
        let found = self.keep(added)?;
        self.charge(1)?;
        let Ok(map) = entries else { return Ok(()) };
        let arena = self.arena;
        let added = found.and_then(Value::map).and_then(|added| added.entries(arena));
        let inserted =
            added.and_then(|added| added.into_iter().try_for_each(|(key, value)| map.insert(key, value, arena)));
        if let Err(fault) = inserted {
            *entries = Err(fault);
        }
        Ok(())
    }

    /// Evaluates, and passes on at once only that the budget is used up.
    fn keep(&mut self, plan: &'a Plan) -> Outcome<'a, Outcome<'a>> {
        match self.evaluate(plan) {
            Err(fault) if fault.is_over_budget() => Err(fault),
            outcome => Ok(outcome),
        }
    }

    fn keep_truth(&mut self, plan: &'a Plan) -> Outcome<'a, Outcome<'a, bool>> {
        match self.truth(plan) {
            Err(fault) if fault.is_over_budget() => Err(fault),
            outcome => Ok(outcome),
        }
    }

    fn finish(&mut self, collected: Collected<'a>) -> Outcome<'a> {
        // The accumulator; `existsOne` also compares it.
        self.charge(if matches!(collected, Collected::Count(_)) { 2 } else { 1 })?;
        Ok(match collected {
            Collected::Truth { state, .. } => Value::Bool(state?),
            Collected::Count(count) => Value::Bool(count? == 1),
            Collected::Items(items) => Value::List(List::Values(self.arena.values(&items?))),
            Collected::Entries(entries) => Value::Map(entries?.finish(self.arena)),
        })
    }

    /// Evaluates `result` with the value of `initial` as a variable. What that costs counts when the variable is used.
    pub(super) fn bind(&mut self, initial: &'a Plan, result: &'a Plan) -> Outcome<'a> {
        let before = self.cost;
        let value = self.evaluate(initial);
        let unpaid = std::mem::replace(&mut self.cost, before) - before;
        self.locals.push(Local { value, unpaid });
        let outcome = self.evaluate(result);
        self.locals.pop();
        outcome
    }
}

impl<'a> Local<'a> {
    fn of(value: Outcome<'a>) -> Self {
        Self { value, unpaid: 0 }
    }
}

impl<'a> Collected<'a> {
    fn fail(&mut self, fault: Fault<'a>) {
        match self {
            Self::Truth { state, .. } => *state = Err(fault),
            Self::Count(count) => *count = Err(fault),
            Self::Items(items) => *items = Err(fault),
            Self::Entries(entries) => *entries = Err(fault),
        }
    }
}

/// The name that a value's type has in Go, as messages about loops show it.
fn go_name(value: Value<'_>) -> &'static str {
    match value {
        Value::Null => "types.Null",
        Value::Bool(_) => "types.Bool",
        Value::Int(_) => "types.Int",
        Value::Uint(_) => "types.Uint",
        Value::Double(_) => "types.Double",
        Value::String(_) => "types.String",
        Value::Bytes(_) => "types.Bytes",
        Value::Duration(_) => "types.Duration",
        Value::Timestamp(_) => "types.Timestamp",
        Value::List(_) => "*types.baseList",
        Value::Map(_) => "*types.baseMap",
        Value::Optional(_) => "*types.Optional",
        Value::Type(_) => "*types.Type",
        Value::Opaque(_) => "types.Object",
    }
}
