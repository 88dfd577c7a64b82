//! Versions that come and go.

use serde_json::json;

use super::{Mutation, change::Change, enumeration, json::Json, property, sharing, survey::Survey, twin};

pub(super) const ALL: &[Mutation] = &[
    Mutation { name: "version added", apply: |change| added(change, &[]).map(drop), placed: false },
    Mutation { name: "version added with a change", apply: added_and_changed, placed: false },
    Mutation { name: "version added, the old one changed", apply: added_beside_changed, placed: false },
    Mutation { name: "version twin added", apply: twin_added, placed: false },
    Mutation { name: "version removed", apply: removed, placed: false },
];

/// Names before and after those that there are, in Kubernetes' order.
const NAMES: &[&str] = &["v99", "v1alpha1", "v1beta9", "v0", "other"];

fn versions<'c>(change: &'c mut Change<'_>) -> Option<&'c mut Vec<Json>> {
    change.crd()?.at_mut(&["spec", "versions"])?.items_mut()
}

fn name(version: &Json) -> &str {
    version.get("name").and_then(Json::as_str).unwrap_or_default()
}

/// Adds a copy of a version, with one of these names or one of [`NAMES`]. Returns the numbers of both.
fn added(change: &mut Change<'_>, names: &[String]) -> Option<(usize, usize)> {
    let count = versions(change)?.len();
    let from = change.random.usize(..count);
    let mut candidates = names.to_vec();
    if candidates.is_empty() {
        candidates = NAMES.iter().map(ToString::to_string).collect();
        change.random.shuffle(&mut candidates);
    }
    let all = versions(change)?;
    let new = candidates.into_iter().find(|new| !all.iter().any(|version| name(version) == new))?;
    let mut copy = all.get(from)?.clone();
    copy.set("name", Json::text(&new));
    copy.set("storage", Json::Bool(false));
    all.push(copy);
    change.tell(&new);
    Some((from, count))
}

fn added_and_changed(change: &mut Change<'_>) -> Option<()> {
    let (_, new) = added(change, &[])?;
    changed(change, new)
}

fn added_beside_changed(change: &mut Change<'_>) -> Option<()> {
    let (old, _) = added(change, &[])?;
    changed(change, old)
}

/// `v1` and `v-1` differ in Rust too, `v-1` and `v--1` do not.
fn twin_added(change: &mut Change<'_>) -> Option<()> {
    let rests: Vec<String> =
        versions(change)?.iter().map(|version| name(version).trim_start_matches(['v', '-']).to_owned()).collect();
    let names: Vec<String> =
        ["v-", "v--"].iter().flat_map(|start| rests.iter().map(move |rest| format!("{start}{rest}"))).collect();
    added(change, &names).map(drop)
}

fn removed(change: &mut Change<'_>) -> Option<()> {
    let count = versions(change)?.len();
    let number = change.random.usize(..count.max(1));
    let all = versions(change)?;
    if count < 2 {
        return None;
    }
    let gone = all.remove(number);
    // One of them has to be stored.
    if gone.get("storage").is_some_and(Json::is_true)
        && let Some(first) = all.first_mut()
    {
        first.set("storage", Json::from(&json!(true)));
        first.set("served", Json::from(&json!(true)));
    }
    change.tell(name(&gone));
    Some(())
}

/// Another mutation in one version only.
fn changed(change: &mut Change<'_>, version: usize) -> Option<()> {
    let inner: Vec<Mutation> = [property::ALL, twin::ALL, enumeration::ALL, sharing::ALL].concat();
    let survey = Survey::new(change.documents.first()?);
    let told = (0..super::DRAWS).find_map(|_| {
        let mutation = *change.random.choice(&inner)?;
        super::apply(mutation, Change::new(change.documents, &survey, change.random, None).in_version(version))
    })?;
    change.tell(&told);
    Some(())
}
