//! What has changed about a version beside its schema: status, scale, columns of tables, and selectable fields.

use serde_json::Value;

use super::{
    blame::Blame,
    code::{Change, Subject},
    finding::{Affects, Answer, Finding, Place, Verdict, Witness},
    versions::{finding, place_of},
    walk::{Found, Side},
    witness::{Outcome, Search, Suspicion},
};
use crate::{
    definition::{PrinterColumn, Version},
    diagnostic::quote,
    schema::Schema,
    synthesis::{Limits, Plan, Sample, Step},
};

/// Everything that has changed.
pub(super) fn compare(old: Side<'_>, new: Side<'_>, before: &Version, after: &Version) -> Vec<Found> {
    let places = [place_of(old.definition, before), place_of(new.definition, after)];
    let mut findings = Vec::new();
    findings.extend(status(old, before, after, &places));
    findings.extend(columns(before, after, &places));
    findings.extend(selectable_fields(before, after, &places));
    let mut found: Vec<Found> =
        findings.into_iter().map(|finding| Found::new(finding, Blame::of_path("status"))).collect();
    found.extend(scale(old, new, before, after, &places));
    found
}

fn status(old: Side<'_>, before: &Version, after: &Version, places: &[Place; 2]) -> Option<Finding> {
    // Clients in generated Rust have methods for the status if it is a subresource.
    let finding = |change, verdict, message: &str| {
        let mut finding = finding((Subject::StatusSubresource, change), verdict, message, &before.name, places.clone());
        finding.affects.generated_code = true;
        finding
    };
    match (before.status_subresource, after.status_subresource) {
        (false, true) => {
            let Some(object) = with_status(old) else {
                let message = "status is a subresource now; objects have had no status so far";
                return Some(finding(Change::Added, Verdict::Compatible, message));
            };
            let message = "status is a subresource now: what clients write to it with the object is ignored";
            let mut finding = finding(Change::Added, Verdict::Breaking, message);
            finding.witness =
                Some(Witness { object, replaces: None, answer: Answer::Loses(vec!["status".to_owned()]) });
            finding.note = Some("clients that write the status have to write it to the subresource".to_owned());
            Some(finding)
        }
        (true, false) => {
            let message = "status is not a subresource any more: requests to it are refused, and updates of the object overwrite it";
            Some(finding(Change::Removed, Verdict::Breaking, message))
        }
        _ => None,
    }
}

/// A small object with a status that the old side keeps.
fn with_status(old: Side<'_>) -> Option<Value> {
    let has_status = |object: &Value| object.get("status").is_some_and(|status| !status.is_null());
    let mut samples = old.server.synthesizer.samples(&Limits::default()).filter(Sample::is_accepted);
    let sample = samples.find(|sample| old.server.take(&sample.object).is_ok_and(|kept| has_status(&kept)))?;
    let smaller = super::shrink::shrink(sample.object, 500, |object| {
        has_status(object) && old.server.take(object).is_ok_and(|kept| has_status(&kept))
    });
    Some(smaller)
}

fn scale(old: Side<'_>, new: Side<'_>, before: &Version, after: &Version, places: &[Place; 2]) -> Vec<Found> {
    let (change, verdict, message) = match (&before.scale, &after.scale) {
        (before, after) if before == after => return Vec::new(),
        (None, _) => (Change::Added, Verdict::Compatible, "the scale subresource is new"),
        (_, None) => (
            Change::Removed,
            Verdict::Breaking,
            "the scale subresource is gone: `kubectl scale` and autoscalers are refused",
        ),
        _ => (Change::Changed, Verdict::NeedsMigration, "the scale subresource reads and writes other fields"),
    };
    let changed = finding((Subject::ScaleSubresource, change), verdict, message, &before.name, places.clone());
    let mut findings = vec![Found::new(changed.clone(), Blame::of_path(""))];
    // The numbers that are read must be such as a scale can hold.
    let Some(scale) = &after.scale else { return findings };
    for path in [&scale.spec_replicas_path, &scale.status_replicas_path] {
        let names = path.trim_start_matches('.').split('.');
        let steps: Vec<Step> = names.map(|name| Step::Member(name.to_owned())).collect();
        let Some((witness, affects)) = unfit_number(old, new, &steps) else { continue };
        let is_float = witness.object.pointer(&path.replace('.', "/")).is_some_and(Value::is_f64);
        let message = format!("the scale subresource wants an integer from 0 to 2147483647 at {path}");
        let finding = Finding {
            verdict: if is_float { Verdict::NeedsMigration } else { Verdict::Breaking },
            path: path.trim_start_matches('.').to_owned(),
            message,
            affects,
            witness: Some(witness),
            note: is_float.then(|| {
                "numbers with a point are refused, and nothing else: hardly any client writes them".to_owned()
            }),
            ..changed.clone()
        };
        findings.push(Found::new(finding, Blame::new(&steps, false)));
    }
    findings
}

/// An object with a number that a scale cannot hold; one with a float only if integers all fit.
fn unfit_number(old: Side<'_>, new: Side<'_>, steps: &[Step]) -> Option<(Witness, Affects)> {
    let blame = Blame::new(steps, false);
    let (before, after) = (declared(old, steps)?, declared(new, steps)?);
    let integers = vec![Value::from(-1), Value::from(i64::from(i32::MAX) + 1)];
    [integers, vec![Value::from(1.0)]].into_iter().find_map(|hints| {
        let suspicion = Suspicion {
            steps,
            blame: &blame,
            old: before,
            new: after,
            hints: &hints,
            omitted: None,
            adds_unknown: false,
            plan: Plan::default(),
        };
        match Search::new(old.server, new.server).hints_alone().find(&suspicion) {
            Outcome::Found(witness, affects) => Some((witness, affects)),
            _ => None,
        }
    })
}

/// The schema at a place, where properties alone lead to it.
fn declared<'s>(side: Side<'s>, steps: &[Step]) -> Option<&'s Schema> {
    let root = side.server.synthesizer.strategy.schema();
    steps.iter().try_fold(root, |schema, step| match step {
        Step::Member(name) | Step::Key(name) => schema.properties.get(name),
        Step::Item => None,
    })
}

fn columns(before: &Version, after: &Version, places: &[Place; 2]) -> Vec<Finding> {
    let names = |version: &Version| -> Vec<String> {
        let mut names: Vec<String> = version.printer_columns.iter().map(|column| column.name.clone()).collect();
        names.sort();
        names.dedup();
        names
    };
    // Several columns may have one name.
    let columns_of = |version: &Version, name: &str| -> Vec<PrinterColumn> {
        let columns = version.printer_columns.iter().filter(|column| column.name == name);
        columns.map(|column| PrinterColumn { at: None, ..column.clone() }).collect()
    };
    let mut all = names(before);
    all.extend(names(after).into_iter().filter(|name| columns_of(before, name).is_empty()));
    let mut findings = Vec::new();
    for name in all {
        let (old, new) = (columns_of(before, &name), columns_of(after, &name));
        let (change, told) = match (old.is_empty(), new.is_empty()) {
            _ if old == new => continue,
            (true, _) => (Change::Added, "is new"),
            (_, true) => (Change::Removed, "is gone"),
            _ => (Change::Changed, "has changed"),
        };
        let message = format!("the column {} of tables {told}", quote(&name));
        let code = (Subject::PrinterColumn, change);
        findings.push(finding(code, Verdict::Compatible, message, &before.name, places.clone()));
    }
    findings
}

fn selectable_fields(before: &Version, after: &Version, places: &[Place; 2]) -> Vec<Finding> {
    let (old, new) = (&before.selectable_fields, &after.selectable_fields);
    let finding = |change, verdict, message: String| {
        finding((Subject::SelectableField, change), verdict, message, &before.name, places.clone())
    };
    let gone = old.iter().filter(|path| !new.contains(path)).map(|path| {
        let message = format!("objects cannot be selected by {} any more: such requests are refused", quote(path));
        finding(Change::Removed, Verdict::Breaking, message)
    });
    let came = new.iter().filter(|path| !old.contains(path)).map(|path| {
        finding(Change::Added, Verdict::Compatible, format!("objects can be selected by {} now", quote(path)))
    });
    gone.chain(came).collect()
}
