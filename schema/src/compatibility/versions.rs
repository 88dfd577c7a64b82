//! What has changed about versions: which there are, which are served and stored, and what is in each.

use serde_json::Value;

use super::{
    code::{Change, Code, Subject},
    definition::place,
    finding::{Affects, Answer, Finding, Place, Verdict, Witness},
    net,
    server::{Server, converts_by_webhook},
    subresources,
    walk::{Side, walk},
};
use crate::{
    definition::{Definition, Version},
    diagnostic::quote,
    synthesis::{Limits, Sample, Synthesizer},
};

/// The versions that somebody may use: they are served, or objects are stored in them.
pub(super) fn in_use(definition: &Definition) -> impl Iterator<Item = &Version> {
    definition.versions.iter().filter(|version| version.served || is_stored(definition, version))
}

/// Everything that has changed, version by version.
pub(super) fn compare(old: &Definition, new: &Definition) -> Vec<Finding> {
    let mut findings: Vec<Finding> = storage(old, new).into_iter().collect();
    for before in &old.versions {
        match new.versions.iter().find(|version| version.name == before.name) {
            None => findings.push(removed(old, new, before)),
            Some(after) => findings.extend(changed(old, new, before, after)),
        }
    }
    for after in &new.versions {
        if !old.versions.iter().any(|version| version.name == after.name) {
            findings.push(added(old, new, after));
        }
    }
    findings
}

/// Where a version is described.
pub(super) fn place_of(definition: &Definition, version: &Version) -> Place {
    Place { position: version.schema.at.or(definition.source.position), ..place(definition) }
}

/// Whether objects are stored in the version, or were and may still be.
fn is_stored(definition: &Definition, version: &Version) -> bool {
    let document = definition.document();
    let stored = document["status"]["storedVersions"].as_array();
    version.storage || stored.is_some_and(|names| names.contains(&Value::from(version.name.as_str())))
}

/// A finding about a version as such.
pub(super) fn finding(
    code: (Subject, Change),
    verdict: Verdict,
    message: impl Into<String>,
    version: &str,
    [old, new]: [Place; 2],
) -> Finding {
    let code = Code { subject: code.0, change: code.1 };
    let affects = Affects { clients: verdict != Verdict::Compatible, ..Affects::default() };
    Finding { version: Some(version.to_owned()), old, new, affects, ..Finding::new(code, verdict, message) }
}

fn storage(old: &Definition, new: &Definition) -> Option<Finding> {
    let stored = |definition: &'_ Definition| definition.versions.iter().find(|version| version.storage).cloned();
    let (before, after) = (stored(old)?, stored(new)?);
    (before.name != after.name).then(|| {
        let message = format!("objects were stored as {}, and are stored as {} now", before.name, after.name);
        let places = [place_of(old, &before), place_of(new, &after)];
        let code = (Subject::StorageVersion, Change::Changed);
        let mut finding = finding(code, Verdict::NeedsMigration, message, &after.name, places);
        finding.affects.stored_objects = true;
        finding.affects.clients = false;
        finding.note = Some(format!(
            "rewrite all objects, and remove {} from status.storedVersions, before that version is removed",
            quote(&before.name)
        ));
        finding
    })
}

fn removed(old: &Definition, new: &Definition, version: &Version) -> Finding {
    let places = [place_of(old, version), place(new)];
    let (served, stored) = (version.served, is_stored(old, version));
    let message = format!("the version {} is gone", version.name);
    let verdict = match (served, stored) {
        (true, _) => Verdict::Breaking,
        (false, true) => Verdict::NeedsMigration,
        (false, false) => Verdict::Compatible,
    };
    let mut finding = finding((Subject::Version, Change::Removed), verdict, message, &version.name, places);
    finding.affects = Affects { stored_objects: stored, clients: served, generated_code: true };
    if stored {
        finding.note = Some(
            "the API server refuses this as long as status.storedVersions names the version: rewrite all objects first"
                .to_owned(),
        );
    }
    if served {
        finding.witness = not_served(old, version);
    }
    finding
}

fn added(old: &Definition, new: &Definition, version: &Version) -> Finding {
    let places = [place(old), place_of(new, version)];
    let message = format!("the version {} is new", version.name);
    let code = (Subject::Version, Change::Added);
    let misfits = misfits(old, new, version);
    let Some(first) = misfits.first() else {
        let mut finding = finding(code, Verdict::Compatible, message, &version.name, places);
        finding.affects.generated_code = true;
        if converts_by_webhook(new) {
            finding.note =
                Some("a webhook converts objects to it: what it makes of them cannot be seen here".to_owned());
        }
        return finding;
    };
    let at = if first.path.is_empty() { String::new() } else { format!(" at {}", first.path) };
    let message = format!("{message}, and objects that are stored so far do not all fit it: {}{at}", first.message);
    let mut finding = finding(code, Verdict::NeedsMigration, message, &version.name, places);
    finding.affects.generated_code = true;
    finding.witness = first.witness.clone();
    finding.note = Some(match misfits.len() {
        1 => "clients of this version alone notice it".to_owned(),
        count => format!("clients of this version alone notice it; {} more differences are like it", count - 1),
    });
    finding
}

/// What keeps objects that are stored so far from fitting a new version.
fn misfits(old: &Definition, new: &Definition, version: &Version) -> Vec<Finding> {
    let stored = old.versions.iter().find(|version| version.storage).filter(|_| !converts_by_webhook(new));
    let servers = stored.and_then(|stored| Some((Server::new(old, stored)?, Server::new(new, version)?)));
    let Some((before, after)) = servers else { return Vec::new() };
    let (before, after) = (Side { definition: old, server: &before }, Side { definition: new, server: &after });
    let mut findings: Vec<Finding> =
        walk(before, after, &version.name).into_iter().map(|found| found.finding).collect();
    findings.retain(|finding| finding.verdict != Verdict::Compatible);
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.verdict));
    findings
}

/// What has changed about a version that both definitions have.
fn changed(old: &Definition, new: &Definition, before: &Version, after: &Version) -> Vec<Finding> {
    let places = [place_of(old, before), place_of(new, after)];
    let mut findings: Vec<Finding> = served(old, before, after, places.clone()).into_iter().collect();
    findings.extend(deprecation(before, after, places));
    if !in_use(old).any(|version| version.name == before.name) {
        // Nobody has an object of it.
        return findings;
    }
    let (Some(old_server), Some(new_server)) = (Server::new(old, before), Server::new(new, after)) else {
        return findings;
    };
    let (old, new) = (Side { definition: old, server: &old_server }, Side { definition: new, server: &new_server });
    let mut found = subresources::compare(old, new, before, after);
    found.extend(walk(old, new, &before.name));
    if !found.is_empty() || storage(old.definition, new.definition).is_some() {
        net::correct(old, new, &before.name, &mut found);
    }
    findings.extend(found.into_iter().map(|found| found.finding));
    findings
}

fn served(old: &Definition, before: &Version, after: &Version, places: [Place; 2]) -> Option<Finding> {
    let name = &before.name;
    match (before.served, after.served) {
        (true, false) => {
            let message = format!("the version {name} is not served any more");
            let code = (Subject::ServedVersion, Change::Removed);
            let mut finding = finding(code, Verdict::Breaking, message, name, places);
            finding.witness = not_served(old, before);
            Some(finding)
        }
        (false, true) => {
            let message = format!("the version {name} is served now");
            Some(finding((Subject::ServedVersion, Change::Added), Verdict::Compatible, message, name, places))
        }
        _ => None,
    }
}

fn deprecation(before: &Version, after: &Version, places: [Place; 2]) -> Option<Finding> {
    let of = |version: &Version| (version.deprecated, version.deprecation_warning.clone());
    let (change, told) = match (of(before), of(after)) {
        (before, after) if before == after => return None,
        ((false, _), (true, _)) => (Change::Added, "is deprecated now: clients get a warning"),
        ((true, _), (false, _)) => (Change::Removed, "is not deprecated any more"),
        _ => (Change::Changed, "has another deprecation warning"),
    };
    let message = format!("the version {} {told}", before.name);
    Some(finding((Subject::Deprecation, change), Verdict::Compatible, message, &before.name, places))
}

/// The smallest object of a version that is not served any more.
fn not_served(old: &Definition, version: &Version) -> Option<Witness> {
    let synthesizer = Synthesizer::new(old, &version.name)?;
    let sample = synthesizer.samples(&Limits::default()).find(Sample::is_accepted)?;
    let answer = Answer::Refuses("the server could not find the requested resource".to_owned());
    Some(Witness { object: sample.object, replaces: None, answer })
}
