//! What kube-apiserver 1.36.3 shows in columns with these paths.

use serde_json::json;

use super::*;

/// The first value that a path finds in the object below.
fn check(path: &str, expected: &Value) {
    let object = json!({
        "metadata": {"labels": {"example.com/claimed": "yes", "plain": "p"}},
        "spec": {
            "csv": {"enable": true},
            "list": [
                {"num": 1, "name": "a", "flag": false, "tags": ["x", "y"], "none": null},
                {"num": 2, "name": "b", "flag": true, "tags": []},
            ],
            "text": "hello", "nothing": null, "a.b": "dotted",
        },
    });
    let parsed = JsonPath::parse(path).unwrap_or_else(|| panic!("{path} is malformed"));
    assert_eq!(parsed.first(&object).as_deref().unwrap_or(&json!("nothing found")), expected, "{path}");
}

fn check_all(paths: &[(&str, Value)]) {
    for (path, expected) in paths {
        check(path, expected);
    }
}

fn check_nothing(paths: &[&str]) {
    for path in paths {
        check(path, &json!("nothing found"));
    }
}

#[test]
fn a_dot_in_a_name_needs_a_backslash_in_quotes_too() {
    check_all(&[
        (r".metadata.labels.example\.com/claimed", json!("yes")),
        (r".metadata.labels['example\.com/claimed']", json!("yes")),
        (".metadata.labels['plain']", json!("p")),
        (r".spec['a\.b']", json!("dotted")),
        (".spec['csv'].enable", json!(true)),
        (".spec .text", json!("hello")),
        ("$.spec.text", json!("hello")),
    ]);
    check_nothing(&[".metadata.labels['example.com/claimed']", ".spec.gone.x", ".", ".spec.", ".spec.[0]"]);
}

#[test]
fn items_are_chosen_by_indexes_slices_and_unions() {
    check_all(&[
        (".spec.list[0].num", json!(1)),
        (".spec.list[-1].num", json!(2)),
        (".spec.list[-1:].num", json!(2)),
        (".spec.list[0:2].num", json!(1)),
        (".spec.list[::2].num", json!(1)),
        (".spec.list[:-1].num", json!(1)),
        (".spec.list[].num", json!(1)),
        (".spec.list[0,1].num", json!(1)),
        (".spec.list[*].tags[*]", json!("x")),
        (".spec.list[0]['num','name']", json!(1)),
        (".spec['text','csv']", json!("hello")),
    ]);
    check_nothing(&[
        ".spec.list[5].num",
        ".spec.list[1:1].num",
        ".spec.list[1:2:0].num",
        ".spec.text[0]",
        ".spec.list[1:0]",
    ]);
}

#[test]
fn filters_compare_scalars_of_one_type() {
    check_all(&[
        (".spec.list[?(@.num>1)].num", json!(2)),
        (".spec.list[?(@.num > 1)].name", json!("b")),
        (".spec.list[?(@.num<=1)].num", json!(1)),
        (".spec.list[?(@.name==\"b\")].num", json!(2)),
        (".spec.list[?(@.name!='a')].num", json!(2)),
        (".spec.list[?(@.flag==true)].num", json!(2)),
        (".spec.list[?(@.name)].name", json!("a")),
        (".spec.list[?(1)].num", json!(1)),
    ]);
    check_nothing(&[
        ".spec.list[?(@.num==1.0)].num",
        ".spec.list[?(@.gone)].num",
        ".spec.list[?(@.none==1)].num",
        ".spec.list[?(@.num>='x')].num",
        ".spec.list[?(@.num=1)].num",
        ".spec.list[?(@.name==\"a)b\")].num",
        ".spec.csv[?(@.enable)]",
    ]);
}

#[test]
fn everything_within_is_found_by_two_dots() {
    check_all(&[
        ("..num", json!(1)),
        ("..name", json!("a")),
        (".spec..num", json!(1)),
        ("...num", json!(1)),
        (".spec.csv.*", json!(true)),
        (".spec.text.*", json!(104)),
    ]);
}

#[test]
fn constants_and_what_is_behind_the_path_are_no_errors() {
    check_all(&[
        (".spec.text 'lit'", json!("lit")),
        (".spec.text}{.spec.flag", json!("hello")),
        (".spec.nothing", Value::Null),
        (".spec.list[0].none", Value::Null),
    ]);
    check_nothing(&[".spec range", ".spec.nothing.x"]);
}

#[test]
fn what_is_malformed_is_refused() {
    let deep = format!(".a{}", "[?(@.a".repeat(100_000));
    for path in [
        ".spec.b[\"x\"]",
        ".spec.a,.b",
        ".spec.list[?(@.a]",
        ".spec.a['x",
        ".spec.a\\",
        ".spec.list[-]",
        ".spec.list[99999999999999999999]",
        ".spec[0",
        "....a",
        &deep,
    ] {
        assert_eq!(JsonPath::parse(path), None, "{path:.40}");
    }
}

#[test]
fn paths_that_multiply_what_they_find_find_nothing() {
    let object = (0..60).fold(json!([]), |inner, _| json!([inner, [0]]));
    let path = JsonPath::parse(&"..[*]".repeat(20)).unwrap();
    assert_eq!(path.first(&object), None);
}
