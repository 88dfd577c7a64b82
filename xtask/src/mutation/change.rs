//! What a mutation works on: the CRD, its schemas, chance, and the sort of place that was asked for.

use super::{
    json::{Json, Members},
    survey::{Site, Sort, Step, Survey},
};

/// The state of one mutation.
pub(super) struct Change<'a> {
    /// The CRDs; the first is the one to change.
    pub(super) documents: &'a mut Vec<Json>,
    /// The schemas of the first one, before the change.
    pub(super) survey: &'a Survey,
    /// Chance.
    pub(super) random: &'a mut fastrand::Rng,
    /// Where to look for schemas; anywhere, if there is none.
    place: Option<Place>,
    /// Which of the versions to look in; any, if there is none.
    version: Option<usize>,
    /// The object to look at, and little further; anywhere, if there is none.
    focus: Option<usize>,
    /// Where something was changed, for people.
    told: Vec<String>,
}

/// Where a schema stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// At the root, or among the properties of it or of `spec` and `status`.
    Top,
    /// Deeper, without an array or a map on the way.
    Nested,
    /// In an array or a map.
    Elements,
}

impl Place {
    pub(super) const ALL: [Self; 3] = [Self::Top, Self::Nested, Self::Elements];

    fn of(site: &Site) -> Self {
        // An object is a place for what is in it, anything else is at a place itself.
        let top = if site.sort == Sort::Object { 1 } else { 2 };
        match site.in_elements {
            true => Self::Elements,
            false if site.depth <= top => Self::Top,
            false => Self::Nested,
        }
    }
}

impl<'a> Change<'a> {
    /// A change that looks for places of that sort.
    pub(super) fn new(
        documents: &'a mut Vec<Json>,
        survey: &'a Survey,
        random: &'a mut fastrand::Rng,
        place: Option<Place>,
    ) -> Self {
        Self { documents, survey, random, place, version: None, focus: None, told: Vec::new() }
    }

    /// The same change of one version only.
    pub(super) fn in_version(mut self, version: usize) -> Self {
        self.version = Some(version);
        self
    }

    /// The same change of one object, and of what is directly in it.
    pub(super) fn at(mut self, focus: Option<usize>) -> Self {
        self.focus = focus;
        self
    }

    /// The CRD to change.
    pub(super) fn crd(&mut self) -> Option<&mut Json> {
        self.documents.first_mut()
    }

    /// A random schema at the place that was asked for.
    pub(super) fn choose(&mut self, accept: impl Fn(usize, &Site) -> bool) -> Option<usize> {
        let sites = self.survey.sites().iter().enumerate();
        let fits = |number: usize, site: &Site| {
            self.place.is_none_or(|place| Place::of(site) == place)
                && self.version.is_none_or(|version| site.version == version)
                && self.focus.is_none_or(|focus| self.is_near(number, focus))
        };
        let found: Vec<usize> = sites
            .filter(|(number, site)| fits(*number, site) && accept(*number, site))
            .map(|(number, _)| number)
            .collect();
        let site = *self.random.choice(&found)?;
        self.tell_site(site);
        Some(site)
    }

    /// A random schema of that sort.
    pub(super) fn choose_sort(&mut self, sorts: &[Sort]) -> Option<usize> {
        self.choose(|_, site| sorts.contains(&site.sort))
    }

    /// The schema of a site.
    pub(super) fn schema(&mut self, site: usize) -> Option<&mut Json> {
        self.survey.schema_mut(self.documents.first_mut()?, site)
    }

    /// The properties of the object at a site.
    pub(super) fn properties(&mut self, site: usize) -> Option<&mut Members> {
        self.schema(site)?.at_mut(&["properties"])?.members_mut()
    }

    /// A random property of an object, but none of the three that every root has.
    pub(super) fn choose_property(&mut self, object: usize) -> Option<String> {
        let is_root = self.survey.sites().get(object)?.step == Step::Root;
        let keys: Vec<String> = self.properties(object)?.keys().map(ToString::to_string).collect();
        let own: Vec<String> = keys.into_iter().filter(|key| !is_root || !IMPLICIT.contains(&key.as_str())).collect();
        self.random.choice(own)
    }

    /// Notes for people what was chosen.
    pub(super) fn tell(&mut self, text: &str) {
        self.told.push(text.to_owned());
    }

    /// What was chosen, to follow the name of the mutation.
    pub(super) fn whereabouts(&self) -> String {
        if self.told.is_empty() { String::new() } else { format!(": {}", self.told.join(" ")) }
    }

    fn is_near(&self, site: usize, focus: usize) -> bool {
        let depth = |site: usize| self.survey.sites().get(site).map_or(0, |site| site.depth);
        self.survey.is_within(site, focus) && depth(site) <= depth(focus) + NEAR
    }

    fn tell_site(&mut self, site: usize) {
        let version = self.survey.sites().get(site).map_or(0, |site| site.version);
        let way = self.survey.way(site);
        let steps: Vec<String> = way
            .iter()
            .map(|step| match step {
                Step::Root => version.to_string(),
                Step::Property(key) => key.clone(),
                Step::Items | Step::Values => "*".to_owned(),
            })
            .collect();
        self.told.push(format!("[{}]", steps.join("/")));
    }
}

/// How many properties away from an object is still near.
const NEAR: usize = 2;

/// What Kubernetes gives every root.
pub(super) const IMPLICIT: [&str; 3] = ["apiVersion", "kind", "metadata"];
