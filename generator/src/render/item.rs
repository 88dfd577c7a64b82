//! Structs and enums.
//!
//! In: a shape. Out: its definition as text, ending in a newline.

use std::fmt::Write as _;

use super::{Context, import::Imports};
use crate::{
    markdown,
    model::{Body, Docs, Enumeration, Field, Object, Shape, ShapeId, Type},
};

/// The definition of a shape.
pub(super) fn definition(context: Context<'_, '_>, id: ShapeId, imports: &mut Imports) -> String {
    let shape = &context.group.shapes[id];
    let mut text = String::new();
    let what = if shape.parent.is_none() { "The kind" } else { "The type of the property" };
    docs(&mut text, context, "", &shape.docs, || format!("{what} {}.", markdown::code(shape.key)));
    for attribute in context.options.attributes(&shape.place) {
        let _ = writeln!(text, "{attribute}");
    }
    match &shape.body {
        Body::Object(object) => structure(&mut text, context, shape, object, imports),
        Body::Enumeration(enumeration) => self::enumeration(&mut text, context, shape, enumeration, imports),
    }
    text
}

/// The description, a blank line, the notes, as a list if there are several. `otherwise` stands in for both.
pub(super) fn docs(
    text: &mut String,
    context: Context<'_, '_>,
    indent: &str,
    docs: &Docs<'_>,
    otherwise: impl Fn() -> String,
) {
    if !context.options.docs() {
        return;
    }
    let mut lines = docs.description.map(markdown::lines).unwrap_or_default();
    if !lines.is_empty() && !docs.notes.is_empty() {
        lines.push(String::new());
    }
    let marker = match docs.notes.len() {
        0 | 1 => "",
        // Another marker starts another list than the description's.
        _ if lines.iter().any(|line| line.starts_with("- ")) => "* ",
        _ => "- ",
    };
    lines.extend(docs.notes.iter().map(|note| format!("{marker}{note}")));
    if lines.is_empty() {
        lines.push(otherwise());
    }
    for line in lines {
        doc(text, indent, &line);
    }
}

/// One line of documentation.
pub(super) fn doc(text: &mut String, indent: &str, line: &str) {
    text.push_str(indent);
    text.push_str(if line.is_empty() { "///" } else { "/// " });
    text.push_str(line);
    text.push('\n');
}

/// The derives that every type has, and those that the settings add, unless the table of the type brings them.
fn derive(text: &mut String, context: Context<'_, '_>, shape: &Shape<'_>, own: &[&str], of_table: &[&str]) {
    let more = context.options.derives(&shape.place);
    let more = more.into_iter().filter(|path| !own.contains(path) && !of_table.contains(path));
    let derives: Vec<&str> = own.iter().copied().chain(more).collect();
    let _ = writeln!(text, "#[derive({})]", derives.join(", "));
}

fn structure(
    text: &mut String,
    context: Context<'_, '_>,
    shape: &Shape<'_>,
    object: &Object<'_>,
    imports: &mut Imports,
) {
    let own: &[&str] = if object.has_default { &["Clone", "Default", "PartialEq"] } else { &["Clone", "PartialEq"] };
    derive(text, context, shape, own, &["Debug"]);
    if object.fields.is_empty() && object.unknown.is_none() {
        let _ = writeln!(text, "pub struct {} {{}}", shape.ty);
        return;
    }
    let _ = writeln!(text, "pub struct {} {{", shape.ty);
    for field in &object.fields {
        member(text, context, field, imports);
    }
    if let Some(name) = &object.unknown {
        let ty = imports.ty(context, &Type::Map(Box::new(Type::Any)));
        let about = || "Properties that the schema does not declare.".to_owned();
        docs(text, context, "    ", &Docs::default(), about);
        let _ = writeln!(text, "    pub {name}: {ty},");
    }
    text.push_str("}\n");
}

fn member(text: &mut String, context: Context<'_, '_>, field: &Field<'_>, imports: &mut Imports) {
    docs(text, context, "    ", &field.docs, || format!("The property {}.", markdown::code(field.key)));
    let mut ty = required_type(context, field, imports);
    if !field.required {
        ty = imports.option(&ty);
    }
    let _ = writeln!(text, "    pub {}: {ty},", field.name);
}

/// The type that a field has when it is there.
pub(super) fn required_type(context: Context<'_, '_>, field: &Field<'_>, imports: &mut Imports) -> String {
    let ty = imports.ty(context, &field.ty);
    if field.nullable { imports.nullable(context, &ty) } else { ty }
}

fn enumeration(
    text: &mut String,
    context: Context<'_, '_>,
    shape: &Shape<'_>,
    enumeration: &Enumeration<'_>,
    imports: &mut Imports,
) {
    if context.options.docs() {
        doc(text, "", "");
        doc(text, "", &abilities(enumeration));
    }
    let own: &[&str] = if enumeration.closed {
        &["Clone", "Copy", "Debug", "PartialEq", "Eq", "Hash"]
    } else {
        &["Clone", "Debug", "PartialEq", "Eq", "Hash"]
    };
    derive(text, context, shape, own, &[]);
    let _ = writeln!(text, "pub enum {} {{", shape.ty);
    for variant in &enumeration.variants {
        docs(text, context, "    ", &Docs::default(), || markdown::code(variant.value));
        let _ = writeln!(text, "    {},", variant.name);
    }
    if !enumeration.closed {
        docs(text, context, "    ", &Docs::default(), || "A value that the schema does not list.".to_owned());
        let unrecognized = imports.of_runtime(context, "Unrecognized");
        let _ = writeln!(text, "    Unrecognized({unrecognized}<{}>),", shape.ty);
    }
    text.push_str("}\n");
}

/// What an enum can do, which its table gives it.
fn abilities(enumeration: &Enumeration<'_>) -> String {
    let from = if enumeration.closed { "`FromStr` reads" } else { "`From<&str>` and `FromStr` read" };
    format!("`as_str` gives the value as text, {from} it, and `VALUES` lists all values.")
}
