//! What strict decoding finds in a JSON text: fields that a struct does not have, and fields that are set twice.
//!
//! In: a text and a [`Struct`]. Out: Go's sentences in the order of the text, or its error about the first value of a wrong
//! type. Source: `sigs.k8s.io/json`. A value that was read from the text has lost the order, and all but the last of
//! duplicate fields: nothing but a report needs them.

use std::{
    collections::BTreeSet,
    fmt::{self, Write as _},
};

use super::{Struct, Type, check::check_value, print_quoted};
use crate::json::Document;

/// The most findings that are kept, as in Go's `saveStrictError`.
const MAX_FOUND: usize = 100;
/// The most bytes of findings: a long path to a great many fields costs no more time than this.
const MAX_BYTES: usize = 1 << 20;

/// Decodes a text strictly. The findings are sentences such as `unknown field "spec.a"`; the error is that about a value
/// of a wrong type. There is no answer if the text is broken, or nested too deeply.
///
/// ```
/// use crdgen_schema::go::{self, Struct, Type, field};
///
/// static PORT: Struct = Struct::new("v1", "Port", &[field("name", Type::Text), field("number", Type::Int32)]);
///
/// let found = go::strict(r#"{"z": 1, "name": "a", "b": 2, "name": "c"}"#, &PORT).unwrap();
/// assert_eq!(found.unwrap(), [r#"unknown field "z""#, r#"unknown field "b""#, r#"duplicate field "name""#]);
///
/// let error = go::strict(r#"{"number": 1e3, "name": 4}"#, &PORT).unwrap().unwrap_err();
/// assert_eq!(error, "json: cannot unmarshal number 1e3 into Go struct field Port.number of type int32");
/// ```
pub fn strict(text: &str, of: &'static Struct) -> Option<Result<Vec<String>, String>> {
    let (document, kind) = (Document::read(text)?, Type::Struct(of));
    let mut decoder = Decoder::default();
    decoder.value(&document, &kind);
    Some(check_value(&document, &kind).map(|()| decoder.found))
}

/// Like [`strict`], for a list of such structs.
pub fn strict_items(text: &str, of: &'static Struct) -> Option<Result<Vec<String>, String>> {
    let (document, kind) = (Document::read(text)?, Type::Struct(of));
    let Document::Array(items) = document else { return None };
    let checked = items.iter().try_for_each(|item| check_value(item, &kind));
    let mut decoder = Decoder::default();
    for (index, item) in items.iter().enumerate() {
        decoder.below(format_args!("[{index}]"), |decoder| decoder.value(item, &kind));
    }
    Some(checked.map(|()| decoder.found))
}

#[derive(Default)]
struct Decoder {
    path: String,
    found: Vec<String>,
    bytes: usize,
}

impl Decoder {
    fn structure(&mut self, value: &Document<'_>, of: &Struct) {
        self.members(
            value,
            |decoder, name, member| match of.field(name) {
                Some(field) => decoder.value(member, &field.kind),
                None => decoder.note("unknown"),
            },
            |name| of.field(name).is_some(),
        );
    }

    /// Looks at each member, and notes duplicates that count.
    fn members(
        &mut self,
        value: &Document<'_>,
        visit: impl Fn(&mut Self, &str, &Document<'_>),
        counts: impl Fn(&str) -> bool,
    ) {
        let Document::Object(members) = value else { return };
        let mut seen = BTreeSet::new();
        let dot = if self.path.is_empty() { "" } else { "." };
        for (name, member) in members {
            let is_duplicate = !seen.insert(name.as_str()) && counts(name);
            self.below(format_args!("{dot}{name}"), |decoder| {
                if is_duplicate {
                    decoder.note("duplicate");
                }
                visit(decoder, name, member);
            });
        }
    }

    fn value(&mut self, value: &Document<'_>, kind: &Type) {
        match (kind, value) {
            (Type::Pointer(kind) | Type::Named(_, kind), _) => self.value(value, kind),
            (Type::Struct(of), _) => self.structure(value, of),
            (Type::Map(kind), _) => self.members(value, |decoder, _, member| decoder.value(member, kind), |_| true),
            (Type::List(kind), Document::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.below(format_args!("[{index}]"), |decoder| decoder.value(item, kind));
                }
            }
            // Scalars, and types with decoders of their own, which look at nothing strictly.
            _ => {}
        }
    }

    /// Goes on with the path one step longer.
    fn below(&mut self, step: fmt::Arguments<'_>, go_on: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        let _ = self.path.write_fmt(step);
        go_on(self);
        self.path.truncate(length);
    }

    /// Notes the field at the path. It is noted only once.
    fn note(&mut self, what: &str) {
        if self.found.len() >= MAX_FOUND || self.bytes >= MAX_BYTES {
            return;
        }
        let text = format!("{what} field {}", print_quoted(&self.path));
        self.bytes += text.len();
        if !self.found.contains(&text) {
            self.found.push(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::go::field;

    static INNER: Struct = Struct::new("v1", "Inner", &[field("n", Type::Int32), field("f", Type::Float64)]);
    static OUTER: Struct = Struct::new(
        "v1",
        "Outer",
        &[
            field("map", Type::Map(&Type::Text)),
            field("list", Type::List(&Type::Struct(&INNER))),
            field("any", Type::Any),
            field("either", Type::OneOf(&[Type::Struct(&INNER)], None)),
        ],
    );

    fn check(text: &str, expected: Result<&[&str], &str>) {
        let found = strict(text, &OUTER).unwrap();
        let expected = expected.map(|found| found.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(found, expected.map_err(str::to_owned), "{text}");
    }

    #[test]
    fn findings_stand_in_the_order_of_the_text_each_once() {
        check(
            r#"{"z": {"z": 1, "z": 2}, "list": [{"n": 1, "n": 2, "x": 1}], "a": 1, "map": {"k": "", "k": ""}, "z": 2}"#,
            Ok(&[
                r#"unknown field "z""#,
                r#"duplicate field "list[0].n""#,
                r#"unknown field "list[0].x""#,
                r#"unknown field "a""#,
                r#"duplicate field "map.k""#,
            ]),
        );
        check(r#"{"any": {"a": 1, "a": 2}, "either": {"x": 1, "n": 1, "n": 2}, "map": null}"#, Ok(&[]));
    }

    #[test]
    fn the_error_is_about_the_first_value_of_a_wrong_type_even_if_it_is_replaced_later() {
        let field = |what: &str| format!("json: cannot unmarshal {what}");
        let map = field("array into Go struct field Outer.map of type map[string]string");
        check(r#"{"map": [], "list": 1, "map": {}}"#, Err(&map));
        let number = field("number 1e400 into Go struct field Inner.list.f of type float64");
        check(r#"{"list": [{"f": 1e400, "n": 1.0}], "map": []}"#, Err(&number));
        let number = field("number 1.0 into Go struct field Inner.list.n of type int32");
        check(r#"{"list": [{"n": 1.0, "f": "x"}]}"#, Err(&number));
        let number = field("number 2147483648 into Go struct field Inner.list.n of type int32");
        check(r#"{"list": [{"n": 2147483648}]}"#, Err(&number));
    }

    #[test]
    fn there_are_no_more_than_a_hundred_findings() {
        let members: Vec<String> = (0..1000).map(|number| format!("\"f{number}\": 1")).collect();
        assert_eq!(strict(&format!("{{{}}}", members.join(",")), &OUTER).unwrap().unwrap().len(), 100);
    }
}
