//! What expressions cost: before they run, as a range, and while they run.
//!
//! A cost has no unit. Reading a variable or a field costs 1, text 0.1 a character, and so on: the numbers are cel-go's, for
//! functions that Kubernetes knows of those of its `CostEstimator`, so that budgets end where they end there.

mod call;
mod charges;
mod estimate;
mod range;

pub use call::{Call, CallEstimate, NoSizes, Operand, Sizes};
pub(crate) use charges::*;
pub use charges::{ONE, TRAVERSAL, estimate_match, pattern_match};
pub(crate) use estimate::estimate;
pub use range::Range;
pub(crate) use range::scale;

use crate::{
    fault::Outcome,
    value::{Arena, Value},
};

/// For each character of a text that is read.
pub const PER_CHARACTER: f64 = 0.1;
/// For each character of a pattern.
pub const PER_PATTERN_CHARACTER: f64 = 0.25;
/// Making a list.
pub(crate) const LIST: u64 = 10;
/// Making a map.
pub(crate) const MAP: u64 = 30;

/// What calls of a function cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// What a call cost.
    pub charge: Charge,
    /// What a call will cost, and how large what it gives will be. The cost of the arguments comes on top.
    pub estimate: fn(&Call<'_>) -> CallEstimate,
}

/// How to find out what a call costs.
#[derive(Clone, Copy, Debug)]
pub enum Charge {
    /// From the arguments, before the call.
    Arguments(for<'a> fn(&'a Arena, &[Outcome<'a>]) -> u64),
    /// From what the call gave.
    Result(fn(Outcome<'_>) -> u64),
}

/// The size that a value has for costs; 1 if it has none, or is an error.
pub fn size(value: Outcome<'_>) -> u64 {
    let mut value = value.ok();
    while let Some(Value::Optional(Some(inner))) = value {
        value = Some(*inner);
    }
    value.and_then(Value::size).map_or(1, |size| size as u64)
}

/// Reading so many characters.
pub fn characters(count: u64) -> u64 {
    scale(count, PER_CHARACTER)
}
