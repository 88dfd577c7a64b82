//! Combinators: `allOf`, `anyOf`, `oneOf` and `not`.

use super::plain::plain;
use crate::{
    compatibility::{
        code::{Change, Subject},
        draft::{Draft, Weight},
    },
    schema::{Schema, SchemaType},
};

/// What has changed about combinators.
pub(super) fn compare(old: &Schema, new: &Schema) -> Vec<Draft> {
    if old.branches.is_empty() && new.branches.is_empty() {
        return Vec::new();
    }
    let only = |schema: &Schema| {
        plain(&Schema { branches: schema.branches.clone(), int_or_string: schema.int_or_string, ..Schema::default() })
            .branches
    };
    let fits_one = |branches: &[Schema]| old.kind.is_some_and(|kind| !old.nullable && fits_one(kind, branches));
    let (before, after) = (only(old), only(new));
    let is_any_kept = || after.any_of.iter().any(|branch| is_kept(old, new, branch));
    let lists = [
        all_of(&before.all_of, &after.all_of),
        any_of(&before.any_of, &after.any_of).map(|draft| settle(draft, fits_one(&after.any_of) || is_any_kept())),
        one_of(&before.one_of, &after.one_of).map(|draft| settle(draft, fits_one(&after.one_of))),
        not(before.not.as_deref(), after.not.as_deref()),
    ];
    lists.into_iter().flatten().collect()
}

/// Whether the branches say nothing but types that do not overlap, and values of this type fit one of them.
fn fits_one(kind: SchemaType, branches: &[Schema]) -> bool {
    let says_type_alone = |branch: &Schema| *branch == Schema { kind: branch.kind, ..Schema::default() };
    let number = |kind| if kind == SchemaType::Integer { SchemaType::Number } else { kind };
    let mut names: Vec<&str> = branches.iter().filter_map(|branch| Some(number(branch.kind?).name())).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    branches.iter().all(says_type_alone)
        && (names.len(), count) == (branches.len(), branches.len())
        && branches.iter().any(|branch| branch.kind == Some(kind))
}

/// Whether a branch requires nothing but members that are always there.
fn is_kept(old: &Schema, new: &Schema, branch: &Schema) -> bool {
    let has_default = |name: &String| new.properties.get(name).is_some_and(|property| property.default.is_some());
    *branch == Schema { required: branch.required.clone(), ..Schema::default() }
        && branch.required.iter().all(|name| old.required.contains(name) || has_default(name))
}

fn settle(draft: Draft, is_safe: bool) -> Draft {
    if is_safe { Draft { weight: Weight::Safe, ..draft } } else { draft }
}

fn all_of(old: &[Schema], new: &[Schema]) -> Option<Draft> {
    let (gone, came) = (missing(old, new), missing(new, old));
    match (gone, came) {
        (0, 0) => None,
        (gone, 0) => Some(safe(Subject::AllOf, old, new, format!("allOf lost {}", branches(gone)))),
        (_, came) => {
            Some(suspect(Subject::AllOf, old, new, format!("allOf has {} that it did not have", branches(came))))
        }
    }
}

fn any_of(old: &[Schema], new: &[Schema]) -> Option<Draft> {
    let (gone, came) = (missing(old, new), missing(new, old));
    match (gone, came) {
        (0, 0) => None,
        (0, came) if !old.is_empty() => {
            Some(safe(Subject::AnyOf, old, new, format!("anyOf has {} more", branches(came))))
        }
        _ if new.is_empty() => Some(safe(Subject::AnyOf, old, new, "anyOf is gone".to_owned())),
        _ if old.is_empty() => Some(suspect(Subject::AnyOf, old, new, "anyOf is new".to_owned())),
        (gone, _) => Some(suspect(Subject::AnyOf, old, new, format!("{} of anyOf went or changed", branches(gone)))),
    }
}

/// One branch more may match together with another one: nothing that is changed here is safe.
fn one_of(old: &[Schema], new: &[Schema]) -> Option<Draft> {
    match (missing(old, new), missing(new, old)) {
        (0, 0) => None,
        _ if new.is_empty() => Some(safe(Subject::OneOf, old, new, "oneOf is gone".to_owned())),
        _ if old.is_empty() => Some(suspect(Subject::OneOf, old, new, "oneOf is new".to_owned())),
        (gone, came) => {
            let message = format!("of oneOf {} went, and {} came", branches(gone), branches(came));
            Some(suspect(Subject::OneOf, old, new, message))
        }
    }
}

fn not(old: Option<&Schema>, new: Option<&Schema>) -> Option<Draft> {
    match (old, new) {
        (old, new) if old == new => None,
        (_, None) => Some(Draft::safe(Subject::Not, Change::Removed, "what `not` rules out is allowed now")),
        (None, _) => Some(Draft::suspect(Subject::Not, Change::Added, "`not` rules something out now")),
        _ => Some(Draft::suspect(Subject::Not, Change::Changed, "`not` rules something else out now")),
    }
}

/// How many of `from` are not in `other`.
fn missing(from: &[Schema], other: &[Schema]) -> usize {
    from.iter().filter(|branch| !other.contains(branch)).count()
}

fn branches(count: usize) -> String {
    match count {
        0 => "no branch".to_owned(),
        1 => "1 branch".to_owned(),
        _ => format!("{count} branches"),
    }
}

fn change(old: &[Schema], new: &[Schema], otherwise: Change) -> Change {
    match (old.is_empty(), new.is_empty()) {
        (true, _) => Change::Added,
        (_, true) => Change::Removed,
        _ => otherwise,
    }
}

fn safe(subject: Subject, old: &[Schema], new: &[Schema], message: String) -> Draft {
    Draft::safe(subject, change(old, new, Change::Loosened), message)
}

fn suspect(subject: Subject, old: &[Schema], new: &[Schema], message: String) -> Draft {
    Draft::suspect(subject, change(old, new, Change::Changed), message)
}
