//! What may happen to a CRD from one release to the next.
//!
//! In: a CRD as JSON, and a seed. Out: changed CRDs, each with a label that says what was done where. The same seed gives
//! the same ones. Nothing here knows what the changes are for.

mod change;
mod enumeration;
mod growing;
mod json;
mod keyword;
mod neighbour;
mod property;
mod prose;
mod shape;
mod sharing;
mod spelling;
mod survey;
#[cfg(test)]
mod tests;
mod twin;
mod version;

use change::{Change, Place};
use growing::{DRAWS, Growing};
use json::Json;
pub(crate) use prose::shortened;
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

/// At how many places a mutation is done.
const PLACES: usize = 2;

/// A CRD with more schemas than that is large: few are, but they take most of the time. So of a large one, half of the
/// mutations are left out, as the seed decides, and the others are done at one place.
const LARGE: usize = 2000;

/// How many mutations are done at once, and how often.
const AT_ONCE: usize = 3;
const TIMES: u64 = 6;

/// All names that variants can have.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    mutations().map(|mutation| mutation.name).chain([SEVERAL, CHAIN])
}

/// Grown variants of the CRD `json`: each mutation at up to two of its places, and several at once. There are fewer of a
/// large CRD.
pub(crate) fn variants(json: &str, seed: u64) -> serde_json::Result<impl Iterator<Item = Variant>> {
    let document = Json::parse(json)?;
    let survey = Survey::new(&document);
    let seed = sample::rank(&name(&document), seed);
    let first = document.clone();
    let single = (0u64..).zip(mutations()).flat_map(move |(number, mutation)| {
        singles(mutation, &first, &survey, sample::rank(mutation.name, seed.wrapping_add(number)))
    });
    let several = (0..TIMES).filter_map(move |number| {
        let mut growing =
            Growing::new(document.clone(), sample::rank(SEVERAL, seed.wrapping_add(number)), number % 2 == 0);
        let labels: Vec<String> = (0..AT_ONCE).filter_map(|_| growing.mutate()).collect();
        let text = growing.text();
        (!labels.is_empty()).then(|| Variant { mutation: SEVERAL, label: labels.join(", then "), text })
    });
    Ok(single.chain(several))
}

/// A random mutation, and one of what comes out, and so on. With an even seed, all of them are near one object.
pub(crate) fn chain(json: &str, seed: u64, length: usize) -> serde_json::Result<impl Iterator<Item = Variant>> {
    let document = Json::parse(json)?;
    let random = sample::rank(&name(&document), sample::rank(CHAIN, seed));
    let mut growing = Growing::new(document, random, seed.is_multiple_of(2));
    Ok((0..length).map_while(move |_| {
        let label = growing.mutate()?;
        Some(Variant { mutation: CHAIN, label, text: growing.text() })
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
    let most = match survey.sites().len() > LARGE {
        true if random.bool() => 0,
        true => 1,
        false => PLACES,
    };
    let mut found = Vec::new();
    for place in tries {
        let mut documents = vec![document.clone()];
        let change = Change::new(&mut documents, survey, &mut random, place);
        if found.len() < most
            && let Some(label) = apply(mutation, change)
        {
            found.push(Variant { mutation: mutation.name, label, text: text(&documents) });
        }
    }
    found
}

/// Returns the label, if the CRDs are different now; else they are as they were.
fn apply(mutation: Mutation, mut change: Change<'_>) -> Option<String> {
    let before = change.documents.clone();
    let applied = (mutation.apply)(&mut change);
    if applied.is_none() || *change.documents == before {
        *change.documents = before;
        return None;
    }
    Some(format!("{}{}", mutation.name, change.whereabouts()))
}

fn name(document: &Json) -> String {
    document.at(&["metadata", "name"]).and_then(Json::as_str).unwrap_or_default().to_owned()
}

fn text(documents: &[Json]) -> String {
    let texts: Vec<String> = documents.iter().map(Json::to_string).collect();
    texts.join("\n---\n") + "\n"
}
