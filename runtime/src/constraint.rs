//! The constraints that an `OpenAPI` schema puts on a value, such as `minLength` or `pattern`.
//!
//! They stand in brackets at the end of a line of an [`object!`](crate::object!) table. [`Validate::validate`] checks
//! them as kube-apiserver 1.36 does, with its words. A constraint that is about another type of value (a length, where the
//! value is a number) is ignored, as JSON Schema says. CEL rules are something else: they are not checked.
//!
//! ```
//! use crdgen_runtime::{Validate as _, object};
//!
//! pub struct Pool {
//!     pub name: String,
//!     pub ports: Option<Vec<i64>>,
//! }
//!
//! object! {
//!     Pool {
//!         name: "name", required, [max_length(8), pattern("^[a-z]+$")];
//!         ports: "ports", optional, [max_items(2), items(&[minimum(1), maximum(65535)])];
//!     }
//! }
//!
//! let pool = Pool { name: "web".to_owned(), ports: Some(vec![80, 0]) };
//! let errors = pool.validate().unwrap_err();
//! assert_eq!(
//!     errors.to_string(),
//!     "ports[1]: Invalid value: 0: ports[1] in body should be greater than or equal to 1"
//! );
//! ```
//!
//! [`Validate::validate`]: crate::Validate::validate

use crate::Number;

/// One constraint, made by one of this module's functions.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Constraint {
    /// `pattern`: an RE2 expression that matches somewhere in the string.
    Pattern(&'static str),
    /// `format`, on strings and numbers; names that kube-apiserver does not enforce are ignored.
    Format(&'static str),
    /// `minLength`, in code points.
    MinLength(i64),
    /// `maxLength`, in code points.
    MaxLength(i64),
    /// `minimum`, with `exclusiveMinimum`.
    Minimum {
        /// The bound.
        bound: Number,
        /// Whether the bound itself is refused.
        exclusive: bool,
    },
    /// `maximum`, with `exclusiveMaximum`.
    Maximum {
        /// The bound.
        bound: Number,
        /// Whether the bound itself is refused.
        exclusive: bool,
    },
    /// `multipleOf`.
    MultipleOf(Number),
    /// `minItems`.
    MinItems(i64),
    /// `maxItems`.
    MaxItems(i64),
    /// `minProperties`: of the keys that are there.
    MinProperties(i64),
    /// `maxProperties`.
    MaxProperties(i64),
    /// `x-kubernetes-list-type: set`.
    Unique,
    /// `x-kubernetes-list-type: map`, with its `x-kubernetes-list-map-keys`.
    ListMap(&'static [&'static str]),
    /// The constraints of every item of an array.
    Items(&'static [Self]),
    /// The constraints of every value of a map (`additionalProperties`).
    Values(&'static [Self]),
    /// `enum`, where the values are not all strings: each as JSON text.
    OneOf(&'static [&'static str]),
    /// `oneOf`, where every branch is just a list of `required`: the keys of exactly one branch are there.
    OneOfRequired(&'static [&'static [&'static str]]),
    /// `anyOf`, where every branch is just a list of `required`: the keys of at least one branch are there.
    AnyOfRequired(&'static [&'static [&'static str]]),
}

/// `pattern`, as the schema has it (RE2, not anchored).
pub const fn pattern(expression: &'static str) -> Constraint {
    Constraint::Pattern(expression)
}

/// `format`, as the schema has it.
pub const fn format(name: &'static str) -> Constraint {
    Constraint::Format(name)
}

/// `minLength`, in code points.
pub const fn min_length(length: i64) -> Constraint {
    Constraint::MinLength(length)
}

/// `maxLength`, in code points.
pub const fn max_length(length: i64) -> Constraint {
    Constraint::MaxLength(length)
}

/// `minimum` that is an integer literal.
pub const fn minimum(bound: i64) -> Constraint {
    Constraint::Minimum { bound: Number::Int(bound), exclusive: false }
}

/// `minimum` that is a float literal.
pub const fn minimum_f64(bound: f64) -> Constraint {
    Constraint::Minimum { bound: Number::Float(bound), exclusive: false }
}

/// `minimum` beside `exclusiveMinimum: true`.
pub const fn exclusive_minimum(bound: i64) -> Constraint {
    Constraint::Minimum { bound: Number::Int(bound), exclusive: true }
}

/// `minimum` that is a float literal, beside `exclusiveMinimum: true`.
pub const fn exclusive_minimum_f64(bound: f64) -> Constraint {
    Constraint::Minimum { bound: Number::Float(bound), exclusive: true }
}

/// `maximum` that is an integer literal.
pub const fn maximum(bound: i64) -> Constraint {
    Constraint::Maximum { bound: Number::Int(bound), exclusive: false }
}

/// `maximum` that is a float literal.
pub const fn maximum_f64(bound: f64) -> Constraint {
    Constraint::Maximum { bound: Number::Float(bound), exclusive: false }
}

/// `maximum` beside `exclusiveMaximum: true`.
pub const fn exclusive_maximum(bound: i64) -> Constraint {
    Constraint::Maximum { bound: Number::Int(bound), exclusive: true }
}

/// `maximum` that is a float literal, beside `exclusiveMaximum: true`.
pub const fn exclusive_maximum_f64(bound: f64) -> Constraint {
    Constraint::Maximum { bound: Number::Float(bound), exclusive: true }
}

/// `multipleOf` that is an integer literal.
pub const fn multiple_of(factor: i64) -> Constraint {
    Constraint::MultipleOf(Number::Int(factor))
}

/// `multipleOf` that is a float literal.
pub const fn multiple_of_f64(factor: f64) -> Constraint {
    Constraint::MultipleOf(Number::Float(factor))
}

/// `minItems`.
pub const fn min_items(count: i64) -> Constraint {
    Constraint::MinItems(count)
}

/// `maxItems`.
pub const fn max_items(count: i64) -> Constraint {
    Constraint::MaxItems(count)
}

/// `minProperties`.
pub const fn min_properties(count: i64) -> Constraint {
    Constraint::MinProperties(count)
}

/// `maxProperties`.
pub const fn max_properties(count: i64) -> Constraint {
    Constraint::MaxProperties(count)
}

/// `x-kubernetes-list-type: set`: items are unique.
pub const fn unique() -> Constraint {
    Constraint::Unique
}

/// `x-kubernetes-list-type: map`: the values under `keys` are unique among the items.
pub const fn list_map(keys: &'static [&'static str]) -> Constraint {
    Constraint::ListMap(keys)
}

/// `constraints` for every item of an array.
pub const fn items(constraints: &'static [Constraint]) -> Constraint {
    Constraint::Items(constraints)
}

/// `constraints` for every value of a map.
pub const fn values(constraints: &'static [Constraint]) -> Constraint {
    Constraint::Values(constraints)
}

/// `enum` of values that are not all strings, each as JSON text: `one_of(&["1", "2"])`, `one_of(&["\"a\"", "1"])`.
pub const fn one_of(json: &'static [&'static str]) -> Constraint {
    Constraint::OneOf(json)
}

/// `oneOf` of branches that are lists of `required` only: `one_of_required(&[&["cidr"], &["from", "to"]])`.
pub const fn one_of_required(branches: &'static [&'static [&'static str]]) -> Constraint {
    Constraint::OneOfRequired(branches)
}

/// `anyOf` of branches that are lists of `required` only.
pub const fn any_of_required(branches: &'static [&'static [&'static str]]) -> Constraint {
    Constraint::AnyOfRequired(branches)
}
