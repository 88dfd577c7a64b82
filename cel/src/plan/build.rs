//! Builds plans.

use std::sync::Arc;

use super::{Attribute, Base, Call, Collects, Constant, Key, Loop, Plan, Qualifier, Target};
use crate::{
    check::{Checked, Reference},
    cost,
    library::{DeclaredOverload, is_conversion},
    operator, re2,
    static_type::Type,
    syntax::{self, Comprehension, Expression, Id, Kind, Literal},
    value::{Arena, Value},
};

/// Builds the plan of an expression. `variables` are the environment's, in their order.
///
/// # Errors
///
/// A constant cannot be converted, a pattern does not compile: what would fail in every evaluation.
pub(crate) fn build(checked: &Checked, variables: &[Arc<str>]) -> Result<Plan, String> {
    Builder { checked, variables, locals: Vec::new() }.plan(&checked.expression)
}

struct Builder<'c> {
    checked: &'c Checked,
    variables: &'c [Arc<str>],
    /// The variables of loops, innermost last; where they stand is their place in an evaluation.
    locals: Vec<Arc<str>>,
}

impl Builder<'_> {
    fn plan(&mut self, expression: &Expression) -> Result<Plan, String> {
        match &expression.kind {
            Kind::Literal(literal) => Ok(Plan::Constant(Constant::Literal(literal.clone()))),
            Kind::Identifier(name) => Ok(self.identifier(expression.id, name)),
            Kind::Select { operand, field, test } => {
                let mut attribute = self.attribute_of(operand)?;
                attribute.qualify(&Qualifier { key: Key::Field(field.clone()), optional: false });
                let attribute = Box::new(attribute);
                Ok(if *test { Plan::Test(attribute) } else { Plan::Attribute(attribute) })
            }
            Kind::Call { function, target, arguments } => self.call(expression, function, target.as_deref(), arguments),
            Kind::List(items) => self.list(items),
            Kind::Map(entries) => self.map(entries),
            Kind::Comprehension(comprehension) => self.comprehension(comprehension),
            Kind::Message { type_name, .. } => Err(format!("unknown type: {type_name}")),
            Kind::Missing => Err("unsupported expr".to_owned()),
        }
    }

    fn identifier(&self, id: Id, name: &Arc<str>) -> Plan {
        if let Some(Reference::Type(name)) = self.checked.reference(id) {
            return Plan::Constant(Constant::Type(name.clone()));
        }
        let base = match self.locals.iter().rposition(|local| local == name) {
            Some(place) => Base::Local(place),
            None => Base::Variable(self.variables.iter().position(|variable| variable == name).unwrap_or(usize::MAX)),
        };
        Plan::Attribute(Box::new(Attribute { base, qualifiers: Vec::new() }))
    }

    /// An expression as the beginning of an attribute.
    fn attribute_of(&mut self, expression: &Expression) -> Result<Attribute, String> {
        Ok(Attribute::from(self.plan(expression)?))
    }

    fn list(&mut self, items: &[(Expression, bool)]) -> Result<Plan, String> {
        let mut planned = Vec::with_capacity(items.len());
        for (item, optional) in items {
            planned.push((self.plan(item)?, *optional));
        }
        Ok(Self::constant_list(planned))
    }

    fn constant_list(items: Vec<(Plan, bool)>) -> Plan {
        let constants: Option<Vec<_>> = items.iter().map(|(item, _)| item.constant().cloned()).collect();
        constants.map_or(Plan::List(items), |constants| Plan::Constant(Constant::list(constants)))
    }

    fn map(&mut self, entries: &[syntax::Entry]) -> Result<Plan, String> {
        let mut planned = Vec::with_capacity(entries.len());
        for entry in entries {
            planned.push((self.plan(&entry.key)?, self.plan(&entry.value)?, entry.optional));
        }
        Ok(Self::constant_map(planned))
    }

    fn constant_map(entries: Vec<(Plan, Plan, bool)>) -> Plan {
        let constant =
            |(key, value, _): &(Plan, Plan, bool)| Some((key.constant()?.clone(), value.constant()?.clone()));
        let constants: Option<Arc<[_]>> = entries.iter().map(constant).collect();
        constants.map_or(Plan::Map(entries), |constants| Plan::Constant(Constant::Map(constants)))
    }

    fn call(
        &mut self,
        expression: &Expression,
        function: &Arc<str>,
        target: Option<&Expression>,
        arguments: &[Expression],
    ) -> Result<Plan, String> {
        // Loops where iterators would do: expressions nest, and without optimizations an iterator takes much of the stack.
        let mut planned = Vec::with_capacity(arguments.len() + 1);
        for argument in target.into_iter().chain(arguments) {
            planned.push(self.plan(argument)?);
        }
        self.operator_or_function(expression, function, target, arguments, planned)
    }

    fn operator_or_function(
        &self,
        expression: &Expression,
        function: &Arc<str>,
        target: Option<&Expression>,
        arguments: &[Expression],
        mut planned: Vec<Plan>,
    ) -> Result<Plan, String> {
        match (&**function, &mut *planned) {
            (operator::CONDITIONAL, [_, _, _]) => Ok(conditional(planned)),
            (operator::AND, [_, _]) => Ok(Plan::And(Box::new(pair(planned)))),
            (operator::OR, [_, _]) => Ok(Plan::Or(Box::new(pair(planned)))),
            (operator::EQUAL, [_, _]) => Ok(Plan::Equal(Box::new(pair(planned)))),
            (operator::NOT_EQUAL, [_, _]) => Ok(Plan::NotEqual(Box::new(pair(planned)))),
            (operator::INDEX, [_, _]) => index(planned, false),
            (operator::OPTIONAL_INDEX | operator::OPTIONAL_SELECT, [_, _]) => index(planned, true),
            ("or", [_, _]) if target.is_some() => Ok(Plan::OptionalOr(Box::new(pair(planned)))),
            ("orValue", [_, _]) if target.is_some() => Ok(Plan::OptionalOrValue(Box::new(pair(planned)))),
            _ => self.function(expression, function, target, arguments, planned),
        }
    }

    fn function(
        &self,
        expression: &Expression,
        function: &Arc<str>,
        target: Option<&Expression>,
        arguments: &[Expression],
        planned: Vec<Plan>,
    ) -> Result<Plan, String> {
        let overloads = self.checked.overloads(expression.id);
        if let ([DeclaredOverload { id: "in_list", .. }], [_, list]) = (overloads, &*planned)
            && let Some(plan) = membership(list)
        {
            return Ok(plan.unwrap_or_else(|set| Plan::Member(Box::new((first(planned), set)))));
        }
        if let ([argument], true) = (&*planned, is_conversion(function))
            && let Some(constant) = argument.constant()
        {
            return converted(function, overloads, constant).map(Plan::Constant);
        }
        let has_constant_pattern = matches!(&**function, "matches" | "find" | "findAll")
            && match planned.get(1).and_then(Plan::constant) {
                Some(Constant::Literal(Literal::String(pattern))) => {
                    re2::check(pattern).map_err(|error| error.to_string())?;
                    true
                }
                _ => false,
            };
        let is_certain =
            || target.into_iter().chain(arguments).all(|argument| self.checked.type_of(argument.id).is_certain());
        let charge = match overloads {
            [only] => only.cost.or(only.function_cost),
            overloads => overloads.iter().find_map(|overload| overload.function_cost),
        };
        let target = match overloads {
            [DeclaredOverload { body: Some(body), .. }] if is_certain() => Target::Certain(*body),
            [DeclaredOverload { body: Some(body), takes_anything: true, .. }, ..] => Target::Certain(*body),
            overloads => Target::Guarded(overloads.to_vec()),
        };
        if let (operator::NOT, [_], Target::Certain(_)) = (&**function, &*planned, &target) {
            return Ok(Plan::Not(Box::new(first(planned))));
        }
        Ok(Plan::Call(Box::new(Call {
            name: function.clone(),
            stops_early: planned.len() > 2 || has_constant_pattern || &**function == "format",
            arguments: planned,
            charge: charge.map_or(cost::ONE.charge, |cost| cost.charge),
            target,
        })))
    }

    fn comprehension(&mut self, comprehension: &Comprehension) -> Result<Plan, String> {
        if comprehension.shape == syntax::Loop::Bind {
            let initial = self.plan(&comprehension.initial)?;
            self.locals.push(comprehension.accumulator.clone());
            let result = self.plan(&comprehension.result);
            self.locals.pop();
            return Ok(Plan::Bind(Box::new((initial, result?))));
        }
        let range = self.plan(&comprehension.range)?;
        let depth = self.locals.len();
        self.locals.push(comprehension.variable.clone());
        self.locals.extend(comprehension.second_variable.clone());
        let planned = self.step(comprehension);
        self.locals.truncate(depth);
        let (filter, collects) = planned?;
        let two_variables = comprehension.second_variable.is_some();
        Ok(Plan::Loop(Box::new(Loop { range, two_variables, filter, collects })))
    }

    /// What a loop collects: the step of its expansion without the accumulator.
    fn step(&mut self, comprehension: &Comprehension) -> Result<(Option<Plan>, Collects), String> {
        let mut step = arguments_of(&comprehension.step)?;
        let mut filter = None;
        // `filter ? step : accumulator`
        if let [condition, then, _] = step
            && is_call(&comprehension.step, operator::CONDITIONAL)
        {
            filter = Some(self.plan(condition)?);
            step = arguments_of(then)?;
        }
        let collects = match (comprehension.shape, step) {
            (syntax::Loop::All, [_, predicate]) => Collects::All(self.plan(predicate)?),
            (syntax::Loop::Exists, [_, predicate]) => Collects::Exists(self.plan(predicate)?),
            (syntax::Loop::ExistsOne, _) => {
                let predicate = filter.take().ok_or("a loop without a predicate")?;
                Collects::ExistsOne(predicate)
            }
            (syntax::Loop::List, [_, Expression { kind: Kind::List(items), .. }]) => match &**items {
                [(item, _)] => Collects::Items(self.plan(item)?),
                _ => return Err("a loop without an item".to_owned()),
            },
            (syntax::Loop::Map, [_, _, value]) => Collects::Values(self.plan(value)?),
            (syntax::Loop::Map, [_, entries]) => Collects::Entries(self.plan(entries)?),
            _ => return Err("a loop that no macro makes".to_owned()),
        };
        Ok((filter, collects))
    }
}

fn arguments_of(expression: &Expression) -> Result<&[Expression], String> {
    match &expression.kind {
        Kind::Call { arguments, .. } => Ok(arguments),
        _ => Err("a loop that no macro makes".to_owned()),
    }
}

fn is_call(expression: &Expression, name: &str) -> bool {
    matches!(&expression.kind, Kind::Call { function, .. } if &**function == name)
}

fn first(mut plans: Vec<Plan>) -> Plan {
    plans.swap_remove(0)
}

fn pair(plans: Vec<Plan>) -> (Plan, Plan) {
    let mut plans = plans.into_iter();
    let mut next = || plans.next().unwrap_or(Plan::Constant(Constant::Literal(Literal::Null)));
    (next(), next())
}

fn conditional(mut plans: Vec<Plan>) -> Plan {
    let (otherwise, then) = (plans.remove(2), plans.remove(1));
    let parts = (first(plans), Attribute::from(then), Attribute::from(otherwise));
    Plan::Attribute(Box::new(Attribute { base: Base::Conditional(Box::new(parts)), qualifiers: Vec::new() }))
}

fn index(plans: Vec<Plan>, optional: bool) -> Result<Plan, String> {
    let (operand, index) = pair(plans);
    let key = match index {
        Plan::Constant(constant) => {
            if let Some(name) = not_a_key(constant.value(&Arena::new())) {
                return Err(format!("invalid qualifier type: {name}"));
            }
            match constant {
                Constant::Literal(Literal::String(name)) => Key::Field(name),
                other => Key::Constant(other),
            }
        }
        Plan::Attribute(attribute) => Key::Attribute(Arc::new(*attribute)),
        other => Key::Value(Arc::new(other)),
    };
    let mut attribute = Attribute::from(operand);
    attribute.qualify(&Qualifier { key, optional });
    Ok(Plan::Attribute(Box::new(attribute)))
}

/// The name of a value's type in Go, if nothing can be selected by it.
pub(crate) fn not_a_key(value: Value<'_>) -> Option<&'static str> {
    match value {
        Value::String(_) | Value::Int(_) | Value::Uint(_) | Value::Bool(_) | Value::Double(_) => None,
        Value::Null => Some("types.Null"),
        Value::Bytes(_) => Some("types.Bytes"),
        Value::Duration(_) => Some("types.Duration"),
        Value::Timestamp(_) => Some("types.Timestamp"),
        Value::List(_) => Some("*types.baseList"),
        Value::Map(_) => Some("*types.baseMap"),
        Value::Optional(_) => Some("*types.Optional"),
        Value::Type(_) => Some("*types.Type"),
        Value::Opaque(_) => Some("types.Object"),
    }
}

/// `x in [constants]`: false for an empty list; the constants if all of them are scalars.
fn membership(list: &Plan) -> Option<Result<Plan, Vec<Constant>>> {
    let items = list.constant()?.items()?;
    if items.is_empty() {
        return Some(Ok(Plan::Constant(Constant::Literal(Literal::Bool(false)))));
    }
    let is_scalar = |item: &Constant| {
        matches!(
            item,
            Constant::Literal(
                Literal::Bool(_) | Literal::Int(_) | Literal::Uint(_) | Literal::Double(_) | Literal::String(_)
            )
        )
    };
    items.iter().all(is_scalar).then(|| Err(items.to_vec()))
}

/// What a conversion makes of a constant.
fn converted(function: &str, overloads: &[DeclaredOverload], constant: &Constant) -> Result<Constant, String> {
    if function == "dyn" {
        return Ok(constant.clone());
    }
    let arena = Arena::new();
    let value = constant.value(&arena);
    let fitting = overloads.iter().find(|overload| overload.takes(&[value], &arena));
    let Some(body) = fitting.and_then(|overload| overload.body) else {
        return Err(format!("no such overload: {function}({})", value.type_name()));
    };
    let converted = body(&arena, &[value]).map_err(|fault| fault.message().to_owned())?;
    Constant::of(converted).ok_or_else(|| format!("no such overload: {function}"))
}

impl From<Plan> for Attribute {
    fn from(plan: Plan) -> Self {
        match plan {
            Plan::Attribute(attribute) => *attribute,
            other => Self { base: Base::Value(other), qualifiers: Vec::new() },
        }
    }
}

impl Attribute {
    fn qualify(&mut self, qualifier: &Qualifier) {
        match &mut self.base {
            Base::Conditional(parts) => {
                parts.1.qualify(qualifier);
                parts.2.qualify(qualifier);
            }
            _ => self.qualifiers.push(qualifier.clone()),
        }
    }
}

impl Plan {
    fn constant(&self) -> Option<&Constant> {
        if let Self::Constant(constant) = self { Some(constant) } else { None }
    }
}

impl DeclaredOverload {
    /// Whether values fit the signature, as far as that can be seen: of lists and maps, the first item counts.
    pub(crate) fn takes<'a>(&self, values: &[Value<'a>], arena: &'a Arena) -> bool {
        self.arguments.len() == values.len()
            && self.arguments.iter().zip(values).all(|(wanted, value)| takes(wanted, *value, arena))
    }
}

fn takes<'a>(wanted: &Type, value: Value<'a>, arena: &'a Arena) -> bool {
    match (wanted, value) {
        (Type::Dyn | Type::Parameter(_) | Type::Variable(_), _) => true,
        (Type::List(item), Value::List(list)) => {
            list.get(0, arena).is_ok_and(|first| first.is_none_or(|first| takes(item, first, arena)))
        }
        (Type::Map(entry), Value::Map(map)) => {
            let mut fits = true;
            map.each(arena, &mut |key, value| {
                fits = takes(&entry.0, key, arena) && value.is_ok_and(|value| takes(&entry.1, value, arena));
                std::ops::ControlFlow::Break(())
            });
            fits
        }
        _ => wanted.runtime_name() == value.type_name(),
    }
}
