//! The search for an update that shows what a rule about updates breaks.
//!
//! In: places that the rule looks at. Out: two objects, of which the old CRD lets the second replace the first, and the new CRD does
//! not. Work is bounded as that of every [`Search`].

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    blame::{Blame, Fault},
    finding::{Affects, Answer, Witness},
    shrink::shrink,
    values::Values,
    witness::{Outcome, Search, Suspicion},
};
use crate::synthesis::wanted_at;

/// Objects that are made for one place, and pairs that are tried for one rule.
const PER_PLACE: usize = 6;
const PAIRS: usize = 200;
/// Objects that are tried to make each of the two smaller.
const SHRINKING: usize = 60;
/// Trying a pair is as much work as this, for each node of both objects.
const WORK_PER_NODE: usize = 2;

impl<'s> Search<'s> {
    /// Looks for an update that the old side takes, and that the new side refuses because of `blame`.
    pub(super) fn find_update(&mut self, places: &[Suspicion<'_, 's>], blame: &Blame) -> Outcome {
        let mut objects: Vec<(Value, Value)> = Vec::new();
        for place in places {
            self.collect(place, &mut objects);
        }
        let counts = |fault: Fault<'_>| blame.concerns(fault);
        let pairs = objects.iter().flat_map(|from| objects.iter().map(move |to| (from, to)));
        for ((_, stored), (object, _)) in pairs.filter(|(from, to)| from.1 != to.1).take(PAIRS) {
            if !self.spend(WORK_PER_NODE * (Self::size(stored) + Self::size(object))) {
                return Outcome::GivenUp;
            }
            if self.refuses_update(stored, object, &counts).is_none() {
                continue;
            }
            let (stored, object) = self.smaller(stored, object, &counts);
            let Some(answer) = self.refuses_update(&stored, &object, &counts) else { return Outcome::NotFound };
            let stored_objects =
                self.new.touch(&stored).is_err_and(|errors| errors.iter().any(|error| counts(Fault::Error(error))));
            let affects = Affects { stored_objects, clients: true, generated_code: false };
            let witness = Witness { object, replaces: Some(stored), answer };
            return Outcome::Found(witness, affects);
        }
        Outcome::NotFound
    }

    /// The new side's answer, if the old side takes the update and the new one does not.
    fn refuses_update(&self, stored: &Value, object: &Value, counts: &dyn Fn(Fault<'_>) -> bool) -> Option<Answer> {
        self.old.update(stored, object).ok()?;
        let read = self.new.read(stored).ok()?;
        let mut errors = self.new.update(&read, object).err()?;
        errors.0.retain(|error| counts(Fault::Error(error)));
        (!errors.is_empty()).then(|| Answer::Refuses(errors.to_string()))
    }

    /// The same update with less in both objects.
    fn smaller(&self, stored: &Value, object: &Value, counts: &dyn Fn(Fault<'_>) -> bool) -> (Value, Value) {
        let taken = |object: &Value| self.old.take(object).ok();
        let stored = shrink(stored.clone(), SHRINKING, |stored| {
            taken(stored).is_some_and(|stored| self.refuses_update(&stored, object, counts).is_some())
        });
        let stored = taken(&stored).unwrap_or(stored);
        let is_refused =
            |object: &Value| taken(object).is_some() && self.refuses_update(&stored, object, counts).is_some();
        let object = shrink(object.clone(), SHRINKING, is_refused);
        (stored, object)
    }

    /// Objects with different values at a place that the old side takes, each with what is stored of it.
    fn collect(&mut self, place: &Suspicion<'_, 's>, objects: &mut Vec<(Value, Value)>) {
        let mut root = self.old.synthesizer.wanted();
        root.also = self.new.synthesizer.wanted().parts;
        let mut groups = Values::new(wanted_at(&root, place.steps));
        let (mut group, mut seen, mut taken) = (place.hints.to_vec(), BTreeSet::new(), 0);
        loop {
            for value in std::mem::take(&mut group).into_iter().filter(|value| seen.insert(value.to_string())) {
                let Some(object) = self.around(&root, place, &value) else { continue };
                if taken == PER_PLACE || !self.spend(Self::size(&object)) {
                    return;
                }
                if let Ok(stored) = self.old.take(&object) {
                    taken += 1;
                    objects.push((object, stored));
                }
            }
            match groups.next(&mut self.builder) {
                Some(more) => group = more,
                None => return,
            }
        }
    }
}
