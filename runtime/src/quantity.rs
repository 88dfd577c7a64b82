//! Resource quantities: `x-kubernetes-int-or-string` with the pattern of `resource.Quantity`.
//!
//! In: a JSON integer or string. Out: [`Quantity`], which keeps what it was read from, and its amount on request.
//! Source: `k8s.io/apimachinery/pkg/api/resource`.

use std::{cmp::Ordering, fmt};

use crdgen_schema::field::{Errors, Path};
use k8s_openapi::apimachinery::pkg::api::resource;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{IntOrString, constraint::Constraint, value::Field};

/// A quantity such as `500m` or `10Gi`, exactly as it was written: `1` and `"1"` and `"1000m"` stay apart, and equality is
/// that of the texts. [`Quantity::amount`] compares what they mean.
///
/// ```
/// use crdgen_runtime::Quantity;
///
/// let (cores, millis) = (Quantity::from(1), Quantity::from("1000m"));
/// assert_ne!(cores, millis);
/// assert_eq!(cores.amount()?, millis.amount()?);
/// assert_eq!(Quantity::from("1.5Gi").amount()?.as_i64(), 1_610_612_736);
/// # Ok::<(), crdgen_runtime::QuantityError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Quantity(IntOrString);

/// What a quantity amounts to, exactly down to a billionth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount {
    nanos: i128,
}

/// A text that is no quantity, or too large a one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a quantity such as 500m or 10Gi")]
pub struct QuantityError {
    text: String,
}

const NANO: i128 = 1_000_000_000;

impl Quantity {
    /// The amount. A fraction of a billionth is rounded up, away from zero, as Kubernetes does.
    pub fn amount(&self) -> Result<Amount, QuantityError> {
        match &self.0 {
            IntOrString::Int(number) => Ok(Amount { nanos: i128::from(*number) * NANO }),
            IntOrString::String(text) => {
                let nanos = parse(text).ok_or_else(|| QuantityError { text: text.clone() })?;
                Ok(Amount { nanos })
            }
        }
    }

    /// Compares amounts; `None` if one of the two is no quantity.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        Some(self.amount().ok()?.cmp(&other.amount().ok()?))
    }

    /// What it was read from.
    pub fn as_int_or_string(&self) -> &IntOrString {
        &self.0
    }
}

impl Amount {
    /// The amount as a whole number, a fraction rounded up, away from zero; at most what fits, as Go's `Value()`.
    pub fn as_i64(self) -> i64 {
        saturated(rounded_up(self.nanos, NANO))
    }

    /// The amount in thousandths, rounded in the same way, as Go's `MilliValue()`.
    pub fn as_millis(self) -> i64 {
        saturated(rounded_up(self.nanos, NANO / 1000))
    }

    /// The nearest float.
    #[expect(clippy::cast_precision_loss, reason = "rounding is what the name promises")]
    pub fn as_f64(self) -> f64 {
        self.nanos as f64 / NANO as f64
    }
}

/// The amount of a text in billionths.
fn parse(text: &str) -> Option<i128> {
    let (negative, unsigned) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let scale = i32::try_from(fraction.len()).ok()?;
    let nanos = match binary(suffix) {
        Some(factor) => rounded_up(digits.checked_mul(factor)?.checked_mul(NANO)?, power_of_ten(scale)?),
        None => shifted(digits, decimal(suffix)? - scale + 9)?,
    };
    Some(if negative { -nanos } else { nanos })
}

/// The factor of a binary suffix.
fn binary(suffix: &str) -> Option<i128> {
    let power = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].iter().position(|known| *known == suffix)?;
    Some(1 << (10 * (power + 1)))
}

/// The power of ten that a decimal suffix or an exponent stands for.
fn decimal(suffix: &str) -> Option<i32> {
    Some(match suffix {
        "n" => -9,
        "u" => -6,
        "m" => -3,
        "" => 0,
        "k" => 3,
        "M" => 6,
        "G" => 9,
        "T" => 12,
        "P" => 15,
        "E" => 18,
        _ => i32::from(suffix.strip_prefix(['e', 'E'])?.parse::<i8>().ok()?),
    })
}

fn shifted(digits: i128, power: i32) -> Option<i128> {
    if power >= 0 {
        digits.checked_mul(power_of_ten(power)?)
    } else {
        Some(rounded_up(digits, power_of_ten(-power).unwrap_or(i128::MAX)))
    }
}

fn power_of_ten(power: i32) -> Option<i128> {
    10_i128.checked_pow(u32::try_from(power).ok()?)
}

/// The quotient, away from zero.
fn rounded_up(number: i128, divisor: i128) -> i128 {
    let quotient = number / divisor;
    if number % divisor == 0 { quotient } else { quotient + number.signum() }
}

fn saturated(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(if number < 0 { i64::MIN } else { i64::MAX })
}

impl From<i64> for Quantity {
    fn from(number: i64) -> Self {
        Self(number.into())
    }
}

impl From<&str> for Quantity {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Quantity {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<IntOrString> for Quantity {
    fn from(value: IntOrString) -> Self {
        Self(value)
    }
}

impl From<resource::Quantity> for Quantity {
    fn from(quantity: resource::Quantity) -> Self {
        quantity.0.into()
    }
}

/// Kubernetes writes integers as texts.
impl From<Quantity> for resource::Quantity {
    fn from(quantity: Quantity) -> Self {
        Self(quantity.to_string())
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IntOrString::deserialize(deserializer).map(Self)
    }
}

impl Field for Quantity {
    fn blank() -> Self {
        Self::default()
    }

    fn read<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        self.0.read(deserializer)
    }

    fn check(&self, constraints: &'static [Constraint], path: &Path<'_>, errors: &mut Errors) {
        self.0.check(constraints, path, errors);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, nanos: Option<i128>) {
        assert_eq!(Quantity::from(text).amount().ok().map(|amount| amount.nanos), nanos, "{text}");
    }

    #[test]
    fn suffixes_and_exponents_mean_what_they_mean_to_kubernetes() {
        check("500m", Some(500_000_000));
        check("1", Some(NANO));
        check("+1.5", Some(1_500_000_000));
        check(".5", Some(500_000_000));
        check("5.", Some(5 * NANO));
        check("1Ki", Some(1024 * NANO));
        check("0.5Gi", Some((1 << 29) * NANO));
        check("-2E", Some(-2_000_000_000_000_000_000 * NANO));
        check("1e3", Some(1000 * NANO));
        check("1E-3", Some(1_000_000));
        check("1n", Some(1));
    }

    #[test]
    fn a_fraction_of_a_billionth_is_rounded_up() {
        check("0.1n", Some(1));
        check("-0.1n", Some(-1));
        check("1e-20", Some(1));
        assert_eq!(Quantity::from("100m").amount().map(Amount::as_i64), Ok(1));
        assert_eq!(Quantity::from("1u").amount().map(Amount::as_millis), Ok(1));
        assert_eq!(Quantity::from("99E").amount().map(Amount::as_i64), Ok(i64::MAX));
    }

    #[test]
    fn what_is_no_quantity_is_kept_and_has_no_amount() {
        for text in ["", "-", ".", "1.2.3", "1x", "Ki", "1 Gi", "1e999", &"9".repeat(60)] {
            check(text, None);
            let json = serde_json::to_string(text).unwrap();
            assert_eq!(serde_json::to_string(&serde_json::from_str::<Quantity>(&json).unwrap()).unwrap(), json);
        }
    }

    #[test]
    fn integers_and_texts_stay_apart_and_compare_by_amount() {
        assert_ne!(Quantity::from(1), Quantity::from("1"));
        assert_eq!(Quantity::from(2).compare(&"1500m".into()), Some(Ordering::Greater));
        assert_eq!(resource::Quantity::from(Quantity::from(2)).0, "2");
    }
}
