//! The way to a field: through members of objects, and items of lists.
//!
//! Source: `sigs.k8s.io/structured-merge-diff/fieldpath` (`PathElement`, `serialize-pe.go`).

use std::cmp::Ordering;
use std::fmt;

use crdgen_schema::go::{print_float, print_json, print_quoted};
use serde_json::{Map, Value};

use super::order;

/// One step of a way. Members come before items, and items with keys before those of sets.
#[derive(Clone, Debug)]
pub(crate) enum PathElement {
    /// The member of that name: `f:NAME`.
    Field(String),
    /// The item whose members have these values, by the names of the members: `k:{"NAME":VALUE}`.
    Key(Vec<(String, Value)>),
    /// The item of a set: `v:VALUE`.
    Value(Value),
    /// The item at that place: `i:NUMBER`.
    Index(i64),
}

/// A way from the root.
pub(crate) type Path = [PathElement];

/// Why a text cannot be read as a path element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is of a type that is not known. Others may know it, so it is left out and no error.
    UnknownType,
    Malformed,
}

impl PathElement {
    /// The member of that name.
    pub(crate) fn field(name: &str) -> Self {
        Self::Field(name.to_owned())
    }

    /// Reads the notation of `FieldsV1`.
    pub(super) fn read(text: &str) -> Result<Self, Unreadable> {
        let (Some(kind), Some(b':')) = (text.as_bytes().first(), text.as_bytes().get(1)) else {
            return Err(Unreadable::Malformed);
        };
        let rest = &text[2..];
        match kind {
            b'f' => Ok(Self::field(rest)),
            b'v' => Ok(Self::Value(first_value(rest)?)),
            b'k' => match first_value(rest)? {
                // The names of an object are sorted.
                Value::Object(members) => Ok(Self::Key(members.into_iter().collect())),
                Value::Null => Ok(Self::Key(Vec::new())),
                _ => Err(Unreadable::Malformed),
            },
            b'i' => rest.parse().map(Self::Index).map_err(|_| Unreadable::Malformed),
            _ => Err(Unreadable::UnknownType),
        }
    }

    /// Writes the notation of `FieldsV1`.
    pub(super) fn to_text(&self) -> String {
        match self {
            Self::Field(name) => format!("f:{name}"),
            Self::Key(keys) => {
                format!("k:{}", print_json(&Value::Object(keys.iter().cloned().collect::<Map<String, Value>>())))
            }
            Self::Value(value) => format!("v:{}", print_json(value)),
            Self::Index(index) => format!("i:{index}"),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Field(_) => 0,
            Self::Key(_) => 1,
            Self::Value(_) => 2,
            Self::Index(_) => 3,
        }
    }
}

/// The first value in a text; Go does not look at what follows it.
fn first_value(text: &str) -> Result<Value, Unreadable> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter();
    values.next().and_then(Result::ok).ok_or(Unreadable::Malformed)
}

impl Ord for PathElement {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Field(a), Self::Field(b)) => a.cmp(b),
            (Self::Key(a), Self::Key(b)) => keys(a, b),
            (Self::Value(a), Self::Value(b)) => order::compare(a, b),
            (Self::Index(a), Self::Index(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

fn keys(a: &[(String, Value)], b: &[(String, Value)]) -> Ordering {
    let compare = |((a_name, a), (b_name, b)): (&(String, Value), &(String, Value))| {
        a_name.cmp(b_name).then_with(|| order::compare(a, b))
    };
    let different = a.iter().zip(b).map(compare).find(|order| order.is_ne());
    different.unwrap_or_else(|| a.len().cmp(&b.len()))
}

impl PartialOrd for PathElement {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for PathElement {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for PathElement {}

/// As error messages name it.
impl fmt::Display for PathElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => write!(f, ".{name}"),
            Self::Key(keys) => {
                let keys: Vec<String> = keys.iter().map(|(name, value)| format!("{name}={}", shown(value))).collect();
                write!(f, "[{}]", keys.join(","))
            }
            Self::Value(value) => write!(f, "[={}]", shown(value)),
            Self::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// A way as error messages name it.
pub(crate) fn printed(path: &Path) -> String {
    path.iter().map(ToString::to_string).collect()
}

/// A value in a path. All numbers are floats there, because they were read from JSON that way.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => print_float(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => print_quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(",")),
        Value::Object(members) => {
            members.iter().map(|(name, value)| format!("{name}={}", shown(value))).collect::<Vec<_>>().concat()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> PathElement {
        PathElement::read(text).unwrap()
    }

    #[test]
    fn what_is_read_is_written_again() {
        for text in ["f:spec", "f:", "f:a:b", r#"k:{"a":1,"b":"x"}"#, "v:true", r#"v:"<""#, "i:-3"] {
            let escaped = text.replace('<', "\\u003c");
            assert_eq!(read(text).to_text(), escaped);
        }
    }

    #[test]
    fn what_is_not_known_is_told_from_what_is_malformed() {
        assert_eq!(PathElement::read("x:1"), Err(Unreadable::UnknownType));
        for text in ["", "f", "spec", "k:[]", "v:", "i:x"] {
            assert_eq!(PathElement::read(text), Err(Unreadable::Malformed), "{text}");
        }
    }

    #[test]
    fn members_come_before_items() {
        let sorted =
            ["f:a", "f:b", r#"k:{"a":1}"#, r#"k:{"a":2}"#, r#"k:{"a":2,"b":1}"#, "v:2", "v:10", r#"v:"1""#, "i:0"];
        assert!(sorted.map(read).is_sorted_by(|a, b| a < b));
        assert_eq!(read("v:1"), read("v:1.0"));
    }

    #[test]
    fn paths_are_printed_as_errors_name_them() {
        let path = ["f:spec", r#"k:{"name":"a\"","port":1000000}"#, "v:1.5", "i:2"].map(read);
        assert_eq!(printed(&path), r#".spec[name="a\"",port=1e+06][=1.5][2]"#);
    }
}
