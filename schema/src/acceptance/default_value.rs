//! Defaults must satisfy their own schemas.
//!
//! In: a structural schema. Out: field errors about defaults with unknown fields, or that the schema refuses. Defaults inside of
//! `additionalProperties` are not checked: the server does not apply them where it would matter.

use serde_json::{Value, json};

use crate::{
    field::{Error, Errors, Path},
    metadata, pruning,
    rule::{Budget, Rules, has_rules},
    schema::Schema,
    validation::{self, Subject},
};

/// Where a default inside the type or metadata of a resource stands, from that resource on.
#[derive(Clone, Copy)]
enum Surrounding<'a> {
    Resource,
    Member(&'a Surrounding<'a>, &'a str),
    Item(&'a Surrounding<'a>),
}

impl Surrounding<'_> {
    /// A resource that has nothing but the value.
    fn object_with(&self, value: Value) -> Value {
        match self {
            Self::Resource => {
                let mut object = value;
                for (name, text) in [("apiVersion", "validation/v1"), ("kind", "Validation")] {
                    if object.get(name).is_none() {
                        object[name] = Value::from(text);
                    }
                }
                object
            }
            Self::Member(parent, name) => parent.object_with(json!({*name: value})),
            Self::Item(parent) => parent.object_with(json!([value])),
        }
    }
}

/// What was found, and what the rules of further defaults may cost.
struct Found<'e> {
    errors: &'e mut Errors,
    budget: Budget,
    /// Whether defaults must not have unknown fields.
    must_be_pruned: bool,
}

/// Checks every default in a schema.
pub(super) fn check(schema: &Schema, must_be_pruned: bool, path: &Path<'_>, errors: &mut Errors) {
    let mut found = Found { errors, budget: Budget::default(), must_be_pruned };
    let found = &mut found;
    if schema.default.is_some() {
        let root = Schema { embedded_resource: true, ..schema.clone() };
        check_own(&root, None, path, found);
    }
    check_below(schema, true, None, path, found);
}

fn check_node(schema: &Schema, surrounding: Option<&Surrounding<'_>>, path: &Path<'_>, found: &mut Found<'_>) {
    check_own(schema, surrounding, path, found);
    check_below(schema, schema.embedded_resource, surrounding, path, found);
}

/// Checks the schema's own default.
fn check_own(schema: &Schema, surrounding: Option<&Surrounding<'_>>, path: &Path<'_>, found: &mut Found<'_>) {
    let Some(default) = &schema.default else { return };
    // The server looks no further once rules have cost too much.
    if found.budget.left().is_none() {
        return;
    }
    let path = path.child("default").to_string();
    match surrounding {
        Some(surrounding) => check_metadata_default(default, schema, surrounding, &path, found),
        None => check_default(default, schema, &path, found),
    }
}

/// Checks the defaults of the schemas in this one, which is that of a resource or not.
fn check_below(
    schema: &Schema,
    is_resource: bool,
    surrounding: Option<&Surrounding<'_>>,
    path: &Path<'_>,
    found: &mut Found<'_>,
) {
    if let Some(items) = &schema.items {
        let below = surrounding.map(Surrounding::Item);
        check_node(items, below.as_ref(), &path.child("items"), found);
    }
    let properties = path.child("properties");
    for (name, property) in &schema.properties {
        let is_metadata = is_resource && matches!(name.as_str(), "metadata" | "apiVersion" | "kind");
        let around = surrounding.or_else(|| is_metadata.then_some(&Surrounding::Resource));
        let below = around.map(|around| Surrounding::Member(around, name));
        check_node(property, below.as_ref(), &properties.key(name), found);
    }
}

/// A default inside a resource's own type or metadata must make sense in an object that has nothing else.
fn check_metadata_default(
    default: &Value,
    schema: &Schema,
    surrounding: &Surrounding<'_>,
    path: &str,
    found: &mut Found<'_>,
) {
    let mut object = surrounding.object_with(default.clone());
    let resource = Schema { embedded_resource: true, ..Schema::default() };
    let told = match metadata::coerce_embedded(&mut object, &resource) {
        Err(error) => Some(error.to_string()),
        Ok(_) => Some(metadata::validate_embedded(&object, &resource))
            .filter(|errors| !errors.is_empty())
            .map(|errors| errors.to_string()),
    };
    match told {
        Some(told) => {
            found.errors.push(Error::invalid(path, default, format!("must result in valid metadata: {told}")));
        }
        None => check_values(default, default, schema, path, found),
    }
}

/// Checks what the schema and then its rules say of a default.
fn check_values(default: &Value, coerced: &Value, schema: &Schema, path: &str, found: &mut Found<'_>) {
    let subject = Subject { base: Some(path), is_default: true, ..Subject::default() };
    let errors = validation::check(coerced, schema, subject);
    if errors.is_empty() && has_rules(schema) {
        let rules = Rules::of_part(schema);
        found.errors.extend(rules.check_default(default.into(), schema, &Path::ROOT.child(path), &mut found.budget));
    }
    found.errors.extend(errors);
}

fn check_default(default: &Value, schema: &Schema, path: &str, found: &mut Found<'_>) {
    let mut pruned = default.clone();
    pruning::prune_part(&mut pruned, schema);
    let mut coerced = default.clone();
    let outcome = metadata::coerce_embedded(&mut coerced, schema);
    if found.must_be_pruned && pruned != *default {
        // The server has coerced the metadata in the default by the time it prints it.
        let shown = if outcome.is_ok() { &coerced } else { default };
        found.errors.push(Error::invalid(path, shown, "must not have unknown fields"));
    }
    let below = |mut error: Error| {
        error.field = match error.field.as_str() {
            "<nil>" => path.to_owned(),
            field if field.starts_with('[') => format!("{path}{field}"),
            field => format!("{path}.{field}"),
        };
        error
    };
    if let Err(error) = outcome {
        found.errors.push(below(error));
        return;
    }
    let embedded = metadata::validate_embedded(&coerced, schema);
    if embedded.is_empty() {
        check_values(default, &coerced, schema, path, found);
    } else {
        found.errors.extend(embedded.into_iter().map(below));
    }
}
