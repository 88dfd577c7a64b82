//! JSON text as Go's encoder prints it, because clients of Kubernetes see that: `<`, `>`, `&` and the two Unicode line
//! separators are escaped, whole floats have no fraction, and pretty output is indented by two spaces.

use std::io;

use crdgen_schema::go::print_json_float;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

/// One line, no newline at its end.
pub(crate) fn compact(value: &impl Serialize) -> Vec<u8> {
    print(value, GoFormatter { layout: CompactFormatter })
}

/// Indented, no newline at its end.
pub(crate) fn pretty(value: &impl Serialize) -> Vec<u8> {
    print(value, GoFormatter { layout: PrettyFormatter::new() })
}

/// Reads a text that was printed here. It nests as deeply as what was admitted, and a little deeper where it names fields.
pub(crate) fn parse_own(text: &[u8]) -> Value {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    deserializer.disable_recursion_limit();
    Value::deserialize(&mut deserializer).unwrap_or_default()
}

fn print<F: Formatter>(value: &impl Serialize, formatter: F) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    // Writing to a Vec cannot fail, and the values printed here have string keys only.
    if value.serialize(&mut Serializer::with_formatter(&mut out, formatter)).is_err() {
        out.clear();
    }
    out
}

struct GoFormatter<F> {
    layout: F,
}

impl<F: Formatter> Formatter for GoFormatter<F> {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(print_json_float(value).as_bytes())
    }

    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            let (plain, tail) = rest.split_at(at);
            let mut characters = tail.chars();
            let special = characters.next().map_or(0, u32::from);
            write!(writer, "{plain}\\u{special:04x}")?;
            rest = characters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.layout.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.layout.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(value: &serde_json::Value) -> String {
        String::from_utf8(compact(value)).unwrap()
    }

    #[test]
    fn html_and_line_separators_are_escaped_as_go_does_it() {
        assert_eq!(text(&json!("<&>\u{2028}é😀/")), r#""\u003c\u0026\u003e\u2028é😀/""#);
        assert_eq!(text(&json!({"a<": "b\n"})), r#"{"a\u003c":"b\n"}"#);
    }

    #[test]
    fn floats_lose_an_empty_fraction_and_take_gos_exponent() {
        assert_eq!(text(&json!([1.0, 1.5, 1e21, 1e-7, 1e20, -0.0])), "[1,1.5,1e+21,1e-7,100000000000000000000,-0]");
    }

    #[test]
    fn pretty_text_is_indented_by_two_and_keeps_empty_containers_together() {
        let value = json!({"a": {}, "b": [1]});
        assert_eq!(String::from_utf8(pretty(&value)).unwrap(), "{\n  \"a\": {},\n  \"b\": [\n    1\n  ]\n}");
    }
}
