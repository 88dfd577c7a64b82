//! Formats of digits and letters: identifiers with check digits, colours, base64.

use crdgen_cel::re2;

const CREDIT_CARD: &str = "^(4[0-9]{12}([0-9]{3})?|5[1-5][0-9]{14}|6(011|5[0-9]{2})[0-9]{12}|3[47][0-9]{13}|3(0[0-5]|[68][0-9])[0-9]{11}|(2131|1800|35[0-9]{3})[0-9]{11})$";

/// 24 hexadecimal digits.
pub(super) fn is_bson_object_id(text: &str) -> bool {
    text.len() == 24 && text.bytes().all(|c| c.is_ascii_hexdigit())
}

/// Hexadecimal digits in groups of 8, 4, 4, 4 and 12, with or without each dash. A version stands at the start of the
/// third group; those of 4 and 5 have a variant at the start of the fourth.
pub(super) fn is_uuid(text: &str, version: Option<u8>) -> bool {
    let mut rest = text.as_bytes();
    let mut groups: [&[u8]; 5] = [&[]; 5];
    for (index, length) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if index > 0 {
            rest = rest.strip_prefix(b"-").unwrap_or(rest);
        }
        let Some((group, after)) = rest.split_at_checked(length) else { return false };
        if !group.iter().all(u8::is_ascii_hexdigit) {
            return false;
        }
        groups[index] = group;
        rest = after;
    }
    let right_version = version.is_none_or(|version| groups[2][0] == version);
    let right_variant = !matches!(version, Some(b'4' | b'5')) || b"89abAB".contains(&groups[3][0]);
    rest.is_empty() && right_version && right_variant
}

/// Nine digits and a check digit or `X`, spaces and dashes left out.
pub(super) fn is_isbn10(text: &str) -> bool {
    let digits = without_spaces_and_dashes(text);
    let [start @ .., last] = digits.as_slice() else { return false };
    if start.len() != 9 || !start.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let check = match last {
        b'X' => 10,
        b'0'..=b'9' => u32::from(last - b'0'),
        _ => return false,
    };
    let sum: u32 = (1..).zip(start).map(|(weight, digit)| weight * u32::from(digit - b'0')).sum();
    (sum + 10 * check).is_multiple_of(11)
}

/// Thirteen digits, the last a check digit, spaces and dashes left out.
pub(super) fn is_isbn13(text: &str) -> bool {
    let digits = without_spaces_and_dashes(text);
    let sum: u32 =
        [1, 3].iter().cycle().zip(&digits).map(|(weight, digit)| weight * u32::from(digit.wrapping_sub(b'0'))).sum();
    digits.len() == 13 && digits.iter().all(u8::is_ascii_digit) && sum.is_multiple_of(10)
}

/// A known issuer's number with a right check digit, whatever stands between the digits.
pub(super) fn is_credit_card(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, digit)| u32::from(digit - b'0') << (index % 2))
        .map(|number| number / 10 + number % 10)
        .sum();
    sum.is_multiple_of(10) && matches(CREDIT_CARD, &digits)
}

/// Three, two and four digits, separated by a dash or space.
pub(super) fn is_ssn(text: &str) -> bool {
    text.len() == 11
        && text.bytes().enumerate().all(|(index, c)| match index {
            3 | 6 => matches!(c, b'-' | b' '),
            _ => c.is_ascii_digit(),
        })
}

/// Three or six hexadecimal digits, with or without `#`.
pub(super) fn is_hex_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or(text);
    matches!(digits.len(), 3 | 6) && digits.bytes().all(|c| c.is_ascii_hexdigit())
}

/// `rgb(…)` of three numbers up to 255.
pub(super) fn is_rgb_color(text: &str) -> bool {
    const PART: &str = r"\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*";
    matches(&format!(r"^rgb\({PART},{PART},{PART}\)$"), text)
}

/// Padded base64 of the standard alphabet, not empty.
pub(super) fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    !digits.is_empty()
        && text.len().is_multiple_of(4)
        && text.len() - digits.len() <= 2
        && digits.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/'))
}

/// Whether our own pattern matches.
pub(super) fn matches(own: &str, text: &str) -> bool {
    re2::cached(own).is_ok_and(|pattern| pattern.is_match(text))
}

fn without_spaces_and_dashes(text: &str) -> Vec<u8> {
    text.bytes().filter(|c| !matches!(c, b'\t' | b'\n' | 0xc | b'\r' | b' ' | b'-')).collect()
}
