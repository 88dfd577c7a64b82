//! Bounds of numbers. The API server reads a JSON number as an `int64` or a `float64`, and casts bounds to match.
//!
//! In: the number, the bound as the schema has it, and the schema's type and format. Out: what is violated.

use super::{NamedIn, Violation};
use crate::{
    field::ErrorType,
    go::{print_float, print_quoted},
    number::Number,
    schema::SchemaType,
};

/// The largest integer up to which every integer is a `float64`.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// What the schema says about a number besides its bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NumberFormat {
    kind: Option<SchemaType>,
    width: Option<Width>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Width {
    Int32,
    Int64,
    Float,
    Double,
}

impl NumberFormat {
    /// Of the `type` (none for int-or-string) and `format` of a schema. A format of another type does not count.
    pub fn new(kind: Option<SchemaType>, format: Option<&str>) -> Self {
        let kind = kind.filter(|kind| matches!(kind, SchemaType::Integer | SchemaType::Number));
        let width = match (kind, format) {
            (Some(SchemaType::Integer), Some("int32")) => Some(Width::Int32),
            (Some(SchemaType::Integer), Some("int64")) => Some(Width::Int64),
            (Some(SchemaType::Number), Some("float")) => Some(Width::Float),
            (Some(SchemaType::Number), Some("double")) => Some(Width::Double),
            _ => None,
        };
        Self { kind, width }
    }

    /// Whether the schema's type and format can hold the number.
    fn holds(self, number: Number) -> bool {
        match (self.kind, number) {
            (Some(SchemaType::Integer), Number::Int(number)) => {
                self.width != Some(Width::Int32) || i32::try_from(number).is_ok()
            }
            // Go prints the float and parses that as an integer. The shortest digits of -2^63 are those of a smaller number.
            (Some(SchemaType::Integer), Number::Float(number)) => {
                let fits = number.fract() == 0.0 && truncate(number) != i64::MIN;
                fits && (self.width != Some(Width::Int32) || i32::try_from(truncate(number)).is_ok())
            }
            // A float32 overflows halfway between its greatest value and what would come next.
            (Some(SchemaType::Number), number) if self.width == Some(Width::Float) => {
                number.as_f64().abs() < f64::from(f32::MAX) + 2.0_f64.powi(102)
            }
            _ => true,
        }
    }

    /// An error about the schema or value as a whole: Go's validator reports it without a field.
    fn misfit(self, prefix: &str) -> Violation {
        let kind = self.kind.map_or("", SchemaType::name);
        let width = match self.width {
            None => " (default format)",
            Some(Width::Int32) => " with format int32",
            Some(Width::Int64) => " with format int64",
            Some(Width::Float) => " with format float",
            Some(Width::Double) => " with format double",
        };
        let detail = format!("{prefix} value must be of type {kind}{width}");
        Violation { kind: ErrorType::Invalid, value: print_quoted(""), detail, named_in: NamedIn::DetailOnly }
    }
}

/// Whether `type: integer` accepts a number: every int, and floats that are (nearly) integers up to 2^53 − 1 in size.
pub fn is_integral(number: Number) -> bool {
    match number {
        Number::Int(_) => true,
        Number::Float(number) => is_json_integer(number),
    }
}

fn print(number: Number) -> String {
    match number {
        Number::Int(number) => number.to_string(),
        Number::Float(number) => print_float(number),
    }
}

/// A number that its own type and format cannot hold.
pub fn range(number: Number, format: NumberFormat) -> Option<Violation> {
    if format.holds(number) { None } else { Some(format.misfit("Checked")) }
}

/// A number above `bound`, or equal to it if that is exclusive; and a bound that the type cannot hold.
pub fn maximum(number: Number, bound: Number, exclusive: bool, format: NumberFormat) -> Vec<Violation> {
    let words = if exclusive { "should be less than" } else { "should be less than or equal to" };
    let breaks = |number: Number, bound: Number| match (number, bound) {
        (Number::Int(number), Number::Int(bound)) => number > bound || exclusive && number == bound,
        (number, bound) => number.as_f64() > bound.as_f64() || exclusive && number.as_f64() >= bound.as_f64(),
    };
    compare(number, bound, format, "Maximum boundary", words, breaks)
}

/// A number below `bound`, or equal to it if that is exclusive; and a bound that the type cannot hold.
pub fn minimum(number: Number, bound: Number, exclusive: bool, format: NumberFormat) -> Vec<Violation> {
    let words = if exclusive { "should be greater than" } else { "should be greater than or equal to" };
    let breaks = |number: Number, bound: Number| match (number, bound) {
        (Number::Int(number), Number::Int(bound)) => number < bound || exclusive && number == bound,
        (number, bound) => number.as_f64() < bound.as_f64() || exclusive && number.as_f64() <= bound.as_f64(),
    };
    compare(number, bound, format, "Minimum boundary", words, breaks)
}

/// A number that is not a multiple of `factor`; and a factor that the type cannot hold or that is not positive.
pub fn multiple_of(number: Number, factor: Number, format: NumberFormat) -> Vec<Violation> {
    let factor = Number::Float(factor.as_f64());
    let mut violations = Vec::new();
    let mut cast = (number, factor);
    if format.holds(factor) {
        cast = cast_to(number, factor);
    } else {
        violations.push(format.misfit("MultipleOf"));
        cast.0 = Number::Float(number.as_f64());
    }
    let whole = match cast {
        (_, factor) if factor.as_f64() <= 0.0 => {
            let told = print(factor);
            let detail = format!("must be positive: {told}");
            violations.push(Violation {
                kind: ErrorType::Invalid,
                value: told,
                detail,
                named_in: NamedIn::FieldAndFactor,
            });
            return violations;
        }
        (Number::Int(number), Number::Int(factor)) => number % factor == 0,
        (number, factor) => {
            let (number, factor) = (number.as_f64(), factor.as_f64());
            is_json_integer(if factor < 1.0 { 1.0 / factor * number } else { number / factor })
        }
    };
    if !whole {
        violations.push(Violation::invalid(print(cast.0), &format!("should be a multiple of {}", print(cast.1))));
    }
    violations
}

/// `int64(number)` as Go computes it on amd64: what does not fit becomes the least integer.
#[allow(clippy::cast_possible_truncation)] // The range was checked.
pub(super) fn truncate(number: f64) -> i64 {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&number) { number as i64 } else { i64::MIN }
}

fn compare(
    number: Number,
    bound: Number,
    format: NumberFormat,
    prefix: &str,
    words: &str,
    breaks: impl Fn(Number, Number) -> bool,
) -> Vec<Violation> {
    let bound = Number::Float(bound.as_f64());
    let mut violations = Vec::new();
    let (number, bound) = if format.holds(bound) {
        cast_to(number, bound)
    } else {
        violations.push(format.misfit(prefix));
        (Number::Float(number.as_f64()), bound)
    };
    if breaks(number, bound) {
        violations.push(Violation::invalid(print(number), &format!("{words} {}", print(bound))));
    }
    violations
}

/// The number and a bound of its kind: an int is compared with the bound cut down to an int.
fn cast_to(number: Number, bound: Number) -> (Number, Number) {
    match number {
        Number::Int(_) => (number, Number::Int(truncate(bound.as_f64()))),
        Number::Float(_) => (number, bound),
    }
}

/// `swag.IsFloat64AJSONInteger`: exact, or off by less than a billionth; the latter only for positive numbers, since
/// it goes by a cast to an unsigned integer.
#[allow(clippy::float_cmp)] // Exactly what is asked.
fn is_json_integer(number: f64) -> bool {
    if !number.is_finite() || number.abs() > MAX_SAFE_INTEGER {
        return false;
    }
    let whole = number.trunc();
    if number == whole {
        return true;
    }
    number > 0.0 && whole != 0.0 && (number - whole) / (number + whole) < 1e-9
}
