//! The constraints of one schema node.
//!
//! In: a [`Schema`]. Out: those of its constraints that can be said in a sentence, for the documentation. What the type itself
//! says (an enum of strings) is not a constraint. Rules are read where the documentation is written.

use crdgen_schema::schema::{AdditionalProperties, Branches, ListType, Schema, SchemaType};
use serde_json::Number;

use crate::model::{Bound, Constraint};

/// The constraints of a value. With `i32` the type says that an integer has 32 bits.
pub(super) fn of(schema: &Schema, i32: bool) -> Vec<Constraint<'_>> {
    let mut constraints = collect(schema, schema.int_or_string);
    if i32 {
        remove_int32(&mut constraints);
    }
    constraints
}

fn remove_int32(constraints: &mut Vec<Constraint<'_>>) {
    constraints.retain_mut(|constraint| match constraint {
        Constraint::Format("int32") => false,
        Constraint::Items(inner) | Constraint::Values(inner) => {
            remove_int32(inner);
            !inner.is_empty()
        }
        _ => true,
    });
}

/// `int_or_string` is that of the node itself where `schema` is a branch of its `allOf`.
fn collect(schema: &Schema, int_or_string: bool) -> Vec<Constraint<'_>> {
    let mut constraints = Vec::new();
    on_strings(schema, &mut constraints);
    on_numbers(schema, &mut constraints);
    on_sizes(schema, &mut constraints);
    enumeration(schema, int_or_string, &mut constraints);
    combinators(schema, int_or_string, &mut constraints);
    if let Some(items) = &schema.items {
        let inner = collect(items, items.int_or_string);
        if !inner.is_empty() {
            constraints.push(Constraint::Items(inner));
        }
    }
    // Beside properties, `additionalProperties` describes unknown properties, which have no type of their own.
    if let (Some(AdditionalProperties::Schema(values)), true) =
        (&schema.additional_properties, schema.properties.is_empty())
    {
        let inner = collect(values, values.int_or_string);
        if !inner.is_empty() {
            constraints.push(Constraint::Values(inner));
        }
    }
    constraints
}

/// Keys that an object must have although its type has no field for them. `apiVersion`, `kind` and `metadata` are
/// known to every resource.
pub(super) fn required_keys(schema: &Schema) -> impl Iterator<Item = &String> {
    let is_object = matches!(schema.kind, Some(SchemaType::Object) | None);
    schema.required.iter().filter(move |key| {
        is_object
            && !schema.properties.contains_key(*key)
            && !["apiVersion", "kind", "metadata"].contains(&key.as_str())
    })
}

fn on_strings<'a>(schema: &'a Schema, constraints: &mut Vec<Constraint<'a>>) {
    let limits = &*schema.constraints;
    constraints.extend(schema.format.as_deref().filter(|format| is_checked(schema, format)).map(Constraint::Format));
    constraints.extend(limits.min_length.map(Constraint::MinLength));
    constraints.extend(limits.max_length.map(Constraint::MaxLength));
    constraints.extend(limits.pattern.as_deref().map(Constraint::Pattern));
}

/// Of the formats of integers only `int32` says more than the type.
fn is_checked(schema: &Schema, format: &str) -> bool {
    let integer = schema.kind == Some(SchemaType::Integer);
    !schema.int_or_string && (!integer || format == "int32")
}

fn on_numbers(schema: &Schema, constraints: &mut Vec<Constraint<'_>>) {
    let limits = &*schema.constraints;
    let minimum = limits.minimum.as_ref().and_then(bound);
    constraints.extend(minimum.map(|bound| Constraint::Minimum(bound, limits.exclusive_minimum)));
    let maximum = limits.maximum.as_ref().and_then(bound);
    constraints.extend(maximum.map(|bound| Constraint::Maximum(bound, limits.exclusive_maximum)));
    constraints.extend(limits.multiple_of.as_ref().and_then(bound).map(Constraint::MultipleOf));
}

fn bound(number: &Number) -> Option<Bound> {
    number.as_i64().map(Bound::Int).or_else(|| number.as_f64().map(Bound::Float))
}

fn on_sizes<'a>(schema: &'a Schema, constraints: &mut Vec<Constraint<'a>>) {
    let limits = &*schema.constraints;
    constraints.extend(limits.min_items.map(Constraint::MinItems));
    constraints.extend(limits.max_items.map(Constraint::MaxItems));
    constraints.extend(limits.min_properties.map(Constraint::MinProperties));
    constraints.extend(limits.max_properties.map(Constraint::MaxProperties));
    match schema.list_type {
        Some(ListType::Set) => constraints.push(Constraint::Unique),
        Some(ListType::Map) => constraints.push(Constraint::ListMap(&schema.list_map_keys)),
        Some(ListType::Atomic) | None => {}
    }
}

/// An enum of a type that is not turned into a Rust enum.
fn enumeration(schema: &Schema, int_or_string: bool, constraints: &mut Vec<Constraint<'_>>) {
    let string = schema.kind == Some(SchemaType::String) && !int_or_string;
    if schema.enumeration.is_empty() || string && schema.enumeration.iter().any(serde_json::Value::is_string) {
        return;
    }
    constraints.push(Constraint::OneOf(schema.enumeration.iter().map(ToString::to_string).collect()));
}

fn combinators<'a>(schema: &'a Schema, int_or_string: bool, constraints: &mut Vec<Constraint<'a>>) {
    let Branches { all_of, any_of, one_of, .. } = &*schema.branches;
    if !one_of.is_empty() {
        constraints.extend(required_branches(one_of).map(Constraint::OneOfRequired));
    }
    let says_the_type = int_or_string && any_of.iter().all(is_integer_or_string);
    if !any_of.is_empty() && !says_the_type {
        constraints.extend(required_branches(any_of).map(Constraint::AnyOfRequired));
    }
    // A branch of `allOf` that speaks only of this value is a part of it.
    let own = all_of.iter().filter(|branch| branch.children().next().is_none() && branch.required.is_empty());
    constraints.extend(own.flat_map(|branch| collect(branch, int_or_string)));
}

/// A branch of the form that `x-kubernetes-int-or-string` has in most CRDs.
fn is_integer_or_string(branch: &Schema) -> bool {
    matches!(branch.kind, Some(SchemaType::Integer | SchemaType::String))
        && *branch == Schema { at: branch.at, kind: branch.kind, ..Schema::default() }
}

/// The keys of each branch, if branches say nothing but which keys must be there.
fn required_branches(branches: &[Schema]) -> Option<Vec<&[String]>> {
    branches.iter().map(required_only).collect()
}

fn required_only(branch: &Schema) -> Option<&[String]> {
    let says_nothing = |schema: &Schema| {
        let Schema { at, title, description, .. } = schema;
        *schema == Schema { at: *at, title: title.clone(), description: description.clone(), ..Schema::default() }
    };
    if branch.required.is_empty() || !branch.properties.values().all(says_nothing) {
        return None;
    }
    let rest = Schema { required: Vec::new(), properties: crdgen_schema::sparse::Sparse::default(), ..branch.clone() };
    says_nothing(&rest).then_some(branch.required.as_slice())
}
