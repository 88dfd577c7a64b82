//! Quantities such as `1.5Gi`, as `resource.Quantity` holds and writes them.
//!
//! A [`Quantity`] is the number of a text. It remembers the form, which shows in what CEL's functions give and in the text that Go
//! would write for it:
//!
//! ```
//! use crdgen_schema::quantity::Quantity;
//!
//! let memory = Quantity::parse("1536Mi").unwrap();
//! assert_eq!(memory.to_string(), "1536Mi");
//! ```
//!
//! Source: `apimachinery/pkg/api/resource`.

mod canonical;
mod value;

use std::cmp::Ordering;

pub(crate) use canonical::canonical;
pub use value::Quantity;

use num_bigint::{BigInt, Sign};

/// With more digits than this, two numbers are not brought to one scale.
const MOST_DIGITS: i64 = 100_000;
/// No quantity is finer than a nano.
const NANO: i64 = 9;
/// So many digits fit 64 bits for sure.
const SAFE_DIGITS: usize = 18;

/// A number.
#[derive(Clone, Debug)]
pub(crate) enum Decimal {
    /// `value × 10^scale`: what fits 64 bits.
    Small { value: i64, scale: i32 },
    /// `digits × 10^-scale`.
    Large { digits: BigInt, scale: i64 },
}

/// Why a text does not name a quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Malformed {
    Format,
    Suffix,
    /// It stands for more digits than anybody needs.
    TooLarge,
}

impl Malformed {
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Format => {
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            }
            Self::Suffix => "unable to parse quantity's suffix",
            Self::TooLarge => "operation cancelled: actual cost limit exceeded",
        }
    }
}

/// What a suffix means.
#[derive(Clone, Copy)]
enum Suffix {
    /// A power of ten.
    Decimal(i32),
    /// A power of two.
    Binary(u32),
}

/// A quantity's text, taken apart.
struct Parts<'t> {
    negative: bool,
    /// Without zeroes in front, and `0` if nothing is left.
    whole: &'t str,
    fraction: &'t str,
    suffix: &'t str,
}

fn parts(text: &str) -> Option<Parts<'_>> {
    let negative = text.starts_with('-');
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (whole, rest) = unsigned.split_at(digits(unsigned));
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let (fraction, suffix) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(digits(rest)),
        None => ("", rest),
    };
    let letters = suffix.trim_start_matches(|c| "eEinumkKMGTP".contains(c));
    let exponent = letters.strip_prefix(['-', '+']).unwrap_or(letters);
    exponent.bytes().all(|c| c.is_ascii_digit()).then_some(Parts { negative, whole, fraction, suffix })
}

fn suffix(text: &str) -> Option<Suffix> {
    Some(match text {
        "n" => Suffix::Decimal(-9),
        "u" => Suffix::Decimal(-6),
        "m" => Suffix::Decimal(-3),
        "" => Suffix::Decimal(0),
        "k" => Suffix::Decimal(3),
        "M" => Suffix::Decimal(6),
        "G" => Suffix::Decimal(9),
        "T" => Suffix::Decimal(12),
        "P" => Suffix::Decimal(15),
        "E" => Suffix::Decimal(18),
        "Ki" => Suffix::Binary(10),
        "Mi" => Suffix::Binary(20),
        "Gi" => Suffix::Binary(30),
        "Ti" => Suffix::Binary(40),
        "Pi" => Suffix::Binary(50),
        "Ei" => Suffix::Binary(60),
        other => {
            let exponent: i64 = other.strip_prefix(['e', 'E'])?.parse().ok()?;
            // Go keeps the lower 32 bits.
            #[allow(clippy::cast_possible_truncation)]
            Suffix::Decimal(exponent as i32)
        }
    })
}

impl Decimal {
    /// `resource.ParseQuantity`.
    pub(crate) fn parse(text: &str) -> Result<Self, Malformed> {
        if text.is_empty() {
            return Err(Malformed::Format);
        }
        let parts = parts(text).ok_or(Malformed::Format)?;
        let suffix = suffix(parts.suffix).ok_or(Malformed::Suffix)?;
        match Self::small(&parts, suffix) {
            Some(small) => Ok(small),
            None => Self::large(&parts, suffix),
        }
    }

    /// What is read without large numbers.
    fn small(parts: &Parts<'_>, suffix: Suffix) -> Option<Self> {
        let count = parts.whole.len() + parts.fraction.len();
        let (scale, factor) = match suffix {
            Suffix::Decimal(exponent) if count <= SAFE_DIGITS => (exponent, 1),
            Suffix::Binary(exponent) if parts.fraction.is_empty() => {
                let digits = 14_usize.checked_sub(parts.whole.len())?;
                (digits >= exponent as usize * 3 / 10).then_some((0, 1_i64 << exponent))?
            }
            _ => return None,
        };
        let scale = i64::from(scale) - i64::try_from(parts.fraction.len()).ok()?;
        let scale = i32::try_from(scale).ok().filter(|scale| i64::from(*scale) >= -NANO)?;
        let digits: i64 = [parts.whole, parts.fraction].concat().parse().ok()?;
        let value = digits.checked_mul(factor)?;
        Some(Self::Small { value: if parts.negative { -value } else { value }, scale })
    }

    fn large(parts: &Parts<'_>, suffix: Suffix) -> Result<Self, Malformed> {
        let text = [parts.whole, parts.fraction].concat();
        let mut digits: BigInt = text.parse().map_err(|_| Malformed::Format)?;
        let mut scale = i64::try_from(parts.fraction.len()).unwrap_or(i64::MAX);
        let is_binary = match suffix {
            Suffix::Decimal(exponent) => {
                scale -= i64::from(exponent);
                false
            }
            Suffix::Binary(exponent) => {
                digits <<= exponent;
                true
            }
        };
        if digits.sign() != Sign::NoSign {
            (digits, scale) = (rounded_up(digits, scale)?, NANO);
        }
        let most = BigInt::from(i64::MAX);
        if is_binary && compare(&digits, scale, &most, 0) == Some(Ordering::Greater) {
            (digits, scale) = (most, 0);
        }
        Ok(Self::Large { digits: if parts.negative { -digits } else { digits }, scale })
    }

    /// The digits and their scale.
    fn as_large(&self) -> (BigInt, i64) {
        match self {
            Self::Small { value, scale } => (BigInt::from(*value), -i64::from(*scale)),
            Self::Large { digits, scale } => (digits.clone(), *scale),
        }
    }

    pub(crate) fn from_int(value: i64) -> Self {
        Self::Small { value, scale: 0 }
    }

    /// -1, 0 or 1.
    pub(crate) fn sign(&self) -> i64 {
        match self {
            Self::Small { value, .. } => value.signum(),
            Self::Large { digits, .. } => match digits.sign() {
                Sign::Minus => -1,
                Sign::NoSign => 0,
                Sign::Plus => 1,
            },
        }
    }

    /// None if the numbers are too far apart to be written with one scale.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        let ((a, a_scale), (b, b_scale)) = (self.as_large(), other.as_large());
        compare(&a, a_scale, &b, b_scale)
    }

    /// None if the numbers are too far apart to be written with one scale.
    pub(crate) fn add(&self, other: &Self) -> Option<Self> {
        if let (Self::Small { value: a, scale: a_scale }, Self::Small { value: b, scale: b_scale }) = (self, other)
            && let Some(sum) = add_small((*a, *a_scale), (*b, *b_scale))
        {
            return Some(sum);
        }
        let ((a, a_scale), (b, b_scale)) = (self.as_large(), other.as_large());
        let scale = a_scale.max(b_scale);
        Some(Self::Large { digits: at_scale(&a, a_scale, scale)? + at_scale(&b, b_scale, scale)?, scale })
    }

    /// None if the numbers are too far apart to be written with one scale.
    pub(crate) fn subtract(&self, other: &Self) -> Option<Self> {
        self.add(&match other {
            Self::Small { value, scale } => match value.checked_neg() {
                Some(value) => Self::Small { value, scale: *scale },
                None => Self::Large { digits: -BigInt::from(*value), scale: -i64::from(*scale) },
            },
            Self::Large { digits, scale } => Self::Large { digits: -digits, scale: *scale },
        })
    }

    /// `AsInt64`: what is held with a fraction has none, even if that is zero.
    pub(crate) fn as_int(&self) -> Option<i64> {
        match self {
            Self::Small { value, scale } => value.checked_mul(10_i64.checked_pow(u32::try_from(*scale).ok()?)?),
            Self::Large { .. } => None,
        }
    }

    /// `AsApproximateFloat64`
    #[allow(clippy::cast_precision_loss)] // What it is for.
    pub(crate) fn as_float(&self) -> f64 {
        let (base, exponent) = match self {
            Self::Small { value, scale } => (*value as f64, i64::from(*scale)),
            Self::Large { digits, scale } => (digits.to_string().parse().unwrap_or(f64::NAN), -scale),
        };
        if exponent == 0 { base } else { base * power_of_ten(exponent) }
    }
}

/// `int64Amount.Add`, where 64 bits are enough.
fn add_small((a, a_scale): (i64, i32), (b, b_scale): (i64, i32)) -> Option<Decimal> {
    if b == 0 {
        return Some(Decimal::Small { value: a, scale: a_scale });
    }
    if a == 0 {
        return Some(Decimal::Small { value: b, scale: b_scale });
    }
    let scale = a_scale.min(b_scale);
    let scaled = |value: i64, from: i32| {
        value.checked_mul(10_i64.checked_pow(u32::try_from(i64::from(from) - i64::from(scale)).ok()?)?)
    };
    Some(Decimal::Small { value: scaled(a, a_scale)?.checked_add(scaled(b, b_scale)?)?, scale })
}

/// The same number with more digits after the point.
fn at_scale(digits: &BigInt, from: i64, to: i64) -> Option<BigInt> {
    let more = to.checked_sub(from).filter(|more| (0..=MOST_DIGITS).contains(more))?;
    Some(digits * BigInt::from(10).pow(u32::try_from(more).ok()?))
}

fn compare(a: &BigInt, a_scale: i64, b: &BigInt, b_scale: i64) -> Option<Ordering> {
    if a.sign() != b.sign() || a.sign() == Sign::NoSign {
        return Some(a.sign().cmp(&b.sign()));
    }
    let scale = a_scale.max(b_scale);
    Some(at_scale(a, a_scale, scale)?.cmp(&at_scale(b, b_scale, scale)?))
}

/// Nanos, away from zero.
fn rounded_up(digits: BigInt, scale: i64) -> Result<BigInt, Malformed> {
    if scale <= NANO {
        return at_scale(&digits, scale, NANO).ok_or(Malformed::TooLarge);
    }
    // What is smaller than any nano is one.
    let Some(less) = u32::try_from(scale - NANO).ok().filter(|less| i64::from(*less) <= MOST_DIGITS) else {
        return Ok(BigInt::from(1));
    };
    let divisor = BigInt::from(10).pow(less);
    Ok((digits + &divisor - BigInt::from(1)) / divisor)
}

/// `math.Pow10`: two factors from tables.
fn power_of_ten(exponent: i64) -> f64 {
    let power = |exponent: i64| format!("1e{exponent}").parse().unwrap_or(f64::NAN);
    match exponent {
        0..=308 => power(exponent / 32 * 32) * power(exponent % 32),
        -323..0 => power(exponent / 32 * 32) / power(-exponent % 32),
        309.. => f64::INFINITY,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_held_as_go_holds_them() {
        for (text, int, float) in [
            ("0", Some(0), 0.0),
            ("1Ki", Some(1024), 1024.0),
            ("5k", Some(5000), 5000.0),
            ("1.5", None, 1.5),
            ("1.5Gi", None, 1_610_612_736.0),
            ("1000m", None, 1.0),
            ("2e3", Some(2000), 2000.0),
            ("-.5", None, -0.5),
            ("1Ei", None, 1_152_921_504_606_846_976.0),
            ("99999999999Ei", None, 9_223_372_036_854_775_807.0),
        ] {
            let parsed = Decimal::parse(text).unwrap();
            assert_eq!(parsed.as_int(), int, "{text}");
            assert!((parsed.as_float() - float).abs() < 1e-3, "{text}: {}", parsed.as_float());
        }
        for (text, why) in [
            ("", Malformed::Format),
            ("a", Malformed::Format),
            ("1e", Malformed::Suffix),
            ("1K", Malformed::Suffix),
            ("1 ", Malformed::Format),
            ("1.2.3", Malformed::Format),
        ] {
            assert_eq!(Decimal::parse(text).unwrap_err(), why, "{text}");
        }
    }

    #[test]
    fn numbers_that_are_far_apart_take_no_time() {
        let (huge, small) = (Decimal::parse("1e2000000000").unwrap(), Decimal::parse("1n").unwrap());
        assert!(huge.compare(&small).is_none());
        assert!(huge.add(&small).is_none());
        assert!(Decimal::parse("1234567890123456789012e2000000000").is_err());
        assert_eq!(huge.compare(&Decimal::parse("-1").unwrap()), Some(Ordering::Greater));
    }
}
