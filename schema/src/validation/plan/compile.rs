//! From a schema to its plan.
//!
//! What a keyword means is not written here once more: the exact walk is asked, with a value of each type.

use std::sync::Arc;

use super::{Accept, Branches, List, Member, Node, Numbers, Object, Text, Types, fields::mark};
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
        let below = |schema: &Schema| Self::new(schema, None, true);
        let branches = schema.branches.is_written().then(|| {
            Box::new(Branches {
                all_of: schema.branches.all_of.iter().map(below).collect(),
                any_of: schema.branches.any_of.iter().map(below).collect(),
                one_of: schema.branches.one_of.iter().map(below).collect(),
                not: schema.branches.not.as_deref().map(below),
            })
        });
        let mut node = Self {
            types: Types::of(scalars),
            has_scalar_checks: false,
            text: Text::new(scalars).map(Box::new),
            number: Numbers::new(scalars).map(Box::new),
            list: List::new(schema, defaults, in_branch).map(Box::new),
            object: Object::new(schema, defaults, in_branch).map(Box::new),
            enumeration: schema.enumeration.as_slice().into(),
            branches,
            is_resource: schema.embedded_resource && !in_branch,
            defaults: defaults.cloned(),
        };
        let Self { text, number, enumeration, branches, .. } = &node;
        node.has_scalar_checks = text.is_some() || number.is_some() || !enumeration.is_empty() || branches.is_some();
        node
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
        let declared = schema.properties.iter().map(|(name, property)| {
            let below = defaults.and_then(|defaults| defaults.of_member(name));
            Member {
                name: name.as_str().into(),
                node: Some(Node::new(property, below, in_branch)),
                is_required: schema.required.contains(name),
                has_default: property.default.is_some() && !in_branch,
            }
        });
        let mut members: Vec<Member> = declared.collect();
        for name in schema.required.iter().filter(|name| !schema.properties.contains_key(*name)) {
            if members.iter().all(|member| *member.name != **name) {
                members.push(Member { name: name.as_str().into(), node: None, is_required: true, has_default: false });
            }
        }
        let required = |member: &&Member| member.is_required;
        let of_additional = defaults.and_then(|defaults| defaults.of_additional());
        let object = Self {
            by_name: members.iter().enumerate().map(|(index, member)| (member.name.clone(), index)).collect(),
            additional: schema.additional_schema().map(|schema| Node::new(schema, of_additional, in_branch)),
            forbids_additional: schema.forbids_additional,
            required: members.iter().filter(required).count(),
            required_without_default: members.iter().filter(required).filter(|member| !member.has_default).count(),
            min_properties: schema.constraints.min_properties,
            max_properties: schema.constraints.max_properties,
            has_wrong_default: !in_branch && has_wrong_default(&members, defaults),
            marks: members.iter().map(|member| mark(&member.name)).collect(),
            members: members.into(),
            ..Self::default()
        };
        let is_empty = object.members.is_empty() && object.additional.is_none() && !object.forbids_additional;
        (!is_empty || schema.constraints.is_written()).then_some(object)
    }
}

fn has_wrong_default(members: &[Member], defaults: Option<&Arc<Defaults>>) -> bool {
    let arena = Arena::new();
    members.iter().filter(|member| member.has_default).any(|member| {
        let default = defaults.and_then(|defaults| defaults.own(&member.name));
        let node = member.node.as_ref().zip(default);
        !node.is_some_and(|(node, default)| Accept { arena: &arena, lacks_defaults: false }.node(node, default.into()))
    })
}
