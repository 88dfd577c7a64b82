//! Names of properties as CEL's identifiers, and back: `a-b` is `a__dash__b`, `namespace` is `__namespace__`.
//!
//! Source: `k8s.io/apiserver/pkg/cel/escaping.go`.

use std::borrow::Cow;

/// Words that CEL reserves.
const RESERVED: &[&str] = &[
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// Whether a name is a word that CEL reserves, so that nothing can be called by it.
///
/// Source: `celReservedSymbols` in `k8s.io/apiserver/pkg/cel/escaping.go`.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name)
}

/// The name that a rule writes for a property; none if rules cannot name it.
pub(super) fn escape(name: &str) -> Option<Cow<'_, str>> {
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if is_reserved(name) {
        return Some(Cow::Owned(format!("__{name}__")));
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.contains(['.', '-', '/']) && !name.contains("__") {
        return name.chars().all(is_plain).then_some(Cow::Borrowed(name));
    }
    let mut out = String::with_capacity(name.len() + 16);
    let mut rest = name;
    while let Some(c) = rest.chars().next() {
        let (written, length) = match c {
            '_' if rest.starts_with("__") => ("__underscores__", 2),
            '.' => ("__dot__", 1),
            '-' => ("__dash__", 1),
            '/' => ("__slash__", 1),
            c if is_plain(c) => (&rest[..1], 1),
            _ => return None,
        };
        out.push_str(written);
        rest = &rest[length..];
    }
    Some(Cow::Owned(out))
}

/// The word that an escaped name stands for, if that is reserved.
pub(super) fn reserved_word(escaped: &str) -> Option<&str> {
    escaped.strip_prefix("__")?.strip_suffix("__").filter(|word| is_reserved(word))
}

/// The property that a name in a rule stands for; none if it stands for none.
pub(super) fn unescape(name: &str) -> Option<Cow<'_, str>> {
    if !name.as_bytes().contains(&b'_') {
        return Some(Cow::Borrowed(name));
    }
    let (mut out, mut rest) = (String::with_capacity(name.len()), name);
    while let Some(start) = rest.find("__") {
        // What stands between two pairs of underscores, without any within.
        let inner = &rest[start + 2..];
        let length = inner.find('_').unwrap_or(inner.len());
        if length == 0 || !inner[length..].starts_with("__") {
            out.push_str(&rest[..=start]);
            rest = &rest[start + 1..];
            continue;
        }
        out.push_str(&rest[..start]);
        out.push_str(match &inner[..length] {
            "underscores" => "__",
            "dot" => ".",
            "dash" => "-",
            "slash" => "/",
            word if RESERVED.contains(&word) && name.len() == length + 4 => word,
            _ => return None,
        });
        rest = &inner[length + 2..];
    }
    out.push_str(rest);
    Some(Cow::Owned(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_and_back() {
        for (name, escaped) in [
            ("name", "name"),
            ("a-b", "a__dash__b"),
            ("a.b/c", "a__dot__b__slash__c"),
            ("a__b", "a__underscores__b"),
            ("a_b", "a_b"),
            ("namespace", "__namespace__"),
            ("self", "self"),
            ("int", "int"),
            ("a___b", "a__underscores___b"),
        ] {
            assert_eq!(escape(name).as_deref(), Some(escaped), "{name}");
            assert_eq!(unescape(escaped).as_deref(), Some(name), "{escaped}");
        }
        for name in ["", "1a", "a$b", "é", "a b", "a-é"] {
            assert_eq!(escape(name), None, "{name}");
        }
        assert_eq!(unescape("a__x__b"), None);
    }
}
