//! The constraints of one schema node.
//!
//! In: a [`Schema`]. Out: its [`Constraint`]s, and the keywords that none of them expresses. What the type itself says (an
//! enum of strings) is not a constraint. CEL rules are not read here: they are documentation only.

use crdgen_schema::schema::{AdditionalProperties, Branches, ListType, Schema, SchemaType};
use serde_json::Number;

use crate::model::{Bound, Constraint};

/// What a node demands of its value.
#[derive(Clone, Debug, Default)]
pub(super) struct Constraints<'a> {
    /// What `validate` checks.
    pub(super) checked: Vec<Constraint<'a>>,
    /// The keywords, its own and its elements', that `validate` leaves to the API server.
    pub(super) unchecked: Vec<&'static str>,
}

/// The constraints of a value. With `i32` the type says that an integer has 32 bits.
pub(super) fn of(schema: &Schema, i32: bool) -> Constraints<'_> {
    let mut unchecked = Vec::new();
    let mut checked = collect(schema, schema.int_or_string, &mut unchecked);
    if i32 {
        remove_int32(&mut checked);
    }
    Constraints { checked, unchecked }
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

/// As [`of`], for the root of a resource: it is not a field, so none of its constraints are checked.
pub(super) fn of_root(schema: &Schema) -> Vec<&'static str> {
    let Constraints { checked, mut unchecked } = of(schema, false);
    unchecked.extend(checked.iter().filter_map(|constraint| match constraint {
        Constraint::OneOfRequired(_) => Some("oneOf"),
        Constraint::AnyOfRequired(_) => Some("anyOf"),
        _ => None,
    }));
    unchecked
}

/// `int_or_string` is that of the node itself where `schema` is a branch of its `allOf`.
fn collect<'a>(schema: &'a Schema, int_or_string: bool, unchecked: &mut Vec<&'static str>) -> Vec<Constraint<'a>> {
    let mut constraints = Vec::new();
    on_strings(schema, &mut constraints);
    on_numbers(schema, &mut constraints);
    on_sizes(schema, &mut constraints);
    enumeration(schema, int_or_string, &mut constraints);
    combinators(schema, int_or_string, &mut constraints, unchecked);
    if required_keys(schema).next().is_some() {
        unchecked.push("required");
    }
    if let Some(items) = &schema.items {
        let inner = collect(items, items.int_or_string, unchecked);
        if !inner.is_empty() {
            constraints.push(Constraint::Items(inner));
        }
    }
    // Beside properties, `additionalProperties` describes unknown properties, which have no type of their own.
    if let (Some(AdditionalProperties::Schema(values)), true) =
        (&schema.additional_properties, schema.properties.is_empty())
    {
        let inner = collect(values, values.int_or_string, unchecked);
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

fn combinators<'a>(
    schema: &'a Schema,
    int_or_string: bool,
    constraints: &mut Vec<Constraint<'a>>,
    unchecked: &mut Vec<&'static str>,
) {
    let Branches { all_of, any_of, one_of, not } = &*schema.branches;
    if !one_of.is_empty() {
        match required_branches(one_of) {
            Some(branches) => constraints.push(Constraint::OneOfRequired(branches)),
            None => unchecked.push("oneOf"),
        }
    }
    let says_the_type = int_or_string && any_of.iter().all(is_integer_or_string);
    if !any_of.is_empty() && !says_the_type {
        match required_branches(any_of) {
            Some(branches) => constraints.push(Constraint::AnyOfRequired(branches)),
            None => unchecked.push("anyOf"),
        }
    }
    for branch in all_of {
        branch_of_all(branch, int_or_string, constraints, unchecked);
    }
    if not.is_some() {
        unchecked.push("not");
    }
}

/// A branch of `allOf` that speaks only of this value is a part of it.
fn branch_of_all<'a>(
    branch: &'a Schema,
    int_or_string: bool,
    constraints: &mut Vec<Constraint<'a>>,
    unchecked: &mut Vec<&'static str>,
) {
    let deeper = branch.items.is_some()
        || branch.additional_properties.is_some()
        || !branch.properties.is_empty()
        || !branch.required.is_empty();
    if deeper {
        unchecked.push("allOf");
    } else {
        constraints.extend(collect(branch, int_or_string, unchecked));
    }
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
