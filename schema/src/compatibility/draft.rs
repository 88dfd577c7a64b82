//! A change of a schema as it is found, before anybody has looked for an object that shows it.

use serde_json::Value;

use super::code::{Change, Code, Subject};

/// A change at one node of a schema.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) code: Code,
    pub(super) weight: Weight,
    pub(super) message: String,
    /// Values worth trying at the place, before all others.
    pub(super) hints: Vec<Value>,
    /// Values worth trying at places below the node.
    pub(super) probes: Vec<Probe>,
    /// Whether only updates can show it.
    pub(super) concerns_updates: bool,
    /// The member that the change is about, if it is not the node itself.
    pub(super) member: Option<String>,
    pub(super) trial: Trial,
    pub(super) reach: Reach,
    /// Whether generated Rust has another type or name.
    pub(super) generated_code: bool,
}

/// Values worth trying at a place below a node.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Probe {
    /// The names of the members on the way from the node.
    pub(super) members: Vec<String>,
    pub(super) hints: Vec<Value>,
}

/// What is tried to find out what a change breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trial {
    /// Values of the node.
    Node,
    /// Values of the member.
    Member,
    /// Values of the node without the member.
    WithoutMember,
    /// Values of the node with a member that nobody declares.
    UnknownMember,
}

/// The faults that show what a change breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those about the place itself; that it is missing is one only if that is tried.
    Place,
    /// Those about the place itself, and that it is missing.
    PlaceOrMissing,
    /// Those about the place, and about anything within.
    Within,
    /// Errors about the place itself, and losses of anything within.
    LossesWithin,
    /// Those about the node, and about anything within the member.
    NodeAndMember,
    /// Those about members that are not declared, and about anything within them.
    Keys,
    /// Repeated items.
    Repetitions,
    /// Those about the type and metadata of a resource.
    Resource,
    /// Errors that say this, of the place or of anything within.
    Words(String),
}

/// What is known about a change without looking for objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// No object is refused that was accepted, and nothing is lost.
    Safe,
    /// Some object may be refused, or lose something.
    Suspect,
    /// Nothing need be refused, but somebody has to know: the note says why.
    Attention(&'static str),
}

impl Draft {
    pub(super) fn new(subject: Subject, change: Change, weight: Weight, message: impl Into<String>) -> Self {
        Self {
            code: Code { subject, change },
            weight,
            message: message.into(),
            hints: Vec::new(),
            probes: Vec::new(),
            concerns_updates: false,
            member: None,
            trial: Trial::Node,
            reach: Reach::Place,
            generated_code: false,
        }
    }

    /// A change after which no object is refused.
    pub(super) fn safe(subject: Subject, change: Change, message: impl Into<String>) -> Self {
        Self::new(subject, change, Weight::Safe, message)
    }

    /// A change that may break something.
    pub(super) fn suspect(subject: Subject, change: Change, message: impl Into<String>) -> Self {
        Self::new(subject, change, Weight::Suspect, message)
    }

    /// A change that breaks nothing by itself, but that somebody has to know of.
    pub(super) fn attention(subject: Subject, change: Change, message: impl Into<String>, why: &'static str) -> Self {
        Self::new(subject, change, Weight::Attention(why), message)
    }

    /// Values worth trying.
    pub(super) fn hints(mut self, hints: impl IntoIterator<Item = Value>) -> Self {
        self.hints.extend(hints);
        self
    }

    /// Values worth trying below the node.
    pub(super) fn probes(mut self, probes: Vec<Probe>) -> Self {
        self.probes = probes;
        self
    }

    /// Only updates can show it.
    pub(super) fn concerns_updates(mut self, concerns_updates: bool) -> Self {
        self.concerns_updates = concerns_updates;
        self
    }

    /// It is about a member of the node.
    pub(super) fn member(mut self, name: &str) -> Self {
        self.member = Some(name.to_owned());
        self
    }

    /// It is about a member of the node, whose value is tried.
    pub(super) fn member_value(mut self, name: &str) -> Self {
        self.trial = Trial::Member;
        self.member(name)
    }

    /// It is about a member of the node, and what happens where it is missing.
    pub(super) fn omits(mut self, name: &str) -> Self {
        self.trial = Trial::WithoutMember;
        self.member(name)
    }

    /// It is about members that nobody declares.
    pub(super) fn unknown_member(mut self) -> Self {
        self.trial = Trial::UnknownMember;
        self
    }

    /// These faults show it.
    pub(super) fn reach(mut self, reach: Reach) -> Self {
        self.reach = reach;
        self
    }

    /// Faults within the place show it too.
    pub(super) fn within(self) -> Self {
        self.reach(Reach::Within)
    }

    /// Generated Rust changes.
    pub(super) fn generated(mut self) -> Self {
        self.generated_code = true;
        self
    }
}
