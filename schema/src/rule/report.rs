//! What can be said of a rule before it runs.
//!
//! In: a rule and the declaration of its values. Out: whether it compiles, and what it can cost.

use std::sync::Arc;

use crdgen_cel::{Compiled, Environment};

use super::{
    declaration::{Declaration, DeclaredSizes, MAX_REQUEST},
    expression::{self, Expression},
};
use crate::schema::{Schema, ValidationRule};

/// A rule before it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Why the rule does not compile, in the API server's words.
    pub error: Option<String>,
    /// The most that one evaluation can cost, in CEL's units.
    pub cost: u64,
    /// How many values of the schema fit into the largest request: how often the rule runs at most if no bound is known.
    pub most_values: u64,
    /// Whether the rule uses `oldSelf`.
    pub uses_old_self: bool,
    /// Why `messageExpression` does not compile.
    pub message_error: Option<String>,
    /// The most that `messageExpression` can cost; none if there is none.
    pub message_cost: Option<u64>,
}

/// Reports of a schema's own rules, not of those beneath it, in their order; empty rules give an empty report. None if rules
/// cannot see values of the schema at all. `is_root` says whether it is the schema of a resource.
pub fn report(schema: &Schema, is_root: bool) -> Option<Vec<Report>> {
    let (declaration, environment) = expression::declare(schema, is_root);
    let declaration = declaration?;
    Some(schema.validations.iter().map(|rule| of(rule, &declaration, &environment)).collect())
}

/// The report of one rule, in an environment that declares everything within `declaration`.
fn of(rule: &ValidationRule, declaration: &Arc<Declaration>, environment: &Environment) -> Report {
    examine(rule, declaration, environment).0
}

/// The report of one rule, with its expression and that of its message, as far as they compile.
pub(super) fn examine(
    rule: &ValidationRule,
    declaration: &Arc<Declaration>,
    environment: &Environment,
) -> (Report, Option<Compiled>, Option<Compiled>) {
    let most = |expression: &Expression| expression.compiled.estimate(&DeclaredSizes(declaration)).max;
    let found = match expression::compile(rule, environment, &declaration.cel_type()) {
        Ok(None) => return (Report::default(), None, None),
        Ok(Some(found)) => found,
        Err(refused) => {
            let report =
                Report { error: Some(refused.text), uses_old_self: refused.uses_old_self, ..Report::default() };
            return (report, None, None);
        }
    };
    let (message, message_error) = match found.message {
        Some(Ok(message)) => (Some(message), None),
        Some(Err(why)) => (None, Some(why)),
        None => (None, None),
    };
    let report = Report {
        error: None,
        cost: most(&found.rule),
        most_values: most_values(declaration),
        uses_old_self: found.uses_old_self,
        message_cost: message.as_ref().map(most),
        message_error,
    };
    (report, Some(found.rule.compiled), message.map(|message| message.compiled))
}

/// How many values of a declaration fit into the largest request.
pub(super) fn most_values(declaration: &Declaration) -> u64 {
    u64::try_from(MAX_REQUEST / (declaration.min_serialized + 1)).unwrap_or(0)
}
