//! The macros: calls that stand for other expressions, most of them loops.
//!
//! Those of the CEL specification, of optional values, of comprehensions with two variables, and `sortBy`, as Kubernetes
//! enables them.

use std::sync::Arc;

use super::{
    expand::{ACCUMULATOR, Expander, LoopParts},
    expression::{Expression, Id, Kind, Literal, Loop},
};
use crate::operator;

/// Each macro's name, how many arguments it has, and whether it is called on a target.
pub(crate) const NAMES: &[(Macro, &str, usize, bool)] = &[
    (Macro::Has, "has", 1, false),
    (Macro::All, "all", 2, true),
    (Macro::All, "all", 3, true),
    (Macro::Exists, "exists", 2, true),
    (Macro::Exists, "exists", 3, true),
    (Macro::ExistsOne, "exists_one", 2, true),
    (Macro::ExistsOne, "exists_one", 3, true),
    (Macro::ExistsOne, "existsOne", 3, true),
    (Macro::Map, "map", 2, true),
    (Macro::Map, "map", 3, true),
    (Macro::Filter, "filter", 2, true),
    (Macro::TransformList, "transformList", 3, true),
    (Macro::TransformList, "transformList", 4, true),
    (Macro::TransformMap, "transformMap", 3, true),
    (Macro::TransformMap, "transformMap", 4, true),
    (Macro::TransformMapEntry, "transformMapEntry", 3, true),
    (Macro::TransformMapEntry, "transformMapEntry", 4, true),
    (Macro::OptMap, "optMap", 2, true),
    (Macro::OptFlatMap, "optFlatMap", 2, true),
    (Macro::SortBy, "sortBy", 2, true),
];

/// The name that an old version of cel-go gave to [`ACCUMULATOR`]; still refused for variables.
const OLD_ACCUMULATOR: &str = "__result__";
const SORT_INPUT: &str = "@__sortBy_input__";

/// What a macro does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Macro {
    Has,
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
    TransformList,
    TransformMap,
    TransformMapEntry,
    OptMap,
    OptFlatMap,
    SortBy,
}

/// Why a macro does not expand, and the argument at fault.
type Refused = (Id, String);

impl Macro {
    /// The macro that a call means, if any.
    pub(super) fn find(function: &str, arguments: usize, on_target: bool) -> Option<Self> {
        let found = NAMES
            .iter()
            .find(|(_, name, count, receiver)| *name == function && *count == arguments && *receiver == on_target);
        found.map(|(found, ..)| *found)
    }

    /// What the macro stands for.
    pub(super) fn expand(
        self,
        expander: &mut Expander<'_>,
        target: Option<Expression>,
        arguments: Vec<Expression>,
    ) -> Result<Expression, Refused> {
        let Some(target) = target else { return has(expander, arguments) };
        match self {
            Self::Has => has(expander, arguments),
            Self::All | Self::Exists | Self::ExistsOne => quantifier(self, expander, target, arguments),
            Self::Map => map(expander, target, arguments),
            Self::Filter => filter(expander, target, arguments),
            Self::TransformList | Self::TransformMap | Self::TransformMapEntry => {
                transform(self, expander, target, arguments)
            }
            Self::OptMap | Self::OptFlatMap => optional_map(self, expander, target, arguments),
            Self::SortBy => sort_by(expander, target, arguments),
        }
    }
}

fn has(expander: &mut Expander<'_>, mut arguments: Vec<Expression>) -> Result<Expression, Refused> {
    let argument = arguments.remove(0);
    match argument.kind {
        Kind::Select { operand, field, .. } => Ok(expander.has(operand, field)),
        _ => Err((argument.id, "invalid argument to has() macro".to_owned())),
    }
}

/// The last argument. There is one, because macros are found by the number of their arguments.
fn last(arguments: &mut Vec<Expression>) -> Expression {
    arguments.swap_remove(arguments.len() - 1)
}

/// The name of a loop's variable.
fn variable(argument: &Expression, otherwise: &str) -> Result<Arc<str>, Refused> {
    match &argument.kind {
        Kind::Identifier(name) => Ok(name.clone()),
        _ => Err((argument.id, otherwise.to_owned())),
    }
}

fn not_the_accumulator(argument: &Expression, name: &str) -> Result<(), Refused> {
    match name {
        ACCUMULATOR | OLD_ACCUMULATOR => {
            Err((argument.id, "iteration variable overwrites accumulator variable".to_owned()))
        }
        _ => Ok(()),
    }
}

fn one_variable(argument: &Expression, otherwise: &str) -> Result<Arc<str>, Refused> {
    let name = variable(argument, otherwise)?;
    not_the_accumulator(argument, &name)?;
    Ok(name)
}

fn two_variables(arguments: &[Expression]) -> Result<(Arc<str>, Option<Arc<str>>), Refused> {
    const OTHERWISE: &str = "argument must be a simple name";
    let (first, second) = (variable(&arguments[0], OTHERWISE)?, variable(&arguments[1], OTHERWISE)?);
    if first == second {
        return Err((arguments[1].id, format!("duplicate variable name: {first}")));
    }
    not_the_accumulator(&arguments[0], &first)?;
    not_the_accumulator(&arguments[1], &second)?;
    Ok((first, Some(second)))
}

fn quantifier(
    quantifier: Macro,
    expander: &mut Expander<'_>,
    range: Expression,
    mut arguments: Vec<Expression>,
) -> Result<Expression, Refused> {
    let predicate = last(&mut arguments);
    let variables = match &*arguments {
        [only] => (one_variable(only, "argument must be a simple name")?, None),
        both => two_variables(both)?,
    };
    let accumulator = expander.accumulator();
    let (shape, initial, condition, step) = match quantifier {
        Macro::All => {
            let initial = expander.literal(Literal::Bool(true));
            let condition = expander.call(operator::NOT_STRICTLY_FALSE, vec![accumulator]);
            let accumulator = expander.accumulator();
            (Loop::All, initial, condition, expander.call(operator::AND, vec![accumulator, predicate]))
        }
        Macro::Exists => {
            let initial = expander.literal(Literal::Bool(false));
            let not = expander.call(operator::NOT, vec![accumulator]);
            let condition = expander.call(operator::NOT_STRICTLY_FALSE, vec![not]);
            let accumulator = expander.accumulator();
            (Loop::Exists, initial, condition, expander.call(operator::OR, vec![accumulator, predicate]))
        }
        _ => {
            let initial = expander.literal(Literal::Int(0));
            let condition = expander.literal(Literal::Bool(true));
            let one = expander.literal(Literal::Int(1));
            let more = expander.call(operator::ADD, vec![accumulator, one]);
            (Loop::ExistsOne, initial, condition, expander.filtered(Some(predicate), more))
        }
    };
    let result = (shape == Loop::ExistsOne).then(|| {
        let (accumulator, one) = (expander.accumulator(), expander.literal(Literal::Int(1)));
        expander.call(operator::EQUAL, vec![accumulator, one])
    });
    Ok(expander.comprehension(LoopParts { shape, range, variables, initial, condition, step }, result))
}

/// A loop that adds `item` to a list.
fn list_loop(
    expander: &mut Expander<'_>,
    range: Expression,
    variables: (Arc<str>, Option<Arc<str>>),
    filter: Option<Expression>,
    item: Expression,
) -> Expression {
    let (accumulator, item) = (expander.accumulator(), expander.list(vec![item]));
    let step = expander.call(operator::ADD, vec![accumulator, item]);
    let step = expander.filtered(filter, step);
    let (initial, condition) = (expander.list(Vec::new()), expander.literal(Literal::Bool(true)));
    expander.comprehension(LoopParts { shape: Loop::List, range, variables, initial, condition, step }, None)
}

fn map(expander: &mut Expander<'_>, range: Expression, mut arguments: Vec<Expression>) -> Result<Expression, Refused> {
    let name = one_variable(&arguments[0], "argument is not an identifier")?;
    let item = last(&mut arguments);
    let filter = (arguments.len() == 2).then(|| arguments.remove(1));
    Ok(list_loop(expander, range, (name, None), filter, item))
}

fn filter(
    expander: &mut Expander<'_>,
    range: Expression,
    mut arguments: Vec<Expression>,
) -> Result<Expression, Refused> {
    let name = one_variable(&arguments[0], "argument is not an identifier")?;
    let (predicate, item) = (arguments.remove(1), arguments.remove(0));
    Ok(list_loop(expander, range, (name, None), Some(predicate), item))
}

fn transform(
    transform: Macro,
    expander: &mut Expander<'_>,
    range: Expression,
    mut arguments: Vec<Expression>,
) -> Result<Expression, Refused> {
    let variables = two_variables(&arguments)?;
    let value = last(&mut arguments);
    let filter = (arguments.len() == 3).then(|| arguments.remove(2));
    if transform == Macro::TransformList {
        return Ok(list_loop(expander, range, variables, filter, value));
    }
    let mut inserted = vec![expander.accumulator()];
    if transform == Macro::TransformMap {
        inserted.push(expander.identifier(&variables.0));
    }
    inserted.push(value);
    let step = expander.call(operator::MAP_INSERT, inserted);
    let step = expander.filtered(filter, step);
    let (initial, condition) = (expander.empty_map(), expander.literal(Literal::Bool(true)));
    Ok(expander.comprehension(LoopParts { shape: Loop::Map, range, variables, initial, condition, step }, None))
}

fn optional_map(
    kind: Macro,
    expander: &mut Expander<'_>,
    target: Expression,
    mut arguments: Vec<Expression>,
) -> Result<Expression, Refused> {
    let name = if kind == Macro::OptMap { "optMap" } else { "optFlatMap" };
    let name = variable(&arguments[0], &format!("{name}() variable name must be a simple identifier"))?;
    let copied = expander.copy(&target);
    let condition = expander.member_call("hasValue", target, Vec::new());
    let value = expander.member_call("value", copied, Vec::new());
    let mut mapped = expander.bind(&name, value, arguments.remove(1));
    if kind == Macro::OptMap {
        mapped = expander.call("optional.of", vec![mapped]);
    }
    let none = expander.call("optional.none", Vec::new());
    Ok(expander.call(operator::CONDITIONAL, vec![condition, mapped, none]))
}

fn sort_by(expander: &mut Expander<'_>, target: Expression, arguments: Vec<Expression>) -> Result<Expression, Refused> {
    if !matches!(
        target.kind,
        Kind::List(_) | Kind::Select { .. } | Kind::Identifier(_) | Kind::Comprehension(_) | Kind::Call { .. }
    ) {
        let message = "sortBy can only be applied to a list, identifier, comprehension, call or select expression";
        return Err((target.id, message.to_owned()));
    }
    let range = expander.identifier(SORT_INPUT);
    let keys = map(expander, range, arguments)?;
    let input = expander.identifier(SORT_INPUT);
    let sorted = expander.member_call("@sortByAssociatedKeys", input, vec![keys]);
    Ok(expander.bind(SORT_INPUT, target, sorted))
}
