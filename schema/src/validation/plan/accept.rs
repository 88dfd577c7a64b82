//! The quick walk.

use std::ops::ControlFlow;

use super::{Branches, Checks, List, Node, Numbers, Object};
use crate::{
    constraint, list_type, metadata,
    number::Number,
    view::{Arena, ListView, ObjectView, View},
};

/// The settings of the walk.
#[derive(Clone, Copy)]
pub(super) struct Accept<'v> {
    /// What views of the object's parts lie in.
    pub(super) arena: &'v Arena,
    /// Whether members that have a default may still be missing.
    pub(super) lacks_defaults: bool,
}

impl<'v> Accept<'v> {
    /// Whether nothing is wrong with a value.
    pub(super) fn node(self, node: &'v Node, value: View<'v>) -> bool {
        match value {
            View::Text(text) => {
                let fits = |checks: &'v Checks| checks.text.as_ref().is_none_or(|checks| checks.accepts(text));
                node.types.text && self.checks(node, value, fits)
            }
            View::Int(number) => node.types.integer && self.number(node, value, Number::Int(number)),
            View::Float(number) => {
                let number = Number::Float(number);
                let has_type = node.types.float || node.types.whole_float && constraint::is_integral(number);
                has_type && self.number(node, value, number)
            }
            View::Bool(_) => node.types.flag && self.checks(node, value, |_| true),
            // Nothing is in an enum that is null, and nothing else is looked at.
            View::Null => node.types.null && node.checks.as_ref().is_none_or(|checks| checks.enumeration.is_empty()),
            View::List(items) => {
                node.types.list
                    && node.list.as_ref().is_none_or(|list| self.list(list, node, items))
                    && self.checks(node, value, |_| true)
            }
            View::Object(members) => {
                node.types.object
                    && node.object.as_ref().is_none_or(|object| self.object(object, node, members))
                    && self.checks(node, value, |_| true)
                    && (!node.is_resource || self.resource(node, value))
            }
        }
    }

    fn number(self, node: &'v Node, value: View<'v>, number: Number) -> bool {
        self.checks(node, value, |checks| checks.number.as_ref().is_none_or(|checks| checks.accept(number)))
    }

    /// What is checked beside the type: what `fits` says about it, and what is the same for every type.
    fn checks(self, node: &'v Node, value: View<'v>, fits: impl FnOnce(&'v Checks) -> bool) -> bool {
        let Some(checks) = &node.checks else { return true };
        fits(checks)
            && (checks.enumeration.is_empty() && checks.branches.is_none() || self.beyond_type(checks, node, value))
    }

    fn beyond_type(self, checks: &'v Checks, node: &'v Node, value: View<'v>) -> bool {
        let whole = self.with_defaults(node, value);
        let is_listed = checks.enumeration.is_empty() || constraint::one_of(whole, &checks.enumeration).is_none();
        // Branches have no defaults of their own.
        let within = Self { lacks_defaults: false, ..self };
        is_listed && checks.branches.as_ref().is_none_or(|branches| within.branches(branches, whole))
    }

    fn branches(self, branches: &'v Branches, value: View<'v>) -> bool {
        let accepts = |branch: &&'v Node| self.node(branch, value);
        branches.all_of.iter().all(|branch| accepts(&branch))
            && (branches.any_of.is_empty() || branches.any_of.iter().any(|branch| accepts(&branch)))
            && (branches.one_of.is_empty() || branches.one_of.iter().filter(accepts).count() == 1)
            && !branches.not.iter().any(|branch| accepts(&branch))
    }

    fn with_defaults(self, node: &'v Node, value: View<'v>) -> View<'v> {
        match &node.defaults {
            Some(defaults) if self.lacks_defaults => defaults.over(value, self.arena),
            _ => value,
        }
    }

    fn list(self, list: &'v List, node: &'v Node, items: &'v dyn ListView) -> bool {
        let (value, count) = (View::List(items), items.len());
        list.min_items.is_none_or(|limit| constraint::min_items(count, limit).is_none())
            && list.max_items.is_none_or(|limit| constraint::max_items(count, limit).is_none())
            && list.items.as_ref().is_none_or(|node| value.items(self.arena).all(|item| self.node(node, item)))
            && (!list.is_unique || constraint::unique_items(self.with_defaults(node, value)).is_none())
            && (count == 0
                || list.unique_by.as_ref().is_none_or(|(kind, keys)| {
                    list_type::is_valid(self.with_defaults(node, value), *kind, keys, self.arena)
                }))
    }

    fn object(self, object: &'v Object, node: &'v Node, members: &'v dyn ObjectView) -> bool {
        let mut missing = if self.lacks_defaults { object.required_without_default } else { object.required };
        let (mut names, mut passes) = (object.names(members), true);
        members.each_field(self.arena, &mut |field, name, value| {
            passes = match names.find(field, name) {
                Some(member) => {
                    let counts = member.is_required && !(self.lacks_defaults && member.has_default);
                    missing = missing.saturating_sub(counts.into());
                    match member.node.as_ref() {
                        Some(node) => self.node(node, value),
                        None => self.additional(object, value),
                    }
                }
                None => self.additional(object, value),
            };
            if passes { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        let is_limited = object.min_properties.is_some() || object.max_properties.is_some();
        passes
            && missing == 0
            && !(self.lacks_defaults && object.has_wrong_default)
            && (!is_limited || object.has_room(self.with_defaults(node, View::Object(members))))
    }

    /// Whether nothing is wrong with a member that is not declared.
    fn additional(self, object: &'v Object, value: View<'v>) -> bool {
        !object.forbids_additional && object.additional.as_ref().is_none_or(|node| self.node(node, value))
    }

    fn resource(self, node: &'v Node, value: View<'v>) -> bool {
        let members = self.with_defaults(node, value).as_object();
        members.is_none_or(|members| metadata::is_valid_resource(members, self.arena))
    }
}

impl Object {
    /// Whether an object has as many members as it may have.
    fn has_room(&self, value: View<'_>) -> bool {
        let count = value.as_object().map_or(0, ObjectView::len);
        self.min_properties.is_none_or(|limit| constraint::min_properties(count, limit).is_none())
            && self.max_properties.is_none_or(|limit| constraint::max_properties(count, limit).is_none())
    }
}

impl Numbers {
    fn accept(&self, number: Number) -> bool {
        constraint::range(number, self.format).is_none()
            && self.multiple_of.is_none_or(|factor| constraint::multiple_of(number, factor, self.format).is_empty())
            && self
                .minimum
                .is_none_or(|(bound, exclusive)| constraint::minimum(number, bound, exclusive, self.format).is_empty())
            && self
                .maximum
                .is_none_or(|(bound, exclusive)| constraint::maximum(number, bound, exclusive, self.format).is_empty())
    }
}
