//! String literals of Rust.

/// A string literal that reads as `text`, with everything escaped that is not plainly visible.
pub(super) fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            c if c.is_alphanumeric() => out.push(c),
            c => out.extend(c.escape_default()),
        }
    }
    out.push('"');
    out
}

/// A list of string literals: `["a", "b"]`.
pub(super) fn strings(texts: &[String]) -> String {
    let literals: Vec<String> = texts.iter().map(|text| string(text)).collect();
    format!("[{}]", literals.join(", "))
}

/// An integer literal, its digits in groups of three where there are more than five.
pub(super) fn integer(value: i64) -> String {
    let text = value.unsigned_abs().to_string();
    format!("{}{}", if value < 0 { "-" } else { "" }, grouped(&text))
}

/// A float literal.
pub(super) fn float(value: f64) -> String {
    let text = format!("{value:?}");
    let Some((whole, fraction)) =
        text.split_once('.').filter(|(_, fraction)| fraction.chars().all(|c| c.is_ascii_digit()))
    else {
        return text;
    };
    let (sign, digits) = whole.split_at(whole.len() - whole.trim_start_matches('-').len());
    // A fraction is grouped from the point.
    let mirrored: String = grouped(&fraction.chars().rev().collect::<String>()).chars().rev().collect();
    format!("{sign}{}.{mirrored}", grouped(digits))
}

fn grouped(digits: &str) -> String {
    if digits.len() < 6 {
        return digits.to_owned();
    }
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_literal() {
        assert_eq!(string("a\"b\\c\n\u{202e}é"), r#""a\"b\\c\n\u{202e}é""#);
        assert_eq!(strings(&["a".to_owned(), "b".to_owned()]), r#"["a", "b"]"#);
    }

    #[test]
    fn long_numbers_are_grouped() {
        assert_eq!(integer(65_535), "65535");
        assert_eq!(integer(-1_000_000), "-1_000_000");
        assert_eq!(integer(i64::MIN), "-9_223_372_036_854_775_808");
        assert_eq!(float(0.5), "0.5");
        assert_eq!(float(-1_234_567.123_456_7), "-1_234_567.123_456_7");
        assert_eq!(float(1e300), "1e300");
    }
}
