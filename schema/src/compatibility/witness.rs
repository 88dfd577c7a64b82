//! The search for an object that shows what a change breaks.
//!
//! In: a place whose schema has changed. Out: a small object that the old CRD accepts and the new one refuses, or keeps less
//! of, because of that place. Work is bounded, for one place and for all.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    blame::{Blame, Fault, UNKNOWN, places},
    finding::{Affects, Answer, Witness},
    server::{Server, lost},
    shrink::shrink,
    values::Values,
};
use crate::{
    field::Errors,
    schema::{Schema, SchemaType},
    synthesis::{Builder, Plan, Step, Toward, Wanted, wanted_at},
};

/// Objects that are tried for one place.
const PER_PLACE: usize = 120;
/// Work for making a witness smaller: objects that are tried, times their size.
const SHRINKING: usize = 60_000;
/// Objects that are tried after one was found that clients alone notice.
const MORE: usize = 4;
/// So many lost members are named.
const MOST_TOLD: usize = 5;
/// No object has more nodes.
const NODES: usize = 5000;
/// Work for making all objects of one version, and for trying them: in nodes.
const STEPS: usize = 2_000_000;
const WORK: usize = 2_000_000;
/// Trying the smallest object is as much work as this.
const LEAST_WORK: usize = 30;
/// Looking at so many properties is as much work as a node.
const PROPERTIES_PER_NODE: usize = 8;

/// A search in one version.
pub(super) struct Search<'s> {
    pub(super) old: &'s Server,
    pub(super) new: &'s Server,
    pub(super) builder: Builder<'s>,
    /// Work that may still be done for all places.
    left: usize,
    hints_alone: bool,
}

/// A place that may break something.
#[derive(Clone, Copy)]
pub(super) struct Suspicion<'a, 's> {
    /// The way to the value that is tried.
    pub(super) steps: &'a [Step],
    /// What errors and losses must be about.
    pub(super) blame: &'a Blame,
    pub(super) old: &'s Schema,
    pub(super) new: &'s Schema,
    /// Values that are tried first.
    pub(super) hints: &'a [Value],
    /// A member that is taken out of every value.
    pub(super) omitted: Option<&'a str>,
    /// Whether every value gets a member that nobody declares.
    pub(super) adds_unknown: bool,
    /// How the object around the value is made.
    pub(super) plan: Plan,
}

/// A search for one place, under way.
struct Trial<'t, 'a, 's> {
    root: Wanted<'s>,
    width: usize,
    suspicion: &'t Suspicion<'a, 's>,
    seen: BTreeSet<String>,
    /// Values that both sides accept.
    accepted: Vec<Value>,
    /// The best object so far; one that stored objects notice is better than one that clients alone notice.
    best: Option<Value>,
    /// How many values are tried after it was found.
    more: usize,
}

/// What to do after a value was tried.
enum Next {
    More,
    Enough,
    GivenUp,
}

/// What came of a search.
pub(super) enum Outcome {
    Found(Witness, Affects),
    /// Every value that is possible was tried: nothing breaks.
    Excluded,
    NotFound,
    /// The limits of the search were reached before this place had its turn.
    GivenUp,
}

impl<'s> Search<'s> {
    /// A search within limits.
    pub(super) fn new(old: &'s Server, new: &'s Server) -> Self {
        Self { old, new, builder: Builder::new(NODES, STEPS), left: WORK, hints_alone: false }
    }

    /// The same, but nothing is tried except the hints.
    pub(super) fn hints_alone(self) -> Self {
        Self { hints_alone: true, ..self }
    }

    /// Looks for a witness among the hints alone.
    pub(super) fn find_by_hints(&mut self, suspicion: &Suspicion<'_, 's>) -> Outcome {
        let hints_alone = std::mem::replace(&mut self.hints_alone, true);
        let outcome = self.find(suspicion);
        self.hints_alone = hints_alone;
        outcome
    }

    /// Takes work from what is left; false if there is not so much.
    pub(super) fn spend(&mut self, work: usize) -> bool {
        let left = self.left.checked_sub(LEAST_WORK + work);
        self.left = left.unwrap_or(0);
        left.is_some()
    }

    /// How large a value is; at least 1.
    pub(super) fn size(value: &Value) -> usize {
        nodes(value)
    }

    /// Looks for a witness.
    pub(super) fn find(&mut self, suspicion: &Suspicion<'_, 's>) -> Outcome {
        let mut root = self.old.synthesizer.wanted();
        root.also = self.new.synthesizer.wanted().parts;
        // Every schema on the way is looked at for each object.
        let width = width(self.old.synthesizer.strategy.schema(), suspicion.steps);
        let mut place = wanted_at(&root, suspicion.steps);
        if place.parts.is_empty() {
            place = Wanted::beside(suspicion.old, suspicion.new);
        }
        if let [Step::Member(name)] = suspicion.steps
            && let Some(value) = self.old.synthesizer.resource.given(name)
        {
            return self.find_given(&root, suspicion, &value);
        }
        let mut trial =
            Trial { root, width, suspicion, seen: BTreeSet::new(), accepted: Vec::new(), best: None, more: MORE };
        let mut groups = Values::new(place);
        let mut group = suspicion.hints.to_vec();
        let mut next = Next::More;
        while matches!(next, Next::More) {
            for value in std::mem::take(&mut group) {
                next = self.try_value(&mut trial, value);
                if !matches!(next, Next::More) {
                    break;
                }
            }
            match groups.next(&mut self.builder).filter(|_| !self.hints_alone) {
                Some(more) => group = more,
                None => break,
            }
        }
        match trial.best {
            Some(object) => self.witness(object, suspicion.blame),
            None if matches!(next, Next::GivenUp) || self.builder.steps == 0 => Outcome::GivenUp,
            None if are_all(&trial.accepted, suspicion.old) => Outcome::Excluded,
            None => Outcome::NotFound,
        }
    }

    /// Tries the one value that the member can have.
    fn find_given(&mut self, root: &Wanted<'s>, suspicion: &Suspicion<'_, 's>, value: &Value) -> Outcome {
        let counts = |fault: Fault<'_>| suspicion.blame.concerns(fault);
        let Some(object) = self.around(root, suspicion, value) else { return Outcome::NotFound };
        match try_out(self.old, self.new, &object, &counts) {
            Tried::Refused => Outcome::NotFound,
            Tried::Same => Outcome::Excluded,
            Tried::Worse(..) => self.witness(object, suspicion.blame),
        }
    }

    /// Tries one value at its place.
    fn try_value(&mut self, trial: &mut Trial<'_, '_, 's>, mut value: Value) -> Next {
        let suspicion = trial.suspicion;
        if let (Some(name), Some(members)) = (suspicion.omitted, value.as_object_mut()) {
            members.remove(name);
        }
        if let (true, Some(members)) = (suspicion.adds_unknown, value.as_object_mut()) {
            members.insert(UNKNOWN.to_owned(), Value::from("text"));
        }
        if !trial.seen.insert(value.to_string()) {
            return Next::More;
        }
        if trial.seen.len() > PER_PLACE || trial.more == 0 {
            return Next::Enough;
        }
        let Some(object) = self.around(&trial.root, suspicion, &value) else { return Next::More };
        let work = LEAST_WORK + trial.width / PROPERTIES_PER_NODE + nodes(&object);
        let Some(left) = self.left.checked_sub(work) else { return Next::GivenUp };
        self.left = left;
        let counts = |fault: Fault<'_>| suspicion.blame.concerns(fault);
        match try_out(self.old, self.new, &object, &counts) {
            Tried::Refused => {}
            Tried::Same => {
                self.left = self.left.saturating_sub(2 * nodes(&object));
                trial.accepted.push(value);
            }
            Tried::Worse(_, before, _) if affects_stored(self.new, &before, &counts) => {
                trial.best = Some(object);
                return Next::Enough;
            }
            Tried::Worse(..) => trial.best = trial.best.take().or(Some(object)),
        }
        trial.more -= usize::from(trial.best.is_some());
        Next::More
    }

    /// The object of a plan, the default being the smallest, with the value at its place.
    pub(super) fn around(&mut self, root: &Wanted<'s>, at: &Suspicion<'_, 's>, value: &Value) -> Option<Value> {
        self.builder.left = NODES;
        let toward = Toward { steps: at.steps, value };
        self.old.synthesizer.resource.object(&mut self.builder, root, at.plan, Some(toward))
    }

    fn witness(&mut self, object: Value, blame: &Blame) -> Outcome {
        let counts = |fault: Fault<'_>| blame.concerns(fault);
        self.left = self.left.saturating_sub(10 * nodes(&object));
        let object = smallest(self.old, self.new, object, &counts);
        match show(self.old, self.new, &object, &counts) {
            Some(shown) => Outcome::Found(Witness { object, replaces: None, answer: shown.answer }, shown.affects),
            None => Outcome::NotFound,
        }
    }
}

/// Whether these are all values that a schema of listed texts allows.
fn are_all(values: &[Value], schema: &Schema) -> bool {
    let listed = &schema.enumeration;
    let are_texts = schema.kind == Some(SchemaType::String) && !schema.nullable && listed.iter().all(Value::is_string);
    are_texts && !listed.is_empty() && listed.iter().all(|value| values.contains(value))
}

/// What an object shows.
pub(super) struct Shown {
    pub(super) answer: Answer,
    pub(super) affects: Affects,
    /// The places that the answer is about.
    pub(super) places: Vec<String>,
}

/// What became of an object that was tried on both sides.
enum Tried {
    /// The old side refuses it already.
    Refused,
    /// The new side does what the old one does.
    Same,
    /// The new side refuses it, or keeps less; the second value is what the old side keeps.
    Worse(Answer, Value, Vec<String>),
}

/// What the new side does with an object that the old one accepts, if that is worse, and who notices. Only faults that count are
/// looked at.
pub(super) fn show(old: &Server, new: &Server, object: &Value, counts: &dyn Fn(Fault<'_>) -> bool) -> Option<Shown> {
    let Tried::Worse(answer, before, places) = try_out(old, new, object, counts) else { return None };
    let stored_objects = affects_stored(new, &before, counts);
    let affects = Affects { stored_objects, clients: true, generated_code: false };
    Some(Shown { answer, affects, places })
}

/// Makes an object as small as it can be while it shows as much.
pub(super) fn smallest(old: &Server, new: &Server, object: Value, counts: &dyn Fn(Fault<'_>) -> bool) -> Value {
    let stored = show(old, new, &object, counts).is_some_and(|shown| shown.affects.stored_objects);
    let tries = SHRINKING / nodes(&object);
    shrink(object, tries, |object| match try_out(old, new, object, counts) {
        Tried::Worse(_, before, _) => !stored || affects_stored(new, &before, counts),
        _ => false,
    })
}

/// How many properties the schemas on the way to a place have.
fn width(root: &Schema, steps: &[Step]) -> usize {
    let mut wanted = Wanted::all_of([root]);
    let mut width = 0;
    for step in steps {
        width += wanted.parts.iter().map(|schema| schema.properties.len()).sum::<usize>();
        wanted = wanted_at(&wanted, std::slice::from_ref(step));
    }
    width
}

/// How large a value is; at least 1.
fn nodes(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(nodes).sum::<usize>(),
        Value::Array(items) => 1 + items.iter().map(nodes).sum::<usize>(),
        _ => 1,
    }
}

/// Whether an object that is stored loses something, or cannot be updated any more.
fn affects_stored(new: &Server, before: &Value, counts: &dyn Fn(Fault<'_>) -> bool) -> bool {
    let refuses = |errors: &Errors| errors.iter().any(|error| counts(Fault::Error(error)));
    match new.read(before) {
        Ok(read) => {
            let loses = lost(before, &read).iter().any(|path| counts(Fault::Lost(path)));
            loses || new.touch(&read).is_err_and(|errors| refuses(&errors))
        }
        Err(errors) => refuses(&errors),
    }
}

fn try_out(old: &Server, new: &Server, object: &Value, counts: &dyn Fn(Fault<'_>) -> bool) -> Tried {
    let Ok(before) = old.take(object) else { return Tried::Refused };
    let mut gone = BTreeSet::new();
    match new.take(object) {
        // A default that is not filled in any more is not a loss of what was sent, and what is stored has it.
        Ok(after) => gone = &lost(object, &after) - &lost(object, &before),
        Err(mut errors) => {
            errors.0.retain(|error| counts(Fault::Error(error)));
            if !errors.is_empty() {
                let places = errors.iter().flat_map(places).collect();
                return Tried::Worse(Answer::Refuses(errors.to_string()), before, places);
            }
        }
    }
    if gone.is_empty()
        && let Ok(read) = new.read(&before)
    {
        gone = lost(&before, &read);
    }
    gone.retain(|path| counts(Fault::Lost(path)));
    if gone.is_empty() {
        return Tried::Same;
    }
    let places: Vec<String> = gone.into_iter().collect();
    Tried::Worse(Answer::Loses(places.iter().take(MOST_TOLD).cloned().collect()), before, places)
}
