//! Bounds of numbers, and what they are multiples of.

use serde_json::{Number, Value};

use super::size::draft;
use crate::{
    compatibility::{
        code::{Change, Subject},
        draft::Draft,
    },
    number,
    schema::{Schema, SchemaType},
};

/// A bound, and whether the bound itself is left out.
type Bound<'s> = Option<(&'s Number, bool)>;

/// What has changed about bounds and multiples.
pub(super) fn compare(old: &Schema, new: &Schema) -> Vec<Draft> {
    [minimum(old, new), maximum(old, new), multiple_of(old, new)].into_iter().flatten().collect()
}

fn minimum(old: &Schema, new: &Schema) -> Option<Draft> {
    let bound = |schema: &'_ Schema| {
        schema.constraints.minimum.clone().map(|bound| (bound, schema.constraints.exclusive_minimum))
    };
    let (before, after) = (bound(old), bound(new));
    let (before, after) = (borrow(before.as_ref()), borrow(after.as_ref()));
    let implied = (is_int32(old) && before.is_none()).then(|| f64::from(i32::MIN));
    bounds(Subject::Minimum, ["at least", "more than"], before, after, |old, new| new > old, implied)
}

fn maximum(old: &Schema, new: &Schema) -> Option<Draft> {
    let bound = |schema: &'_ Schema| {
        schema.constraints.maximum.clone().map(|bound| (bound, schema.constraints.exclusive_maximum))
    };
    let (before, after) = (bound(old), bound(new));
    let (before, after) = (borrow(before.as_ref()), borrow(after.as_ref()));
    let implied = (is_int32(old) && before.is_none()).then(|| f64::from(i32::MAX));
    bounds(Subject::Maximum, ["at most", "less than"], before, after, |old, new| new < old, implied)
}

fn borrow(bound: Option<&(Number, bool)>) -> Bound<'_> {
    bound.map(|(number, exclusive)| (number, *exclusive))
}

/// Compares bounds; `implied` is one that the old format sets.
fn bounds(
    subject: Subject,
    words: [&str; 2],
    old: Bound<'_>,
    new: Bound<'_>,
    is_beyond: impl Fn(f64, f64) -> bool,
    implied: Option<f64>,
) -> Option<Draft> {
    let told = |(number, exclusive): (&Number, bool)| format!("{} {number}", words[usize::from(exclusive)]);
    let value = |bound: Bound<'_>| bound.map(|(number, exclusive)| (number::Number::from(number).as_f64(), exclusive));
    let (before, after) = (value(old).or(implied.map(|bound| (bound, false))), value(new));
    if value(old) == after {
        return None;
    }
    let is_tighter = match (before, after) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some((before, excluded_before)), Some((after, excluded))) => {
            is_beyond(before, after) || !is_beyond(after, before) && excluded && !excluded_before
        }
    };
    let message = sentence(old.map(told), new.map(told));
    Some(draft(subject, message, [old, new], is_tighter).hints(around([before, after])))
}

/// Numbers at bounds. An integer that is written as a float is compared with the bound as it is, and not with what is left of it as
/// an integer.
fn around(bounds: [Option<(f64, bool)>; 2]) -> Vec<Value> {
    let whole: Vec<f64> = bounds.into_iter().flatten().flat_map(|(bound, _)| [bound.floor(), bound.ceil()]).collect();
    // Casts from floats stop at the limits.
    #[allow(clippy::cast_possible_truncation)]
    let integers = whole.iter().map(|number| Value::from(*number as i64));
    let floats = whole.iter().filter_map(|number| Number::from_f64(*number).map(Value::Number));
    integers.chain(floats).collect()
}

fn multiple_of(old: &Schema, new: &Schema) -> Option<Draft> {
    let factor =
        |schema: &Schema| schema.constraints.multiple_of.as_ref().map(|factor| number::Number::from(factor).as_f64());
    let (before, after) = (factor(old), factor(new));
    if before == after {
        return None;
    }
    let told =
        |schema: &Schema| schema.constraints.multiple_of.as_ref().map(|factor| format!("a multiple of {factor}"));
    let message = sentence(told(old), told(new));
    let is_whole = |number: f64| number.fract() == 0.0;
    let is_tighter = match (before, after) {
        (_, None) => false,
        (Some(before), Some(after)) => !(is_whole(before) && is_whole(after) && is_whole(before / after)),
        (None, Some(_)) => true,
    };
    let mut draft = draft(Subject::MultipleOf, message, [before, after], is_tighter);
    if is_tighter && before.is_some() {
        draft.code.change = Change::Changed;
    }
    Some(draft)
}

/// What numbers must be, and what they had to be.
fn sentence(old: Option<String>, new: Option<String>) -> String {
    match (old, new) {
        (None, new) => format!("numbers must be {} now", new.unwrap_or_default()),
        (Some(old), None) => format!("numbers need not be {old} any more"),
        (Some(old), Some(new)) => format!("numbers must be {new} now, not {old}"),
    }
}

fn is_int32(schema: &Schema) -> bool {
    schema.kind == Some(SchemaType::Integer) && schema.format.as_deref() == Some("int32")
}
