//! The Common Expression Language (CEL) as Kubernetes runs it.
//!
//! Rules of CustomResourceDefinitions, admission policies and match conditions of webhooks are CEL. This crate parses them,
//! checks their types, says before they run what they can cost, and evaluates them within a budget; values, messages and
//! costs are those of cel-go v0.26, which Kubernetes 1.36 is built with.
//!
//! ```
//! use crdgen_cel::{Arena, Environment, NoSizes, Type, Value};
//!
//! let environment = Environment::standard().variable("names", Type::list(Type::String));
//! let compiled = environment.compile("names.all(name, name.startsWith('db-'))")?;
//! assert_eq!(compiled.output().to_string(), "bool");
//! // Nothing is known of how long the list can be.
//! assert_eq!(compiled.estimate(&NoSizes).max, u64::MAX);
//!
//! let program = compiled.program()?;
//! let arena = Arena::new();
//! let names = [Value::String("db-1"), Value::String("web")];
//! let variables = [Value::List(crdgen_cel::List::Values(&names))];
//! let evaluation = program.evaluate(&arena, &variables, 1_000_000);
//! assert!(matches!(evaluation.outcome, Ok(Value::Bool(false))));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! An [`Environment`] declares variables and the functions of a [`Library`]; more functions are added as tables of
//! [`Function`]s. Lists and maps of the host are read where they are, by [`HostList`] and [`HostMap`].
//!
//! It knows nothing of JSON, of schemas, or of Kubernetes' errors.

// What everything else speaks of.
mod fault;
pub mod go;
mod operator;
pub mod re2;
mod source;
mod static_type;
mod value;

// Text → tree → types → cost → plan → value.
mod check;
mod cost;
mod environment;
mod evaluate;
mod library;
mod plan;
mod program;
mod syntax;

pub use cost::{
    Call, CallEstimate, Charge, Cost, NoSizes, Operand, PER_CHARACTER, PER_PATTERN_CHARACTER, Range, Sizes,
};
pub use environment::Environment;
pub use evaluate::Evaluation;
pub use fault::{Fault, Outcome};
pub use library::{Body, Function, Library, Overload};
pub use program::{Compiled, Program};
pub use source::{Issue, Issues};
pub use static_type::Type;
pub use value::{Arena, Duration, HostList, HostMap, List, Map, Opaque, OpaqueKind, SpareArena, Timestamp, Value};

/// What functions that are added to a [`Library`] are made of.
pub mod functions {
    pub use crate::{
        library::add,
        value::{compare, has_order},
    };
}

/// What calls cost; for functions that are added to a [`Library`].
pub mod costs {
    pub use crate::cost::{ONE, TRAVERSAL, characters, estimate_match, pattern_match, size};
}

/// The examples of the documentation's chapter.
#[cfg(doctest)]
#[doc = include_str!("../../docs/cel.md")]
mod chapter {}
