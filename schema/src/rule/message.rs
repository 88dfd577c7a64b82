//! What a rule that is broken says.

use crdgen_cel::{Arena, Program, Value, go};

use super::{evaluate::Budget, tree::Rule};

/// The longest message that an expression may make, in bytes.
const MAX_BYTES: usize = 5 << 10;

/// How an evaluation of `messageExpression` ended.
pub(super) enum Made {
    /// The message.
    Message(String),
    /// None can be had from it; the other one counts.
    None,
    /// It cost too much, and no more rules run.
    TooExpensive(String),
}

impl Rule {
    /// How errors name the rule: by its message, or as it is written.
    pub(super) fn name(&self) -> &str {
        if self.message.is_empty() { &self.source } else { &self.message }
    }

    /// What is said without a message expression.
    pub(super) fn plain_message(&self) -> String {
        if self.message.is_empty() { format!("failed rule: {}", self.source) } else { self.message.clone() }
    }
}

/// Evaluates `messageExpression`.
pub(super) fn make(program: &Program, source: &str, variables: &[Value<'_>], budget: &mut Budget) -> Made {
    let arena = Arena::new();
    let evaluation = program.evaluate(&arena, variables, Budget::ONE_RULE);
    if !budget.spend(evaluation.cost) {
        let why = "messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run";
        return Made::TooExpensive(why.to_owned());
    }
    match evaluation.outcome {
        Ok(Value::String(text)) => {
            let text = text.trim();
            let usable = !text.is_empty() && text.len() <= MAX_BYTES && !text.contains('\n');
            if usable { Made::Message(text.to_owned()) } else { Made::None }
        }
        Err(fault) if fault.is_over_budget() => Made::TooExpensive(format!(
            "no further validation rules will be run due to call cost exceeds limit for messageExpression: {}",
            go::quoted(source)
        )),
        _ => Made::None,
    }
}
