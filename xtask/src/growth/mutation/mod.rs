//! What may happen to a CRD from one release to the next.
//!
//! In: a CRD as JSON, and a seed. Out: changed CRDs, each with a label that says what was done where. The same seed gives
//! the same ones. Nothing here knows what the changes are for.

mod change;
mod enumeration;
mod json;
mod keyword;
mod neighbour;
mod property;
mod shape;
mod sharing;
mod spelling;
mod survey;
#[cfg(test)]
mod tests;
mod twin;
mod version;

use change::{Change, Place};
use json::Json;
use survey::Survey;

use crate::sample;

/// A changed CRD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variant {
    /// The name of the mutation, as in [`names`].
    pub(crate) mutation: &'static str,
    /// What was done where.
    pub(crate) label: String,
    /// One JSON document a CRD, with `---` between them; the first is the one that was changed.
    pub(crate) text: String,
}

/// One kind of change. It returns `None` if the CRD has no place for it.
#[derive(Clone, Copy)]
struct Mutation {
    name: &'static str,
    apply: fn(&mut Change<'_>) -> Option<()>,
    /// Whether it makes a difference at which place it is applied.
    placed: bool,
}

/// In the order of the table.
const ALL: &[&[Mutation]] =
    &[property::ALL, twin::ALL, enumeration::ALL, keyword::ALL, shape::ALL, sharing::ALL, version::ALL, neighbour::ALL];

/// The name of variants that are several mutations in one step.
pub(crate) const SEVERAL: &str = "several mutations at once";

/// The name of variants that are a step of a chain.
pub(crate) const CHAIN: &str = "a step of a chain";

/// At how many places a mutation is tried.
const PLACES: usize = 2;

/// How many mutations are done at once, and how often.
const AT_ONCE: usize = 3;
const TIMES: u64 = 6;

/// How often a random mutation is drawn until one applies.
const DRAWS: usize = 20;

/// All names that variants can have.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    mutations().map(|mutation| mutation.name).chain([SEVERAL, CHAIN])
}

/// Grown variants of the CRD `json`: each mutation at up to two of its places, and several at once.
pub(crate) fn variants(json: &str, seed: u64) -> serde_json::Result<impl Iterator<Item = Variant>> {
    let document = Json::parse(json)?;
    let survey = Survey::new(&document);
    let seed = sample::rank(&name(&document), seed);
    let single = {
        let document = document.clone();
        (0u64..).zip(mutations()).flat_map(move |(number, mutation)| {
            singles(mutation, &document, &survey, sample::rank(mutation.name, seed.wrapping_add(number)))
        })
    };
    let several = (0..TIMES).filter_map(move |number| {
        let mut random = fastrand::Rng::with_seed(sample::rank(SEVERAL, seed.wrapping_add(number)));
        let mut documents = vec![document.clone()];
        let labels: Vec<String> = (0..AT_ONCE).filter_map(|_| mutate(&mut documents, &mut random)).collect();
        let text = text(&documents);
        (!labels.is_empty()).then(|| Variant { mutation: SEVERAL, label: labels.join(", then "), text })
    });
    Ok(single.chain(several))
}

/// A random mutation, and one of what comes out, and so on.
pub(crate) fn chain(json: &str, seed: u64, length: usize) -> serde_json::Result<impl Iterator<Item = Variant>> {
    let document = Json::parse(json)?;
    let mut random = fastrand::Rng::with_seed(sample::rank(&name(&document), sample::rank(CHAIN, seed)));
    let mut documents = vec![document];
    Ok((0..length).map_while(move |_| {
        let label = mutate(&mut documents, &mut random)?;
        Some(Variant { mutation: CHAIN, label, text: text(&documents) })
    }))
}

fn mutations() -> impl Iterator<Item = Mutation> {
    ALL.iter().flat_map(|mutations| mutations.iter().copied())
}

/// One mutation at its first places, in an order that the seed decides.
fn singles(mutation: Mutation, document: &Json, survey: &Survey, seed: u64) -> Vec<Variant> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut places = Place::ALL;
    random.shuffle(&mut places);
    let tries = if mutation.placed { places.map(Some).to_vec() } else { vec![None] };
    let mut found = Vec::new();
    for place in tries {
        let mut documents = vec![document.clone()];
        let change = Change::new(&mut documents, survey, &mut random, place);
        if found.len() < PLACES
            && let Some(label) = apply(mutation, change)
        {
            found.push(Variant { mutation: mutation.name, label, text: text(&documents) });
        }
    }
    found
}

/// A random mutation at a random place. Returns its label, if one was found that applies.
fn mutate(documents: &mut Vec<Json>, random: &mut fastrand::Rng) -> Option<String> {
    let all: Vec<Mutation> = mutations().collect();
    let survey = Survey::new(documents.first()?);
    (0..DRAWS).find_map(|_| {
        let mutation = random.choice(&all)?;
        let before = documents.clone();
        let label = apply(*mutation, Change::new(documents, &survey, random, None));
        if label.is_none() {
            *documents = before;
        }
        label
    })
}

fn apply(mutation: Mutation, mut change: Change<'_>) -> Option<String> {
    (mutation.apply)(&mut change)?;
    Some(format!("{}{}", mutation.name, change.whereabouts()))
}

fn name(document: &Json) -> String {
    document.at(&["metadata", "name"]).and_then(Json::as_str).unwrap_or_default().to_owned()
}

fn text(documents: &[Json]) -> String {
    let texts: Vec<String> = documents.iter().map(Json::to_string).collect();
    texts.join("\n---\n") + "\n"
}
