//! Makes the nodes that a macro expands to.
//!
//! All of them stand where the macro's parenthesis stands, as in cel-go, so that messages about them point at the macro.

use std::sync::Arc;

use super::expression::{Comprehension, Entry, Expression, Kind, Literal, Loop, Positions};
use crate::operator;

/// The variable that loops collect in. No expression can name it.
pub(super) const ACCUMULATOR: &str = "@result";

/// Makes nodes at one place.
pub(super) struct Expander<'p> {
    pub(super) positions: &'p mut Positions,
    pub(super) offset: Option<u32>,
}

impl Expander<'_> {
    fn node(&mut self, kind: Kind) -> Expression {
        Expression { id: self.positions.add(self.offset), kind }
    }

    pub(super) fn literal(&mut self, literal: Literal) -> Expression {
        self.node(Kind::Literal(literal))
    }

    pub(super) fn identifier(&mut self, name: &str) -> Expression {
        self.node(Kind::Identifier(name.into()))
    }

    pub(super) fn accumulator(&mut self) -> Expression {
        self.identifier(ACCUMULATOR)
    }

    pub(super) fn call(&mut self, function: &str, arguments: Vec<Expression>) -> Expression {
        self.node(Kind::Call { function: function.into(), target: None, arguments })
    }

    pub(super) fn member_call(&mut self, function: &str, target: Expression, arguments: Vec<Expression>) -> Expression {
        self.node(Kind::Call { function: function.into(), target: Some(Box::new(target)), arguments })
    }

    pub(super) fn has(&mut self, operand: Box<Expression>, field: Arc<str>) -> Expression {
        self.node(Kind::Select { operand, field, test: true })
    }

    pub(super) fn list(&mut self, items: Vec<Expression>) -> Expression {
        self.node(Kind::List(items.into_iter().map(|item| (item, false)).collect()))
    }

    pub(super) fn empty_map(&mut self) -> Expression {
        self.node(Kind::Map(Vec::new()))
    }

    /// `filter ? step : accumulator`, or the step alone.
    pub(super) fn filtered(&mut self, filter: Option<Expression>, step: Expression) -> Expression {
        match filter {
            None => step,
            Some(filter) => {
                let otherwise = self.accumulator();
                self.call(operator::CONDITIONAL, vec![filter, step, otherwise])
            }
        }
    }

    /// A loop over `range` that collects in [`ACCUMULATOR`], which is its result unless `result` says otherwise.
    pub(super) fn comprehension(&mut self, parts: LoopParts, result: Option<Expression>) -> Expression {
        let LoopParts { shape, range, variables: (variable, second_variable), initial, condition, step } = parts;
        let result = result.unwrap_or_else(|| self.accumulator());
        self.node(Kind::Comprehension(Box::new(Comprehension {
            shape,
            range,
            variable,
            second_variable,
            accumulator: ACCUMULATOR.into(),
            initial,
            condition,
            step,
            result,
        })))
    }

    /// `result` with `name` for the value of `initial`.
    pub(super) fn bind(&mut self, name: &str, initial: Expression, result: Expression) -> Expression {
        let range = self.list(Vec::new());
        let condition = self.literal(Literal::Bool(false));
        let step = self.identifier(name);
        self.node(Kind::Comprehension(Box::new(Comprehension {
            shape: Loop::Bind,
            range,
            variable: "#unused".into(),
            second_variable: None,
            accumulator: name.into(),
            initial,
            condition,
            step,
            result,
        })))
    }

    /// The same expression once more, with names of its own.
    pub(super) fn copy(&mut self, expression: &Expression) -> Expression {
        let offset = self.positions.get(expression.id);
        let id = self.positions.add(offset);
        let kind = match &expression.kind {
            Kind::Literal(_) | Kind::Identifier(_) | Kind::Missing => expression.kind.clone(),
            Kind::Select { operand, field, test } => {
                Kind::Select { operand: Box::new(self.copy(operand)), field: field.clone(), test: *test }
            }
            Kind::Call { function, target, arguments } => Kind::Call {
                function: function.clone(),
                target: target.as_ref().map(|target| Box::new(self.copy(target))),
                arguments: arguments.iter().map(|argument| self.copy(argument)).collect(),
            },
            Kind::List(items) => {
                Kind::List(items.iter().map(|(item, optional)| (self.copy(item), *optional)).collect())
            }
            Kind::Map(entries) => Kind::Map(entries.iter().map(|entry| self.copy_entry(entry)).collect()),
            Kind::Message { type_name, fields } => Kind::Message {
                type_name: type_name.clone(),
                fields: fields
                    .iter()
                    .map(|(id, name, value, optional)| (*id, name.clone(), self.copy(value), *optional))
                    .collect(),
            },
            Kind::Comprehension(comprehension) => Kind::Comprehension(Box::new(self.copy_comprehension(comprehension))),
        };
        Expression { id, kind }
    }

    fn copy_entry(&mut self, entry: &Entry) -> Entry {
        Entry { key: self.copy(&entry.key), value: self.copy(&entry.value), optional: entry.optional }
    }

    fn copy_comprehension(&mut self, comprehension: &Comprehension) -> Comprehension {
        Comprehension {
            range: self.copy(&comprehension.range),
            initial: self.copy(&comprehension.initial),
            condition: self.copy(&comprehension.condition),
            step: self.copy(&comprehension.step),
            result: self.copy(&comprehension.result),
            ..comprehension.clone()
        }
    }
}

/// What a loop is made of.
pub(super) struct LoopParts {
    pub(super) shape: Loop,
    pub(super) range: Expression,
    pub(super) variables: (Arc<str>, Option<Arc<str>>),
    pub(super) initial: Expression,
    pub(super) condition: Expression,
    pub(super) step: Expression,
}
