//! Equal schemas that become different in one place, and different ones that become equal: the generator has one type for
//! equal shapes, so this moves types.

use std::collections::BTreeMap;

use super::{
    Mutation,
    change::{Change, IMPLICIT},
    spelling,
    survey::{Site, Sort, Step},
    twin::{remove, some_schema},
};

pub(super) const ALL: &[Mutation] = &[
    Mutation { name: "shared shape made different", apply: different, placed: true },
    Mutation { name: "twin deep in a shared shape", apply: twin_inside, placed: true },
    Mutation { name: "first of the shared shapes removed", apply: first_removed, placed: false },
    Mutation { name: "two shapes made equal", apply: equal, placed: true },
    Mutation { name: "property copied to its twin", apply: |change| copied(change, 1), placed: true },
    Mutation { name: "property copied before all others", apply: |change| copied(change, 0), placed: true },
];

/// Objects by their fingerprints, where there are several.
fn shared(change: &Change<'_>) -> Vec<Vec<usize>> {
    let mut by_fingerprint: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (number, site) in change.survey.sites().iter().enumerate() {
        if site.sort == Sort::Object && site.step != Step::Root {
            by_fingerprint.entry(site.fingerprint).or_default().push(number);
        }
    }
    by_fingerprint.into_values().filter(|sites| sites.len() > 1).collect()
}

fn choose_shared(change: &mut Change<'_>) -> Option<usize> {
    let mut sites: Vec<usize> = shared(change).into_iter().flatten().collect();
    sites.sort_unstable();
    change.choose(|number, _| sites.binary_search(&number).is_ok())
}

fn different(change: &mut Change<'_>) -> Option<()> {
    let site = choose_shared(change)?;
    let schema = some_schema(change.random);
    let properties = change.properties(site)?;
    properties.shift_insert(0, "onlyHere".into(), schema);
    Some(())
}

/// A twin in an object that is inside of a shared one: what is inside is written once for all of them.
fn twin_inside(change: &mut Change<'_>) -> Option<()> {
    let above = choose_shared(change)?;
    let survey = change.survey;
    let inner: Vec<usize> = (above..survey.sites().len())
        .take_while(|site| survey.is_within(*site, above))
        .filter(|site| survey.sites()[*site].sort == Sort::Object)
        .collect();
    let object = *change.random.choice(&inner)?;
    let key = change.choose_property(object)?;
    let spelling = *change.random.choice(&[spelling::other_first_letter, spelling::camel, spelling::lower])?;
    let other = spelling(&key);
    change.tell(&format!("{key} and {other}"));
    let schema = some_schema(change.random);
    let properties = change.properties(object)?;
    if properties.contains_key(other.as_str()) {
        return None;
    }
    properties.shift_insert(0, other.into(), schema);
    Some(())
}

fn first_removed(change: &mut Change<'_>) -> Option<()> {
    let groups = shared(change);
    let first = *change.random.choice(&groups)?.first()?;
    let key = change.survey.key(first)?.to_owned();
    let mut site = first;
    while matches!(change.survey.sites().get(site)?.step, Step::Items | Step::Values) {
        site = change.survey.parent(site)?;
    }
    let object = change.survey.parent(site)?;
    change.tell(&key);
    remove(change.schema(object)?, &key)
}

fn is_typed_property(site: &Site) -> bool {
    let own = |key: &String| site.depth > 1 || !IMPLICIT.contains(&key.as_str());
    matches!(site.sort, Sort::Object | Sort::Enum | Sort::Array)
        && matches!(&site.step, Step::Property(key) if own(key))
}

/// One property gets the schema of another, wherever that is.
fn equal(change: &mut Change<'_>) -> Option<()> {
    let to = change.choose(|_, site| is_typed_property(site))?;
    let survey = change.survey;
    let others: Vec<usize> = (0..survey.sites().len())
        .filter(|from| {
            is_typed_property(&survey.sites()[*from])
                && survey.sites()[*from].fingerprint != survey.sites()[to].fingerprint
                && !survey.is_within(to, *from)
        })
        .collect();
    let from = *change.random.choice(&others)?;
    let schema = change.schema(from)?.clone();
    *change.schema(to)? = schema;
    Some(())
}

/// A property with the same schema under another spelling, beside the property or before all.
fn copied(change: &mut Change<'_>, beside: usize) -> Option<()> {
    let site = change.choose(|_, site| is_typed_property(site))?;
    let object = change.survey.parent(site)?;
    let key = change.survey.key(site)?.to_owned();
    let other = spelling::camel(&key);
    change.tell(&other);
    let schema = change.schema(site)?.clone();
    let properties = change.properties(object)?;
    let place = properties.get_index_of(key.as_str())? * beside;
    if properties.contains_key(other.as_str()) {
        return None;
    }
    properties.shift_insert(place, other.into(), schema);
    Some(())
}
