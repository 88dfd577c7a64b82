//! Values worth trying at a place whose schema has changed.
//!
//! In: what a value must fulfil (the old schema), and what it need not (the new one). Out: values: plain, full and empty ones, at
//! and around every limit of both, with repeated items, and with every few members that combinators speak of.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::{
    schema::{Constraints, ListType, Schema, SchemaType},
    synthesis::{Builder, Flavour, Plan, Size, Wanted},
};

/// No value has more nodes.
const NODES: usize = 1000;
/// Work for all values of one place.
const STEPS: usize = 60_000;
/// Lists and maps of a wanted size are not longer.
const LONGEST: usize = 2000;
/// They have no more nodes.
const NODES_OF_LISTS: usize = 25_000;
/// Of the members that combinators speak of, so many are tried in every combination.
const COMBINED: usize = 4;
/// The limits of so many branches are looked at.
const MOST_BRANCHES: usize = 64;

/// Values that may fulfil what is wanted, in groups: those that are made with least work first.
pub(super) struct Values<'s> {
    wanted: Wanted<'s>,
    group: usize,
}

impl<'s> Values<'s> {
    pub(super) fn new(mut wanted: Wanted<'s>) -> Self {
        let branches: Vec<&Schema> = wanted.all().flat_map(branches).collect();
        wanted.also.extend(branches);
        Self { wanted, group: 0 }
    }

    /// The next group; none after the last.
    pub(super) fn next(&mut self, builder: &mut Builder<'s>) -> Option<Vec<Value>> {
        let wanted = &self.wanted;
        let found = match self.group {
            0 => listed(wanted),
            1 => scalars(builder, wanted),
            2 => planned(builder, wanted, minimal()),
            3 => planned(builder, wanted, full()),
            4 => sized(wanted),
            5 => repeated(builder, wanted),
            6 => combined(builder, wanted),
            _ => return None,
        };
        self.group += 1;
        Some(found)
    }
}

/// Null, what an old enum lists, and arrays where they are taken for texts.
fn listed(wanted: &Wanted<'_>) -> Vec<Value> {
    let null = wanted.any(|schema| schema.nullable).then_some(Value::Null);
    let listed = wanted.parts.iter().flat_map(|schema| schema.enumeration.iter().cloned());
    // The server takes any array for a text whose format it enforces.
    let is_text = wanted.kind() == Some(SchemaType::String) && wanted.any(|schema| schema.format.is_some());
    let limits = wanted.all().flat_map(|schema| [schema.constraints.min_items, schema.constraints.max_items]).flatten();
    let sizes = limits.filter(|_| is_text).flat_map(|limit| [limit.saturating_sub(1), limit.saturating_add(1)]);
    let sizes = sizes.filter_map(|size| usize::try_from(size).ok()).filter(|size| *size <= LONGEST);
    let arrays = sizes.map(|size| Value::from(vec![true; size]));
    null.into_iter().chain(listed).chain(arrays).collect()
}

/// Candidates of scalars, those of each branch too.
fn scalars<'s>(builder: &mut Builder<'s>, wanted: &Wanted<'s>) -> Vec<Value> {
    let mut found = Vec::new();
    for choice in 0..wanted.choices().min(COMBINED) {
        let chosen = wanted.choose(choice);
        let kinds: &[Option<SchemaType>] = match chosen.kind() {
            Some(SchemaType::Object | SchemaType::Array) => &[],
            Some(kind) => &[Some(kind)],
            None if chosen.any(|schema| schema.int_or_string) => &[None],
            None if chosen.has_members() => &[],
            None => &[Some(SchemaType::String), Some(SchemaType::Integer), Some(SchemaType::Boolean)],
        };
        found.extend(kinds.iter().flat_map(|kind| builder.leaves.candidates(&chosen, *kind).to_vec()));
    }
    found
}

fn planned<'s>(builder: &mut Builder<'s>, wanted: &Wanted<'s>, plans: Vec<Plan>) -> Vec<Value> {
    let made = plans.into_iter().filter_map(|plan| {
        builder.left = NODES;
        builder.value(wanted, plan, None)
    });
    made.collect()
}

fn minimal() -> Vec<Plan> {
    (0..3).map(|turn| Plan { turn, ..Plan::default() }).collect()
}

fn full() -> Vec<Plan> {
    let plan = |size, flavour, turn| Plan { size, flavour, turn };
    let mut plans: Vec<Plan> = (0..6).map(|turn| plan(Size::Full, Flavour::Plain, turn)).collect();
    plans.extend((0..2).map(|turn| plan(Size::Several, Flavour::Plain, turn)));
    let flavours = [Flavour::UnknownMembers, Flavour::Nulls, Flavour::Empties];
    plans.extend(flavours.map(|flavour| plan(Size::Full, flavour, 0)));
    plans
}

/// Lists and maps of every size at and around the limits of both sides.
fn sized(wanted: &Wanted<'_>) -> Vec<Value> {
    let limits = |schema: &Schema| {
        [
            schema.constraints.min_items,
            schema.constraints.max_items,
            schema.constraints.min_properties,
            schema.constraints.max_properties,
        ]
    };
    let limits: BTreeSet<i64> = wanted.all().flat_map(limits).flatten().collect();
    let around = limits.into_iter().flat_map(|limit| [limit.saturating_sub(1), limit, limit.saturating_add(1)]);
    let mut found = Vec::new();
    let fits = |size: &usize| *size <= LONGEST;
    for size in around.filter_map(|size| usize::try_from(size).ok()).filter(fits).collect::<BTreeSet<_>>() {
        let exact = i64::try_from(size).ok();
        let size = Constraints {
            min_items: exact,
            max_items: exact,
            min_properties: exact,
            max_properties: exact,
            ..Constraints::default()
        };
        let schema = Schema { constraints: size.into(), ..Schema::default() };
        let mut wanted = wanted.clone();
        wanted.parts.push(&schema);
        let mut builder = Builder::new(NODES_OF_LISTS, STEPS);
        found.extend(builder.value(&wanted, Plan::default(), None));
    }
    found
}

/// Lists whose items repeat, as a whole or in the keys that the new side wants to be unique.
fn repeated<'s>(builder: &mut Builder<'s>, wanted: &Wanted<'s>) -> Vec<Value> {
    let lists = || wanted.all().filter(|schema| matches!(schema.list_type, Some(ListType::Map | ListType::Set)));
    if lists().next().is_none() {
        return Vec::new();
    }
    let items = wanted.items();
    let mut found = Vec::new();
    let mut item = |turn| {
        builder.left = NODES;
        builder.value(&items, Plan { size: Size::Full, turn, ..Plan::default() }, None)
    };
    for turn in 0..2 {
        let (Some(first), Some(second)) = (item(turn), item(turn + 1)) else { continue };
        found.push(Value::from(vec![first.clone(), first.clone()]));
        for keys in lists().map(|schema| &schema.list_map_keys).filter(|keys| !keys.is_empty()) {
            let mut second = second.clone();
            for key in keys {
                if let (Some(members), Some(value)) = (second.as_object_mut(), first.get(key)) {
                    members.insert(key.clone(), value.clone());
                }
            }
            found.push(Value::from(vec![first.clone(), second]));
        }
    }
    found
}

/// Objects with every few of the members that combinators of either side speak of.
fn combined<'s>(builder: &mut Builder<'s>, wanted: &Wanted<'s>) -> Vec<Value> {
    let mut names = BTreeSet::new();
    wanted.all().for_each(|schema| branch_members(schema, false, &mut names));
    if names.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for turn in 0..2 {
        builder.left = NODES;
        let Some(base) = builder.value(wanted, Plan { turn, ..Plan::default() }, None) else { continue };
        let Value::Object(base) = base else { return found };
        let mut members = Map::new();
        for name in &names {
            builder.left = NODES;
            let plan = Plan { turn, ..Plan::default() };
            if let Some(value) = builder.value(&wanted.member(name), plan, None) {
                members.insert((*name).to_owned(), value);
            }
        }
        for chosen in choices(&members) {
            let mut value = base.clone();
            value.retain(|name, _| !members.contains_key(name));
            value.extend(chosen.into_iter().map(|(name, member)| (name.clone(), member.clone())));
            found.push(Value::Object(value));
        }
    }
    found
}

/// Every combination of a few members; of many, each alone, each two, and all.
fn choices(members: &Map<String, Value>) -> Vec<Vec<(&String, &Value)>> {
    let all: Vec<(&String, &Value)> = members.iter().collect();
    if all.len() <= COMBINED {
        let bits = 0..1_usize << all.len();
        return bits
            .map(|bits| all.iter().enumerate().filter(|(index, _)| bits >> index & 1 == 1).map(|(_, m)| *m).collect())
            .collect();
    }
    let mut found = vec![Vec::new(), all.clone()];
    found.extend(all.iter().map(|member| vec![*member]));
    found.extend(all.windows(2).map(<[_]>::to_vec));
    found
}

/// The members that the branches of a schema require or describe.
fn branch_members<'s>(schema: &'s Schema, is_branch: bool, names: &mut BTreeSet<&'s str>) {
    if is_branch {
        names.extend(schema.required.iter().chain(schema.properties.keys()).map(String::as_str));
    }
    for branch in schema.branches.iter() {
        branch_members(branch, true, names);
    }
}

/// All branches of a schema, and theirs.
fn branches(schema: &Schema) -> Vec<&Schema> {
    let mut found = Vec::new();
    for branch in schema.branches.iter() {
        found.push(branch);
        found.extend(branches(branch));
    }
    found.truncate(MOST_BRANCHES);
    found
}
