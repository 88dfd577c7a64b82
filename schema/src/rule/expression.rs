//! Compiles the expressions of one rule.

use std::sync::{Arc, LazyLock};

use crdgen_cel::{Compiled, Environment, Program, Type};

use super::{declaration::Declaration, library};
use crate::schema::{Schema, ValidationRule};

/// The variables of a rule, in the order in which their values are given.
pub(super) const SELF: &str = "self";
pub(super) const OLD_SELF: &str = "oldSelf";

/// The name of the type that has rules; those within start with it.
pub(super) const SELF_TYPE: &str = "selfType";

/// An expression that is ready, and what was found out about it.
#[derive(Debug)]
pub(super) struct Expression {
    pub(super) compiled: Compiled,
    pub(super) program: Program,
}

/// The expressions of a rule.
#[derive(Debug)]
pub(super) struct Expressions {
    pub(super) rule: Expression,
    /// Whether the rule compares with the old value.
    pub(super) uses_old_self: bool,
    /// `messageExpression`; what is wrong with it keeps the rule from nothing.
    pub(super) message: Option<Result<Expression, String>>,
}

/// A rule that does not compile.
#[derive(Debug)]
pub(super) struct Refused {
    /// Why, as the API server says it.
    pub(super) text: String,
    /// Whether it uses `oldSelf`, as far as it could be understood.
    pub(super) uses_old_self: bool,
}

/// The declaration of a schema's values, none if rules cannot see them, and an environment in which everything within it is
/// declared.
pub(super) fn declare(schema: &Schema, is_root: bool) -> (Option<Arc<Declaration>>, Environment) {
    static BASE: LazyLock<Environment> = LazyLock::new(|| Environment::new(library()));
    let declaration = Declaration::new(schema, is_root, SELF_TYPE);
    let environment = declaration.iter().fold(BASE.clone(), |environment, declared| declared.declare(environment));
    (declaration, environment)
}

/// Compiles a rule for values of a type. None if the rule is empty.
///
/// # Errors
///
/// The rule does not compile.
pub(super) fn compile(
    rule: &ValidationRule,
    environment: &Environment,
    self_type: &Type,
) -> Result<Option<Expressions>, Refused> {
    if rule.rule.trim().is_empty() {
        return Ok(None);
    }
    let optional = rule.optional_old_self == Some(true);
    let old_type = if optional { Type::optional(self_type.clone()) } else { self_type.clone() };
    let environment = environment.clone().variable(SELF, self_type.clone()).variable(OLD_SELF, old_type);
    let message = rule.message_expression.as_deref().filter(|source| !source.is_empty());
    let expression = one(&rule.rule, &environment, &Type::Bool).map_err(|fault| match fault {
        Fault::Compilation(issues) => Refused { text: format!("compilation failed: {issues}"), uses_old_self: false },
        Fault::Output => Refused { text: "cel expression must evaluate to a bool".to_owned(), uses_old_self: false },
        Fault::Program(why, uses_old_self) => {
            Refused { text: format!("program instantiation failed: {why}"), uses_old_self }
        }
    })?;
    let message = message.map(|source| {
        one(source, &environment, &Type::String).map_err(|fault| match fault {
            Fault::Compilation(issues) => format!("messageExpression compilation failed: {issues}"),
            Fault::Output => "messageExpression must evaluate to a string".to_owned(),
            Fault::Program(why, _) => format!("messageExpression instantiation failed: {why}"),
        })
    });
    Ok(Some(Expressions { uses_old_self: expression.compiled.uses(OLD_SELF), rule: expression, message }))
}

/// Why an expression does not compile.
enum Fault {
    Compilation(String),
    /// It gives something else.
    Output,
    Program(String, bool),
}

fn one(source: &str, environment: &Environment, output: &Type) -> Result<Expression, Fault> {
    let compiled = environment.compile(source).map_err(|issues| Fault::Compilation(issues.to_string()))?;
    if compiled.output() != output {
        return Err(Fault::Output);
    }
    let program = compiled.program().map_err(|why| Fault::Program(why, compiled.uses(OLD_SELF)))?;
    Ok(Expression { compiled, program })
}
