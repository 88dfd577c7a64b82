//! How a value is made: how much of it, and which of several possible values.

use serde_json::Value;

/// How a value is made. The same plan gives the same value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Plan {
    pub(crate) size: Size,
    pub(crate) flavour: Flavour,
    /// Which of several values, branches and so on is taken: the first, the second…
    pub(crate) turn: usize,
}

/// How much is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Size {
    /// Only what is required.
    #[default]
    Minimal,
    /// Every property, and one item in every array and map.
    Full,
    /// Every property, and several items.
    Several,
}

/// What is preferred where there is a choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Flavour {
    /// Values that a person would write.
    #[default]
    Plain,
    /// Null wherever it is allowed.
    Nulls,
    /// Empty arrays, maps and texts wherever they are allowed.
    Empties,
    /// Members that no schema declares, wherever they are kept.
    UnknownMembers,
    /// Integers beyond 32 bits, whatever the format says.
    LargeIntegers,
    /// Integers written as floats.
    Floats,
    /// Texts that do not have the format that they should have.
    WrongFormats,
}

/// One step from a value to what is in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// The declared member of that name.
    Member(String),
    /// A member that is not declared: a key of a map, or unknown.
    Key(String),
    /// An item, of which there must be one.
    Item,
}

/// A value that must stand at a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Toward<'a> {
    /// The way to the place.
    pub(crate) steps: &'a [Step],
    /// What stands there.
    pub(crate) value: &'a Value,
}

impl<'a> Toward<'a> {
    /// The rest of the way, if its first step leads to the member of that name.
    pub(crate) fn through(self, name: &str) -> Option<Self> {
        (self.member()? == name).then_some(Self { steps: &self.steps[1..], ..self })
    }

    /// The rest of the way, if its first step leads to an item.
    pub(crate) fn through_item(self) -> Option<Self> {
        matches!(self.steps.first(), Some(Step::Item)).then_some(Self { steps: self.steps.get(1..)?, ..self })
    }

    /// The name of the member that the first step leads to.
    pub(crate) fn member(self) -> Option<&'a str> {
        match self.steps.first() {
            Some(Step::Member(name) | Step::Key(name)) => Some(name),
            _ => None,
        }
    }
}
