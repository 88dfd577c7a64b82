//! A schema without what does not matter: descriptions, places, and the order of what has none.

use crate::schema::{Branches, Schema, SchemaType};

/// Two schemas mean the same if they are equal when they are plain. (The reverse does not hold.)
pub(super) fn plain(schema: &Schema) -> Schema {
    let mut plain = Schema { at: None, title: None, description: None, ..schema.clone() };
    plain.required.sort();
    plain.required.dedup();
    plain.enumeration.sort_by_key(ToString::to_string);
    let Branches { all_of, any_of, one_of, not } = &mut *plain.branches;
    for branches in [&mut *all_of, any_of, one_of] {
        *branches = plain_branches(branches);
    }
    if let Some(not) = not {
        **not = self::plain(not);
    }
    if plain.int_or_string {
        *any_of = without_int_or_string(std::mem::take(any_of));
        all_of.retain(|branch| {
            let any_of = Branches { any_of: branch.branches.any_of.clone(), ..Branches::default() };
            !(*branch == Schema { branches: any_of.into(), ..Schema::default() }
                && is_int_or_string(&branch.branches.any_of))
        });
    }
    plain.children_mut().for_each(|child| *child = self::plain(child));
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
