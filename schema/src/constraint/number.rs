//! Bounds of numbers. The API server reads a JSON number as an `int64` or a `float64`, and casts bounds to match.
//!
//! In: the number, the bound as the schema has it, and the schema's type and format. Out: what is violated.

use serde_json::Number;

use super::{NamedIn, Violation};
use crate::{
    field::ErrorType,
    go::{print_float, print_quoted},
    schema::SchemaType,
};

/// The largest integer up to which every integer is a `float64`.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// A number as Go decodes it: an integer literal that fits into an `int64`, or else a float.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Numeric {
    /// `int64`
    Int(i64),
    /// `float64`
    Float(f64),
}

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
    fn holds(self, number: Numeric) -> bool {
        match (self.kind, number) {
            (Some(SchemaType::Integer), Numeric::Int(number)) => {
                self.width != Some(Width::Int32) || i32::try_from(number).is_ok()
            }
            // Go prints the float and parses that as an integer. The shortest digits of -2^63 are those of a smaller number.
            (Some(SchemaType::Integer), Numeric::Float(number)) => {
                let fits = number.fract() == 0.0 && truncate(number) != i64::MIN;
                fits && (self.width != Some(Width::Int32) || i32::try_from(truncate(number)).is_ok())
            }
            // A float32 overflows halfway between its greatest value and what would come next.
            (Some(SchemaType::Number), number) if self.width == Some(Width::Float) => {
                number.as_float().abs() < f64::from(f32::MAX) + 2.0_f64.powi(102)
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

impl Numeric {
    /// The number as a float.
    #[allow(clippy::cast_precision_loss)] // Go casts in the same way.
    pub fn as_float(self) -> f64 {
        match self {
            Self::Int(number) => number as f64,
            Self::Float(number) => number,
        }
    }

    /// Whether `type: integer` accepts it: every int, and floats that are (nearly) integers up to 2^53 − 1 in size.
    pub fn is_integral(self) -> bool {
        match self {
            Self::Int(_) => true,
            Self::Float(number) => is_json_integer(number),
        }
    }

    fn print(self) -> String {
        match self {
            Self::Int(number) => number.to_string(),
            Self::Float(number) => print_float(number),
        }
    }
}

impl From<&Number> for Numeric {
    fn from(number: &Number) -> Self {
        match number.as_i64() {
            Some(number) => Self::Int(number),
            None => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
        }
    }
}

/// A number that its own type and format cannot hold.
pub fn range(number: Numeric, format: NumberFormat) -> Option<Violation> {
    if format.holds(number) { None } else { Some(format.misfit("Checked")) }
}

/// A number above `bound`, or equal to it if that is exclusive; and a bound that the type cannot hold.
pub fn maximum(number: Numeric, bound: &Number, exclusive: bool, format: NumberFormat) -> Vec<Violation> {
    let words = if exclusive { "should be less than" } else { "should be less than or equal to" };
    let breaks = |number: Numeric, bound: Numeric| match (number, bound) {
        (Numeric::Int(number), Numeric::Int(bound)) => number > bound || exclusive && number == bound,
        (number, bound) => number.as_float() > bound.as_float() || exclusive && number.as_float() >= bound.as_float(),
    };
    compare(number, bound, format, "Maximum boundary", words, breaks)
}

/// A number below `bound`, or equal to it if that is exclusive; and a bound that the type cannot hold.
pub fn minimum(number: Numeric, bound: &Number, exclusive: bool, format: NumberFormat) -> Vec<Violation> {
    let words = if exclusive { "should be greater than" } else { "should be greater than or equal to" };
    let breaks = |number: Numeric, bound: Numeric| match (number, bound) {
        (Numeric::Int(number), Numeric::Int(bound)) => number < bound || exclusive && number == bound,
        (number, bound) => number.as_float() < bound.as_float() || exclusive && number.as_float() <= bound.as_float(),
    };
    compare(number, bound, format, "Minimum boundary", words, breaks)
}

/// A number that is not a multiple of `factor`; and a factor that the type cannot hold or that is not positive.
pub fn multiple_of(number: Numeric, factor: &Number, format: NumberFormat) -> Vec<Violation> {
    let factor = Numeric::Float(Numeric::from(factor).as_float());
    let mut violations = Vec::new();
    let mut cast = (number, factor);
    if format.holds(factor) {
        cast = cast_to(number, factor);
    } else {
        violations.push(format.misfit("MultipleOf"));
        cast.0 = Numeric::Float(number.as_float());
    }
    let whole = match cast {
        (_, factor) if factor.as_float() <= 0.0 => {
            let told = factor.print();
            let detail = format!("must be positive: {told}");
            violations.push(Violation {
                kind: ErrorType::Invalid,
                value: told,
                detail,
                named_in: NamedIn::FieldAndFactor,
            });
            return violations;
        }
        (Numeric::Int(number), Numeric::Int(factor)) => number % factor == 0,
        (number, factor) => {
            let (number, factor) = (number.as_float(), factor.as_float());
            is_json_integer(if factor < 1.0 { 1.0 / factor * number } else { number / factor })
        }
    };
    if !whole {
        violations.push(Violation::invalid(cast.0.print(), &format!("should be a multiple of {}", cast.1.print())));
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
    number: Numeric,
    bound: &Number,
    format: NumberFormat,
    prefix: &str,
    words: &str,
    breaks: impl Fn(Numeric, Numeric) -> bool,
) -> Vec<Violation> {
    let bound = Numeric::Float(Numeric::from(bound).as_float());
    let mut violations = Vec::new();
    let (number, bound) = if format.holds(bound) {
        cast_to(number, bound)
    } else {
        violations.push(format.misfit(prefix));
        (Numeric::Float(number.as_float()), bound)
    };
    if breaks(number, bound) {
        violations.push(Violation::invalid(number.print(), &format!("{words} {}", bound.print())));
    }
    violations
}

/// The number and a bound of its kind: an int is compared with the bound cut down to an int.
fn cast_to(number: Numeric, bound: Numeric) -> (Numeric, Numeric) {
    match number {
        Numeric::Int(_) => (number, Numeric::Int(truncate(bound.as_float()))),
        Numeric::Float(_) => (number, bound),
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
