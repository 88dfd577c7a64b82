//! Expressions that are ready: checked, and then ready to run.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    check::Checked,
    cost::{self, Range, Sizes},
    evaluate::{self, Evaluation},
    plan::{self, Plan},
    static_type::Type,
    value::{Arena, Value},
};

/// An expression that was parsed and checked.
#[derive(Clone, Debug)]
pub struct Compiled {
    checked: Arc<Checked>,
    variables: Vec<Arc<str>>,
}

/// An expression that can be evaluated, by several threads at once.
#[derive(Debug)]
pub struct Program {
    plan: Plan,
}

impl Compiled {
    pub(crate) fn new(checked: Checked, variables: Vec<Arc<str>>) -> Self {
        Self { checked: Arc::new(checked), variables }
    }

    /// The type of what the expression gives.
    pub fn output(&self) -> &Type {
        self.checked.type_of(self.checked.expression.id)
    }

    /// What an evaluation can cost, given how large the values of variables can be.
    pub fn estimate(&self, sizes: &dyn Sizes) -> Range {
        cost::estimate(&self.checked, sizes)
    }

    /// Whether a variable of the environment is used anywhere.
    pub fn uses(&self, variable: &str) -> bool {
        self.checked.uses(variable)
    }

    /// For each call in the expression the overloads that it may mean, by their names in cel-go: several if some types are known at
    /// run time only. Macros count as what they stand for.
    pub fn calls(&self) -> BTreeSet<Vec<&'static str>> {
        self.checked.calls().map(|overloads| overloads.iter().map(|overload| overload.id).collect()).collect()
    }

    /// Whether one of the loops has two variables: index and item, or key and value.
    pub fn has_loop_of_two_variables(&self) -> bool {
        self.checked.expression.has_loop_of_two_variables()
    }

    /// The constants in the expression, in the order of the text as far as macros leave it.
    pub fn constants(&self) -> Vec<Value<'_>> {
        let mut found = Vec::new();
        self.checked.expression.literals(&mut |literal| found.push(literal.value()));
        found
    }

    /// Every chain of fields that starts at a variable, with all that it goes through: `self`, `self.a` and `self.a.b`.
    pub fn selections(&self) -> BTreeSet<Vec<Arc<str>>> {
        let mut found = BTreeSet::new();
        self.checked.expression.selections(&mut found);
        found
    }

    /// Makes the expression ready to run.
    ///
    /// # Errors
    ///
    /// What would fail in every evaluation: a constant that cannot be converted, a pattern that does not compile.
    pub fn program(&self) -> Result<Program, String> {
        Ok(Program { plan: plan::build(&self.checked, &self.variables)? })
    }
}

impl Program {
    /// Evaluates the expression with values for the environment's variables, in the order of their declarations. An
    /// evaluation that costs more than `budget` is stopped.
    pub fn evaluate<'a>(&'a self, arena: &'a Arena, variables: &'a [Value<'a>], budget: u64) -> Evaluation<'a> {
        evaluate::evaluate(&self.plan, arena, variables, budget)
    }
}
