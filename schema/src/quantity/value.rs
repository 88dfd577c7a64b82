//! A quantity that can be compared, added and written.
//!
//! In: texts. Out: numbers, and the text that Go writes.
//!
//! Source: `apimachinery/pkg/api/resource/quantity.go`.

use std::cmp::Ordering;
use std::fmt;

use num_bigint::{BigInt, Sign};

use super::canonical::{Form, print};
use super::{Decimal, at_scale, parts};

/// `resource.Quantity`.
#[derive(Clone, Debug)]
pub struct Quantity {
    number: Decimal,
    /// How it is written: a sum is written as its first part was.
    form: Form,
}

impl Quantity {
    /// Nothing.
    pub fn zero() -> Self {
        Self { number: Decimal::from_int(0), form: Form::Decimal }
    }

    /// Reads a quantity; none if the text is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Some(Self { number: Decimal::parse(text).ok()?, form: Form::of(parts(text)?.suffix) })
    }

    /// A whole number.
    pub fn from_int(number: i64) -> Self {
        Self { number: Decimal::from_int(number), form: Form::Decimal }
    }

    /// -1, 0 or 1.
    pub fn sign(&self) -> i64 {
        self.number.sign()
    }

    /// `Value`: the number, rounded away from zero if it has a fraction; the largest or smallest that 64 bits hold where it is beyond.
    pub fn value(&self) -> i64 {
        self.scaled(0)
    }

    /// `MilliValue`: the same in thousandths.
    pub fn milli_value(&self) -> i64 {
        self.scaled(3)
    }

    /// Rounds away from zero to thousandths.
    pub fn round_up_to_milli(&mut self) {
        if self.has_fraction(3) {
            self.number = Decimal::Large { digits: self.rounded(3), scale: 3 };
        }
    }

    /// Whether the number is an integer.
    pub fn is_whole(&self) -> bool {
        !self.has_fraction(0)
    }

    /// Adds another one.
    pub fn add(&mut self, other: &Self) {
        if self.sign() == 0 {
            self.form = other.form;
        }
        if let Some(sum) = self.number.add(&other.number) {
            self.number = sum;
        }
    }

    /// Subtracts another one.
    pub fn subtract(&mut self, other: &Self) {
        if self.sign() == 0 {
            self.form = other.form;
        }
        if let Some(rest) = self.number.subtract(&other.number) {
            self.number = rest;
        }
    }

    fn scaled(&self, scale: i64) -> i64 {
        let digits = self.rounded(scale);
        let limit = if digits.sign() == Sign::Minus { i64::MIN } else { i64::MAX };
        i64::try_from(digits).unwrap_or(limit)
    }

    /// The number with that many digits after the point, rounded away from zero.
    fn rounded(&self, scale: i64) -> BigInt {
        let (digits, own) = self.number.as_large();
        if own <= scale {
            return at_scale(&digits, own, scale).unwrap_or(digits);
        }
        // Read quantities have nine digits after the point at most, so that the divisor is small.
        let divisor = BigInt::from(10).pow(u32::try_from(own - scale).unwrap_or(u32::MAX).min(1000));
        let away = &divisor - BigInt::from(1);
        if digits.sign() == Sign::Minus { (digits - away) / divisor } else { (digits + away) / divisor }
    }

    fn has_fraction(&self, scale: i64) -> bool {
        let (digits, own) = self.number.as_large();
        own > scale && at_scale(&self.rounded(scale), scale, own).is_none_or(|rounded| rounded != digits)
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By number, however it is written. Numbers that are too far apart for one scale are compared by their signs and scales.
impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.number.compare(&other.number).unwrap_or_else(|| {
            let ((digits, a), (_, b)) = (self.number.as_large(), other.number.as_large());
            if digits.sign() == Sign::Minus { a.cmp(&b) } else { b.cmp(&a) }
        })
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print(&self.number, self.form))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).unwrap()
    }

    #[test]
    fn quantities_are_equal_by_their_number() {
        assert_eq!(quantity("1"), quantity("1000m"));
        assert_eq!(quantity("1Ki"), quantity("1024"));
        assert!(quantity("1.5Gi") > quantity("1G"));
        assert!(quantity("-1") < quantity("1n"));
    }

    #[test]
    fn a_sum_is_written_as_its_first_part() {
        let sum = |a: &str, b: &str| {
            let mut sum = quantity(a);
            sum.add(&quantity(b));
            sum.to_string()
        };
        assert_eq!(sum("1Gi", "1Gi"), "2Gi");
        assert_eq!(sum("500m", "1"), "1500m");
        assert_eq!(sum("0", "1Ki"), "1Ki");
        let mut rest = quantity("2");
        rest.subtract(&quantity("500m"));
        assert_eq!(rest.to_string(), "1500m");
    }

    #[test]
    fn integers_are_rounded_away_from_zero() {
        assert_eq!(quantity("1.2").value(), 2);
        assert_eq!(quantity("-1.2").value(), -2);
        assert_eq!(quantity("1500m").milli_value(), 1500);
        assert_eq!(quantity("99999999999Ei").value(), i64::MAX);
        assert!(quantity("1000m").is_whole() && !quantity("1m").is_whole());
        let mut small = quantity("1n");
        small.round_up_to_milli();
        assert_eq!(small.to_string(), "1m");
    }
}
