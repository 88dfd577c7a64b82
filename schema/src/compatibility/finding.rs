//! What is reported about a change: its verdict, whom it affects, where it stands on both sides, and an object that shows it.

use std::fmt;

use serde_json::Value;

use super::code::Code;
use crate::diagnostic::Position;

/// How bad a change is. The order is from harmless to bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Whatever worked before still works.
    #[default]
    Compatible,
    /// Somebody has to look at it, or to do something first: it may break, or it changes what objects mean.
    NeedsMigration,
    /// Something that worked before does not work any more.
    Breaking,
}

/// Who notices a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Affects {
    /// Objects that are stored: they lose data, or cannot be updated any more, not even elsewhere.
    pub stored_objects: bool,
    /// Programs and people that write such objects, or read them.
    pub clients: bool,
    /// Rust that is generated from the CRD has other types or names.
    pub generated_code: bool,
}

/// Where something stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file as it was named; empty if the definition was not read from text.
    pub file: String,
    /// The place in it.
    pub position: Option<Position>,
}

/// An object that shows that a change breaks something.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// The object, as a client sends it to the old CRD, which accepts it.
    pub object: Value,
    /// The stored object that it replaces, if it shows something as an update only.
    pub replaces: Option<Value>,
    /// What the new CRD does with it.
    pub answer: Answer,
}

/// What the new CRD does with an object that the old one accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// It refuses the object: the API server's words.
    Refuses(String),
    /// It drops these members of the object. (If it also refuses the object, another finding says why.)
    Loses(Vec<String>),
}

/// One change, and what it means.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// What kind of change it is.
    pub code: Code,
    /// How bad it is.
    pub verdict: Verdict,
    /// What has changed, in one sentence without a final stop.
    pub message: String,
    /// The version that it is about, if it is about one.
    pub version: Option<String>,
    /// Where in an object of that version (`spec.ports[*].name`); empty for the whole object and for the definition.
    pub path: String,
    /// Where it stands in the old definition; where it is missing, the nearest place around it.
    pub old: Place,
    /// Where it stands in the new definition; where it is missing, the nearest place around it.
    pub new: Place,
    /// Who notices it.
    pub affects: Affects,
    /// An object that shows it. Every breaking change of what objects may be has one.
    pub witness: Option<Witness>,
    /// Why the verdict is not another one, or what to do.
    pub note: Option<String>,
}

impl Verdict {
    /// The name that people and programs read: `needs-migration`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::NeedsMigration => "needs-migration",
            Self::Breaking => "breaking",
        }
    }

    /// The verdict of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Compatible, Self::NeedsMigration, Self::Breaking].into_iter().find(|verdict| verdict.name() == name)
    }
}

impl Affects {
    /// The names of those that notice: `stored objects`, `clients`, `generated code`.
    pub fn names(self) -> Vec<&'static str> {
        let all = [
            (self.stored_objects, "stored objects"),
            (self.clients, "clients"),
            (self.generated_code, "generated code"),
        ];
        all.into_iter().filter(|(affected, _)| *affected).map(|(_, name)| name).collect()
    }
}

impl Finding {
    /// A finding without a witness that affects nobody yet.
    pub fn new(code: Code, verdict: Verdict, message: impl Into<String>) -> Self {
        Self {
            code,
            verdict,
            message: message.into(),
            version: None,
            path: String::new(),
            old: Place::default(),
            new: Place::default(),
            affects: Affects::default(),
            witness: None,
            note: None,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `file:line:col`, as much of it as is known.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.file.is_empty() { "(no file)" } else { &self.file })?;
        match self.position {
            Some(position) => write!(f, ":{position}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refuses(errors) => write!(f, "refused: {errors}"),
            Self::Loses(paths) => write!(f, "drops {}", paths.join(", ")),
        }
    }
}
