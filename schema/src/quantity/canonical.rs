//! The text that Go writes for a quantity.
//!
//! In: a text. Out: the text itself where Go keeps it, or digits with the largest suffix that fits.
//!
//! Source: `apimachinery/pkg/api/resource/quantity.go` (`ParseQuantity`, `CanonicalizeBytes`).

use num_bigint::BigInt;

use super::{Decimal, Malformed, Parts, parts};

/// No honest quantity is longer; what it takes to print one grows faster than its text.
const LONGEST: usize = 10_000;
/// The suffixes of powers of ten, from the smallest.
const DECIMAL: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
/// The suffixes of powers of 1024.
const BINARY: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/// How a quantity is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Form {
    /// `1k`
    Decimal,
    /// `1e3`
    Exponent,
    /// `1Ki`
    Binary,
}

/// What Go writes for the quantity that it reads from a text.
pub(crate) fn canonical(text: &str) -> Result<String, Malformed> {
    let text = text.trim();
    if text.len() > LONGEST {
        return Err(Malformed::Format);
    }
    let number = Decimal::parse(text)?;
    let parts = parts(text).ok_or(Malformed::Format)?;
    let form = Form::of(parts.suffix);
    if keeps_text(&number, &parts, form) { Ok(text.to_owned()) } else { Ok(print(&number, form)) }
}

impl Form {
    pub(super) fn of(suffix: &str) -> Self {
        match suffix {
            _ if suffix.ends_with('i') => Self::Binary,
            _ if suffix.len() > 1 && suffix.starts_with(['e', 'E']) => Self::Exponent,
            _ => Self::Decimal,
        }
    }
}

/// Whether Go takes the text for canonical. It looks at a part of it only, so that a `+` or a zero in front may stay.
fn keeps_text(number: &Decimal, parts: &Parts<'_>, form: Form) -> bool {
    let Decimal::Small { scale, .. } = number else { return false };
    let digits = [parts.whole, parts.fraction].concat();
    match form {
        Form::Binary => digits.parse().is_ok_and(|value: i64| value & 7 != 0),
        _ => scale % 3 == 0 && !digits.ends_with("000") && !digits.starts_with('0'),
    }
}

pub(super) fn print(number: &Decimal, form: Form) -> String {
    if number.sign() == 0 {
        return "0".to_owned();
    }
    let (digits, scale) = number.as_large();
    match (form, whole(&digits, scale)) {
        (Form::Binary, Some(count)) if count.unsigned_abs() >= 1024 => print_binary(count),
        (Form::Exponent, _) => print_decimal(&digits, scale, |exponent| match exponent {
            0 => String::new(),
            exponent => format!("e{exponent}"),
        }),
        _ => print_decimal(&digits, scale, |exponent| {
            let suffix = usize::try_from(exponent / 3 + 3).ok().and_then(|index| DECIMAL.get(index));
            // Go writes nothing for powers that have no suffix.
            suffix.copied().unwrap_or_default().to_owned()
        }),
    }
}

/// The number as an integer, if it is one that fits.
fn whole(digits: &BigInt, scale: i64) -> Option<i64> {
    let divisor = BigInt::from(10).pow(u32::try_from(scale).ok()?);
    let count = digits / &divisor;
    if &count * divisor == *digits { i64::try_from(count).ok() } else { None }
}

fn print_binary(mut count: i64) -> String {
    let mut suffixes = BINARY.iter();
    let mut suffix = suffixes.next();
    while count % 1024 == 0 {
        count /= 1024;
        suffix = suffixes.next();
    }
    format!("{count}{}", suffix.unwrap_or(&""))
}

/// The digits without zeroes behind, as far as the exponent stays a multiple of three.
fn print_decimal(digits: &BigInt, scale: i64, suffix: impl Fn(i64) -> String) -> String {
    let text = digits.to_string();
    let significant = text.trim_end_matches('0');
    let zeroes = i64::try_from(text.len() - significant.len()).unwrap_or(0);
    let exponent = zeroes - scale;
    let kept = exponent.rem_euclid(3);
    let zeroes = "0".repeat(usize::try_from(kept).unwrap_or(0));
    format!("{significant}{zeroes}{}", suffix(exponent - kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &[(&str, &str)] = &[
        ("0", "0"),
        ("00", "0"),
        ("1", "1"),
        ("+1", "+1"),
        ("-1", "-1"),
        ("01", "01"),
        ("1.", "1."),
        ("1.5", "1500m"),
        ("0.5", "500m"),
        ("0.500", "500m"),
        ("1.50", "1500m"),
        ("100", "100"),
        ("1000", "1k"),
        ("1000m", "1"),
        ("1500m", "1500m"),
        ("1m", "1m"),
        ("0.1m", "100u"),
        ("1n", "1n"),
        ("0.1n", "1n"),
        ("1e3", "1e3"),
        ("1E3", "1E3"),
        ("1e4", "10e3"),
        ("1e-3", "1e-3"),
        ("1000e3", "1e6"),
        ("12e0", "12e0"),
        ("5E", "5E"),
        ("1000E", "1"),
        ("1Ki", "1Ki"),
        ("8Ki", "8Ki"),
        ("1024Ki", "1Mi"),
        ("1.5Gi", "1536Mi"),
        ("0.5Gi", "512Mi"),
        ("0.1Ki", "102400m"),
        ("0.0001Ki", "102400u"),
        ("+8Ki", "8Ki"),
        ("01Ki", "01Ki"),
        ("-8Ki", "-8Ki"),
        ("-1.5Ki", "-1536"),
        ("1023", "1023"),
        ("512Mi", "512Mi"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("123456789012345678901234567890Ki", "9223372036854775807"),
        ("0.000000000001", "1n"),
        ("99999999999Ei", "9223372036854775807"),
        ("16Ei", "9223372036854775807"),
        ("m", "0"),
        ("Ki", "0"),
        ("1 ", "1"),
        ("1e2000000000", "100e1999999998"),
        ("1234567890123456789k", "1234567890123456789k"),
        ("123456789012345678", "123456789012345678"),
        ("1.23456789012345678", "1234567891n"),
        ("100k", "100k"),
        ("1000k", "1M"),
        ("-0", "0"),
        ("1000u", "1m"),
        ("9223372036854775807", "9223372036854775807"),
        ("9223372036854775808", "9223372036854775808"),
        ("10e1", "100"),
        ("1.000", "1"),
        ("1000000Ki", "1000000Ki"),
        ("2048", "2048"),
        ("3000Ki", "3000Ki"),
        ("3000Mi", "3000Mi"),
        (".5", "500m"),
        (".", "0"),
    ];

    #[test]
    fn quantities_are_written_as_go_writes_them() {
        for (text, written) in WRITTEN {
            assert_eq!(canonical(text).as_deref(), Ok(*written), "{text}");
        }
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", "a", "1.2.3", "1_000"] {
            assert_eq!(canonical(text), Err(Malformed::Format), "{text}");
        }
        for text in ["1K", "1e", "1i"] {
            assert_eq!(canonical(text), Err(Malformed::Suffix), "{text}");
        }
        assert_eq!(canonical(&"1".repeat(LONGEST + 1)), Err(Malformed::Format));
    }
}
