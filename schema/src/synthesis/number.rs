//! Numbers worth trying: plain ones, those at and around every bound, multiples, and large ones.
//!
//! In: what a number must fulfil. Out: candidates, plain ones first, not checked.

use serde_json::{Number, Value};

use super::wanted::Wanted;

/// Integers beyond 32 bits, and beyond what a float holds exactly.
pub(crate) const LARGE: [i64; 6] =
    [2_147_483_648, -2_147_483_649, 9_007_199_254_740_993, 4_294_967_296, i64::MAX, i64::MIN];

/// Candidates for an integer.
pub(crate) fn integers(wanted: &Wanted<'_>) -> Vec<Value> {
    let mut numbers: Vec<i64> = vec![1];
    for bound in bounds(wanted) {
        let whole = floor(bound);
        numbers.extend([whole, whole.saturating_add(1), whole.saturating_sub(1)]);
    }
    for factor in factors(wanted) {
        numbers.extend(multiples(wanted, factor).into_iter().map(floor));
    }
    numbers.extend([2, 0, -1, 42]);
    numbers.extend(LARGE);
    unique(numbers.into_iter().map(Value::from))
}

/// Candidates for a number: integers as well.
pub(crate) fn numbers(wanted: &Wanted<'_>) -> Vec<Value> {
    let mut numbers: Vec<f64> = vec![1.5];
    for bound in bounds(wanted) {
        numbers.extend([bound, bound + 0.5, bound - 0.5]);
    }
    numbers.extend(factors(wanted).into_iter().flat_map(|factor| multiples(wanted, factor)));
    numbers.extend([-0.25, 1e-7, 1.0, 1e300, 3.5e38]);
    let floats = numbers.into_iter().filter_map(|number| Number::from_f64(number).map(Value::Number));
    unique(floats.chain(integers(wanted)))
}

/// Every `minimum` and `maximum`, and what lies in the middle.
fn bounds(wanted: &Wanted<'_>) -> Vec<f64> {
    let both =
        wanted.all().flat_map(|schema| [schema.constraints.minimum.as_ref(), schema.constraints.maximum.as_ref()]);
    let mut bounds: Vec<f64> = both.flatten().filter_map(Number::as_f64).collect();
    if let [first, second, ..] = bounds[..] {
        bounds.push(first.midpoint(second));
    }
    bounds
}

fn factors(wanted: &Wanted<'_>) -> Vec<f64> {
    let factors = wanted.all().filter_map(|schema| schema.constraints.multiple_of.as_ref()?.as_f64());
    factors.filter(|factor| *factor > 0.0).collect()
}

/// Small multiples, and those next to every bound.
fn multiples(wanted: &Wanted<'_>, factor: f64) -> Vec<f64> {
    let near = bounds(wanted).into_iter().flat_map(|bound| {
        let times = bound / factor;
        [times.ceil() * factor, times.floor() * factor]
    });
    [factor, 2.0 * factor, 0.0, -factor].into_iter().chain(near).collect()
}

#[allow(clippy::cast_possible_truncation)] // Casts from floats stop at the limits, which are worth trying too.
fn floor(number: f64) -> i64 {
    number.floor() as i64
}

fn unique(values: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    for value in values {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}
