//! Paths to a field of a schema: `.spec.name`, `.metadata['a.b']`.
//!
//! In: a path as it is written in `fieldPath` or `selectableFields`, and the schema that it starts at. Out: its steps and the
//! schema of the field, or why there is none.

use crate::{go::unquote, schema::Schema};

const NO_FIELD: &str = "does not refer to a valid field";
const ENDS: &str = "unexpected end of JSON path";

/// Follows a path with `step`, which gives the schema of a member, if there is one. `brackets` allows `['name']`.
pub(crate) fn resolve<S: Copy>(
    path: &str,
    schema: S,
    brackets: bool,
    mut step: impl FnMut(S, &str) -> Option<S>,
) -> Result<(Vec<String>, S), String> {
    let (mut steps, mut at, mut rest) = (Vec::new(), schema, path);
    while !rest.is_empty() {
        let (name, after) = if let Some(after) = rest.strip_prefix('.') {
            let (name, after) = token(after);
            if name.is_empty() {
                return Err(ENDS.to_owned());
            }
            (name.to_owned(), after)
        } else if let Some(after) = rest.strip_prefix('[') {
            if !brackets {
                return Err("array notation is not allowed".to_owned());
            }
            quoted(after)?
        } else {
            return Err(format!("expected [ or . but got: {}", token(rest).0));
        };
        at = step(at, &name).ok_or(NO_FIELD)?;
        steps.push(name);
        rest = after;
    }
    Ok((steps, at))
}

/// A path that starts at a schema as `field.Path` writes it; empty if it leads nowhere.
pub(crate) fn normalized(path: &str, schema: &Schema) -> String {
    let mut written = String::new();
    let found = resolve(path, schema, true, |schema, name| {
        if schema.properties.is_empty() {
            written.extend(["[", name, "]"]);
            return schema.additional_schema();
        }
        written.extend([if written.is_empty() { "" } else { "." }, name]);
        schema.properties.get(name)
    });
    if found.is_ok() { written } else { String::new() }
}

/// Splits off a delimiter, or all before the next one.
fn token(text: &str) -> (&str, &str) {
    let end = text.find(['.', '[', ']']).unwrap_or(text.len());
    text.split_at(if end == 0 { text.len().min(1) } else { end })
}

/// `'name']`, with Go's escapes and those of single quotes.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let expected = || format!("expected single quoted string but got {}", token(text).0);
    let body = text.strip_prefix('\'').ok_or_else(expected)?;
    let mut previous = ' ';
    for (index, c) in body.char_indices() {
        if c == '\'' && previous != '\\' {
            let name = unquote(&body[..index].replace("\\'", "'"));
            let name = name.ok_or("invalid string literal: invalid syntax")?;
            let after = body[index + 1..].strip_prefix(']').ok_or(ENDS)?;
            return Ok((name, after));
        }
        previous = c;
    }
    Err(expected())
}
