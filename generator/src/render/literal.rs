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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_literal() {
        assert_eq!(string("a\"b\\c\n\u{202e}é"), r#""a\"b\\c\n\u{202e}é""#);
        assert_eq!(strings(&["a".to_owned(), "b".to_owned()]), r#"["a", "b"]"#);
    }
}
