//! Bodies that are broken, of the wrong type, or say too much, in the words of the server that is written in Go.

use serde_json::json;

use crate::client::{Client, THINGS};

const MAPS: &str = "/api/v1/namespaces/default/configmaps";
const JSON: &str = "application/json";
const YAML: &str = "application/yaml";
const MERGE: &str = "application/merge-patch+json";
const STRATEGIC: &str = "application/strategic-merge-patch+json";
const OPERATIONS: &str = "application/json-patch+json";

/// A server with a `Thing` and a `ConfigMap`, both named `a`.
async fn client() -> Client {
    let client = Client::with_things().await;
    client.create("a", &json!({"size": 1})).await;
    let map = json!({"metadata": {"name": "a", "labels": {"z": "1", "b": "2"}}, "data": {"k": "v"}});
    assert_eq!(client.post(MAPS, &map).await.code, 201);
    client
}

/// What ends the message of the refusal.
async fn check(client: &Client, method: &str, path: &str, media_type: &str, body: &str, code: u16, end: &str) {
    let answer = client.send(method, path, &[("content-type", media_type)], body.as_bytes().to_vec()).await;
    let (found, message) = answer.refusal();
    assert!(found == code && message.ends_with(end), "{method} {path} {body}\n{found} {message}\n{code} {end}");
}

#[tokio::test]
async fn broken_json_is_refused_in_the_words_of_gos_scanner() {
    let client = client().await;
    let cases = [
        ("x", "invalid character 'x' looking for beginning of value"),
        ("{\"a\":1,}", "invalid character '}' looking for beginning of object key string"),
        ("{\"a\" 1}", "invalid character '1' after object key"),
        ("{\"a\":1 \"b\":2}", "invalid character '\"' after object key:value pair"),
        ("{\"a\":[1 2]}", "invalid character '2' after array element"),
        ("{\"a\":\"b\nc\"}", "invalid character '\\n' in string literal"),
        ("{\"a\":\"\\x\"}", "invalid character 'x' in string escape code"),
        ("{\"a\":-}", "invalid character '}' in numeric literal"),
        ("{} {}", "invalid character '{' after top-level value"),
        ("{\"a\":", "unexpected end of JSON input"),
    ];
    let (map, thing) = (format!("{MAPS}/a"), format!("{THINGS}/a"));
    for (body, why) in cases {
        for path in [MAPS, THINGS] {
            let kind = if path == MAPS { "ConfigMap" } else { "Thing" };
            let shown: String = if body.starts_with('{') { body.to_owned() } else { "78".to_owned() };
            let start = format!("the object provided is unrecognized (must be of type {kind})");
            let message = format!("{start}: couldn't get version/kind; json parse error: {why} ({shown})");
            check(&client, "POST", path, JSON, body, 400, &message).await;
        }
        let message = format!("error decoding patch: {why}");
        for (path, media_type) in [(&map, MERGE), (&map, OPERATIONS), (&thing, MERGE), (&thing, OPERATIONS)] {
            check(&client, "PATCH", path, media_type, body, 400, &message).await;
        }
        check(&client, "PATCH", &map, STRATEGIC, body, 400, why).await;
        let message = format!("couldn't get version/kind; json parse error: {why}");
        check(&client, "DELETE", &map, JSON, body, 400, &message).await;
    }
    let unchecked = format!("{map}?fieldValidation=Ignore");
    check(&client, "PATCH", &unchecked, MERGE, "x", 400, "Invalid JSON Patch").await;
}

#[tokio::test]
async fn the_first_value_of_a_wrong_type_is_told_with_the_digits_of_the_text() {
    let client = client().await;
    let start = "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: json: cannot unmarshal";
    let map = format!("{start} number into Go struct field ConfigMap.data of type map[string]string");
    check(&client, "POST", MAPS, JSON, r#"{"data": 5, "binaryData": 1}"#, 400, &map).await;
    let labels = format!("{start} number into Go struct field ObjectMeta.metadata.labels of type map[string]string");
    check(&client, "POST", MAPS, JSON, r#"{"metadata": {"labels": 1}, "data": 5}"#, 400, &labels).await;
    for number in ["1.0", "1e3", "9223372036854775808", "1e400"] {
        let body = format!(r#"{{"metadata": {{"generation": {number}}}}}"#);
        let why = format!("{start} number {number} into Go struct field ObjectMeta.metadata.generation of type int64");
        check(&client, "POST", MAPS, JSON, &body, 400, &why).await;
    }
    let why = format!("{start} number into Go struct field ConfigMap.data of type map[string]string");
    check(&client, "POST", MAPS, YAML, "metadata: {labels: 1}\ndata: 5\n", 400, &why).await;
    let body = r#"{"apiVersion": "example.com/v1", "kind": "Thing", "spec": {"size": 1e400}}"#;
    let why = "json: cannot unmarshal number 1e400 into Go value of type float64";
    check(&client, "POST", THINGS, JSON, body, 400, why).await;
    let body = r#"{"preconditions": {"uid": 1}, "dryRun": 3}"#;
    let why = "json: cannot unmarshal number into Go struct field Preconditions.preconditions.uid of type types.UID";
    check(&client, "DELETE", &format!("{MAPS}/a"), JSON, body, 400, why).await;
}

#[tokio::test]
async fn unknown_and_duplicate_fields_stand_in_the_order_of_the_text_and_for_custom_resources_sorted() {
    let client = client().await;
    let body = r#"{"metadata": {"name": "b", "zz": 1, "aa": 2}, "yy": {"a": 1, "a": 2}, "data": {"k": "", "k": ""}}"#;
    let found =
        r#"unknown field "metadata.zz", unknown field "metadata.aa", unknown field "yy", duplicate field "data.k""#;
    let strict = |path: &str| format!("{path}?fieldValidation=Strict");
    check(&client, "POST", &strict(MAPS), JSON, body, 400, &format!("strict decoding error: {found}")).await;
    let warned = client.send("POST", MAPS, &[("content-type", JSON)], body.as_bytes().to_vec()).await;
    let texts: Vec<String> = found.split(", ").map(|text| format!("299 - \"{}\"", text.replace('"', "\\\""))).collect();
    assert_eq!((warned.code, warned.warnings()), (201, texts.iter().map(String::as_str).collect()));
    let body = r#"{"apiVersion": "example.com/v1", "kind": "Thing", "zz": 1, "aa": 1, "spec": {"size": 1, "size": 2}}"#;
    let found = r#"strict decoding error: duplicate field "spec.size", unknown field "aa", unknown field "zz""#;
    check(&client, "POST", &strict(THINGS), JSON, body, 400, found).await;
}

#[tokio::test]
async fn a_patch_that_makes_no_object_is_quoted_as_go_has_it() {
    let client = client().await;
    let map = format!("{MAPS}/a?fieldValidation=Strict");
    // What the patch touches is sorted, what it does not has the order of Go's struct.
    let answer = client.send("PATCH", &map, &[("content-type", MERGE)], br#"{"data": {"j": 1.0}}"#.to_vec()).await;
    let (code, message) = answer.refusal();
    let start = r#" "" is invalid: patch: Invalid value: "{\"apiVersion\":\"v1\",\"data\":{\"j\":1.0,\"k\":\"v\"},"#;
    let metadata = r#"\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\",\"namespace\":\"default\",\"uid\":\""#;
    assert!(code == 422 && message.starts_with(&format!("{start}{metadata}")), "{message}");
    let why = "json: cannot unmarshal number into Go struct field ConfigMap.data of type string";
    assert!(message.ends_with(why), "{message}");

    let quoted = r#" "" is invalid: patch: Invalid value: "map[metadata:map[labels:1]]": "#;
    let why = format!("{quoted}cannot restore map from int64");
    check(&client, "PATCH", &map, STRATEGIC, r#"{"metadata": {"labels": 1}}"#, 422, &why).await;
    let thing = format!("{THINGS}/a");
    let why = "json: cannot unmarshal number into Go value of type v1.ObjectMeta";
    check(&client, "PATCH", &thing, MERGE, r#"{"metadata": 1}"#, 422, why).await;
    let why = "couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .kind of type string";
    check(&client, "PATCH", &thing, MERGE, r#"{"kind": 1}"#, 422, why).await;
    let why = r#"Foo.example.com "a" is invalid: kind: Invalid value: "Foo": must be Thing"#;
    check(&client, "PATCH", &thing, MERGE, r#"{"kind": "Foo"}"#, 422, why).await;
    let why = r#"no kind "Foo" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111""#;
    check(&client, "PATCH", &map, MERGE, r#"{"kind": "Foo"}"#, 422, why).await;
    let body = r#"[{"op": "add", "path": "/zz", "value": {"b": 1, "a": 2}, "x": 1}]"#;
    let why = r#"strict decoding error: json patch unknown field "[0].x", unknown field "zz""#;
    check(&client, "PATCH", &map, OPERATIONS, body, 422, why).await;
}
