//! Finding out types that are not written down: which type each type variable stands for.

use std::{collections::HashMap, sync::Arc};

use crate::static_type::Type;

/// What is known of type variables.
#[derive(Debug, Default)]
pub(super) struct Inference {
    known: Vec<Option<Type>>,
    /// What each change replaced, so that a failed attempt leaves nothing behind.
    replaced: Vec<(u32, Option<Type>)>,
}

/// Whether a variable can stand for a type.
#[derive(Clone, Copy, PartialEq)]
enum Substitution {
    Valid,
    /// It stands for another type already.
    Other,
    /// It would contain itself.
    Circular,
}

impl Inference {
    /// A type that is not known yet.
    pub(super) fn variable(&mut self) -> Type {
        self.known.push(None);
        // An expression has far fewer variables than that.
        Type::Variable(u32::try_from(self.known.len() - 1).unwrap_or(u32::MAX))
    }

    /// A signature's types with a fresh variable for each parameter.
    pub(super) fn instantiate<'t>(&mut self, types: impl Iterator<Item = &'t Type>) -> Vec<Type> {
        let mut variables = HashMap::new();
        types.map(|one| self.instantiate_one(one, &mut variables)).collect()
    }

    fn instantiate_one(&mut self, one: &Type, variables: &mut HashMap<Arc<str>, Type>) -> Type {
        match one {
            Type::Parameter(name) => {
                if let Some(variable) = variables.get(name) {
                    return variable.clone();
                }
                let variable = self.variable();
                variables.insert(name.clone(), variable.clone());
                variable
            }
            other => other.map_parameters(|inner| self.instantiate_one(inner, variables)),
        }
    }

    /// The type with what is known of its variables.
    pub(super) fn substitute(&self, one: &Type) -> Type {
        match one {
            Type::Variable(number) => match &self.known[*number as usize] {
                Some(known) => self.substitute(known),
                None => one.clone(),
            },
            other => other.map_parameters(|inner| self.substitute(inner)),
        }
    }

    /// The type with `dyn` for everything that is not known.
    pub(super) fn finish(&self, one: &Type) -> Type {
        match one {
            Type::Variable(number) => match &self.known[*number as usize] {
                Some(known) => self.finish(known),
                None => Type::Dyn,
            },
            Type::Parameter(_) => Type::Dyn,
            other => other.map_parameters(|inner| self.finish(inner)),
        }
    }

    /// Whether values of type `from` may stand where `to` is wanted. If so, variables are bound accordingly.
    pub(super) fn is_assignable(&mut self, to: &Type, from: &Type) -> bool {
        self.attempt(|inference| inference.assignable(to, from))
    }

    pub(super) fn are_assignable(&mut self, to: &[Type], from: &[Type]) -> bool {
        self.attempt(|inference| inference.all_assignable(to, from))
    }

    fn attempt(&mut self, attempt: impl FnOnce(&mut Self) -> bool) -> bool {
        self.replaced.clear();
        let succeeded = attempt(self);
        if !succeeded {
            while let Some((number, before)) = self.replaced.pop() {
                self.known[number as usize] = before;
            }
        }
        succeeded
    }

    fn all_assignable(&mut self, first: &[Type], second: &[Type]) -> bool {
        first.len() == second.len() && first.iter().zip(second).all(|(a, b)| self.assignable(a, b))
    }

    fn assignable(&mut self, first: &Type, second: &Type) -> bool {
        if let Type::Variable(number) = second {
            match self.can_stand_for(*number, first) {
                Substitution::Valid => return true,
                Substitution::Other => return false,
                Substitution::Circular => {}
            }
        }
        if let Type::Variable(number) = first {
            return self.can_stand_for(*number, second) == Substitution::Valid;
        }
        let is_any = |one: &Type| matches!(one, Type::Dyn | Type::Error);
        match (first, second) {
            _ if is_any(first) || is_any(second) => true,
            (Type::Null, other) | (other, Type::Null) => takes_null(other),
            (Type::Type(_), Type::Type(_)) => true,
            (Type::List(a), Type::List(b)) => self.assignable(a, b),
            (Type::Map(a), Type::Map(b)) => self.assignable(&a.0, &b.0) && self.assignable(&a.1, &b.1),
            (Type::Opaque(a, first), Type::Opaque(b, second)) => a == b && self.all_assignable(first, second),
            _ => first == second,
        }
    }

    /// Binds a variable to a type, or to the more general one of it and what the variable stands for already.
    fn can_stand_for(&mut self, number: u32, one: &Type) -> Substitution {
        let variable = Type::Variable(number);
        if *one == variable {
            return Substitution::Valid;
        }
        let Some(known) = self.known[number as usize].clone() else {
            if !self.is_free_of(&variable, one) {
                return Substitution::Circular;
            }
            self.bind(number, one.clone());
            return Substitution::Valid;
        };
        if *one == known {
            return Substitution::Valid;
        }
        if !self.assignable(one, &known) {
            return Substitution::Other;
        }
        let general = most_general(one, &known);
        if self.is_free_of(&variable, &general) {
            self.bind(number, general);
        }
        Substitution::Valid
    }

    fn bind(&mut self, number: u32, one: Type) {
        let before = self.known[number as usize].replace(one);
        self.replaced.push((number, before));
    }

    /// Whether a variable does not occur in a type.
    fn is_free_of(&self, variable: &Type, one: &Type) -> bool {
        match one {
            _ if one == variable => false,
            Type::Variable(number) => {
                self.known[*number as usize].as_ref().is_none_or(|known| self.is_free_of(variable, known))
            }
            other => other.parameters().into_iter().all(|inner| self.is_free_of(variable, inner)),
        }
    }
}

/// Of two types that fit, the one that more values have.
pub(super) fn most_general(first: &Type, second: &Type) -> Type {
    if is_no_more_specific(first, second) { first.clone() } else { second.clone() }
}

fn is_no_more_specific(first: &Type, second: &Type) -> bool {
    match (first, second) {
        (Type::Dyn | Type::Variable(_) | Type::Parameter(_), _) | (Type::Type(_), Type::Type(_)) => true,
        (_, Type::Dyn | Type::Variable(_) | Type::Parameter(_)) => false,
        (Type::List(a), Type::List(b)) => is_no_more_specific(a, b),
        (Type::Map(a), Type::Map(b)) => is_no_more_specific(&a.0, &b.0) && is_no_more_specific(&a.1, &b.1),
        (Type::Opaque(a, first), Type::Opaque(b, second)) => {
            a == b && first.len() == second.len() && first.iter().zip(&**second).all(|(a, b)| is_no_more_specific(a, b))
        }
        _ => first == second,
    }
}

/// Whether null may stand for values of a type.
fn takes_null(one: &Type) -> bool {
    matches!(one, Type::Null | Type::Opaque(..) | Type::Object(_) | Type::Duration | Type::Timestamp)
}
