//! The tables that give generated types their behaviour: calls of the runtime's macros.

use std::fmt::Write as _;

use super::{
    Context,
    import::Imports,
    item,
    literal::{string, strings},
    path,
};
use crate::{
    model::{Body, Enumeration, Field, Object, Resource, Shape, ShapeId, Type, Version},
    naming::NEW,
    place,
};

/// Parameters are written one a line where they would be longer than this together.
const WIDTH: usize = 100;

/// Where a shape was found in the schema of its resource, seen from a module so many levels below the resource's.
#[derive(Clone, Copy)]
pub(super) struct Origin<'a> {
    pub(super) root: &'a str,
    pub(super) levels: usize,
}

/// The tables of a shape that is not a resource.
pub(super) fn of_shape(
    context: Context<'_, '_>,
    id: ShapeId,
    origin: Origin<'_>,
    imports: &mut Imports,
) -> Vec<String> {
    let shape = &context.group.shapes[id];
    let runtime = context.options.runtime();
    let pointer = string(place::pointer(&shape.place));
    let head = format!("{} at {} {pointer}", shape.ty, path::above(origin.levels, origin.root));
    match &shape.body {
        Body::Object(object) => {
            let mut text = format!("{runtime}::object! {{\n    {head} {{\n");
            constructor(&mut text, context, object, imports);
            rows(&mut text, object);
            text.push_str("    }\n}\n");
            let condition = condition(context, shape, object);
            std::iter::once(text).chain(condition).collect()
        }
        Body::Enumeration(enumeration) => vec![self::enumeration(runtime, &head, enumeration)],
    }
}

fn enumeration(runtime: &str, head: &str, enumeration: &Enumeration<'_>) -> String {
    let closed = if enumeration.closed { "closed " } else { "" };
    let mut text = format!("{runtime}::string_enum! {{\n    {closed}{head} {{\n");
    for variant in &enumeration.variants {
        let _ = writeln!(text, "        {} = {},", variant.name, string(variant.value));
    }
    text.push_str("    }\n}\n");
    text
}

/// The table of a resource.
pub(super) fn of_resource(
    context: Context<'_, '_>,
    version: &Version<'_>,
    resource: &Resource<'_>,
    imports: &mut Imports,
) -> String {
    let root = &context.group.shapes[resource.root];
    let names = resource.names;
    let scope = if resource.namespaced { "Namespaced" } else { "Cluster" };
    let crd = string(&format!("../../{}.json", resource.document));
    let head = [
        format!(
            "group: {}, version: {}, kind: {},",
            string(context.group.name),
            string(version.name),
            string(&names.kind)
        ),
        format!("list_kind: {},", string(&names.list_kind)),
        format!("plural: {}, singular: {},", string(&names.plural), string(&names.singular)),
        format!("short_names: {}, categories: {},", strings(&names.short_names), strings(&names.categories)),
        format!("scope: {scope}, status: {},", resource.status_subresource),
        format!("crd: include_bytes!({crd});"),
    ];
    let mut text = format!("{}::resource! {{\n    {} {{\n", context.options.runtime(), root.ty);
    for line in head {
        let _ = writeln!(text, "        {line}");
    }
    if let Body::Object(object) = &root.body {
        constructor(&mut text, context, object, imports);
        rows(&mut text, object);
    }
    text.push_str("    }\n}\n");
    text
}

/// The constructor takes all that is required. A resource's takes the name too, from which the macro makes the metadata.
fn constructor(text: &mut String, context: Context<'_, '_>, object: &Object<'_>, imports: &mut Imports) {
    let Some(constructor) = &object.constructor else { return };
    let fields = constructor.parameters.iter().map(|index| &object.fields[*index]);
    let parameters: Vec<String> = fields.map(|field| parameter(context, field, imports)).collect();
    let head = if constructor.name == NEW { NEW.to_owned() } else { format!("{NEW} as {}", constructor.name) };
    let line = format!("        {head}({});\n", parameters.join(", "));
    if line.len() <= WIDTH {
        text.push_str(&line);
        return;
    }
    let _ = writeln!(text, "        {head}(");
    for parameter in parameters {
        let _ = writeln!(text, "            {parameter},");
    }
    text.push_str("        );\n");
}

/// Texts are taken in any form.
fn parameter(context: Context<'_, '_>, field: &Field<'_>, imports: &mut Imports) -> String {
    let ty = item::required_type(context, field, imports);
    let is_text = matches!(field.ty, Type::String | Type::Formatted(_) | Type::Quantity | Type::IntOrString);
    if is_text || field.nullable { format!("{}: impl Into<{ty}>", field.name) } else { format!("{}: {ty}", field.name) }
}

fn rows(text: &mut String, object: &Object<'_>) {
    for field in &object.fields {
        let presence = if field.required { "required" } else { "optional" };
        let _ = writeln!(text, "        {}: {}, {presence};", field.name, string(field.key));
    }
    match &object.unknown {
        Some(name) if name.as_str() == "unknown" => text.push_str("        unknown: ..;\n"),
        Some(name) => {
            let _ = writeln!(text, "        ..{name};");
        }
        None => {}
    }
}

/// What makes a shape a condition.
fn condition(context: Context<'_, '_>, shape: &Shape<'_>, object: &Object<'_>) -> Option<String> {
    let fields = object.condition.as_ref()?.0.iter().map(|(member, index)| {
        let name = &object.fields[*index].name;
        format!("        {member}: {name},\n")
    });
    let rows: String = fields.collect();
    Some(format!("{}::condition! {{\n    {} {{\n{rows}    }}\n}}\n", context.options.runtime(), shape.ty))
}
