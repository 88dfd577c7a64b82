//! The functions that expressions can call, as tables: signature, cost, body.

// Bodies have one type, whether they can fail or not.
#![allow(clippy::unnecessary_wraps)]

mod arithmetic;
mod comparison;
mod conversion;
mod format;
mod lists;
mod maps;
mod optional;
mod sets;
mod signature;
mod strings;
mod time;

use std::collections::HashMap;

pub use arithmetic::add;
pub(crate) use conversion::{convert, is_conversion};
pub(crate) use format::check as check_format;
use signature::Signature;

use crate::{
    cost::Cost,
    fault::Outcome,
    static_type::Type,
    value::{Arena, Value},
};

/// What a function does with its arguments, the target first. They fit the signature.
pub type Body = for<'a> fn(&'a Arena, &[Value<'a>]) -> Outcome<'a>;

/// A function under one name.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// How it is called: `size`, `lists.range`.
    pub name: &'static str,
    /// What it takes, and what it gives then.
    pub overloads: &'static [Overload],
    /// The cost of every call, whatever the arguments.
    pub cost: Option<Cost>,
    /// The bodies take any values, and say themselves what they cannot do.
    pub takes_anything: bool,
}

/// One signature of a function.
#[derive(Clone, Copy, Debug)]
pub struct Overload {
    /// Its name in cel-go.
    pub id: &'static str,
    /// As text: `lists.range(int) -> list(int)` is a function, `list(T).slice(int, int) -> list(T)` is called on a target.
    /// Types in capitals stand for any type.
    pub signature: &'static str,
    /// What it does; nothing if the evaluator does it.
    pub body: Option<Body>,
    /// What it costs if it is certain that this overload is called.
    pub cost: Option<Cost>,
}

impl Overload {
    /// An overload that the cost of its function counts for.
    pub const fn new(id: &'static str, signature: &'static str, body: Body) -> Self {
        Self { id, signature, body: Some(body), cost: None }
    }

    /// An overload that is part of the language.
    const fn built_in(id: &'static str, signature: &'static str) -> Self {
        Self { id, signature, body: None, cost: None }
    }

    /// With a cost of its own.
    #[must_use]
    pub const fn costing(self, cost: Cost) -> Self {
        Self { cost: Some(cost), ..self }
    }
}

impl Function {
    /// A function whose overloads have their own costs.
    pub const fn new(name: &'static str, overloads: &'static [Overload]) -> Self {
        Self { name, overloads, cost: None, takes_anything: false }
    }

    /// A function whose every call is charged alike.
    pub const fn costing(name: &'static str, cost: Cost, overloads: &'static [Overload]) -> Self {
        Self { name, overloads, cost: Some(cost), takes_anything: false }
    }

    /// A function with one body, which takes any values.
    const fn built_in(name: &'static str, overloads: &'static [Overload]) -> Self {
        Self { name, overloads, cost: None, takes_anything: true }
    }
}

/// Functions and types that expressions may use.
#[derive(Clone, Debug, Default)]
pub struct Library {
    functions: HashMap<&'static str, Declared>,
    types: HashMap<&'static str, Type>,
}

/// All overloads of a name.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) name: &'static str,
    pub(crate) overloads: Vec<DeclaredOverload>,
    pub(crate) cost: Option<Cost>,
}

/// An overload with its signature understood.
#[derive(Clone, Debug)]
pub(crate) struct DeclaredOverload {
    pub(crate) id: &'static str,
    pub(crate) is_member: bool,
    pub(crate) arguments: Vec<Type>,
    pub(crate) result: Type,
    pub(crate) body: Option<Body>,
    /// What it costs if it is certain that this overload is called.
    pub(crate) cost: Option<Cost>,
    /// What every call of the function costs.
    pub(crate) function_cost: Option<Cost>,
    pub(crate) takes_anything: bool,
}

impl Library {
    /// What Kubernetes enables of CEL's own libraries at compatibility version 1.35: the standard functions, optional values,
    /// and the extensions `strings` (version 2), `sets`, `lists` (version 3) and comprehensions of two variables.
    pub fn standard() -> Self {
        let mut library = Self::default();
        for functions in [
            arithmetic::FUNCTIONS,
            comparison::FUNCTIONS,
            conversion::FUNCTIONS,
            time::FUNCTIONS,
            strings::FUNCTIONS,
            lists::FUNCTIONS,
            maps::FUNCTIONS,
            sets::FUNCTIONS,
            optional::FUNCTIONS,
        ] {
            library.add(functions);
        }
        for name in [
            Type::Bool,
            Type::Bytes,
            Type::Double,
            Type::Duration,
            Type::Int,
            Type::list(Type::Parameter("A".into())),
            Type::map(Type::Parameter("A".into()), Type::Parameter("B".into())),
            Type::Null,
            Type::String,
            Type::Timestamp,
            Type::Type(None),
            Type::Uint,
        ] {
            library.add_type(name);
        }
        library.add_type(Type::Opaque(crate::static_type::OPTIONAL.into(), [Type::Parameter("A".into())].into()));
        library
    }

    /// Adds functions, or overloads to functions.
    ///
    /// # Panics
    ///
    /// A signature cannot be read.
    pub fn add(&mut self, functions: &'static [Function]) {
        for function in functions {
            let declared = self.functions.entry(function.name).or_insert_with(|| Declared {
                name: function.name,
                overloads: Vec::new(),
                cost: None,
            });
            declared.cost = declared.cost.or(function.cost);
            declared.overloads.extend(function.overloads.iter().map(|overload| declare(function, overload)));
            let cost = declared.cost;
            declared.overloads.iter_mut().for_each(|overload| overload.function_cost = cost);
        }
    }

    /// Adds a type, so that its name can be written in expressions.
    pub fn add_type(&mut self, named: Type) {
        let name: &'static str = match &named {
            Type::Opaque(name, _) | Type::Object(name) => name.to_string().leak(),
            _ => named.runtime_name().to_owned().leak(),
        };
        self.types.insert(name, named);
    }

    pub(crate) fn function(&self, name: &str) -> Option<&Declared> {
        self.functions.get(name)
    }

    pub(crate) fn named_type(&self, name: &str) -> Option<&Type> {
        self.types.get(name)
    }
}

fn declare(function: &Function, overload: &Overload) -> DeclaredOverload {
    let Signature { is_member, arguments, result } = Signature::parse(function.name, overload.signature);
    DeclaredOverload {
        id: overload.id,
        is_member,
        arguments,
        result,
        body: overload.body,
        cost: overload.cost,
        function_cost: None,
        takes_anything: function.takes_anything,
    }
}
