//! Names of fields and variants.
//!
//! In: an object or an enum. Out: a name for each property or value, unique in it.

use super::{
    Names,
    assignment::{Claim, assign},
    identifier,
    word::Level,
};
use crate::model::{Body, Object, ShapeId, Shapes};

/// What every enum has already: the variant that holds a value that the schema does not list, and `FromStr`'s associated
/// type, which rustc confuses with a variant.
const OF_ENUM: &[&str] = &["Err", "Unrecognized"];

/// Names the fields or the variants of a shape that has a name.
pub(super) fn name_members(shapes: &Shapes, id: ShapeId, names: &mut Names) {
    let Some(entry) = names.shapes.get_mut(&id) else { return };
    match &shapes[id].body {
        Body::Object(object) => {
            entry.fields = fields(object);
            entry.unknown = unknown(&entry.fields);
        }
        Body::Enumeration(values) => entry.variants = variants(values),
    }
}

/// The usual form of a key keeps the short name: `fooBar` is `foo_bar`, and `foo_bar` beside it is
/// `foo_underscore_bar`.
fn fields(object: &Object) -> Vec<String> {
    let claims: Vec<Claim<'_>> =
        object.fields.iter().map(|field| Claim { text: &field.key, natural: is_lower_camel(&field.key) }).collect();
    assign(&claims, |index, level| identifier::field(claims[index].text, level), |_| false)
}

fn is_lower_camel(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_lowercase()) && key.chars().all(|c| c.is_ascii_alphanumeric())
}

/// The field for unknown properties gives way to a property of the same name.
fn unknown(fields: &[String]) -> String {
    let mut name = "unknown".to_owned();
    while fields.contains(&name) {
        name.push_str("_properties");
    }
    name
}

fn variants(values: &[String]) -> Vec<String> {
    let claims: Vec<Claim<'_>> =
        values.iter().map(|value| Claim { text: value, natural: identifier::is_upper_camel(value) }).collect();
    let name = |index: usize, level: Level| {
        let name = identifier::variant(claims[index].text, level);
        if OF_ENUM.contains(&name.as_str()) { format!("{name}Value") } else { name }
    };
    assign(&claims, name, |_| false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[&str], expected: &[&str]) {
        let values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
        assert_eq!(variants(&values), expected);
    }

    #[test]
    fn values_that_differ_in_case_only_say_so() {
        check(&["ACCEPT", "Accept", "accept"], &["AcceptUppercase", "Accept", "AcceptLowercase"]);
    }

    #[test]
    fn values_that_differ_in_symbols_only_spell_them() {
        check(&["a-b", "a_b", "AB"], &["AB", "AUnderscoreB", "Ab"]);
        check(&["foo-bar", "foo_bar", "FooBar"], &["FooDashBar", "FooUnderscoreBar", "FooBar"]);
    }

    #[test]
    fn what_every_enum_has_keeps_its_name() {
        check(&["err", "off"], &["ErrValue", "Off"]);
        check(&["Unrecognized", "unrecognized"], &["UnrecognizedValue", "UnrecognizedLowercase"]);
    }
}
