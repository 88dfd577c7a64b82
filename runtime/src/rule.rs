//! The constraints that a schema puts on a field's value, as constants.
//!
//! In: the constructors below, called in the third column of an `object!` table. Out: [`Rule`]s, which
//! `Validate::validate` evaluates with kube-apiserver's words. A rule knows neither its field's name nor its type;
//! a rule that does not apply to a value (a length to a number) is ignored, as JSON Schema says.

use crate::number::Number;

/// One constraint of a structural schema. Built by the functions of this module, which are `const`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Rule {
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
    /// The rules of every item of an array.
    Items(&'static [Self]),
    /// The rules of every value of a map (`additionalProperties`).
    Values(&'static [Self]),
    /// `enum`, where the values are not all strings: each as JSON text.
    OneOf(&'static [&'static str]),
    /// `oneOf`, where every branch is just a list of `required`: the keys of exactly one branch are there.
    OneOfRequired(&'static [&'static [&'static str]]),
    /// `anyOf`, where every branch is just a list of `required`: the keys of at least one branch are there.
    AnyOfRequired(&'static [&'static [&'static str]]),
}

/// `pattern`, as the schema has it (RE2, not anchored).
pub const fn pattern(expression: &'static str) -> Rule {
    Rule::Pattern(expression)
}

/// `format`, as the schema has it.
pub const fn format(name: &'static str) -> Rule {
    Rule::Format(name)
}

/// `minLength`, in code points.
pub const fn min_length(length: i64) -> Rule {
    Rule::MinLength(length)
}

/// `maxLength`, in code points.
pub const fn max_length(length: i64) -> Rule {
    Rule::MaxLength(length)
}

/// `minimum` that is an integer literal.
pub const fn minimum(bound: i64) -> Rule {
    Rule::Minimum { bound: Number::Int(bound), exclusive: false }
}

/// `minimum` that is a float literal.
pub const fn minimum_f64(bound: f64) -> Rule {
    Rule::Minimum { bound: Number::Float(bound), exclusive: false }
}

/// `minimum` beside `exclusiveMinimum: true`.
pub const fn exclusive_minimum(bound: i64) -> Rule {
    Rule::Minimum { bound: Number::Int(bound), exclusive: true }
}

/// `minimum` that is a float literal, beside `exclusiveMinimum: true`.
pub const fn exclusive_minimum_f64(bound: f64) -> Rule {
    Rule::Minimum { bound: Number::Float(bound), exclusive: true }
}

/// `maximum` that is an integer literal.
pub const fn maximum(bound: i64) -> Rule {
    Rule::Maximum { bound: Number::Int(bound), exclusive: false }
}

/// `maximum` that is a float literal.
pub const fn maximum_f64(bound: f64) -> Rule {
    Rule::Maximum { bound: Number::Float(bound), exclusive: false }
}

/// `maximum` beside `exclusiveMaximum: true`.
pub const fn exclusive_maximum(bound: i64) -> Rule {
    Rule::Maximum { bound: Number::Int(bound), exclusive: true }
}

/// `maximum` that is a float literal, beside `exclusiveMaximum: true`.
pub const fn exclusive_maximum_f64(bound: f64) -> Rule {
    Rule::Maximum { bound: Number::Float(bound), exclusive: true }
}

/// `multipleOf` that is an integer literal.
pub const fn multiple_of(factor: i64) -> Rule {
    Rule::MultipleOf(Number::Int(factor))
}

/// `multipleOf` that is a float literal.
pub const fn multiple_of_f64(factor: f64) -> Rule {
    Rule::MultipleOf(Number::Float(factor))
}

/// `minItems`.
pub const fn min_items(count: i64) -> Rule {
    Rule::MinItems(count)
}

/// `maxItems`.
pub const fn max_items(count: i64) -> Rule {
    Rule::MaxItems(count)
}

/// `minProperties`.
pub const fn min_properties(count: i64) -> Rule {
    Rule::MinProperties(count)
}

/// `maxProperties`.
pub const fn max_properties(count: i64) -> Rule {
    Rule::MaxProperties(count)
}

/// `x-kubernetes-list-type: set`: no item twice.
pub const fn unique() -> Rule {
    Rule::Unique
}

/// `x-kubernetes-list-type: map`: no two items with the same values under `keys`.
pub const fn list_map(keys: &'static [&'static str]) -> Rule {
    Rule::ListMap(keys)
}

/// `rules` for every item of an array.
pub const fn items(rules: &'static [Rule]) -> Rule {
    Rule::Items(rules)
}

/// `rules` for every value of a map.
pub const fn values(rules: &'static [Rule]) -> Rule {
    Rule::Values(rules)
}

/// `enum` of values that are not all strings, each as JSON text: `one_of(&["1", "2"])`, `one_of(&["\"a\"", "1"])`.
pub const fn one_of(json: &'static [&'static str]) -> Rule {
    Rule::OneOf(json)
}

/// `oneOf` of branches that are lists of `required` only: `one_of_required(&[&["cidr"], &["from", "to"]])`.
pub const fn one_of_required(branches: &'static [&'static [&'static str]]) -> Rule {
    Rule::OneOfRequired(branches)
}

/// `anyOf` of branches that are lists of `required` only.
pub const fn any_of_required(branches: &'static [&'static [&'static str]]) -> Rule {
    Rule::AnyOfRequired(branches)
}
