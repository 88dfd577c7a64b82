//! Constraints on a value that the documentation says in a sentence.

/// One constraint: an OpenAPI keyword with its argument.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Constraint<'a> {
    /// `pattern`
    Pattern(&'a str),
    /// `format`
    Format(&'a str),
    /// `minLength`
    MinLength(i64),
    /// `maxLength`
    MaxLength(i64),
    /// `minimum`, and whether the bound itself is refused.
    Minimum(Bound, bool),
    /// `maximum`, and whether the bound itself is refused.
    Maximum(Bound, bool),
    /// `multipleOf`
    MultipleOf(Bound),
    /// `minItems`
    MinItems(i64),
    /// `maxItems`
    MaxItems(i64),
    /// `minProperties`
    MinProperties(i64),
    /// `maxProperties`
    MaxProperties(i64),
    /// `x-kubernetes-list-type: set`
    Unique,
    /// `x-kubernetes-list-type: map`, with its keys.
    ListMap(&'a [String]),
    /// Constraints on every item of an array.
    Items(Vec<Self>),
    /// Constraints on every value of a map.
    Values(Vec<Self>),
    /// `enum` with values that are not strings, each as JSON text.
    OneOf(Vec<String>),
    /// `oneOf` of branches that only have `required`.
    OneOfRequired(Vec<&'a [String]>),
    /// `anyOf` of branches that only have `required`.
    AnyOfRequired(Vec<&'a [String]>),
}

/// A number in a schema.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bound {
    /// Written as an integer that fits.
    Int(i64),
    /// Any other number.
    Float(f64),
}
