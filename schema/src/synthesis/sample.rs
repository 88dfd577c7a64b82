//! The objects that are made for one version, one after another.
//!
//! In: a definition, a version, limits. Out: samples: minimal, full, with every flavour and every candidate of every value,
//! and with one part at a time.

use std::{
    collections::BTreeSet,
    fmt,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use serde_json::Value;

use super::{
    build::Builder,
    place,
    plan::{Flavour, Plan, Size, Step, Toward},
    resource::Resource,
    wanted::Wanted,
};
use crate::{
    definition::Definition,
    strategy::{Operation, Strategy},
};

/// Makes objects of one version of a custom resource.
#[derive(Clone, Debug)]
pub struct Synthesizer {
    pub(crate) strategy: Strategy,
    pub(crate) resource: Resource,
}

/// How many objects are made, and how large they may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Full objects at most: each takes other values than the one before.
    pub turns: usize,
    /// Objects with one part at most: a required minimum, and all that belongs to one property.
    pub parts: usize,
    /// Nodes (members and items) in one object at most.
    pub nodes: usize,
    /// Steps of work for all objects together.
    pub steps: usize,
}

/// One object.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// What it is for.
    pub purpose: Purpose,
    /// The object as a client would send it.
    pub object: Value,
    /// Why kube-apiserver would refuse it; none if it would take it.
    pub refusal: Option<String>,
}

/// What a sample is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Purpose {
    /// Holds what is required, nothing else.
    Minimal,
    /// Holds every property, as far as the limits and the branches allow. The number says which of the possible values.
    Full(usize),
    /// Holds several items in every array and map.
    Several(usize),
    /// Has null wherever it may be.
    Nulls,
    /// Has empty arrays, maps and texts wherever they may be.
    Empties,
    /// Has members that no schema declares, wherever they are kept.
    UnknownMembers,
    /// Has integers beyond 32 bits. With `format: int32` it is refused, but may be stored: older servers did not check.
    LargeIntegers(usize),
    /// Has integers written as floats (`1.0`).
    IntegersAsFloats,
    /// Has texts that do not have their format. It is refused where formats are enforced, but may be stored: older servers
    /// did not check all of them.
    WrongFormats(usize),
    /// Holds what is required, and all of one part: its path.
    Part(String),
}

/// The samples of one version, made as they are asked for.
pub struct Samples<'s> {
    synthesizer: &'s Synthesizer,
    limits: Limits,
    builder: Builder<'s>,
    waiting: Vec<Planned>,
    /// Hashes of the objects so far.
    seen: BTreeSet<u64>,
    has_turns: bool,
}

struct Planned {
    purpose: Purpose,
    plan: Plan,
    steps: Vec<Step>,
}

impl Default for Limits {
    /// 24 full objects, 40 parts, 20,000 nodes each, two million steps.
    fn default() -> Self {
        Self { turns: 24, parts: 40, nodes: 20_000, steps: 2_000_000 }
    }
}

impl Synthesizer {
    /// For the version of that name, if the definition has it.
    pub fn new(definition: &Definition, version: &str) -> Option<Self> {
        let strategy = Strategy::new(definition, version)?;
        let version = definition.versions.iter().find(|candidate| candidate.name == version)?;
        Some(Self { strategy, resource: Resource::new(definition, version) })
    }

    /// The samples: the same ones in the same order every time, no object twice. The first is the minimal one, the second the
    /// full one, if they are found.
    pub fn samples(&self, limits: &Limits) -> Samples<'_> {
        let planned =
            |purpose, size, flavour, turn| Planned { purpose, plan: Plan { size, flavour, turn }, steps: Vec::new() };
        let mut waiting = vec![
            planned(Purpose::Minimal, Size::Minimal, Flavour::Plain, 0),
            planned(Purpose::Full(0), Size::Full, Flavour::Plain, 0),
            planned(Purpose::Nulls, Size::Full, Flavour::Nulls, 0),
            planned(Purpose::Empties, Size::Full, Flavour::Empties, 0),
            planned(Purpose::UnknownMembers, Size::Full, Flavour::UnknownMembers, 0),
            planned(Purpose::Several(0), Size::Several, Flavour::Plain, 1),
            planned(Purpose::LargeIntegers(0), Size::Full, Flavour::LargeIntegers, 0),
            planned(Purpose::LargeIntegers(1), Size::Full, Flavour::LargeIntegers, 1),
            planned(Purpose::IntegersAsFloats, Size::Full, Flavour::Floats, 0),
            planned(Purpose::WrongFormats(0), Size::Full, Flavour::WrongFormats, 0),
            planned(Purpose::WrongFormats(1), Size::Full, Flavour::WrongFormats, 5),
        ];
        waiting.reverse();
        Samples {
            synthesizer: self,
            limits: *limits,
            builder: Builder::new(limits.nodes, limits.steps),
            waiting,
            seen: BTreeSet::new(),
            has_turns: false,
        }
    }

    /// Why kube-apiserver would refuse the object; none if it would take it.
    pub fn refusal(&self, object: &Value) -> Option<String> {
        self.stored(object).err()
    }

    /// What the server does to objects of the version.
    pub fn strategy(&self) -> &Strategy {
        &self.strategy
    }

    /// What an object must fulfil.
    pub(crate) fn wanted(&self) -> Wanted<'_> {
        self.resource.wanted(self.strategy.schema())
    }

    /// The object as it is stored: pruned and with defaults. Or why it is refused.
    pub(crate) fn stored(&self, object: &Value) -> Result<Value, String> {
        let mut stored = object.clone();
        self.strategy.decode(&mut stored).map_err(|error| error.to_string())?;
        let errors = self.strategy.check(&stored, Operation::Create);
        if errors.is_empty() { Ok(stored) } else { Err(errors.to_string()) }
    }
}

impl Sample {
    /// Whether kube-apiserver would take the object.
    pub fn is_accepted(&self) -> bool {
        self.refusal.is_none()
    }

    /// Whether a server may hold the object: because it takes it, or because an older one did.
    pub fn may_be_stored(&self) -> bool {
        self.is_accepted() || matches!(self.purpose, Purpose::LargeIntegers(_) | Purpose::WrongFormats(_))
    }
}

impl Iterator for Samples<'_> {
    type Item = Sample;

    fn next(&mut self) -> Option<Sample> {
        let (purpose, object) = self.next_object()?;
        let refusal = self.synthesizer.refusal(&object);
        Some(Sample { purpose, object, refusal })
    }
}

impl Samples<'_> {
    /// The next object, which nobody has looked at.
    pub(crate) fn next_object(&mut self) -> Option<(Purpose, Value)> {
        loop {
            if self.waiting.is_empty() && !self.has_turns {
                self.has_turns = true;
                self.plan_turns();
            }
            let planned = self.waiting.pop()?;
            if let Some(object) = self.make(&planned) {
                return Some((planned.purpose, object));
            }
        }
    }

    /// Plans what depends on the first samples: as many full objects as it takes for every value to have its turn, and parts.
    fn plan_turns(&mut self) {
        let turns = self.builder.leaves.most.min(self.limits.turns);
        for turn in 1..turns {
            let plan = Plan { size: Size::Full, flavour: Flavour::Plain, turn };
            self.waiting.push(Planned { purpose: Purpose::Full(turn), plan, steps: Vec::new() });
        }
        for steps in place::places(self.synthesizer.strategy.schema(), self.limits.parts) {
            let plan = Plan { size: Size::Full, ..Plan::default() };
            self.waiting.push(Planned { purpose: Purpose::Part(place::print(&steps)), plan, steps });
        }
        self.waiting.reverse();
    }

    fn make(&mut self, planned: &Planned) -> Option<Value> {
        let Planned { plan, steps, .. } = planned;
        let root = self.synthesizer.wanted();
        self.builder.left = self.limits.nodes;
        let object = if steps.is_empty() {
            self.synthesizer.resource.object(&mut self.builder, &root, *plan, None)?
        } else {
            let place = place::wanted(&root, steps);
            let value = self.builder.value(&place, *plan, None)?;
            let toward = Toward { steps, value: &value };
            self.synthesizer.resource.object(&mut self.builder, &root, Plan::default(), Some(toward))?
        };
        let mut hasher = DefaultHasher::new();
        object.hash(&mut hasher);
        self.seen.insert(hasher.finish()).then_some(object)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Minimal => f.write_str("minimal"),
            Self::Full(turn) => write!(f, "full, values {turn}"),
            Self::Several(turn) => write!(f, "several items, values {turn}"),
            Self::Nulls => f.write_str("nulls"),
            Self::Empties => f.write_str("empty values"),
            Self::UnknownMembers => f.write_str("unknown members"),
            Self::LargeIntegers(turn) => write!(f, "large integers, values {turn}"),
            Self::IntegersAsFloats => f.write_str("integers as floats"),
            Self::WrongFormats(turn) => write!(f, "wrong formats, values {turn}"),
            Self::Part(path) => write!(f, "only {path}"),
        }
    }
}
