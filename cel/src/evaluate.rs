//! Walks a plan, and counts what that costs.
//!
//! In: a plan, values for variables, a budget. Out: a value or a fault, and the cost, which is to the last unit what cel-go's
//! cost tracker counts: each step below says what it adds.

mod attribute;
mod call;
mod repeat;

use crate::{
    cost::{LIST, MAP},
    fault::{Fault, Outcome},
    plan::Plan,
    value::{Arena, List, Map, Value},
};

/// How an evaluation ended.
#[derive(Clone, Copy, Debug)]
pub struct Evaluation<'a> {
    /// What the expression gives, or what went wrong.
    pub outcome: Outcome<'a>,
    /// What it cost, also if it failed.
    pub cost: u64,
}

pub(crate) fn evaluate<'a>(
    plan: &'a Plan,
    arena: &'a Arena,
    variables: &'a [Value<'a>],
    budget: u64,
) -> Evaluation<'a> {
    let mut state = State { arena, variables, locals: Vec::new(), cost: 0, budget };
    let mut outcome = state.evaluate(plan);
    // A fault beside it may have hidden that the budget was used up.
    if state.cost > budget {
        outcome = Err(Fault::OVER_BUDGET);
    }
    Evaluation { outcome, cost: state.cost }
}

/// An evaluation under way.
struct State<'a> {
    arena: &'a Arena,
    variables: &'a [Value<'a>],
    locals: Vec<Local<'a>>,
    cost: u64,
    budget: u64,
}

/// A variable of a loop.
#[derive(Clone, Copy)]
struct Local<'a> {
    value: Outcome<'a>,
    /// Counted when the variable is used for the first time.
    unpaid: u64,
}

impl<'a> State<'a> {
    /// Adds to the cost.
    fn charge(&mut self, cost: u64) -> Outcome<'a, ()> {
        self.cost = self.cost.saturating_add(cost);
        if self.cost > self.budget { Err(Fault::OVER_BUDGET) } else { Ok(()) }
    }

    fn evaluate(&mut self, plan: &'a Plan) -> Outcome<'a> {
        match plan {
            Plan::Constant(constant) => Ok(constant.value(self.arena)),
            Plan::Attribute(attribute) => self.attribute(attribute),
            Plan::Test(_) | Plan::And(_) | Plan::Or(_) | Plan::Not(_) | Plan::Equal(_) | Plan::NotEqual(_) => {
                self.truth(plan).map(Value::Bool)
            }
            Plan::Call(call) => self.call(call),
            Plan::Member(member) => {
                let value = self.evaluate(&member.0)?;
                let arena = self.arena;
                Ok(Value::Bool(member.1.iter().any(|item| item.value(arena).equals(value, arena) == Ok(true))))
            }
            Plan::OptionalOr(sides) => match self.evaluate(&sides.0)? {
                Value::Optional(None) => self.evaluate(&sides.1),
                other => Ok(other),
            },
            Plan::OptionalOrValue(sides) => match self.evaluate(&sides.0)? {
                Value::Optional(None) => self.evaluate(&sides.1),
                Value::Optional(Some(value)) => Ok(*value),
                other => Ok(other),
            },
            Plan::List(items) => {
                let list = self.list(items);
                self.charge(LIST)?;
                list
            }
            Plan::Map(entries) => {
                let map = self.map(entries);
                self.charge(MAP)?;
                map
            }
            Plan::Loop(repeat) => self.repeat(repeat),
            Plan::Bind(parts) => self.bind(&parts.0, &parts.1),
        }
    }

    /// An expression that must be true or false. Most parts of rules are.
    fn truth(&mut self, plan: &'a Plan) -> Outcome<'a, bool> {
        match plan {
            Plan::Test(attribute) => self.test(attribute),
            Plan::And(sides) => self.logic(sides, false),
            Plan::Or(sides) => self.logic(sides, true),
            Plan::Not(operand) => self.not(operand),
            Plan::Equal(sides) => self.equal(sides),
            Plan::NotEqual(sides) => self.not_equal(sides),
            other => self.evaluate(other)?.bool(),
        }
    }

    /// `a && b` (and `a || b`): a side that is `decisive` decides, even if the other fails.
    fn logic(&mut self, sides: &'a (Plan, Plan), decisive: bool) -> Outcome<'a, bool> {
        let first = self.truth(&sides.0);
        match first {
            Ok(flag) if flag == decisive => return Ok(decisive),
            Err(fault) if fault.is_over_budget() => return Err(fault),
            _ => {}
        }
        let second = self.truth(&sides.1);
        match (first, second) {
            (_, Ok(flag)) if flag == decisive => Ok(decisive),
            (_, Err(fault)) if fault.is_over_budget() => Err(fault),
            (Err(fault), _) | (_, Err(fault)) => Err(fault),
            (Ok(_), Ok(_)) => Ok(!decisive),
        }
    }

    /// `!a` costs 1, like any call, also if `a` fails.
    fn not(&mut self, operand: &'a Plan) -> Outcome<'a, bool> {
        match self.truth(operand) {
            Err(fault) if fault.is_over_budget() => Err(fault),
            outcome => {
                self.charge(1)?;
                outcome.map(|flag| !flag)
            }
        }
    }

    fn list(&mut self, items: &'a [(Plan, bool)]) -> Outcome<'a> {
        let mut values = Vec::with_capacity(items.len());
        for (item, optional) in items {
            let value = self.evaluate(item)?;
            match (optional, value) {
                (false, value) => values.push(value),
                (true, Value::Optional(value)) => values.extend(value.copied()),
                (true, other) => {
                    let message = format!("cannot initialize optional list element from non-optional value {other}");
                    return Err(Fault::new(self.arena, &message));
                }
            }
        }
        Ok(Value::List(List::Values(self.arena.values(&values))))
    }

    fn map(&mut self, entries: &'a [(Plan, Plan, bool)]) -> Outcome<'a> {
        let mut values = Vec::with_capacity(entries.len());
        for (key, value, optional) in entries {
            let (key, value) = (self.evaluate(key)?, self.evaluate(value)?);
            match (optional, value) {
                (false, value) => values.push((key, value)),
                (true, Value::Optional(Some(value))) => values.push((key, *value)),
                (true, Value::Optional(None)) => values.retain(|(other, _)| other.equals(key, self.arena) != Ok(true)),
                (true, other) => {
                    let message = format!("cannot initialize optional entry '{key}' from non-optional value {other}");
                    return Err(Fault::new(self.arena, &message));
                }
            }
        }
        Ok(Value::Map(Map::from_entries(values, self.arena)))
    }
}
