//! A schema without what does not matter: descriptions, places, and the order of what has none.

use crate::schema::{AdditionalProperties, Schema, SchemaType};

/// Two schemas mean the same if they are equal when they are plain. (The reverse does not hold.)
pub(super) fn plain(schema: &Schema) -> Schema {
    let mut plain = Schema { at: None, title: None, description: None, ..schema.clone() };
    plain.required.sort();
    plain.required.dedup();
    plain.enumeration.sort_by_key(ToString::to_string);
    for branches in [&mut plain.all_of, &mut plain.any_of, &mut plain.one_of] {
        *branches = plain_branches(branches);
    }
    if plain.int_or_string {
        plain.any_of = without_int_or_string(std::mem::take(&mut plain.any_of));
        plain.all_of.retain(|branch| {
            !(*branch == Schema { any_of: branch.any_of.clone(), ..Schema::default() }
                && is_int_or_string(&branch.any_of))
        });
    }
    plain.properties.values_mut().for_each(|property| *property = self::plain(property));
    plain.not = plain.not.map(|not| Box::new(self::plain(&not)));
    plain.items = plain.items.map(|items| Box::new(self::plain(&items)));
    if let Some(AdditionalProperties::Schema(schema)) = &mut plain.additional_properties {
        **schema = self::plain(schema);
    }
    plain
}

/// Branches that are plain, in an order of their own.
pub(super) fn plain_branches(branches: &[Schema]) -> Vec<Schema> {
    let mut plain: Vec<Schema> = branches.iter().map(self::plain).collect();
    plain.sort_by_cached_key(|branch| format!("{branch:?}"));
    plain
}

/// Without the branches that every int-or-string may be written with, and that allow what it allows anyway.
fn without_int_or_string(branches: Vec<Schema>) -> Vec<Schema> {
    if is_int_or_string(&branches) { Vec::new() } else { branches }
}

fn is_int_or_string(branches: &[Schema]) -> bool {
    let only = |branch: &Schema, kind| *branch == Schema { kind: Some(kind), ..Schema::default() };
    let [first, second] = branches else { return false };
    let is = |a, b| only(first, a) && only(second, b);
    is(SchemaType::Integer, SchemaType::String) || is(SchemaType::String, SchemaType::Integer)
}
