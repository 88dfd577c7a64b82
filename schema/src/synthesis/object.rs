//! Objects and maps made from schemas.
//!
//! In: what an object must fulfil, a plan, and members that are given. Out: the object. Members that need not be there share
//! what is left of the size.

use serde_json::{Map, Value};

use super::{
    build::{Builder, accepts},
    plan::{Flavour, Plan, Size, Toward},
    wanted::Wanted,
};

/// Names for members that no schema declares, and for the keys of maps.
const KEYS: [&str; 6] = ["key", "other-key", "example.com/key", "Key_1", "a b", "0"];

/// Members that are given.
#[derive(Clone, Debug, Default)]
pub(super) struct Fixed {
    /// What they are.
    pub(super) members: Map<String, Value>,
    /// Declared members that are not made.
    pub(super) left_out: &'static [&'static str],
}

impl<'s> Builder<'s> {
    /// An object that has the given members, those that are required, and, if the plan says so, all others.
    pub(super) fn object(
        &mut self,
        wanted: &Wanted<'s>,
        plan: Plan,
        toward: Option<Toward<'_>>,
        fixed: Fixed,
    ) -> Option<Value> {
        let (least, most) =
            wanted.size(|schema| (schema.constraints.min_properties, schema.constraints.max_properties));
        let mut object = Unfinished { wanted, plan, toward, members: fixed.members };
        if object.members.is_empty() && wanted.any(|schema| schema.embedded_resource) {
            self.add_resource_type(&mut object)?;
        }
        for name in wanted.required() {
            self.add_required(&mut object, name)?;
        }
        if let Some(name) = toward.and_then(Toward::member) {
            self.add_required(&mut object, name)?;
        }
        if plan.size != Size::Minimal || object.members.len() < least {
            let names = self.optional(wanted, plan, fixed.left_out, most);
            if plan.size != Size::Minimal {
                self.add_optional(&mut object, &names, most);
                self.add_undeclared(&mut object, most);
            }
            self.fill_up(&mut object, &names, least);
        }
        (object.members.len() >= least).then_some(Value::Object(object.members))
    }

    fn add_required(&mut self, object: &mut Unfinished<'_, 's>, name: &str) -> Option<()> {
        if object.members.contains_key(name) {
            return Some(());
        }
        let left = self.left;
        let value = self.member(object, name, object.plan).or_else(|| {
            self.left = left;
            self.member(object, name, Plan { size: Size::Minimal, flavour: Flavour::Plain, ..object.plan })
        })?;
        object.members.insert(name.to_owned(), value);
        Some(())
    }

    /// The declared members that may be there, in the order in which they are added. What there is no room for in one plan has its
    /// turn in another.
    fn optional(&mut self, wanted: &Wanted<'s>, plan: Plan, left_out: &[&str], most: usize) -> Vec<&'s str> {
        let mut names = wanted.properties();
        names.retain(|name| !wanted.rules_out(name) && !left_out.contains(name));
        if names.len() > most {
            self.leaves.most = self.leaves.most.max(names.len());
            let first = plan.turn % names.len();
            names.rotate_left(first);
        } else if plan.turn % 2 == 1 {
            names.reverse();
        }
        names
    }

    /// Adds declared members as long as there is room. Each may use as much of what is left as its schema is large.
    fn add_optional(&mut self, object: &mut Unfinished<'_, 's>, names: &[&'s str], most: usize) {
        let weights: Vec<usize> = names.iter().map(|name| self.weights.of(&object.wanted.member(name))).collect();
        let mut waiting: usize = weights.iter().sum();
        for (name, weight) in names.iter().zip(weights) {
            if object.members.len() >= most || self.left == 0 {
                return;
            }
            let share = if waiting <= self.left { self.left } else { (self.left * weight).div_ceil(waiting) };
            waiting -= weight;
            if object.members.contains_key(*name) {
                continue;
            }
            let rest = self.left - share;
            self.left = share;
            let value = self.member(object, name, object.plan);
            self.left += rest;
            if let Some(value) = value {
                object.members.insert((*name).to_owned(), value);
            }
        }
    }

    /// Adds keys of a map, or unknown members where they are kept and wanted.
    fn add_undeclared(&mut self, object: &mut Unfinished<'_, 's>, most: usize) {
        let (wanted, plan) = (object.wanted, object.plan);
        let liked = match plan {
            _ if !wanted.is_open() => 0,
            Plan { flavour: Flavour::Empties, .. } => 0,
            Plan { flavour: Flavour::UnknownMembers, .. } | Plan { size: Size::Several, .. } => 3,
            _ => usize::from(wanted.properties().is_empty()),
        };
        for index in 0..liked {
            let key = KEYS[(plan.turn + index) % KEYS.len()];
            if object.members.len() >= most {
                return;
            }
            let plan = Plan { turn: plan.turn.wrapping_add(index), ..plan };
            if let Some(value) = self.member(object, key, plan) {
                object.members.entry(key).or_insert(value);
            }
        }
    }

    /// Adds members until there are enough.
    fn fill_up(&mut self, object: &mut Unfinished<'_, 's>, names: &[&'s str], least: usize) {
        let minimal = Plan { size: Size::Minimal, ..object.plan };
        let numbered = (0..least).map(|index| format!("key-{index}")).filter(|_| object.wanted.is_open());
        let names = names.iter().map(|name| (*name).to_owned());
        for name in names.chain(numbered) {
            if object.members.len() >= least || self.left == 0 {
                return;
            }
            if !object.members.contains_key(&name)
                && let Some(value) = self.member(object, &name, minimal)
            {
                object.members.insert(name, value);
            }
        }
    }

    /// The value of a member. Beside the way to a place it fulfils what need not hold too, if that is possible.
    fn member(&mut self, object: &Unfinished<'_, 's>, name: &str, plan: Plan) -> Option<Value> {
        let wanted = object.wanted.member(name);
        if let Some(toward) = object.toward {
            if let Some(toward) = toward.through(name) {
                return self.value(&wanted, plan, Some(toward));
            }
            if !wanted.also.is_empty() {
                let left = self.left;
                let strict = self.value(&wanted.strict(), plan, None);
                if strict.is_some() {
                    return strict;
                }
                self.left = left;
            }
            return self.free_or(&wanted.alone(), plan);
        }
        self.free_or(&wanted, plan)
    }

    /// A value; anything at all if no schema says what it must be.
    fn free_or(&mut self, wanted: &Wanted<'s>, plan: Plan) -> Option<Value> {
        if wanted.is_empty() {
            self.left = self.left.checked_sub(1)?;
            return self.leaves.pick_any(wanted, plan);
        }
        self.value(wanted, plan, None)
    }

    /// Every embedded resource needs a type.
    fn add_resource_type(&mut self, object: &mut Unfinished<'_, 's>) -> Option<()> {
        for (name, text) in [("apiVersion", "v1"), ("kind", "ConfigMap")] {
            let wanted = object.wanted.member(name);
            let text = Value::from(text);
            if object.toward.is_some_and(|toward| toward.member() == Some(name)) || !accepts(&wanted, &text) {
                self.add_required(object, name)?;
            } else {
                object.members.insert(name.to_owned(), text);
            }
        }
        let aims_at_metadata = object.toward.is_some_and(|toward| toward.member() == Some("metadata"));
        if object.plan.size != Size::Minimal && !aims_at_metadata {
            let mut members = Map::new();
            members.insert("name".to_owned(), Value::from("embedded"));
            let wanted = object.wanted.member("metadata");
            let fixed = Fixed { members, left_out: &[] };
            let metadata = self.object(&wanted, Plan { size: Size::Minimal, ..object.plan }, None, fixed)?;
            object.members.insert("metadata".to_owned(), metadata);
        }
        Some(())
    }
}

/// An object that is being made.
struct Unfinished<'w, 's> {
    wanted: &'w Wanted<'s>,
    plan: Plan,
    toward: Option<Toward<'w>>,
    members: Map<String, Value>,
}
