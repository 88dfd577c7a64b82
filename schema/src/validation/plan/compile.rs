//! From a schema to its plan.
//!
//! What a keyword means is not written here once more: the exact walk is asked, with a value of each type.

use std::sync::Arc;

use super::{Accept, Branches, Checks, List, Member, Node, Numbers, Object, Text, Types, fields::mark};
use crate::{
    constraint::NumberFormat,
    defaulting::Defaults,
    schema::{ListType, Schema},
    validation::scalars::Scalars,
    view::{Arena, View},
};

impl Node {
    /// `in_branch` says that list types and embedded resources are not looked for, as everywhere in branches.
    pub(super) fn new(schema: &Schema, defaults: Option<&Arc<Defaults>>, in_branch: bool) -> Self {
        let scalars = Scalars { schema, is_default: false };
        Self {
            types: Types::of(scalars),
            checks: Checks::new(scalars).map(Box::new),
            list: List::new(schema, defaults, in_branch).map(Box::new),
            object: Object::new(schema, defaults, in_branch).map(Box::new),
            is_resource: schema.embedded_resource && !in_branch,
            defaults: defaults.cloned(),
        }
    }
}

impl Checks {
    fn new(scalars: Scalars<'_>) -> Option<Self> {
        let written = scalars.schema.branches.is_written().then_some(&*scalars.schema.branches);
        let below = |schema: &Schema| Node::new(schema, None, true);
        let checks = Self {
            text: Text::new(scalars),
            number: Numbers::new(scalars),
            enumeration: scalars.schema.enumeration.as_slice().into(),
            branches: written.map(|branches| Branches {
                all_of: branches.all_of.iter().map(below).collect(),
                any_of: branches.any_of.iter().map(below).collect(),
                one_of: branches.one_of.iter().map(below).collect(),
                not: branches.not.as_deref().map(below),
            }),
        };
        let Self { text, number, enumeration, branches } = &checks;
        let is_empty = text.is_none() && number.is_none() && enumeration.is_empty() && branches.is_none();
        (!is_empty).then_some(checks)
    }
}

impl Types {
    fn of(scalars: Scalars<'_>) -> Self {
        let (items, members) = (Vec::new(), serde_json::Map::new());
        let passes = |value| scalars.check_type(value).is_none();
        Self {
            null: passes(View::Null),
            flag: passes(View::Bool(true)),
            integer: passes(View::Int(0)),
            whole_float: passes(View::Float(1.0)),
            float: passes(View::Float(0.5)),
            text: passes(View::Text("")),
            list: passes(View::List(&items)),
            object: passes(View::Object(&members)),
        }
    }
}

impl Numbers {
    fn new(scalars: Scalars<'_>) -> Option<Self> {
        let limits = &*scalars.schema.constraints;
        let numbers = Self {
            format: NumberFormat::new(scalars.kind(), scalars.schema.format.as_deref()),
            minimum: limits.minimum.as_ref().map(|bound| (bound.into(), limits.exclusive_minimum)),
            maximum: limits.maximum.as_ref().map(|bound| (bound.into(), limits.exclusive_maximum)),
            multiple_of: limits.multiple_of.as_ref().map(Into::into),
        };
        let is_bounded = numbers.minimum.is_some() || numbers.maximum.is_some() || numbers.multiple_of.is_some();
        (is_bounded || numbers.format != NumberFormat::default()).then_some(numbers)
    }
}

impl List {
    fn new(schema: &Schema, defaults: Option<&Arc<Defaults>>, in_branch: bool) -> Option<Self> {
        let limits = &*schema.constraints;
        let unique_by = schema.list_type.filter(|kind| *kind != ListType::Atomic && !in_branch);
        let item_defaults = defaults.and_then(|defaults| defaults.of_items());
        let list = Self {
            items: schema.items.as_deref().map(|items| Node::new(items, item_defaults, in_branch)),
            min_items: limits.min_items,
            max_items: limits.max_items,
            is_unique: limits.unique_items,
            unique_by: unique_by.map(|kind| (kind, schema.list_map_keys.to_vec())),
        };
        let is_empty = list.items.is_none() && list.unique_by.is_none();
        (!is_empty || schema.constraints.is_written()).then_some(list)
    }
}

impl Object {
    fn new(schema: &Schema, defaults: Option<&Arc<Defaults>>, in_branch: bool) -> Option<Self> {
        let mut names: Vec<Box<str>> = schema.properties.keys().map(|name| name.as_str().into()).collect();
        for name in schema.required.iter().filter(|name| !schema.properties.contains_key(*name)) {
            if names.iter().all(|known| **known != **name) {
                names.push(name.as_str().into());
            }
        }
        let member = |name: &str| {
            let property = schema.properties.get(name);
            let below = defaults.and_then(|defaults| defaults.of_member(name));
            Member {
                node: property.map(|property| Node::new(property, below, in_branch)),
                is_required: schema.required.iter().any(|required| required == name),
                has_default: property.is_some_and(|property| property.default.is_some()) && !in_branch,
            }
        };
        let members: Box<[Member]> = names.iter().map(|name| member(name)).collect();
        let required = |member: &&Member| member.is_required;
        let of_additional = defaults.and_then(|defaults| defaults.of_additional());
        let object = Self {
            by_name: names.iter().cloned().zip(0..).collect(),
            additional: schema.additional_schema().map(|schema| Node::new(schema, of_additional, in_branch)),
            forbids_additional: schema.forbids_additional,
            required: members.iter().filter(required).count(),
            required_without_default: members.iter().filter(required).filter(|member| !member.has_default).count(),
            min_properties: schema.constraints.min_properties,
            max_properties: schema.constraints.max_properties,
            has_wrong_default: has_wrong_default(&members, &names, defaults),
            marks: names.iter().map(|name| mark(name)).collect(),
            names: names.into(),
            members,
            ..Self::default()
        };
        let is_empty = object.members.is_empty() && object.additional.is_none() && !object.forbids_additional;
        (!is_empty || schema.constraints.is_written()).then_some(object)
    }
}

fn has_wrong_default(members: &[Member], names: &[Box<str>], defaults: Option<&Arc<Defaults>>) -> bool {
    let arena = Arena::new();
    members.iter().zip(names).filter(|(member, _)| member.has_default).any(|(member, name)| {
        let default = defaults.and_then(|defaults| defaults.own(name));
        let node = member.node.as_ref().zip(default);
        !node.is_some_and(|(node, default)| Accept { arena: &arena, lacks_defaults: false }.node(node, default.into()))
    })
}
