//! The forms of the report, each read by what its readers read it with.

use std::collections::BTreeMap;

use quick_xml::{Reader, events::Event};
use serde_json::{Value, json};

use super::{Ended, validate};

/// Runs that have everything between them: accepted, refused and skipped objects, warnings, faults of files and CRDs.
fn runs(format: &str) -> Vec<Ended> {
    let hostile = "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: \"a<b>&\\\"'\\n]]>\\x1b[31m\\u202e\\x00\"}\n\
                   spec: {\"own\\ner<!--\": 1}\n---\na: [";
    [
        (vec!["--crds", "crds", "objects"], ""),
        (vec!["--crds", "crds", "faulty.yaml", "--ignore-missing"], ""),
        (vec!["--crds", "crds", "--old", "old", "moved.yaml", "nowhere.yaml"], ""),
        (vec!["--crds", "crds", "--old", "old", "--status", "closed.json", "kustomization.yaml"], ""),
        (vec!["--crds", "crds", "--strict", "faulty.yaml", "kustomization.yaml"], ""),
        (vec!["--crds", "crds", "-"], hostile),
    ]
    .into_iter()
    .map(|(arguments, input)| validate(&[&arguments[..], &["--output", format]].concat(), input))
    .collect()
}

#[test]
fn json_satisfies_its_schema() {
    let schema: Value = serde_json::from_str(include_str!("../../../docs/schemas/validate-v1.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for run in runs("json") {
        let report: Value = serde_json::from_str(&run.out).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&report).map(|error| format!("{error} at {}", error.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new(), "{report:#}");
        let summary = &report["summary"];
        let counts = ["accepted", "refused", "skipped"].map(|verdict| summary[verdict].as_u64().unwrap());
        assert_eq!(summary["objects"], json!(counts.iter().sum::<u64>()));
        assert_eq!(report["objects"].as_array().unwrap().len(), usize::try_from(counts.iter().sum::<u64>()).unwrap());
        let faults =
            report["diagnostics"].as_array().unwrap().iter().filter(|finding| finding["severity"] == "error").count();
        assert_eq!(run.code, if faults > 0 { 2 } else { i32::from(counts[1] > 0) });
    }
    assert!(!validator.is_valid(&json!({"version": 2})));
}

#[test]
fn json_has_reasons_fields_and_places() {
    let run = &runs("json")[1];
    let report: Value = serde_json::from_str(&run.out).unwrap();
    let butcher = &report["objects"][0];
    assert_eq!(
        (&butcher["name"], &butcher["namespace"], &butcher["line"]),
        (&json!("butcher"), &json!("default"), &json!(2))
    );
    let found: Vec<Value> = butcher["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            json!([finding["severity"], finding["reason"], finding["field"], finding["line"], finding["column"]])
        })
        .collect();
    assert_eq!(
        found,
        [
            json!(["warning", "UnknownField", "spec.colour", 9, 3]),
            json!(["error", "FieldValueInvalid", "metadata.labels", 6, 3]),
            json!(["error", "FieldValueInvalid", "spec.opening.monday", 11, 5]),
            json!(["error", "FieldValueInvalid", "spec.shelves[0].metres", 15, 7]),
            json!(["error", "FieldValueRequired", "spec.owner", 7, 1]),
            json!(["error", "FieldValueDuplicate", "spec.shelves[2]", 17, 7]),
            json!(["error", "FieldValueInvalid", null, 2, 1]),
        ]
    );
    assert_eq!(report["objects"][3]["verdict"], "skipped");
}

/// How many elements of each name an XML document has.
fn elements(text: &str) -> BTreeMap<String, usize> {
    let mut reader = Reader::from_str(text);
    let mut elements = BTreeMap::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) | Event::Empty(element) => {
                for attribute in element.attributes() {
                    attribute.unwrap();
                }
                *elements.entry(element.name().as_ref().to_owned()).or_default() += 1;
            }
            Event::Eof => return elements,
            _ => {}
        }
    }
}

#[test]
fn junit_is_xml_whatever_objects_are_called() {
    for run in runs("junit") {
        let elements = elements(&run.out);
        let count = |name: &str| elements.get(name).copied().unwrap_or_default();
        let first = run.out.lines().nth(1).unwrap();
        let expected = format!(
            "<testsuites name=\"crdgen validate\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
            count("testcase"),
            count("failure"),
            count("error")
        );
        assert_eq!(first, expected);
        let may_stand = |c: char| matches!(c, '\t' | '\n' | ' '..='\u{7e}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
        assert!(run.out.chars().all(may_stand), "{}", run.out);
    }
    let elements = elements(&runs("junit")[1].out);
    let expected =
        [("failure", 3), ("skipped", 1), ("system-out", 2), ("testcase", 4), ("testsuite", 1), ("testsuites", 1)];
    assert_eq!(elements, expected.map(|(name, count)| (name.to_owned(), count)).into());
}

#[test]
fn sarif_has_what_its_schema_demands() {
    let schema: Value = serde_json::from_str(include_str!("sarif.schema.json")).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    for run in runs("sarif") {
        let report: Value = serde_json::from_str(&run.out).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&report).map(|error| format!("{error} at {}", error.instance_path())).collect();
        assert_eq!(errors, Vec::<String>::new(), "{report:#}");
        let run = &report["runs"][0];
        let ids: Vec<&Value> =
            run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
        assert!(run["results"].as_array().unwrap().iter().all(|result| ids.contains(&&result["ruleId"])));
    }
    let report: Value = serde_json::from_str(&runs("sarif")[1].out).unwrap();
    let result = &report["runs"][0]["results"][2];
    assert_eq!(result["ruleId"], "FieldValueInvalid");
    assert_eq!(
        result["locations"][0],
        json!({
            "physicalLocation": {"artifactLocation": {"uri": "faulty.yaml"}, "region": {"startLine": 11, "startColumn": 5}},
            "logicalLocations": [{"fullyQualifiedName": "spec.opening.monday"}],
        })
    );
}

#[test]
fn a_workflow_gets_a_line_for_each_finding() {
    let all = runs("github");
    let first = all[1].out.lines().next().unwrap();
    let expected = "::warning file=faulty.yaml,line=9,col=3,title=refused%3A UnknownField::Shop default/butcher: unknown field \"spec.colour\"";
    assert_eq!(first, expected);
    for run in &all {
        let (summary, lines): (Vec<&str>, Vec<&str>) = run.out.lines().partition(|line| line.contains(" accepted"));
        assert_eq!(summary.len(), 1);
        assert!(lines.iter().all(|line| line.starts_with("::error ") || line.starts_with("::warning ")), "{}", run.out);
    }
}

#[test]
fn text_cannot_be_forged_by_names() {
    let out = &runs("text")[5].out;
    assert!(out.chars().all(|c| c == '\n' || (!c.is_control() && c != '\u{202e}')), "{out:?}");
    assert!(out.lines().all(|line| line.starts_with(['<', ' ']) || line.starts_with("1 object")), "{out}");
}

#[test]
fn quiet_leaves_errors_only() {
    let quiet = |format| validate(&["--crds", "crds", "faulty.yaml", "--quiet", "--output", format], "");
    assert!(!quiet("text").out.contains("warning") && !quiet("text").out.contains("objects:"));
    assert!(!quiet("json").out.contains("\"warning\""));
    let accepted = validate(&["--crds", "crds", "objects", "-q"], "");
    assert_eq!(accepted, Ended { code: 0, out: String::new(), err: String::new() });
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for format in ["text", "json", "junit", "sarif", "github"] {
        assert_eq!(runs(format), runs(format));
    }
}
