//! Walks over a value and its schema together, and makes all checks.
//!
//! In: a value, its schema, its path, and the old value that it replaces, if any. Out: an [`Outcome`]. Matches are
//! counted as kube-openapi counts them.

use std::ops::ControlFlow;

use super::{combinators, outcome::Outcome, scalars::Scalars};
use crate::{
    constraint::{self, Violation},
    correlation::Old,
    field::{Error, Errors, Path},
    part,
    schema::Schema,
    view::{Arena, ListView, ObjectView, View},
};

/// The settings of a walk.
#[derive(Clone, Copy)]
pub(super) struct Walk<'v> {
    /// The name of the part that is checked, if it is not the whole object.
    pub(super) base: Option<&'v str>,
    /// Whether the value is a default, for which the schema is read differently: see [`super::Subject`].
    pub(super) is_default: bool,
    /// What views of the value's parts lie in.
    pub(super) arena: &'v Arena,
}

impl<'v> Walk<'v> {
    pub(super) fn root(self, value: View<'v>, schema: &'v Schema, old: Option<Old<'v>>) -> Errors {
        let mut outcome = Outcome::default();
        self.check_update(value, schema, &Path::ROOT, old, &mut outcome);
        outcome.into_errors()
    }

    /// Checks a value. If it is the same as the old one, its errors are dropped.
    fn check_update(
        self,
        value: View<'v>,
        schema: &'v Schema,
        path: &Path<'_>,
        old: Option<Old<'v>>,
        outcome: &mut Outcome,
    ) {
        let before = outcome.errors.len();
        self.check(value, schema, path, old, outcome);
        if outcome.errors.len() > before && old.is_some_and(|old| old.is_unchanged(value)) {
            outcome.errors.truncate(before);
        }
    }

    /// Checks a value. Errors are dropped only for those of its parts that have not changed.
    pub(super) fn check(
        self,
        value: View<'v>,
        schema: &'v Schema,
        path: &Path<'_>,
        old: Option<Old<'v>>,
        outcome: &mut Outcome,
    ) {
        let scalars = Scalars { schema, is_default: self.is_default };
        let typed = scalars.check_type(value);
        let has_type = typed.is_none();
        outcome.extend(typed.map(|violation| self.error(violation, path)));
        if value.is_null() {
            outcome.matches += usize::from(has_type);
        } else {
            if scalars.is_typed() {
                outcome.matches += 1 + usize::from(has_type);
            }
            combinators::check(self, value, schema, path, outcome);
            match value {
                View::List(items) => self.check_items(items, schema, path, old, outcome),
                View::Object(members) => self.check_members(members, schema, path, old, outcome),
                scalar => {
                    outcome.matches += scalars.check(scalar, &mut |violation| {
                        outcome.errors.push(self.error(violation, path));
                    });
                }
            }
            // kube-openapi counts the check of `enum` (even if there is none) and the value as a whole.
            outcome.matches += 2;
        }
        if !schema.enumeration.is_empty() {
            let violation = constraint::one_of(value, &schema.enumeration);
            outcome.extend(violation.map(|violation| self.error(violation, path)));
        }
    }

    fn check_items(
        self,
        items: &'v dyn ListView,
        schema: &'v Schema,
        path: &Path<'_>,
        old: Option<Old<'v>>,
        outcome: &mut Outcome,
    ) {
        if let Some(item_schema) = &schema.items {
            let old_items = old.map(Old::items);
            for (index, item) in View::List(items).items(self.arena).enumerate() {
                let old = old_items.as_ref().and_then(|old| old.get(item));
                self.check_update(item, item_schema, &path.index(index), old, outcome);
            }
        }
        if schema.constraints.is_written() {
            let limits = &*schema.constraints;
            let violations = [
                limits.min_items.and_then(|limit| constraint::min_items(items.len(), limit)),
                limits.max_items.and_then(|limit| constraint::max_items(items.len(), limit)),
                limits.unique_items.then(|| constraint::unique_items(View::List(items))).flatten(),
            ];
            outcome.extend(violations.into_iter().flatten().map(|violation| self.error(violation, path)));
        }
        outcome.matches += 2;
    }

    fn check_members(
        self,
        members: &'v dyn ObjectView,
        schema: &'v Schema,
        path: &Path<'_>,
        old: Option<Old<'v>>,
        outcome: &mut Outcome,
    ) {
        if schema.constraints.is_written() {
            let limits = &*schema.constraints;
            let violations = [
                limits.min_properties.and_then(|limit| constraint::min_properties(members.len(), limit)),
                limits.max_properties.and_then(|limit| constraint::max_properties(members.len(), limit)),
            ];
            outcome.extend(violations.into_iter().flatten().map(|violation| self.error(violation, path)));
        }
        if schema.forbids_additional {
            members.each(self.arena, &mut |name, _| {
                if !schema.properties.contains_key(name) {
                    outcome.extend([self.error(constraint::forbidden_property(name), path)]);
                }
                ControlFlow::Continue(())
            });
        }
        let mut schemas = part::Members::new(schema);
        members.each(self.arena, &mut |name, member| {
            if let Some((step, schema)) = schemas.find(name) {
                // Type fields of the object itself never count as unchanged, because the server sets them before it
                // compares.
                let old = old.filter(|_| !(path.is_root() && matches!(name, "apiVersion" | "kind")));
                let old = old.and_then(|old| old.member(name));
                self.check_update(member, schema, &step.below(path), old, outcome);
            }
            ControlFlow::Continue(())
        });
        for name in schema.required.iter().filter(|name| members.get(name, self.arena).is_none()) {
            outcome.extend([self.error(constraint::required(), &path.child(name))]);
        }
        outcome.count();
    }

    /// The error of a violation at `path`.
    pub(super) fn error(self, violation: Violation, path: &Path<'_>) -> Error {
        violation.below(self.base, path)
    }
}
