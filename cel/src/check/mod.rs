//! From a tree to a tree with types: names are resolved, overloads chosen, and literals looked into.
//!
//! In: an expression and the environment that declares its variables and functions. Out: [`Checked`], or everything that
//! is wrong, in the words of cel-go's checker.

mod checker;
mod inference;
mod literals;

use std::sync::Arc;

pub(crate) use checker::check;

use crate::{
    library::DeclaredOverload,
    static_type::Type,
    syntax::{Expression, Id, Positions},
};

/// An expression whose types are known.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub(crate) expression: Expression,
    pub(crate) positions: Positions,
    types: Vec<Option<Type>>,
    references: Vec<Option<Reference>>,
}

/// What a node of an expression refers to.
#[derive(Clone, Debug)]
pub(crate) enum Reference {
    /// A variable.
    Variable(Arc<str>),
    /// A type by its name.
    Type(Arc<str>),
    /// The overloads of a function that fit the types of the arguments; several if some are known at run time only.
    Overloads(Vec<DeclaredOverload>),
}

impl Checked {
    /// The type of a node.
    pub(crate) fn type_of(&self, id: Id) -> &Type {
        self.types[id.index()].as_ref().unwrap_or(&Type::Error)
    }

    pub(crate) fn reference(&self, id: Id) -> Option<&Reference> {
        self.references[id.index()].as_ref()
    }

    /// Whether a variable is used anywhere.
    pub(crate) fn uses(&self, variable: &str) -> bool {
        let refers = |reference: &Reference| matches!(reference, Reference::Variable(name) if &**name == variable);
        self.references.iter().flatten().any(refers)
    }

    /// The overloads that each call may mean.
    pub(crate) fn calls(&self) -> impl Iterator<Item = &[DeclaredOverload]> {
        self.references.iter().flatten().filter_map(|reference| match reference {
            Reference::Overloads(overloads) => Some(overloads.as_slice()),
            _ => None,
        })
    }

    /// The overloads that a call may mean.
    pub(crate) fn overloads(&self, id: Id) -> &[DeclaredOverload] {
        match self.reference(id) {
            Some(Reference::Overloads(overloads)) => overloads,
            _ => &[],
        }
    }
}
