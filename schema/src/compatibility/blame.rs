//! Whether an error, or a lost member, is about a certain place.
//!
//! In: field errors in the server's words, which name their place in several ways, and the way to a place. Out: yes or no.

use super::{
    code::Subject,
    draft::{Draft, Reach, Trial},
};
use crate::{
    field::{Error, ErrorType},
    synthesis::Step,
};

/// A member that nobody declares.
pub(super) const UNKNOWN: &str = "crdgenUnknownMember";

/// What the new side does to an object.
#[derive(Clone, Copy)]
pub(super) enum Fault<'a> {
    /// It refuses it for this reason.
    Error(&'a Error),
    /// It drops the member at this path.
    Lost(&'a str),
}

/// What is blamed: one of several spots.
#[derive(Clone, Debug)]
pub(super) struct Blame {
    spots: Vec<Spot>,
    /// What an error must say.
    words: Option<String>,
    /// Whether errors must be about repeated items.
    repeats: bool,
    /// Whether errors count that say that the very place is missing.
    missing: Missing,
}

/// Whether errors count that say that the very place is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    /// They do not: what must be there has not changed.
    Excluded,
    Included,
    /// No others do.
    Alone,
}

#[derive(Clone, Debug)]
struct Spot {
    tokens: Vec<Token>,
    /// Whether errors and losses within the spot count.
    errors_within: bool,
    losses_within: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Name(String),
    AnyIndex,
    /// A key of a map; dots in it look like steps.
    AnyKey,
}

impl Blame {
    /// A place, with what is within it or without.
    pub(super) fn new(steps: &[Step], within: bool) -> Self {
        Self::spots([(steps.to_vec(), within)])
    }

    /// What shows a change at a node, or at one of its members.
    pub(super) fn of_draft(node: &[Step], draft: &Draft) -> Self {
        let step = |step: Step| [node, &[step]].concat();
        let member = |name: &str| step(Step::Member(name.to_owned()));
        let place = draft.member.as_deref().map_or_else(|| node.to_vec(), member);
        if draft.trial == Trial::UnknownMember {
            return Self::spots([(node.to_vec(), false), (member(UNKNOWN), true)]);
        }
        match &draft.reach {
            Reach::Place if draft.trial == Trial::WithoutMember => {
                Self { missing: Missing::Alone, ..Self::new(&place, false) }
            }
            Reach::Place => Self { missing: Missing::Excluded, ..Self::new(&place, false) },
            Reach::PlaceOrMissing => Self::new(&place, false),
            Reach::Within => Self::new(&place, true),
            Reach::LossesWithin => {
                let mut blame = Self::new(&place, true);
                blame.spots.iter_mut().for_each(|spot| spot.errors_within = false);
                blame
            }
            Reach::NodeAndMember => Self::spots([(node.to_vec(), false), (place, true)]),
            Reach::Keys => Self::spots([(step(Step::Key(String::new())), true)]),
            Reach::Repetitions => {
                let spots = [(node.to_vec(), false), (step(Step::Item), false)];
                Self { repeats: true, ..Self::spots(spots) }
            }
            Reach::Resource => Self::spots(["apiVersion", "kind", "metadata"].map(|name| (member(name), true))),
            Reach::Words(words) => Self { words: Some(words.clone()), ..Self::new(&place, true) },
        }
    }

    /// What is explained by a change that was shown.
    pub(super) fn explained(node: &[Step], draft: &Draft) -> Self {
        let subject = draft.code.subject;
        if draft.trial == Trial::UnknownMember {
            return Self::of_draft(node, &Draft { trial: Trial::Node, reach: Reach::Keys, ..draft.clone() });
        }
        let blame = Self::of_draft(node, draft);
        // The errors of a branch are about what is within.
        let is_combinator = matches!(subject, Subject::AllOf | Subject::AnyOf | Subject::OneOf | Subject::Not);
        if is_combinator { blame.and_within() } else { blame }
    }

    /// The place that an error or a loss names, and nothing within it.
    pub(super) fn of_path(path: &str) -> Self {
        let token = |part: &str| if is_index(part) { Token::AnyIndex } else { Token::Name(part.to_owned()) };
        let tokens = split(path).map(token).collect();
        let spot = Spot { tokens, errors_within: false, losses_within: false };
        Self { spots: vec![spot], words: None, repeats: false, missing: Missing::Included }
    }

    fn spots(spots: impl IntoIterator<Item = (Vec<Step>, bool)>) -> Self {
        let spots = spots.into_iter().map(|(steps, within)| Spot {
            tokens: steps.iter().flat_map(tokens).collect(),
            errors_within: within,
            losses_within: within,
        });
        Self { spots: spots.collect(), words: None, repeats: false, missing: Missing::Included }
    }

    /// The same, and what lies within.
    pub(super) fn and_within(&self) -> Self {
        let mut blame = Self { missing: Missing::Included, ..self.clone() };
        for spot in &mut blame.spots {
            (spot.errors_within, spot.losses_within) = (true, true);
        }
        blame
    }

    /// How far it is from the root.
    pub(super) fn depth(&self) -> usize {
        self.spots.iter().map(|spot| spot.tokens.len()).max().unwrap_or_default()
    }

    /// Whether the fault is blamed on it.
    pub(super) fn concerns(&self, fault: Fault<'_>) -> bool {
        match fault {
            Fault::Lost(path) => {
                let plain = self.words.is_none() && !self.repeats;
                plain && self.spots.iter().any(|spot| spot.covers(path, spot.losses_within))
            }
            Fault::Error(error) => {
                let says = self.words.as_ref().is_none_or(|words| error.detail.contains(words));
                let repeats =
                    !self.repeats || error.kind == ErrorType::Duplicate || error.detail.contains("list-type map");
                let missing = match self.missing {
                    Missing::Excluded => error.kind != ErrorType::Required,
                    Missing::Included => true,
                    Missing::Alone => error.kind == ErrorType::Required,
                };
                says && repeats && missing && places(error).iter().any(|path| self.covers(path))
            }
        }
    }

    /// Whether an error at that path is about it.
    pub(super) fn covers(&self, path: &str) -> bool {
        self.spots.iter().any(|spot| spot.covers(path, spot.errors_within))
    }
}

impl Spot {
    fn covers(&self, path: &str, within: bool) -> bool {
        let parts: Vec<&str> = split(path).collect();
        covers(&self.tokens, &parts, within)
    }
}

fn tokens(step: &Step) -> Vec<Token> {
    match step {
        Step::Member(name) => split(name).map(|part| Token::Name(part.to_owned())).collect(),
        Step::Key(_) => vec![Token::AnyKey],
        Step::Item => vec![Token::AnyIndex],
    }
}

fn covers(tokens: &[Token], parts: &[&str], within: bool) -> bool {
    let Some((token, tokens)) = tokens.split_first() else { return within || parts.is_empty() };
    let Some((part, rest)) = parts.split_first() else { return false };
    match token {
        Token::Name(name) => name == part && covers(tokens, rest, within),
        Token::AnyIndex => is_index(part) && covers(tokens, rest, within),
        Token::AnyKey => (1..=parts.len()).any(|length| covers(tokens, &parts[length..], within)),
    }
}

/// The places that an error may be about. Errors about the root name their place in the detail only: in quotes at its start, at
/// its end, or before a colon.
pub(super) fn places(error: &Error) -> Vec<String> {
    if error.field != "<nil>" {
        return vec![error.field.clone()];
    }
    let detail = error.detail.as_str();
    if let Some((path, _)) = detail.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
        return vec![path.to_owned()];
    }
    let last = detail.rsplit_once(" in ").map(|(_, path)| path);
    let first = detail.split_once(": ").map(|(path, _)| path);
    let found: Vec<String> = last.into_iter().chain(first).map(str::to_owned).collect();
    if found.is_empty() { vec![String::new()] } else { found }
}

fn split(path: &str) -> impl Iterator<Item = &str> {
    path.split(['.', '[', ']']).filter(|part| !part.is_empty())
}

fn is_index(part: &str) -> bool {
    part.bytes().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn steps() -> [Step; 3] {
        [Step::Member("spec".to_owned()), Step::Member("ports".to_owned()), Step::Item]
    }

    /// Whether an error is about `spec.ports[*]`, and about that or something within it.
    fn check(field: &str, detail: &str, exact: bool, within: bool) {
        let error = Error::invalid(field, &Value::Null, detail);
        assert_eq!(Blame::new(&steps(), false).concerns(Fault::Error(&error)), exact, "{error}");
        assert_eq!(Blame::new(&steps(), true).concerns(Fault::Error(&error)), within, "{error}");
    }

    #[test]
    fn a_key_may_have_dots() {
        let steps = [Step::Member("labels".to_owned()), Step::Key("key".to_owned())];
        assert!(Blame::new(&steps, false).covers("labels.example.com/key"));
        assert!(!Blame::new(&steps, false).covers("labels"));
    }

    #[test]
    fn errors_name_their_place_in_several_ways() {
        check("spec.ports[3]", "", true, true);
        check("spec.ports[0].name", "", false, true);
        check("spec.ports", "", false, false);
        check("<nil>", "\"spec.ports[0]\" must validate at least one schema (anyOf)", true, true);
        check("<nil>", "Checked value must be of type integer with format int32 in spec.ports[0].port", false, true);
        check("<nil>", "spec.ports[0].kind: Invalid value: 1: must be a string", false, true);
    }
}
