//! What is said of objects: in the API server's words, at the place of the field.

use serde_json::{Value, json};

use super::{check, errors, shop, validate};

/// The only finding is this one, and the shop is refused.
#[track_caller]
fn refused(spec: &str, finding: &str) {
    let ended = shop(spec);
    assert_eq!((errors(&ended.out), ended.code), (vec![format!("<stdin>:{finding}").as_str()], 1));
    assert!(ended.out.contains("\n  in Shop default/shop (example.com/v1)\n"), "{}", ended.out);
}

#[test]
fn an_object_that_the_server_takes_is_accepted() {
    check(&shop("spec: {owner: Anna}"), 0, "1 object: 1 accepted\n");
    check(&validate(&["--crds", "crds", "objects"], ""), 0, "2 objects: 2 accepted\n");
}

#[test]
fn an_error_stands_at_its_field() {
    refused(
        "spec:\n  owner: Anna\n  tills: many",
        "6:3: error: spec.tills: Invalid value: \"string\": spec.tills in body must be of type integer: \"string\"",
    );
    refused(
        "spec:\n  owner: Anna\n  opening: {monday: '9'}",
        "6:13: error: spec.opening.monday: Invalid value: \"9\": spec.opening.monday in body should match '^[0-9]{2}:[0-9]{2}$'",
    );
    refused(
        "spec:\n  owner: Anna\n  shelves:\n  - name: a\n  - {name: a}",
        "8:5: error: spec.shelves[1]: Duplicate value: {\"name\":\"a\"}",
    );
}

#[test]
fn an_error_about_a_missing_field_stands_at_the_nearest_one_around_it() {
    refused("spec:\n  tills: 1", "4:1: error: spec.owner: Required value");
    refused("status: {}", "1:1: error: spec: Required value");
    refused(
        "spec:\n  owner: Anna\n  shelves:\n  - name: a\n  - metres: 2",
        "8:5: error: spec.shelves[1].name: Required value",
    );
}

#[test]
fn rules_are_checked() {
    refused("spec: {owner: Anna, tills: 12}", "4:1: error: spec: Invalid value: there are more tills than tables");
}

#[test]
fn an_unknown_field_is_a_warning_or_strictly_an_error() {
    let object =
        "apiVersion: example.com/v1\nkind: Shop\nmetadata: {name: shop, colour: red}\nspec:\n  owner: A\n  size: 1";
    let warned = "<stdin>:3:24: warning: unknown field \"metadata.colour\"\n  in Shop default/shop (example.com/v1)\n\
                  <stdin>:6:3: warning: unknown field \"spec.size\"\n  in Shop default/shop (example.com/v1)\n\
                  1 object: 1 accepted, 2 warnings\n";
    check(&validate(&["--crds", "crds", "-"], object), 0, warned);
    let strict = validate(&["--crds", "crds", "-", "--strict"], object);
    let said = "<stdin>:6:3: error: Shop in version \"v1\" cannot be handled as a Shop: strict decoding error: unknown field \
                \"spec.size\"\n";
    assert!(strict.code == 1 && strict.out.contains(said), "{}", strict.out);
}

#[test]
fn a_duplicate_field_is_said_as_the_format_has_it() {
    let yaml = shop("spec:\n  owner: A\n  owner: B");
    assert!(yaml.out.starts_with("<stdin>:6:3: warning: line 6: key \"owner\" already set in map\n"), "{}", yaml.out);
    let json = "{\"apiVersion\": \"example.com/v1\", \"kind\": \"Shop\", \"metadata\": {\"name\": \"shop\"},\n\
                \"spec\": {\"owner\": \"A\", \"shelves\": [{\"name\": \"a\", \"name\": \"b\"}]}}";
    let json = validate(&["--crds", "crds", "-"], json);
    assert!(json.out.starts_with("<stdin>:2:50: warning: duplicate field \"spec.shelves[0].name\"\n"), "{}", json.out);
    assert_eq!((yaml.code, json.code), (0, 0));
}

#[test]
fn what_cannot_be_decoded_is_said_at_the_value() {
    let said = "cannot be handled as a Shop: json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string";
    let object = "apiVersion: example.com/v1\nkind: Shop\nmetadata:\n  name: a\n  labels:\n    b: 1\n";
    let ended = validate(&["--crds", "crds", "-"], object);
    assert!(
        ended.out.starts_with("<stdin>:6:5: error: Shop in version \"v1\" ") && ended.out.contains(said),
        "{}",
        ended.out
    );
    for (object, said) in [
        ("a: 1", "1:1: error: Object 'Kind' is missing in '{\"a\":1}'"),
        ("kind: Shop", "1:1: error: Object 'apiVersion' is missing in '{\"kind\":\"Shop\"}'"),
        ("hello", "1:1: error: Object 'Kind' is missing in '\"hello\"'"),
        ("- a", "1:1: error: Object 'Kind' is missing in '[\"a\"]'"),
        ("b: 1\nkind: 5", "2:1: error: couldn't get version/kind; json parse error: json: cannot unmarshal number"),
    ] {
        let ended = validate(&["--crds", "crds", "-"], object);
        assert!(ended.code == 1 && ended.out.starts_with(&format!("<stdin>:{said}")), "{object}: {}", ended.out);
    }
}

#[test]
fn a_version_that_is_not_served_has_no_matches() {
    let object = |version| format!("apiVersion: example.com/{version}\nkind: Shop\nmetadata: {{name: a}}");
    for version in ["v1alpha1", "v7"] {
        let ended = validate(&["--crds", "crds", "-", "--ignore-missing"], &object(version));
        let said = format!(
            "<stdin>:1:1: error: no matches for kind \"Shop\" in version \"example.com/{version}\"\n  in Shop default/a \
             (example.com/{version})\n  help: shops.example.com serves v1, v1beta1\n1 object: 0 accepted, 1 refused\n"
        );
        check(&ended, 1, &said);
    }
    check(&validate(&["--crds", "crds", "-"], &object("v1beta1")), 0, "1 object: 1 accepted\n");
}

#[test]
fn objects_without_a_crd_are_refused_or_skipped() {
    for (object, help) in [
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}",
            "only objects of CRDs are checked: pass `--ignore-missing`",
        ),
        (
            "apiVersion: other.com/v1\nkind: Shop\nmetadata: {name: a}",
            "name its CRD with `--crds`, or pass `--ignore-missing`",
        ),
    ] {
        let ended = validate(&["--crds", "crds", "-"], object);
        assert!(
            ended.code == 1 && ended.out.contains("2:1: error: no matches for kind ") && ended.out.contains(help),
            "{}",
            ended.out
        );
        let ended = validate(&["--crds", "crds", "-", "--ignore-missing"], object);
        check(&ended, 0, "1 object: 0 accepted, 1 skipped\n");
    }
}

#[test]
fn an_old_object_makes_an_update() {
    let ended = validate(&["--crds", "crds", "--old", "old", "moved.yaml", "--output", "json"], "");
    let report: Value = serde_json::from_str(&ended.out).unwrap();
    let object = &report["objects"][0];
    assert_eq!((&object["operation"], &object["verdict"]), (&json!("update"), &json!("refused")));
    let findings: Vec<[&Value; 2]> = object["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| ["line", "message"].map(|key| &finding[key]))
        .collect();
    // What was wrong before and has not changed is forgiven: opening.monday.
    assert_eq!(
        findings,
        [
            [
                &json!(10),
                &json!(
                    "spec.opening.tuesday: Invalid value: \"late\": spec.opening.tuesday in body should match '^[0-9]{2}:[0-9]{2}$'"
                )
            ],
            [&json!(7), &json!("spec.country: Invalid value: \"BE\": a shop does not move")],
        ]
    );
    // One that is not among the old ones is new.
    let report: Value =
        serde_json::from_str(&validate(&["--crds", "crds", "--old", "old", "objects", "--output", "json"], "").out)
            .unwrap();
    let operations: Vec<&Value> =
        report["objects"].as_array().unwrap().iter().map(|object| &object["operation"]).collect();
    assert_eq!(operations, ["update", "create"]);
}

#[test]
fn a_status_is_updated_on_its_own() {
    let arguments = ["--crds", "crds", "--old", "old", "--status"];
    let judge = |more: &[&str], input: &str| validate(&[&arguments[..], more].concat(), input);
    check(&judge(&["closed.json"], ""), 0, "1 object: 1 accepted\n");
    let shop =
        |name| format!("apiVersion: example.com/v1\nkind: Shop\nmetadata: {{name: {name}}}\nstatus: {{phase: Gone}}");
    let ended = judge(&["-"], &shop("bakery"));
    assert!(ended.out.starts_with("<stdin>:4:10: error: status.phase: Unsupported value: \"Gone\""), "{}", ended.out);
    let ended = judge(&["-"], &shop("other"));
    assert!(ended.out.starts_with("<stdin>:3:12: error: shops.example.com \"other\" not found\n"), "{}", ended.out);
    let ended = judge(&["objects"], "");
    assert!(
        ended.code == 1 && ended.out.contains("error: the server could not find the requested resource\n"),
        "{}",
        ended.out
    );
}

#[test]
fn what_would_be_stored_is_printed_as_the_input_is_written() {
    let ended = validate(
        &["--crds", "crds", "--defaulted", "-"],
        "apiVersion: example.com/v1\nkind: Shop\nmetadata: {generateName: a-}\nspec: {owner: A, x: 1}\nstatus: {phase: Open}",
    );
    let stored = "---\napiVersion: example.com/v1\nkind: Shop\nmetadata:\n  generateName: a-\n  generation: 1\n  namespace: default\n\
                  spec:\n  country: NL\n  owner: A\n  tables: 10\n  tills: 1\n";
    assert_eq!((ended.out.as_str(), ended.code), (stored, 0));
    assert!(ended.err.contains("unknown field \"spec.x\"") && ended.err.ends_with("1 object: 1 accepted, 1 warning\n"));
    let ended = validate(&["--crds", "crds", "--defaulted", "--old", "old", "--status", "closed.json"], "");
    let stored: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((&stored["spec"]["owner"], &stored["status"]["phase"]), (&json!("Anna"), &json!("Closed")));
    assert_eq!(stored["metadata"]["uid"], "0b1c7a8e-3c1e-4e3b-9f1d-2f4f2f0a7c11");
    let ended = validate(&["--crds", "crds", "--defaulted", "faulty.yaml"], "");
    assert_eq!((ended.out.as_str(), ended.code), ("", 1));
}
