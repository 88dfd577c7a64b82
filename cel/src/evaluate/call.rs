//! Calls of functions.

use super::State;
use crate::{
    cost::{self, Charge},
    fault::{Fault, Outcome},
    plan::{Call, Plan, Target},
    value::Value,
};

impl<'a> State<'a> {
    /// A call costs what its function charges, also if an argument has failed.
    pub(super) fn call(&mut self, call: &'a Call) -> Outcome<'a> {
        match &*call.arguments {
            [] => self.call_with(call, []),
            [only] => self.call_with(call, [only]),
            [first, second] => self.call_with(call, [first, second]),
            [first, second, third] => self.call_with(call, [first, second, third]),
            // No function has more arguments, its target included.
            [first, second, third, fourth, ..] => self.call_with(call, [first, second, third, fourth]),
        }
    }

    fn call_with<const N: usize>(&mut self, call: &'a Call, arguments: [&'a Plan; N]) -> Outcome<'a> {
        let mut outcomes = [Ok(Value::Null); N];
        for (outcome, argument) in outcomes.iter_mut().zip(arguments) {
            *outcome = self.evaluate(argument);
            match outcome {
                Err(fault) if call.stops_early || fault.is_over_budget() => return Err(*fault),
                _ => {}
            }
        }
        if let Charge::Arguments(charge) = call.charge {
            self.charge(charge(self.arena, &outcomes))?;
        }
        let outcome = self.run(call, outcomes);
        if let Charge::Result(charge) = call.charge {
            self.charge(charge(outcome))?;
        }
        if self.arena.is_full() { Err(Fault::OVER_BUDGET) } else { outcome }
    }

    fn run<const N: usize>(&self, call: &'a Call, outcomes: [Outcome<'a>; N]) -> Outcome<'a> {
        let mut values = [Value::Null; N];
        for (value, outcome) in values.iter_mut().zip(outcomes) {
            *value = outcome?;
        }
        let body = match &call.target {
            Target::Certain(body) => Some(*body),
            Target::Guarded(overloads) => {
                let fitting = overloads.iter().find(|overload| overload.takes(&values, self.arena));
                fitting.and_then(|overload| overload.body)
            }
        };
        let Some(body) = body else {
            let types: Vec<_> = values.iter().map(|value| value.type_name()).collect();
            let message = format!("no such overload: {}({})", call.name, types.join(", "));
            return Err(Fault::new(self.arena, &message));
        };
        body(self.arena, &values)
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
