//! The JSON paths of printer columns and of the scale subresource: `.spec.a[0]['b.c']`, `.items[*].x`, `[?(@.k=="v")]`.
//!
//! In: the path. Out: the values it finds. Supports the part of `k8s.io/client-go/util/jsonpath` that CRDs use.

use serde_json::Value;

/// A parsed path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JsonPath(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Field(String),
    Index(i64),
    All,
    /// Items whose field (a path of names) equals a text or a number.
    Where(Vec<String>, Value),
}

impl JsonPath {
    /// Reads a path; `None` if it uses syntax that is not supported here.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim().trim_start_matches('{').trim_end_matches('}').trim_start_matches('$');
        let mut steps = Vec::new();
        while !rest.is_empty() {
            if let Some(tail) = rest.strip_prefix('.') {
                let (name, tail) = field_name(tail);
                if !name.is_empty() {
                    steps.push(if name == "*" { Step::All } else { Step::Field(name) });
                }
                rest = tail;
            } else {
                let inner = rest.strip_prefix('[')?;
                let end = closing(inner)?;
                steps.push(bracket(inner[..end].trim())?);
                rest = &inner[end + 1..];
            }
        }
        Some(Self(steps))
    }

    /// The first value found.
    pub(crate) fn first<'a>(&self, root: &'a Value) -> Option<&'a Value> {
        let mut found = vec![root];
        for step in &self.0 {
            found = found.into_iter().flat_map(|value| step.apply(value)).collect();
        }
        found.into_iter().next()
    }

    /// Whether it may find several values.
    pub(crate) fn is_list(&self) -> bool {
        self.0.iter().any(|step| matches!(step, Step::All | Step::Where(..)))
    }
}

impl Step {
    fn apply<'a>(&self, value: &'a Value) -> Vec<&'a Value> {
        let items = value.as_array().map_or(&[][..], Vec::as_slice);
        match self {
            Self::Field(name) => value.get(name).into_iter().collect(),
            Self::Index(index) => {
                let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
                let index = if *index < 0 { index + length } else { *index };
                usize::try_from(index).ok().and_then(|index| items.get(index)).into_iter().collect()
            }
            Self::All => match value {
                Value::Object(members) => members.values().collect(),
                _ => items.iter().collect(),
            },
            Self::Where(path, expected) => {
                let holds =
                    |item: &&Value| path.iter().try_fold(*item, |value, name| value.get(name)) == Some(expected);
                items.iter().filter(holds).collect()
            }
        }
    }
}

/// A name after a dot; `\.` stands for a dot in it.
fn field_name(text: &str) -> (String, &str) {
    let mut name = String::new();
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            '\\' if !escaped => escaped = true,
            '.' | '[' if !escaped => return (name, &text[at..]),
            other => {
                name.push(other);
                escaped = false;
            }
        }
    }
    (name, "")
}

/// The position of the closing bracket; brackets inside quotes do not count.
fn closing(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (None, ']') => return Some(at),
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    None
}

fn bracket(inner: &str) -> Option<Step> {
    if inner == "*" {
        return Some(Step::All);
    }
    if let Some(condition) = inner.strip_prefix("?(").and_then(|rest| rest.strip_suffix(')')) {
        let (path, expected) = condition.split_once("==")?;
        let path = path.trim().strip_prefix("@.")?.split('.').map(str::to_owned).collect();
        let expected = expected.trim();
        let value = unquoted(expected).map(Value::from).or_else(|| serde_json::from_str(expected).ok())?;
        return Some(Step::Where(path, value));
    }
    unquoted(inner).map(Step::Field).or_else(|| inner.parse().ok().map(Step::Index))
}

fn unquoted(text: &str) -> Option<String> {
    let quote = text.chars().next().filter(|first| matches!(first, '\'' | '"'))?;
    text.strip_prefix(quote)?.strip_suffix(quote).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(path: &str, expected: &Value) {
        let object =
            json!({"spec": {"l": ["p", "q"], "m": {"a.b/c": "x"}, "lo": [{"k": "a", "v": 1}, {"k": "b", "v": 2}]}});
        assert_eq!(JsonPath::parse(path).unwrap().first(&object).unwrap_or(&Value::Null), expected, "{path}");
    }

    #[test]
    fn paths_find_fields_items_and_matching_items() {
        check(".spec.l[0]", &json!("p"));
        check("$.spec.l[-1]", &json!("q"));
        check(".spec.l[*]", &json!("p"));
        check(".spec.m['a.b/c']", &json!("x"));
        check(".spec.m.a\\.b/c", &json!("x"));
        check(".spec.lo[?(@.k==\"b\")].v", &json!(2));
        check(".spec.lo[?(@.v==1)].k", &json!("a"));
        check(".spec.gone.x", &Value::Null);
    }

    #[test]
    fn what_is_not_understood_is_nothing() {
        assert_eq!(JsonPath::parse(".spec[?(@.a>1)]"), None);
        assert_eq!(JsonPath::parse(".spec[0"), None);
    }
}
