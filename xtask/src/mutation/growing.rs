//! A CRD that random mutations happen to, one after the other.

use super::{
    Mutation, apply,
    change::Change,
    json::Json,
    mutations,
    survey::{Sort, Step, Survey},
    text,
};

/// How often a random mutation is drawn until one applies.
pub(super) const DRAWS: usize = 20;

/// The state of such a CRD, and of those that have come to it.
pub(super) struct Growing {
    documents: Vec<Json>,
    random: fastrand::Rng,
    /// The version and the way to the object near which everything happens, if that is so: names that meet are in one
    /// object.
    focus: Option<(usize, Vec<Step>)>,
}

impl Growing {
    /// A CRD; `near` if everything is to happen near one object.
    pub(super) fn new(document: Json, seed: u64, near: bool) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let survey = Survey::new(&document);
        let sites = survey.sites().iter().enumerate();
        let objects: Vec<usize> =
            sites.filter(|(_, site)| site.sort == Sort::Object && site.depth > 0).map(|(number, _)| number).collect();
        let object = if near { random.choice(&objects) } else { None };
        let focus = object.map(|object| (survey.sites()[*object].version, survey.way(*object)));
        Self { documents: vec![document], random, focus }
    }

    /// One mutation more. Returns its label, if one was found that applies.
    pub(super) fn mutate(&mut self) -> Option<String> {
        let all: Vec<Mutation> = mutations().collect();
        let survey = Survey::new(self.documents.first()?);
        let focus = self.focus.as_ref().and_then(|(version, way)| survey.find(*version, way));
        (0..DRAWS).find_map(|_| {
            let mutation = *self.random.choice(&all)?;
            apply(mutation, Change::new(&mut self.documents, &survey, &mut self.random, None).at(focus))
        })
    }

    /// One JSON document a CRD.
    pub(super) fn text(&self) -> String {
        text(&self.documents)
    }
}
