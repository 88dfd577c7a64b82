//! The tables that give generated types their behaviour.
//!
//! In: a shape and its names. Out: a call of one of the runtime's macros, as text: tokens have no layout inside of a
//! macro.

use super::{
    Context,
    literal::{float, integer, string, strings},
};
use crate::{
    analyze::naming::{ResourceNames, ShapeNames},
    model::{Body, Bound, Field, Object, Resource, Rule, ShapeId, Type},
};

/// The table of a shape that is no resource.
pub(super) fn table(context: &Context<'_>, id: ShapeId) -> String {
    let names = context.names(id);
    let runtime = &context.options.runtime;
    match &context.model.shapes[id].body {
        Body::Object(object) => {
            format!("{runtime}::object! {{\n    {} {{\n{}    }}\n}}\n", names.ty, rows(object, names))
        }
        Body::Enumeration(values) => {
            let variants: Vec<String> = values
                .iter()
                .zip(&names.variants)
                .map(|(value, name)| format!("        {name} = {},\n", string(value)))
                .collect();
            format!("{runtime}::string_enum! {{\n    {} {{\n{}    }}\n}}\n", names.ty, variants.concat())
        }
    }
}

/// The table of a resource.
pub(super) fn resource(
    context: &Context<'_>,
    group: &str,
    version: &str,
    resource: &Resource,
    names: &ResourceNames,
) -> String {
    let root = context.names(resource.root);
    let Body::Object(object) = &context.model.shapes[resource.root].body else { return String::new() };
    let scope = if resource.namespaced { "Namespaced" } else { "Cluster" };
    let crd = string(&format!("../../{}.json", names.document));
    let head = [
        format!("group: {}, version: {}, kind: {},", string(group), string(version), string(&resource.kind)),
        format!("list_kind: {},", string(&resource.list_kind)),
        format!("plural: {}, singular: {},", string(&resource.plural), string(&resource.singular)),
        format!("short_names: {}, categories: {},", strings(&resource.short_names), strings(&resource.categories)),
        format!("scope: {scope}, status: {},", resource.status_subresource),
        format!("crd: include_str!({crd}){};", constructor(context, object, root)),
    ];
    let head: Vec<String> = head.iter().map(|line| format!("        {line}\n")).collect();
    let runtime = &context.options.runtime;
    format!("{runtime}::resource! {{\n    {} {{\n{}{}    }}\n}}\n", root.ty, head.concat(), rows(object, root))
}

/// `new(name, spec)` is for resources of which nothing else must be said.
fn constructor(context: &Context<'_>, object: &Object, names: &ShapeNames) -> String {
    let mut required =
        object.fields.iter().zip(&names.fields).filter(|(field, _)| field.required && field.key != "metadata");
    match (required.next(), required.next()) {
        (Some((field, name)), None) if name == "spec" && !field.nullable => match field.ty {
            Type::Shape(id) => format!(", spec: {}", context.names(id).ty),
            _ => String::new(),
        },
        _ => String::new(),
    }
}

fn rows(object: &Object, names: &ShapeNames) -> String {
    let mut rows: Vec<String> = object.fields.iter().zip(&names.fields).map(|(field, name)| row(field, name)).collect();
    if object.unknown && names.unknown == "unknown" {
        rows.push("        unknown: ..;\n".to_owned());
    } else if object.unknown {
        rows.push(format!("        ..{};\n", names.unknown));
    }
    rows.concat()
}

fn row(field: &Field, name: &str) -> String {
    let presence = if field.required { "required" } else { "optional" };
    let rules = if field.rules.is_empty() { String::new() } else { format!(", [{}]", list(&field.rules)) };
    format!("        {name}: {}, {presence}{rules};\n", string(&field.key))
}

fn list(rules: &[Rule]) -> String {
    rules.iter().map(rule).collect::<Vec<_>>().join(", ")
}

fn rule(rule: &Rule) -> String {
    match rule {
        Rule::Pattern(pattern) => format!("pattern({})", string(pattern)),
        Rule::Format(format) => format!("format({})", string(format)),
        Rule::MinLength(length) => format!("min_length({})", integer(*length)),
        Rule::MaxLength(length) => format!("max_length({})", integer(*length)),
        Rule::Minimum(number, false) => bound("minimum", *number),
        Rule::Minimum(number, true) => bound("exclusive_minimum", *number),
        Rule::Maximum(number, false) => bound("maximum", *number),
        Rule::Maximum(number, true) => bound("exclusive_maximum", *number),
        Rule::MultipleOf(number) => bound("multiple_of", *number),
        Rule::MinItems(count) => format!("min_items({})", integer(*count)),
        Rule::MaxItems(count) => format!("max_items({})", integer(*count)),
        Rule::MinProperties(count) => format!("min_properties({})", integer(*count)),
        Rule::MaxProperties(count) => format!("max_properties({})", integer(*count)),
        Rule::Unique => "unique()".to_owned(),
        Rule::ListMap(keys) => format!("list_map(&{})", strings(keys)),
        Rule::Items(rules) => format!("items(&[{}])", list(rules)),
        Rule::Values(rules) => format!("values(&[{}])", list(rules)),
        Rule::OneOf(values) => format!("one_of(&{})", strings(values)),
        Rule::OneOfRequired(branches) => format!("one_of_required(&[{}])", branch_list(branches)),
        Rule::AnyOfRequired(branches) => format!("any_of_required(&[{}])", branch_list(branches)),
    }
}

fn bound(name: &str, number: Bound) -> String {
    match number {
        Bound::Int(value) => format!("{name}({})", integer(value)),
        Bound::Float(value) => format!("{name}_f64({})", float(value)),
    }
}

fn branch_list(branches: &[Vec<String>]) -> String {
    branches.iter().map(|keys| format!("&{}", strings(keys))).collect::<Vec<_>>().join(", ")
}
