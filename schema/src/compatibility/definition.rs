//! What has changed about a definition beside its versions: scope, names, pruning, conversion.

use serde_json::{Value, json};

use super::{
    code::{Change, Code, Subject},
    finding::{Affects, Answer, Finding, Place, Verdict, Witness},
    server::Server,
    witness::{Shown, show},
};
use crate::{
    definition::{Definition, Names, Scope},
    diagnostic::quote,
    synthesis::{Limits, Sample, Synthesizer},
};

/// Everything that has changed.
pub(super) fn compare(old: &Definition, new: &Definition) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(scope(old, new));
    findings.extend(names(old, new));
    findings.extend(listed(Subject::ShortName, "short name", &old.names.short_names, &new.names.short_names));
    findings.extend(listed(Subject::Category, "category", &old.names.categories, &new.names.categories));
    findings.extend(pruning(old, new));
    findings.extend(conversion(old, new));
    for finding in &mut findings {
        finding.old = place(old);
        finding.new = place(new);
    }
    findings
}

/// Where a definition starts.
pub(super) fn place(definition: &Definition) -> Place {
    Place { file: definition.source.file.clone(), position: definition.source.position }
}

fn finding(subject: Subject, change: Change, verdict: Verdict, message: impl Into<String>) -> Finding {
    let mut finding = Finding::new(Code { subject, change }, verdict, message);
    finding.affects.clients = verdict != Verdict::Compatible;
    finding
}

fn scope(old: &Definition, new: &Definition) -> Option<Finding> {
    let name = |scope| if scope == Scope::Cluster { "Cluster" } else { "Namespaced" };
    (old.scope != new.scope).then(|| {
        let message = format!("the scope was {}, and is {} now", name(old.scope), name(new.scope));
        let mut finding = finding(Subject::Scope, Change::Changed, Verdict::Breaking, message);
        finding.note = Some(
            "the API server refuses this change: delete the CRD, and all objects with it, or give it a new name"
                .to_owned(),
        );
        finding.affects = Affects { stored_objects: true, clients: true, generated_code: true };
        finding.witness = witness(old, new);
        finding
    })
}

fn names(old: &Definition, new: &Definition) -> Vec<Finding> {
    let (before, after) = (&old.names, &new.names);
    let all = [
        (Subject::Group, "group", &old.group, &new.group, Verdict::Breaking),
        (Subject::Plural, "plural name", &before.plural, &after.plural, Verdict::Breaking),
        (Subject::Kind, "kind", &before.kind, &after.kind, Verdict::Breaking),
        (Subject::ListKind, "kind of lists", &before.list_kind, &after.list_kind, Verdict::NeedsMigration),
        (Subject::Singular, "singular name", &before.singular, &after.singular, Verdict::NeedsMigration),
    ];
    // These two are made from the kind where they are left out.
    let follows = |subject| match subject {
        Subject::ListKind => is_default_list_kind(before) && is_default_list_kind(after),
        Subject::Singular => is_default_singular(before) && is_default_singular(after),
        _ => false,
    };
    let changed = all.into_iter().filter(|(subject, _, before, after, _)| before != after && !follows(*subject));
    changed
        .map(|(subject, what, before, after, verdict)| {
            let message = format!("the {what} was {}, and is {} now", quote(before), quote(after));
            let mut finding = finding(subject, Change::Changed, verdict, message);
            finding.affects.generated_code = true;
            if subject == Subject::Kind {
                finding.affects.stored_objects = true;
                finding.witness = witness(old, new);
            }
            finding
        })
        .collect()
}

fn is_default_list_kind(names: &Names) -> bool {
    names.list_kind.strip_suffix("List") == Some(&names.kind)
}

fn is_default_singular(names: &Names) -> bool {
    names.singular == names.kind.to_lowercase()
}

fn listed(subject: Subject, what: &str, old: &[String], new: &[String]) -> Vec<Finding> {
    let gone = old.iter().filter(|name| !new.contains(name)).map(|name| {
        let message = format!("the {what} {} is gone", quote(name));
        let mut finding = finding(subject, Change::Removed, Verdict::NeedsMigration, message);
        finding.note = Some("people and scripts that use it with kubectl have to change".to_owned());
        finding
    });
    let came = new
        .iter()
        .filter(|name| !old.contains(name))
        .map(|name| finding(subject, Change::Added, Verdict::Compatible, format!("the {what} {} is new", quote(name))));
    gone.chain(came).collect()
}

fn pruning(old: &Definition, new: &Definition) -> Option<Finding> {
    match (old.preserve_unknown_fields, new.preserve_unknown_fields) {
        (true, false) => {
            let message = "unknown fields are dropped now, everywhere";
            let mut finding = finding(Subject::Pruning, Change::Added, Verdict::NeedsMigration, message);
            if let Some((shown, object)) = unknown_field(old, new) {
                finding.verdict = Verdict::Breaking;
                finding.affects = shown.affects;
                finding.witness = Some(Witness { object, replaces: None, answer: shown.answer });
            }
            Some(finding)
        }
        (false, true) => {
            let message = "unknown fields are kept now, everywhere";
            Some(finding(Subject::Pruning, Change::Removed, Verdict::Compatible, message))
        }
        _ => None,
    }
}

/// An object with an unknown field that is lost.
fn unknown_field(old: &Definition, new: &Definition) -> Option<(Shown, Value)> {
    old.versions.iter().find_map(|version| {
        let after = new.versions.iter().find(|candidate| candidate.name == version.name)?;
        let (before, after) = (Server::new(old, version)?, Server::new(new, after)?);
        let sample = before.synthesizer.samples(&Limits::default()).find(Sample::is_accepted)?;
        let mut object = sample.object;
        object["unknown"] = Value::from("text");
        Some((show(&before, &after, &object, &|_| true)?, object))
    })
}

fn conversion(old: &Definition, new: &Definition) -> Option<Finding> {
    let of = |definition: &Definition| definition.document()["spec"]["conversion"].clone();
    let strategy = |conversion: &Value| conversion["strategy"].as_str().unwrap_or("None").to_owned();
    let (before, after) = (of(old), of(new));
    let (from, to) = (strategy(&before), strategy(&after));
    if from == to {
        let is_none = |conversion: &Value| conversion.is_null() || *conversion == json!({"strategy": "None"});
        let same = before == after || is_none(&before) && is_none(&after);
        return (!same).then(|| {
            let message = "the conversion webhook is called in another way";
            finding(Subject::Conversion, Change::Changed, Verdict::Compatible, message)
        });
    }
    let message = format!("versions were converted by {}, and are by {} now", quote(&from), quote(&to));
    if old.versions.len() == 1 && new.versions.len() == 1 {
        let message = format!("{message}; there is one version, and nothing to convert");
        return Some(finding(Subject::Conversion, Change::Changed, Verdict::Compatible, message));
    }
    let mut finding = finding(Subject::Conversion, Change::Changed, Verdict::NeedsMigration, message);
    finding.note = Some("nobody can say from the CRD what a webhook makes of objects".to_owned());
    finding.affects.stored_objects = true;
    Some(finding)
}

/// The smallest object of the old definition, and what the new one says to it, as it is sent.
pub(super) fn witness(old: &Definition, new: &Definition) -> Option<Witness> {
    old.versions.iter().find_map(|version| {
        let before = Synthesizer::new(old, &version.name)?;
        let after = Synthesizer::new(new, &version.name)?;
        let sample = before.samples(&Limits::default()).find(Sample::is_accepted)?;
        let refusal = after.refusal(&sample.object)?;
        Some(Witness { object: sample.object, replaces: None, answer: Answer::Refuses(refusal) })
    })
}
