//! The unknown and duplicate fields of a JSON text in the order in which Go's decoder meets them: that of the text.
//!
//! In: the text, and the paths of its unknown fields. Out: a sentence for each field. What is within an unknown field is passed over.
//!
//! Source: `sigs.k8s.io/json` (`saveStrictError`).

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use crdgen_schema::go::print_quoted;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The most findings that are kept, as in Go.
const MAX_FOUND: usize = 100;

/// What is wrong with the fields of a text; nothing if it cannot be read.
pub(crate) fn strict_errors(text: &[u8], unknown: &[String]) -> Vec<String> {
    let mut scan =
        Scan { unknown: unknown.iter().map(String::as_str).collect(), path: String::new(), found: Vec::new() };
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    match (&mut scan).deserialize(&mut deserializer) {
        Ok(()) => scan.found,
        Err(_) => Vec::new(),
    }
}

struct Scan<'a> {
    unknown: BTreeSet<&'a str>,
    path: String,
    found: Vec<String>,
}

impl Scan<'_> {
    fn take(&mut self, what: &str) {
        let text = format!("{what} field {}", print_quoted(&self.path));
        if self.found.len() < MAX_FOUND && !self.found.contains(&text) {
            self.found.push(text);
        }
    }
}

impl<'de> DeserializeSeed<'de> for &mut Scan<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Scan<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        let length = self.path.len();
        for index in 0.. {
            let _ = write!(self.path, "[{index}]");
            let item = access.next_element_seed(&mut *self)?;
            self.path.truncate(length);
            if item.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        let (length, mut seen) = (self.path.len(), BTreeSet::new());
        while let Some(name) = access.next_key::<String>()? {
            if length > 0 {
                self.path.push('.');
            }
            self.path.push_str(&name);
            if !seen.insert(name) {
                self.take("duplicate");
            }
            if self.unknown.contains(self.path.as_str()) {
                self.take("unknown");
                access.next_value::<IgnoredAny>()?;
            } else {
                access.next_value_seed(&mut *self)?;
            }
            self.path.truncate(length);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_stand_in_the_order_of_the_text() {
        let text = br#"{"z":{"lables":{"a":1,"a":2}},"a":1,"a":2,"l":[{"b":1,"c":2,"c":3}]}"#;
        let unknown = ["l[0].b".to_owned(), "z.lables".to_owned()];
        let expected = [
            r#"unknown field "z.lables""#,
            r#"duplicate field "a""#,
            r#"unknown field "l[0].b""#,
            r#"duplicate field "l[0].c""#,
        ];
        assert_eq!(strict_errors(text, &unknown), expected);
        assert!(strict_errors(b"{", &unknown).is_empty());
    }
}
