//! Where objects and CRDs come from.

use std::fs;

use super::{FOLDER, check, errors, here, validate, validate_in};

fn fixture(name: &str) -> String {
    fs::read_to_string(here().join(name)).unwrap()
}

/// A shop of this name that has no owner, as JSON.
fn without_owner(name: &str) -> String {
    format!(
        "{{\"apiVersion\": \"example.com/v1\", \"kind\": \"Shop\", \"metadata\": {{\"name\": \"{name}\"}}, \"spec\": {{}}}}"
    )
}

#[test]
fn documents_of_a_stream_are_judged_in_their_order() {
    let ended = validate(&["--crds", "crds", "faulty.yaml", "--ignore-missing"], "");
    let places: Vec<&str> =
        ended.out.lines().filter_map(|line| line.strip_prefix("faulty.yaml:")?.split(": ").next()).collect();
    assert_eq!(places, ["9:3", "6:3", "11:5", "15:7", "7:1", "17:7", "2:1", "26:3", "23:1", "28:1"]);
    assert!(ended.out.ends_with("4 objects: 0 accepted, 3 refused, 1 skipped, 2 warnings\n"), "{}", ended.out);
}

#[test]
fn a_list_is_the_objects_in_it() {
    let list =
        |kind: &str, items: &str| format!("apiVersion: example.com/v1\nkind: {kind}\nmetadata: {{}}\nitems:\n{items}");
    let own = "- apiVersion: example.com/v1\n  kind: Shop\n  metadata: {name: a}\n  spec: {}\n";
    let inherited = "- metadata: {name: a}\n  spec: {}\n";
    for (text, line) in [(list("List", own), 8), (list("ShopList", own), 8), (list("ShopList", inherited), 6)] {
        let ended = validate(&["--crds", "crds", "-"], &text);
        assert_eq!(errors(&ended.out), [format!("<stdin>:{line}:3: error: spec.owner: Required value")]);
        assert!(ended.out.contains("\n  in Shop default/a (example.com/v1)\n"), "{}", ended.out);
    }
    check(
        &validate(&["--crds", "crds", "-"], &list("List", "  []")),
        2,
        "<stdin>: error: no objects found\n  help: name files or folders of YAML or JSON with Kubernetes objects\n0 objects: 0 accepted\n",
    );
}

#[test]
fn json_values_may_stand_one_behind_the_other() {
    let text = format!("{}\n\n  {} {}", without_owner("a"), without_owner("b"), without_owner("c"));
    let ended = validate(&["--crds", "crds", "-"], &text);
    let places: Vec<&str> = errors(&ended.out).into_iter().filter_map(|line| line.split(": ").next()).collect();
    let column = without_owner("a").find("\"spec\"").unwrap() + 1;
    let third = 2 + without_owner("b").len() + 1 + column;
    assert_eq!(
        places,
        [format!("<stdin>:1:{column}"), format!("<stdin>:3:{}", column + 2), format!("<stdin>:3:{third}")]
    );
}

#[test]
fn crds_among_the_objects_count_too() {
    let text = [fixture("objects/bakery.yaml"), fixture("crds/regions.yaml"), fixture("crds/shops.yaml")].join("---\n");
    check(&validate(&["-"], &text), 0, "2 objects: 2 accepted\n");
    check(&validate(&["crds"], ""), 0, "0 objects: 0 accepted\n");
}

#[test]
fn the_last_of_two_crds_counts_and_a_warning_names_both() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) =
        (fixture("crds/regions.yaml"), fixture("crds/regions.yaml").replace("type: string", "type: integer"));
    fs::write(folder.path().join("a.yaml"), &first).unwrap();
    fs::write(folder.path().join("b.yaml"), &second).unwrap();
    fs::write(folder.path().join("same.yaml"), &second).unwrap();
    fs::write(
        folder.path().join("north.yaml"),
        "apiVersion: example.com/v1\nkind: Region\nmetadata: {name: north}\nspec: {cities: [A]}",
    )
    .unwrap();
    let ended =
        validate_in(folder.path(), &["--crds", "a.yaml", "--crds", "b.yaml", "--crds", "same.yaml", "north.yaml"], "");
    let warning = "b.yaml:1:1: warning: this CustomResourceDefinition replaces another \"regions.example.com\"\n  help: the other one is at \
                   a.yaml:1:1: leave one of them out (`--skip PATTERN`) if this one is not meant\n";
    assert!(ended.out.starts_with(warning) && ended.out.contains("spec.cities[0]: Invalid value"), "{}", ended.out);
    assert_eq!((ended.out.matches("warning").count(), ended.code), (1, 1));
}

#[test]
fn files_that_match_a_pattern_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("deploy/vendor/deep")).unwrap();
    for file in ["deploy/a.yaml", "deploy/kustomization.yaml", "deploy/vendor/b.yaml", "deploy/vendor/deep/c.yaml"] {
        fs::write(folder.path().join(file), without_owner("a")).unwrap();
    }
    let crds = format!("{FOLDER}/crds");
    let count = |skip: &[&str]| {
        let ended = validate_in(folder.path(), &[&["--crds", &crds, "deploy"], skip].concat(), "");
        ended.out.lines().last().unwrap().split(' ').next().unwrap().parse::<usize>().unwrap()
    };
    assert_eq!(count(&[]), 4);
    assert_eq!(count(&["--skip", "**/kustomization.yaml"]), 3);
    assert_eq!(count(&["--skip", "vendor/**"]), 2);
    assert_eq!(count(&["--skip", "deploy/vendor/*"]), 3);
    assert_eq!(count(&["--skip", "vendor/**", "--skip", "a.yaml"]), 1);
    let ended = validate(&["--skip", "a***", "objects"], "");
    assert!(ended.code == 2 && ended.err.contains("invalid pattern `a***`"), "{}", ended.err);
}

#[test]
fn a_file_that_is_named_twice_is_judged_once() {
    let ended =
        validate(&["--crds", "crds", "--crds", "crds/shops.yaml", "objects", "objects/bakery.yaml", "./objects"], "");
    check(&ended, 0, "2 objects: 2 accepted\n");
}

#[test]
fn what_cannot_be_read_has_a_code_of_its_own_and_hides_nothing() {
    let nowhere = validate(&["--crds", "crds", "objects", "nowhere.yaml"], "");
    assert!(nowhere.code == 2 && nowhere.out.starts_with("nowhere.yaml: error: cannot be read: "), "{}", nowhere.out);
    assert!(nowhere.out.ends_with("2 objects: 2 accepted\n"), "{}", nowhere.out);
    let broken = validate(&["--crds", "crds", "-"], &(without_owner("a") + "\n---\na: [\n"));
    assert!(broken.code == 2 && broken.out.contains("error: spec.owner: Required value"), "{}", broken.out);
    let template = validate(&["--crds", "crds", "-"], "a: {{ .Values.a }}\nb: }");
    assert!(template.out.contains("help: this looks like a template: render it first"), "{}", template.out);
    for (arguments, input, said) in [
        (vec!["--crds", "nowhere", "objects"], "", "nowhere: error: cannot be read: "),
        (vec!["--crds", "objects", "objects"], "", "objects: error: no CustomResourceDefinition found"),
        (vec!["--crds", "crds", "--old", "nowhere", "objects"], "", "nowhere: error: cannot be read: "),
        (vec!["--crds", "crds", "-"], "", "error: no objects found"),
        (
            vec!["--crds", "-", "objects"],
            "kind: CustomResourceDefinition\napiVersion: apiextensions.k8s.io/v1",
            "error: ",
        ),
    ] {
        let ended = validate(&arguments, input);
        assert!(ended.code == 2 && ended.out.contains(said), "{arguments:?}: {}", ended.out);
    }
}

#[test]
fn wrong_usage_says_what_to_do() {
    for (arguments, said) in [
        (vec![], "<OBJECT>..."),
        (vec!["--status", "objects"], "--old <PATH>"),
        (vec!["--crds", "-", "-"], "standard input (`-`) is named more than once"),
        (vec!["objects", "--output", "xml"], "possible values: text, json, junit, sarif, github"),
    ] {
        let ended = validate(&arguments, "");
        assert!(ended.code == 2 && ended.out.is_empty() && ended.err.contains(said), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn a_crd_that_the_server_would_refuse_is_reported_if_an_object_needs_it() {
    let broken = fixture("crds/shops.yaml").replace("self.tills <= self.tables", "self.tills <= self.chairs");
    let judge =
        |objects| validate(&["--crds", "-", objects, "--crds", "crds/regions.yaml", "--ignore-missing"], &broken);
    let ended = judge("objects");
    assert!(ended.out.contains("warning: the API server would refuse this CRD: "), "{}", ended.out);
    assert!(ended.out.contains("undefined field 'chairs'") && ended.out.contains("`crdgen lint`"), "{}", ended.out);
    let ended = judge("kustomization.yaml");
    assert!(!ended.out.contains("CRD"), "{}", ended.out);
}
