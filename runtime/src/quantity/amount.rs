//! The number that a quantity stands for.
//!
//! In: a text in the format of apimachinery's `pkg/api/resource/quantity.go`. Out: a whole number of billionths, the
//! smallest part that Kubernetes keeps. Numbers are calculated exactly, however many digits the text has.

use std::str::FromStr;

use super::QuantityError;

/// The billionths of one.
const ONE: i128 = 1_000_000_000;

/// Where apimachinery caps quantities with a binary suffix: `8Ei` is one less than it says.
const BINARY_LIMIT: i128 = i64::MAX as i128 * ONE;

/// How many digits an `i128` has at most.
const MOST_DIGITS: i64 = 39;

/// The number that a [`Quantity`](super::Quantity) stands for, exact to a billionth, and below 10²⁹.
///
/// As in Kubernetes, a smaller part rounds the amount away from zero: who asks for something gets something.
///
/// ```
/// use crdgen_runtime::Amount;
///
/// let (half, limit): (Amount, Amount) = ("0.5Gi".parse()?, "600M".parse()?);
/// assert!(half < limit);
/// assert_eq!(half.as_i64(), 512 * 1024 * 1024);
/// # Ok::<(), crdgen_runtime::QuantityError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Amount {
    nanos: i128,
}

impl Amount {
    /// The amount in billionths, without any rounding: what to calculate with.
    ///
    /// ```
    /// # use crdgen_runtime::Amount;
    /// assert_eq!("1.5u".parse::<Amount>()?.as_nanos(), 1500);
    /// # Ok::<(), crdgen_runtime::QuantityError>(())
    /// ```
    pub const fn as_nanos(self) -> i128 {
        self.nanos
    }

    /// The amount in thousandths, rounded away from zero: Go's `MilliValue`. An amount that 64 bits cannot hold, for which
    /// Go's result is undefined, is the nearest number that they can.
    ///
    /// ```
    /// # use crdgen_runtime::Amount;
    /// assert_eq!("0.1".parse::<Amount>()?.as_millis(), 100);
    /// assert_eq!("1u".parse::<Amount>()?.as_millis(), 1);
    /// # Ok::<(), crdgen_runtime::QuantityError>(())
    /// ```
    pub fn as_millis(self) -> i64 {
        self.scaled(ONE / 1000)
    }

    /// The amount as an integer, rounded away from zero: Go's `Value`. An amount that 64 bits cannot hold, for which Go's
    /// result is undefined, is the nearest number that they can.
    ///
    /// ```
    /// # use crdgen_runtime::Amount;
    /// assert_eq!("100m".parse::<Amount>()?.as_i64(), 1);
    /// assert_eq!("1e20".parse::<Amount>()?.as_i64(), i64::MAX);
    /// # Ok::<(), crdgen_runtime::QuantityError>(())
    /// ```
    pub fn as_i64(self) -> i64 {
        self.scaled(ONE)
    }

    /// The nearest float.
    ///
    /// ```
    /// # use crdgen_runtime::Amount;
    /// assert_eq!("250m".parse::<Amount>()?.as_f64(), 0.25);
    /// # Ok::<(), crdgen_runtime::QuantityError>(())
    /// ```
    #[expect(clippy::cast_precision_loss, reason = "a float is asked for")]
    pub fn as_f64(self) -> f64 {
        match self.nanos % ONE {
            0 => (self.nanos / ONE) as f64,
            _ => self.nanos as f64 / ONE as f64,
        }
    }

    fn scaled(self, unit: i128) -> i64 {
        let rounded = self.nanos / unit + (self.nanos % unit).signum();
        i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX })
    }
}

impl From<i64> for Amount {
    fn from(number: i64) -> Self {
        Self { nanos: i128::from(number) * ONE }
    }
}

/// Reads a text as `resource.ParseQuantity` does, between spaces like its `UnmarshalJSON`. Unlike there, a text without
/// any digit (`Ki`, which Go takes for zero) is an error.
impl FromStr for Amount {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let malformed = || QuantityError::Malformed(text.to_owned());
        let trimmed = text.trim();
        let (negative, unsigned) = match trimmed.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
        };
        let (number, suffix) = Number::split(unsigned).ok_or_else(malformed)?;
        let unit = Unit::of(suffix).ok_or_else(malformed)?;
        let nanos = number.times(unit).ok_or_else(|| QuantityError::OutOfRange(text.to_owned()))?;
        Ok(Self { nanos: if negative { -nanos } else { nanos } })
    }
}

/// What a suffix multiplies by.
#[derive(Clone, Copy)]
enum Unit {
    /// `Ki` to `Ei`: two to this power.
    Binary(u32),
    /// `n` to `E`, none, or an exponent: ten to this power.
    Decimal(i64),
}

impl Unit {
    fn of(suffix: &str) -> Option<Self> {
        Some(match suffix {
            "Ki" => Self::Binary(10),
            "Mi" => Self::Binary(20),
            "Gi" => Self::Binary(30),
            "Ti" => Self::Binary(40),
            "Pi" => Self::Binary(50),
            "Ei" => Self::Binary(60),
            "n" => Self::Decimal(-9),
            "u" => Self::Decimal(-6),
            "m" => Self::Decimal(-3),
            "" => Self::Decimal(0),
            "k" => Self::Decimal(3),
            "M" => Self::Decimal(6),
            "G" => Self::Decimal(9),
            "T" => Self::Decimal(12),
            "P" => Self::Decimal(15),
            "E" => Self::Decimal(18),
            _ => Self::Decimal(suffix.strip_prefix(['e', 'E'])?.parse().ok()?),
        })
    }
}

/// The digits of a number before and after its point.
#[derive(Clone, Copy)]
struct Number<'a> {
    whole: &'a str,
    fraction: &'a str,
}

impl<'a> Number<'a> {
    /// The number that a text starts with, and what follows.
    fn split(text: &'a str) -> Option<(Self, &'a str)> {
        let (whole, after) = digits(text);
        let (fraction, suffix) = after.strip_prefix('.').map_or(("", after), digits);
        (!whole.is_empty() || !fraction.is_empty()).then_some((Self { whole, fraction }, suffix))
    }

    /// The billionths of this number of units, rounded up; none if there are too many.
    fn times(self, unit: Unit) -> Option<i128> {
        match unit {
            Unit::Binary(power) => {
                Some(self.binary(ONE << power).map_or(BINARY_LIMIT, |nanos| nanos.min(BINARY_LIMIT)))
            }
            Unit::Decimal(power) => self.decimal(power),
        }
    }

    /// This number times `unit`, which is a power of two and nine of ten.
    ///
    /// The digits after the point are added from the last to the first, each step a division by ten that rounds up.
    /// Rounding up at every step gives what rounding up once at the end would.
    fn binary(self, unit: i128) -> Option<i128> {
        let mut part = 0;
        for digit in self.fraction.bytes().rev() {
            let sum = unit * i128::from(digit - b'0') + part;
            part = sum / 10 + (sum % 10).signum();
        }
        integer(self.whole)?.checked_mul(unit)?.checked_add(part)
    }

    /// The billionths of this number times ten to a power: its digits, with the point somewhere else.
    fn decimal(self, power: i64) -> Option<i128> {
        let all = format!("{}{}", self.whole, self.fraction);
        let digits = all.trim_start_matches('0');
        if digits.is_empty() {
            return Some(0);
        }
        let behind = i64::try_from(self.fraction.len()).ok()?;
        let point = i64::try_from(digits.len()).ok()?.saturating_sub(behind).saturating_add(power).saturating_add(9);
        if point > MOST_DIGITS {
            return None;
        }
        let before = usize::try_from(point.max(0)).ok()?;
        let (kept, rest) = digits.split_at_checked(before).unwrap_or((digits, ""));
        let rounded_up = point < 0 || rest.bytes().any(|digit| digit != b'0');
        integer(&format!("{kept:0<before$}"))?.checked_add(rounded_up.into())
    }
}

/// The number with these digits, of which there may be none.
fn integer(digits: &str) -> Option<i128> {
    if digits.is_empty() { Some(0) } else { digits.parse().ok() }
}

/// The digits that the text starts with, and the rest.
fn digits(text: &str) -> (&str, &str) {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    text.split_at(text.len() - rest.len())
}
