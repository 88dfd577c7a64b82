//! The walk that gives each node its type.

use std::sync::Arc;

use super::{
    Checked, Reference,
    inference::{Inference, most_general},
    literals,
};
use crate::{
    environment::Environment,
    library::{Declared, DeclaredOverload},
    operator,
    source::Issues,
    static_type::Type,
    syntax::{Comprehension, Entry, Expression, Id, Kind, Literal, Positions},
};

/// Checks an expression.
pub(crate) fn check(
    source: &str,
    mut expression: Expression,
    positions: Positions,
    environment: &Environment,
) -> Result<Checked, Issues> {
    let mut checker = Checker {
        environment,
        issues: Issues::new(source),
        types: vec![None; positions.len()],
        references: vec![None; positions.len()],
        positions,
        inference: Inference::default(),
        scopes: Vec::new(),
    };
    checker.check(&mut expression);
    let Checker { issues, types, references, positions, inference, .. } = checker;
    issues.into_result()?;
    let types = types.into_iter().map(|found| found.map(|found| inference.finish(&found))).collect();
    let known = Checked { expression, positions, types, references };
    let mut issues = Issues::new(source);
    literals::check(&known, &mut issues);
    issues.into_result()?;
    Ok(known)
}

struct Checker<'e> {
    environment: &'e Environment,
    issues: Issues,
    positions: Positions,
    types: Vec<Option<Type>>,
    references: Vec<Option<Reference>>,
    inference: Inference,
    /// The variables of loops, innermost last.
    scopes: Vec<(Arc<str>, Type)>,
}

impl Checker<'_> {
    fn report(&mut self, id: Id, message: String) {
        self.issues.report(self.positions.get(id), message);
    }

    fn undeclared(&mut self, id: Id, name: &str) {
        self.report(id, format!("undeclared reference to '{name}' (in container '')"));
    }

    fn mismatch(&mut self, id: Id, expected: &Type, found: &Type) {
        self.report(id, format!("expected type '{expected}' but found '{found}'"));
    }

    fn set(&mut self, id: Id, found: Type) {
        self.types[id.index()] = Some(found);
    }

    fn refer(&mut self, id: Id, reference: Reference) {
        self.references[id.index()] = Some(reference);
    }

    /// Checks a node and what is below it, and gives its type.
    fn check(&mut self, expression: &mut Expression) -> Type {
        let id = expression.id;
        let found = match &mut expression.kind {
            Kind::Literal(literal) => type_of_literal(literal),
            Kind::Identifier(name) => {
                let name = name.clone();
                self.identifier(id, &name, &mut expression.kind)
            }
            Kind::Select { .. } => self.select(expression),
            Kind::Call { .. } => self.call(expression),
            Kind::List(items) => self.list(items),
            Kind::Map(entries) => self.map(entries),
            Kind::Message { type_name, fields } => {
                let type_name = type_name.clone();
                self.message(id, &type_name, fields)
            }
            Kind::Comprehension(comprehension) => self.comprehension(comprehension),
            Kind::Missing => Type::Error,
        };
        self.set(id, found.clone());
        found
    }

    /// What a name stands for: a variable of a loop or of the environment, or a type.
    fn look_up(&self, name: &str) -> Option<(Type, Reference)> {
        let name = name.strip_prefix('.').unwrap_or(name);
        if let Some((name, found)) = self.scopes.iter().rev().find(|(declared, _)| &**declared == name) {
            return Some((found.clone(), Reference::Variable(name.clone())));
        }
        if let Some((name, found)) = self.environment.find_variable(name) {
            return Some((found.clone(), Reference::Variable(name.clone())));
        }
        let named = self.environment.find_type(name)?;
        let of_type = if *named == Type::Type(None) { named.clone() } else { Type::of_type(named.clone()) };
        Some((of_type, Reference::Type(name.into())))
    }

    fn identifier(&mut self, id: Id, name: &str, kind: &mut Kind) -> Type {
        let Some((found, reference)) = self.look_up(name) else {
            self.undeclared(id, name);
            return Type::Error;
        };
        if let Reference::Variable(full) | Reference::Type(full) = &reference {
            *kind = Kind::Identifier(full.clone());
        }
        self.refer(id, reference);
        found
    }

    fn select(&mut self, expression: &mut Expression) -> Type {
        let id = expression.id;
        // The whole chain may be one name.
        if let Some(name) = expression.qualified_name()
            && let Some((found, reference)) = self.look_up(&name)
        {
            expression.kind = Kind::Identifier(name.into());
            self.refer(id, reference);
            return found;
        }
        let Kind::Select { operand, field, test } = &mut expression.kind else { return Type::Error };
        let operand = self.check(operand);
        let found = self.field(id, &operand, field, false);
        if *test { Type::Bool } else { self.inference.substitute(&found) }
    }

    /// The type of a field.
    fn field(&mut self, id: Id, operand: &Type, field: &str, optional: bool) -> Type {
        let operand = self.inference.substitute(operand);
        let (target, is_optional) = match operand.unwrapped() {
            Some(inner) => (inner.clone(), true),
            None => (operand, false),
        };
        let found = match &target {
            Type::Map(entry) => entry.1.clone(),
            Type::Object(name) => self.environment.find_field(name, field).cloned().unwrap_or_else(|| {
                let message = if self.environment.is_declared(name) {
                    format!("undefined field '{field}'")
                } else {
                    format!("unexpected failed resolution of '{name}'")
                };
                self.report(id, message);
                Type::Error
            }),
            Type::Variable(_) => {
                self.inference.is_assignable(&Type::Dyn, &target);
                Type::Dyn
            }
            Type::Dyn | Type::Error => Type::Dyn,
            other => {
                self.report(id, format!("type '{other}' does not support field selection"));
                Type::Dyn
            }
        };
        if is_optional || optional { Type::optional(found) } else { found }
    }

    fn call(&mut self, expression: &mut Expression) -> Type {
        let id = expression.id;
        let Kind::Call { function, target, arguments } = &mut expression.kind else { return Type::Error };
        if &**function == operator::OPTIONAL_SELECT {
            return self.optional_select(id, arguments);
        }
        let mut types: Vec<_> = arguments.iter_mut().map(|argument| self.check(argument)).collect();
        let Some(receiver) = target else {
            let name = function.strip_prefix('.').unwrap_or(function).to_owned();
            return self.resolve_named(id, &name, &types, arguments, false);
        };
        // `lists.range(3)` is a function of that name, and not `range` called on `lists`.
        if let Some(prefix) = receiver.qualified_name() {
            let name = format!("{}.{function}", prefix.strip_prefix('.').unwrap_or(&prefix));
            if self.environment.library().function(&name).is_some() {
                *target = None;
                *function = name.as_str().into();
                return self.resolve_named(id, &name, &types, arguments, false);
            }
        }
        types.insert(0, self.check(receiver));
        let name = function.clone();
        self.resolve_named(id, &name, &types, arguments, true)
    }

    fn resolve_named(&mut self, id: Id, name: &str, types: &[Type], arguments: &[Expression], on_target: bool) -> Type {
        let environment = self.environment;
        let Some(function) = environment.library().function(name) else {
            self.undeclared(id, name);
            return Type::Error;
        };
        let resolved = match name {
            operator::AND | operator::OR => self.resolve_logic(function, types, arguments),
            _ => self.resolve(id, function, types, on_target),
        };
        match resolved {
            Some((overloads, result)) => {
                self.refer(id, Reference::Overloads(overloads));
                result
            }
            None => Type::Error,
        }
    }

    /// `&&` and `||` say which of their arguments is not a truth value.
    fn resolve_logic(
        &mut self,
        function: &Declared,
        types: &[Type],
        arguments: &[Expression],
    ) -> Option<(Vec<DeclaredOverload>, Type)> {
        let mut fits = true;
        for (found, argument) in types.iter().zip(arguments) {
            if !self.inference.is_assignable(found, &Type::Bool) {
                self.mismatch(argument.id, &Type::Bool, found);
                fits = false;
            }
        }
        fits.then(|| (function.overloads.clone(), Type::Bool))
    }

    /// The overloads that fit, and the type of what they give.
    fn resolve(
        &mut self,
        id: Id,
        function: &Declared,
        types: &[Type],
        on_target: bool,
    ) -> Option<(Vec<DeclaredOverload>, Type)> {
        let (mut fitting, mut result) = (Vec::new(), None);
        for overload in function.overloads.iter().filter(|overload| overload.is_member == on_target) {
            let signature = overload.arguments.iter().chain([&overload.result]);
            let mut signature = self.inference.instantiate(signature);
            let found = signature.pop().unwrap_or(Type::Error);
            if !self.inference.are_assignable(types, &signature) {
                continue;
            }
            fitting.push(overload.clone());
            let found = self.inference.substitute(&found);
            result = Some(match result {
                Some(before) if before != Type::Dyn && before != found => Type::Dyn,
                Some(before) => before,
                None => found,
            });
        }
        if result.is_none() {
            let mut shown = types.iter().map(|found| self.inference.finish(found).to_string());
            let target = if on_target { shown.next().map(|target| format!("{target}.")) } else { None };
            let arguments = shown.collect::<Vec<_>>().join(", ");
            let applied = format!("{}({arguments})", target.unwrap_or_default());
            self.report(id, format!("found no matching overload for '{}' applied to '{applied}'", function.name));
        }
        result.map(|result| (fitting, result))
    }

    fn optional_select(&mut self, id: Id, arguments: &mut [Expression]) -> Type {
        let [operand, field] = arguments else { return Type::Error };
        let Kind::Literal(Literal::String(name)) = &field.kind else { return Type::Error };
        let name = name.clone();
        let operand = self.check(operand);
        self.check(field);
        let found = self.field(id, &operand, &name, true);
        if let Some(function) = self.environment.library().function(operator::OPTIONAL_SELECT) {
            self.refer(id, Reference::Overloads(function.overloads.clone()));
        }
        self.inference.substitute(&found)
    }

    /// The type of an optional item or entry, without the option.
    fn unwrap(&mut self, id: Id, found: Type) -> Type {
        if let Some(inner) = found.unwrapped() {
            return inner.clone();
        }
        if found != Type::Dyn {
            self.mismatch(id, &Type::optional(found.clone()), &found);
        }
        found
    }

    /// The type that items of both types have. Literals of several types are reported later, where they are not allowed.
    fn join(&mut self, before: Option<Type>, found: Type) -> Type {
        match before {
            None => found,
            Some(before) if self.inference.is_assignable(&before, &found) => most_general(&before, &found),
            Some(_) => Type::Dyn,
        }
    }

    fn list(&mut self, items: &mut [(Expression, bool)]) -> Type {
        let mut joined = None;
        for (item, optional) in items {
            let mut found = self.check(item);
            if *optional {
                found = self.unwrap(item.id, found);
            }
            joined = Some(self.join(joined, found));
        }
        Type::list(joined.unwrap_or_else(|| self.inference.variable()))
    }

    fn map(&mut self, entries: &mut [Entry]) -> Type {
        let (mut keys, mut values) = (None, None);
        for Entry { key, value, optional } in entries {
            let found = self.check(key);
            keys = Some(self.join(keys, found));
            let mut found = self.check(value);
            if *optional {
                found = self.unwrap(value.id, found);
            }
            values = Some(self.join(values, found));
        }
        let key = keys.unwrap_or_else(|| self.inference.variable());
        Type::map(key, values.unwrap_or_else(|| self.inference.variable()))
    }

    /// No environment here makes messages: their names are unknown, or are those of other types.
    fn message(&mut self, id: Id, name: &str, fields: &mut [(Id, Arc<str>, Expression, bool)]) -> Type {
        match self.look_up(name) {
            None => self.undeclared(id, name),
            Some((Type::Type(named), _)) => {
                let named = named.as_deref().map_or("type", Type::runtime_name).to_owned();
                self.report(id, format!("'{named}' is not a message type"));
            }
            Some((other, _)) => self.report(id, format!("'{other}' is not a type")),
        }
        for (_, _, value, _) in fields {
            self.check(value);
        }
        Type::Error
    }

    fn comprehension(&mut self, comprehension: &mut Comprehension) -> Type {
        let range = self.check(&mut comprehension.range);
        let accumulator = self.check(&mut comprehension.initial);
        let range = self.inference.substitute(&range);
        let scope = self.scopes.len();
        self.scopes.push((comprehension.accumulator.clone(), accumulator.clone()));
        let (first, second) = match &range {
            Type::List(item) => match comprehension.second_variable {
                Some(_) => (Type::Int, (**item).clone()),
                None => ((**item).clone(), Type::Error),
            },
            Type::Map(entry) => (entry.0.clone(), entry.1.clone()),
            Type::Dyn | Type::Error | Type::Variable(_) => {
                self.inference.is_assignable(&Type::Dyn, &range);
                (Type::Dyn, Type::Dyn)
            }
            other => {
                let message = format!(
                    "expression of type '{other}' cannot be range of a comprehension (must be list, map, or dynamic)"
                );
                self.report(comprehension.range.id, message);
                (Type::Error, Type::Error)
            }
        };
        self.scopes.push((comprehension.variable.clone(), first));
        if let Some(name) = &comprehension.second_variable {
            self.scopes.push((name.clone(), second));
        }
        let condition = self.check(&mut comprehension.condition);
        self.assert(comprehension.condition.id, &Type::Bool, &condition);
        let step = self.check(&mut comprehension.step);
        self.assert(comprehension.step.id, &accumulator, &step);
        self.scopes.truncate(scope + 1);
        let result = self.check(&mut comprehension.result);
        self.scopes.truncate(scope);
        self.inference.substitute(&result)
    }

    fn assert(&mut self, id: Id, expected: &Type, found: &Type) {
        if !self.inference.is_assignable(expected, found) {
            self.mismatch(id, expected, found);
        }
    }
}

fn type_of_literal(literal: &Literal) -> Type {
    match literal {
        Literal::Null => Type::Null,
        Literal::Bool(_) => Type::Bool,
        Literal::Int(_) => Type::Int,
        Literal::Uint(_) => Type::Uint,
        Literal::Double(_) => Type::Double,
        Literal::String(_) => Type::String,
        Literal::Bytes(_) => Type::Bytes,
    }
}
