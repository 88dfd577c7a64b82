//! Calls of functions.

use super::State;
use crate::{
    cost::{self, Charge},
    fault::{Fault, Outcome},
    plan::{Call, Plan, Target},
    value::Value,
};

/// No function has more arguments, its target included.
const MOST_ARGUMENTS: usize = 4;

impl<'a> State<'a> {
    /// A call costs what its function charges, also if an argument has failed.
    pub(super) fn call(&mut self, call: &'a Call) -> Outcome<'a> {
        let mut outcomes = [Ok(Value::Null); MOST_ARGUMENTS];
        let count = call.arguments.len().min(MOST_ARGUMENTS);
        for (outcome, argument) in outcomes.iter_mut().zip(&call.arguments) {
            *outcome = self.evaluate(argument);
            match outcome {
                Err(fault) if call.stops_early || fault.is_over_budget() => return Err(*fault),
                _ => {}
            }
        }
        let outcomes = &outcomes[..count];
        if let Charge::Arguments(charge) = call.charge {
            self.charge(charge(self.arena, outcomes))?;
        }
        let outcome = self.run(call, outcomes);
        if let Charge::Result(charge) = call.charge {
            self.charge(charge(outcome))?;
        }
        if self.arena.is_full() { Err(Fault::OVER_BUDGET) } else { outcome }
    }

    fn run(&self, call: &'a Call, outcomes: &[Outcome<'a>]) -> Outcome<'a> {
        let mut values = [Value::Null; MOST_ARGUMENTS];
        for (value, outcome) in values.iter_mut().zip(outcomes) {
            *value = (*outcome)?;
        }
        let values = &values[..outcomes.len()];
        let body = match &call.target {
            Target::Certain(body) => Some(*body),
            Target::Guarded(overloads) => {
                let fitting = overloads.iter().find(|overload| overload.takes(values, self.arena));
                fitting.and_then(|overload| overload.body)
            }
        };
        let Some(body) = body else {
            let types: Vec<_> = values.iter().map(|value| value.type_name()).collect();
            let message = format!("no such overload: {}({})", call.name, types.join(", "));
            return Err(Fault::new(self.arena, &message));
        };
        body(self.arena, values)
    }

    pub(super) fn equal(&mut self, sides: &'a (Plan, Plan)) -> Outcome<'a, bool> {
        self.compare(sides, cost::EQUALITY.charge)?
    }

    pub(super) fn not_equal(&mut self, sides: &'a (Plan, Plan)) -> Outcome<'a, bool> {
        // In cel-go, values that cannot be compared are different.
        let equal = self.compare(sides, cost::COMPARISON.charge)?;
        Ok(equal != Ok(true))
    }

    fn compare(&mut self, sides: &'a (Plan, Plan), charge: Charge) -> Outcome<'a, Outcome<'a, bool>> {
        let outcomes = [self.evaluate(&sides.0), self.evaluate(&sides.1)];
        if let Charge::Arguments(charge) = charge {
            self.charge(charge(self.arena, &outcomes))?;
        }
        let [first, second] = outcomes;
        Ok(first?.equals(second?, self.arena))
    }
}
