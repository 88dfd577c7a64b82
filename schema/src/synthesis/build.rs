//! Values made from schemas.
//!
//! In: what a value must fulfil, and a plan. Out: a value that fulfils it, if one is found. Each part is checked where it is
//! made, so that a whole is nearly always right; work and size are bounded.

use serde_json::Value;

use super::{
    leaf::Leaves,
    plan::{Flavour, Plan, Size, Toward},
    wanted::Wanted,
    weight::Weights,
};
use crate::{
    defaulting, go,
    schema::{ListType, SchemaType},
    validation::{self, Subject},
};

/// Of the ways to choose branches, so many are tried at one place.
const MAX_CHOICES: usize = 16;
/// So many different values should be seen of each branch.
const TURNS_PER_BRANCH: usize = 4;

/// Makes values, within limits.
pub(crate) struct Builder<'s> {
    /// How many nodes may still be made: for one value.
    pub(crate) left: usize,
    /// How many steps of work may still be done: for all values.
    pub(crate) steps: usize,
    pub(crate) leaves: Leaves<'s>,
    pub(super) weights: Weights,
}

impl<'s> Builder<'s> {
    /// A builder of values with at most `nodes` nodes each; `steps` bounds the work for all of them.
    pub(crate) fn new(nodes: usize, steps: usize) -> Self {
        Self { left: nodes, steps, leaves: Leaves::default(), weights: Weights::default() }
    }

    /// A value, or none if there is none, it is not found, or a limit is reached.
    pub(crate) fn value(&mut self, wanted: &Wanted<'s>, plan: Plan, toward: Option<Toward<'_>>) -> Option<Value> {
        if let Some(toward) = toward.filter(|toward| toward.steps.is_empty()) {
            return Some(toward.value.clone());
        }
        self.steps = self.steps.checked_sub(1)?;
        self.left = self.left.checked_sub(1)?;
        if !wanted.has_branches() {
            return self.plain(wanted, plan, toward);
        }
        let left = self.left;
        // Every branch has its turn, and then the values within each.
        let choices = wanted.choices();
        let turn = plan.turn / choices;
        self.leaves.most = self.leaves.most.max(choices.saturating_mul(TURNS_PER_BRANCH));
        let sizes: &[Size] = if plan.size == Size::Minimal { &[Size::Minimal] } else { &[plan.size, Size::Minimal] };
        for size in sizes {
            for choice in 0..choices.min(MAX_CHOICES) {
                self.left = left;
                let chosen = wanted.choose(plan.turn.wrapping_add(choice));
                let value = self.plain(&chosen, Plan { size: *size, turn, ..plan }, toward);
                if let Some(value) = value.filter(|value| accepts(wanted, value)) {
                    return Some(value);
                }
            }
        }
        None
    }

    /// A value whose branches are chosen.
    fn plain(&mut self, wanted: &Wanted<'s>, plan: Plan, toward: Option<Toward<'_>>) -> Option<Value> {
        if toward.is_none() {
            if plan.flavour == Flavour::Nulls && wanted.any(|schema| schema.nullable) && accepts(wanted, &Value::Null) {
                return Some(Value::Null);
            }
            if wanted.any(|schema| !schema.enumeration.is_empty()) {
                return self.leaves.pick_listed(wanted, plan);
            }
        }
        match wanted.kind() {
            Some(SchemaType::Object) => self.object(wanted, plan, toward, super::object::Fixed::default()),
            Some(SchemaType::Array) => self.array(wanted, plan, toward),
            Some(kind) => self.leaves.pick(wanted, Some(kind), plan),
            None if wanted.any(|schema| schema.int_or_string) => self.leaves.pick(wanted, None, plan),
            None if toward.is_some_and(|toward| toward.member().is_some()) || wanted.has_members() => {
                self.object(wanted, plan, toward, super::object::Fixed::default())
            }
            None if toward.is_some() || wanted.any(|schema| schema.items.is_some()) => self.array(wanted, plan, toward),
            None => self.leaves.pick_any(wanted, plan),
        }
    }

    fn array(&mut self, wanted: &Wanted<'s>, plan: Plan, toward: Option<Toward<'_>>) -> Option<Value> {
        let (least, most) = wanted.size(|schema| (schema.constraints.min_items, schema.constraints.max_items));
        let toward = toward.and_then(Toward::through_item);
        let liked = match plan {
            _ if toward.is_some() => 1,
            Plan { flavour: Flavour::Empties, .. } | Plan { size: Size::Minimal, .. } => 0,
            Plan { size: Size::Full, .. } => 1,
            Plan { size: Size::Several, .. } => 3,
        };
        let items = wanted.items();
        let mut found: Vec<Value> = Vec::new();
        let mut keys: Vec<String> = Vec::new();
        // A repeated item is made once more, in another way.
        for turn in 0..liked.max(least).min(most).saturating_mul(2).saturating_add(8) {
            if found.len() >= liked.max(least).min(most) {
                break;
            }
            let plan = Plan { turn: plan.turn.wrapping_add(turn), ..plan };
            let toward = toward.filter(|_| found.is_empty());
            let Some(item) = self.item(&items, plan, toward) else { break };
            let key = unique_key(wanted, &item);
            if key.as_ref().is_none_or(|key| !keys.contains(key)) {
                found.push(item);
                keys.extend(key);
            }
        }
        let reached = found.len() >= least && (toward.is_none() || !found.is_empty());
        reached.then_some(Value::Array(found))
    }

    fn item(&mut self, items: &Wanted<'s>, plan: Plan, toward: Option<Toward<'_>>) -> Option<Value> {
        if items.is_empty() && toward.is_none() {
            self.left = self.left.checked_sub(1)?;
            return self.leaves.pick_any(items, plan);
        }
        self.value(items, plan, toward)
    }
}

/// Whether a value fulfils everything that must hold, once defaults are filled in.
pub(crate) fn accepts(wanted: &Wanted<'_>, value: &Value) -> bool {
    let valid = |value: &Value| {
        wanted.parts.iter().all(|schema| validation::check(value, schema, Subject::default()).is_empty())
    };
    match wanted.parts.first() {
        Some(structure) if value.is_object() || value.is_array() => {
            let mut defaulted = value.clone();
            defaulting::apply(&mut defaulted, structure);
            valid(&defaulted)
        }
        _ => valid(value),
    }
}

/// A text that two items of a set or list map must not share.
pub(crate) fn unique_key(wanted: &Wanted<'_>, item: &Value) -> Option<String> {
    let (list, kind) = wanted.list()?;
    match kind {
        ListType::Atomic => None,
        ListType::Set => Some(go::identity(item.into())),
        ListType::Map => {
            let mut defaulted = item.clone();
            if let Some(items) = list.items.as_deref() {
                defaulting::apply(&mut defaulted, items);
            }
            let keys = list.list_map_keys.iter().map(|key| defaulted.get(key).map(|key| go::identity(key.into())));
            Some(keys.map(Option::unwrap_or_default).collect::<Vec<_>>().join("\0"))
        }
    }
}
