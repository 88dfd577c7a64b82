use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::*;
use crate::{definition, synthesis::Synthesizer};

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures").join(folder)
}

/// The definitions of a file, which has no faults.
fn read(file: &Path) -> Vec<Definition> {
    let text = fs::read_to_string(file).unwrap();
    let name = file.file_name().unwrap().to_string_lossy();
    let loaded = definition::load(&name, &text);
    assert!(!loaded.diagnostics.has_errors(), "{}: {}", file.display(), loaded.diagnostics);
    loaded.definitions
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// The verdict, and a line for each finding: its verdict, code, place and whom it affects.
fn told(comparison: &Comparison) -> String {
    let mut told = format!("{}\n", comparison.verdict());
    for finding in &comparison.findings {
        let path = if finding.path.is_empty() { "-" } else { &finding.path };
        let affects = finding.affects.names().join(", ");
        writeln!(told, "{} {} {path} ({affects})", finding.verdict, finding.code).unwrap();
    }
    told
}

/// The pair of a folder gives the findings that its `expect.txt` lists.
fn check(case: &Path) {
    let (old, new) = (read(&case.join("old.yaml")), read(&case.join("new.yaml")));
    let comparison = compare(&old[0], &new[0]);
    for finding in &comparison.findings {
        check_witness(&old[0], &new[0], finding);
    }
    let found = told(&comparison);
    let file = case.join("expect.txt");
    if std::env::var_os("CRDGEN_UPDATE_GOLDENS").is_some() && std::env::var_os("CI").is_none() {
        fs::write(&file, &found).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(found, expected, "{}:\n{:#?}", case.display(), comparison.findings);
}

/// A breaking change of objects has a witness, which the old definition accepts and the new one refuses or keeps less of.
fn check_witness(old: &Definition, new: &Definition, finding: &Finding) {
    use Subject::{ScaleSubresource, SelectableField, StatusSubresource};
    let Some(witness) = &finding.witness else {
        let is_about_requests = matches!(finding.code.subject, SelectableField | StatusSubresource | ScaleSubresource);
        assert!(finding.verdict != Verdict::Breaking || is_about_requests, "no witness: {finding:#?}");
        return;
    };
    let version = witness.object["apiVersion"].as_str().unwrap().rsplit('/').next().unwrap();
    let before = Synthesizer::new(old, version).unwrap();
    assert_eq!(before.refusal(&witness.object), None, "{finding:#?}");
    let Some(after) = Synthesizer::new(new, version) else { return };
    if let Some(replaced) = &witness.replaces {
        check_update(&before, &after, replaced, witness);
        return;
    }
    let version_changed = finding.version.as_deref() != Some(version) || finding.code.subject == Subject::ServedVersion;
    match &witness.answer {
        Answer::Refuses(errors) if !version_changed || finding.version.is_none() => {
            let refusal = after.refusal(&witness.object).unwrap_or_else(|| panic!("{finding:#?}"));
            assert!(errors.split(", ").any(|error| refusal.contains(error.trim_matches(['[', ']']))), "{refusal}");
        }
        Answer::Loses(paths) if finding.code.subject == Subject::Property => {
            let mut kept = witness.object.clone();
            after.strategy.decode(&mut kept).unwrap();
            let pointer = |path: &String| format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
            assert!(paths.iter().all(|path| kept.pointer(&pointer(path)).is_none()), "{kept}");
        }
        _ => {}
    }
}

/// The old definition takes the update, and the new one does not.
fn check_update(before: &Synthesizer, after: &Synthesizer, replaced: &Value, witness: &Witness) {
    let with_revision = |object: &Value| {
        let mut object = object.clone();
        object["metadata"]["resourceVersion"] = Value::from("1");
        object
    };
    let (old, new) = (with_revision(replaced), with_revision(&witness.object));
    let update = |side: &Synthesizer| side.strategy.check(&new, crate::strategy::Operation::Update { old: &old });
    assert!(update(before).is_empty() && !update(after).is_empty(), "{witness:#?}");
}

/// Gives every description another text.
fn reword(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "description" => text.push_str(" Or not."),
                    other => reword(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(reword),
        _ => {}
    }
}

/// All definitions under `fixtures/crds`.
fn definitions() -> Vec<Definition> {
    let files = folders(&fixtures("crds")).into_iter().flat_map(|group| folders(&group));
    files.flat_map(|file| read(&file)).collect()
}

#[test]
fn a_definition_is_compatible_with_itself_however_it_is_written() {
    for definition in definitions() {
        assert_eq!(compare(&definition, &definition).findings, []);
        // JSON values have their members in the order of the alphabet.
        let rewritten = Definition::from_value(&definition.document()).unwrap();
        assert_eq!(compare(&definition, &rewritten).findings, []);
        assert_eq!(compare(&rewritten, &definition).findings, []);
        let mut document = definition.document();
        reword(&mut document);
        let comparison = compare(&definition, &Definition::from_value(&document).unwrap());
        assert_eq!(comparison.verdict(), Verdict::Compatible);
        let is_about_words =
            |finding: &Finding| matches!(finding.code.subject, Subject::Description | Subject::PrinterColumn);
        assert!(comparison.findings.iter().all(is_about_words), "{:#?}", comparison.findings);
    }
}

#[test]
fn what_is_called_compatible_is_not_contradicted_by_objects() {
    for case in folders(&fixtures("diff")) {
        let (old, new) = (read(&case.join("old.yaml")), read(&case.join("new.yaml")));
        let found = contradiction(&old[0], &new[0], &Limits::default());
        let verdict = compare(&old[0], &new[0]).verdict();
        assert!(verdict != Verdict::Compatible || found.is_none(), "{}: {found:#?}", case.display());
    }
}

#[test]
fn objects_contradict_without_a_look_at_the_schemas() {
    let case = fixtures("diff").join("bounds-tightened");
    let (old, new) = (read(&case.join("old.yaml")), read(&case.join("new.yaml")));
    let (version, witness) = contradiction(&old[0], &new[0], &Limits::default()).unwrap();
    assert_eq!(version, "v1");
    check_refused(&witness, "spec.");
    assert_eq!(contradiction(&old[0], &old[0], &Limits::default()), None);
}

fn check_refused(witness: &Witness, field: &str) {
    assert!(matches!(&witness.answer, Answer::Refuses(errors) if errors.contains(field)), "{witness:#?}");
}

#[test]
fn a_finding_names_both_places_or_the_nearest_one() {
    let case = fixtures("diff").join("property-removed");
    let (old, new) = (read(&case.join("old.yaml")), read(&case.join("new.yaml")));
    let comparison = compare(&old[0], &new[0]);
    let line = |place: &Place, file: &str| {
        let text = fs::read_to_string(case.join(file)).unwrap();
        let line = usize::try_from(place.position.unwrap().line).unwrap();
        text.lines().nth(line - 1).unwrap().trim().to_owned()
    };
    let finding = &comparison.findings[0];
    assert_eq!(line(&finding.old, "old.yaml"), "age: {type: integer}");
    // What is left is the object that had it.
    assert_eq!(line(&finding.new, "new.yaml"), "type: object");
    assert_eq!((finding.old.file.as_str(), finding.new.file.as_str()), ("old.yaml", "new.yaml"));
}

#[test]
fn the_witness_is_small() {
    let case = fixtures("diff").join("items");
    let (old, new) = (read(&case.join("old.yaml")), read(&case.join("new.yaml")));
    let comparison = compare(&old[0], &new[0]);
    let removed = comparison.findings.iter().find(|finding| finding.code.subject == Subject::Property).unwrap();
    let witness = removed.witness.as_ref().unwrap();
    assert_eq!(witness.object["spec"], serde_json::json!({"toys": [{"price": 1}]}));
    assert_eq!(witness.answer, Answer::Loses(vec!["spec.toys[0].price".to_owned()]));
}

#[test]
fn many_changes_are_compared_in_bounded_work() {
    let text = fs::read_to_string(fixtures("diff").join("property-removed/new.yaml")).unwrap();
    let with = |constraint: &str| {
        let mut text = text.clone();
        for index in 0..300 {
            writeln!(text, "                p{index}: {{type: string, {constraint}}}").unwrap();
        }
        definition::load("many.yaml", &text).definitions.remove(0)
    };
    let comparison = compare(&with("maxLength: 9"), &with("maxLength: 8"));
    assert_eq!(comparison.findings.len(), 300);
    assert_eq!(comparison.verdict(), Verdict::Breaking);
}

#[test]
fn every_kind_of_change_has_its_verdict() {
    let cases = folders(&fixtures("diff"));
    assert!(cases.len() >= 30);
    for case in &cases {
        check(case);
    }
}
