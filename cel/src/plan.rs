//! What the evaluator walks: an expression with names resolved to places, constants folded, and loops known for what they do.
//!
//! In: a checked expression. Out: a [`Plan`]. Its shape follows the planner of cel-go, because what an evaluation costs
//! depends on it: a chain of selections is one attribute, a list of constants costs nothing, and so on.

mod build;
mod constant;

pub(crate) use build::{build, not_a_key};
pub(crate) use constant::Constant;

use std::sync::Arc;

use crate::{
    cost::Charge,
    library::{Body, DeclaredOverload},
};

/// A node of a plan.
#[derive(Debug)]
pub(crate) enum Plan {
    Constant(Constant),
    /// A variable, perhaps with what is selected from it.
    Attribute(Box<Attribute>),
    /// `has(…)`: the last qualifier is asked for only.
    Test(Box<Attribute>),
    And(Box<(Plan, Plan)>),
    Or(Box<(Plan, Plan)>),
    /// `!a`, where `a` is known to be true or false.
    Not(Box<Plan>),
    Equal(Box<(Plan, Plan)>),
    NotEqual(Box<(Plan, Plan)>),
    Call(Box<Call>),
    /// `x in [constants]`.
    Member(Box<(Plan, Vec<Constant>)>),
    /// `a.or(b)`.
    OptionalOr(Box<(Plan, Plan)>),
    /// `a.orValue(b)`.
    OptionalOrValue(Box<(Plan, Plan)>),
    /// The items, each with whether it is optional.
    List(Vec<(Plan, bool)>),
    Map(Vec<(Plan, Plan, bool)>),
    Loop(Box<Loop>),
    /// The second with the first as a variable.
    Bind(Box<(Plan, Plan)>),
}

/// A value, and what is selected from it.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) base: Base,
    pub(crate) qualifiers: Vec<Qualifier>,
}

/// Where an attribute begins.
#[derive(Debug)]
pub(crate) enum Base {
    /// A variable of the environment, by its number.
    Variable(usize),
    /// A variable of a loop, by its place among those of all loops around.
    Local(usize),
    Value(Plan),
    /// `condition ? a : b`. What is selected from it is selected from both.
    Conditional(Box<(Plan, Attribute, Attribute)>),
}

/// One selection: `.field`, `[index]`, `.?field` or `[?index]`.
#[derive(Debug, Clone)]
pub(crate) struct Qualifier {
    pub(crate) key: Key,
    pub(crate) optional: bool,
}

/// What is selected.
#[derive(Debug, Clone)]
pub(crate) enum Key {
    /// By a name, or any other text that is known before.
    Field(Arc<str>),
    Constant(Constant),
    Attribute(Arc<Attribute>),
    Value(Arc<Plan>),
}

/// A call of a function.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) name: Arc<str>,
    pub(crate) target: Target,
    pub(crate) arguments: Vec<Plan>,
    pub(crate) charge: Charge,
    /// An argument that fails ends the call at once, before its cost is counted.
    pub(crate) stops_early: bool,
}

/// What is called.
#[derive(Debug)]
pub(crate) enum Target {
    /// The arguments fit, as the checker found.
    Certain(Body),
    /// The first overload that the values fit.
    Guarded(Vec<DeclaredOverload>),
}

/// A loop of a macro.
#[derive(Debug)]
pub(crate) struct Loop {
    pub(crate) range: Plan,
    /// Index and item, or key and value; otherwise one variable.
    pub(crate) two_variables: bool,
    pub(crate) filter: Option<Plan>,
    pub(crate) collects: Collects,
}

/// What a loop finds out.
#[derive(Debug)]
pub(crate) enum Collects {
    All(Plan),
    Exists(Plan),
    ExistsOne(Plan),
    Items(Plan),
    /// Entries with the loop's first variable as their key.
    Values(Plan),
    /// The entries of a map.
    Entries(Plan),
}
