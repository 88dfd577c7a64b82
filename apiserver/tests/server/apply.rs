//! Configurations that are applied: creation, conflicts, ownership, status, scale, and what is refused.

use serde_json::{Value, json};

use super::client::{Answer, Client, THINGS, thing};

const APPLY: &str = "application/apply-patch+yaml";
const MAPS: &str = "/api/v1/namespaces/default/configmaps";

async fn apply(client: &Client, name: &str, query: &str, spec: &Value) -> Answer {
    client.patch(&format!("{THINGS}/{name}?{query}"), APPLY, &thing(name, spec)).await
}

fn managers(object: &Value) -> Vec<String> {
    let entries = object["metadata"]["managedFields"].as_array().cloned().unwrap_or_default();
    entries.iter().map(|entry| format!("{} {}", entry["operation"], entry["manager"]).replace('"', "")).collect()
}

#[tokio::test]
async fn a_configuration_creates_the_object_then_changes_it() {
    let client = Client::with_things().await;
    let created = apply(&client, "a", "fieldManager=m1", &json!({"size": 1})).await;
    assert_eq!((created.code, &created.body["spec"]), (201, &json!({"size": 1, "mode": "auto"})));
    let changed = apply(&client, "a", "fieldManager=m1", &json!({"size": 2})).await;
    assert_eq!((changed.code, &changed.body["spec"]), (200, &json!({"size": 2, "mode": "auto"})));
    assert_eq!(managers(&changed.body), ["Apply m1"]);
    let unchanged = apply(&client, "a", "fieldManager=m1", &json!({"size": 2})).await;
    assert_eq!(unchanged.body["metadata"]["resourceVersion"], changed.body["metadata"]["resourceVersion"]);
}

#[tokio::test]
async fn a_conflict_names_the_owner_and_the_field_and_force_wins_it() {
    let client = Client::with_things().await;
    apply(&client, "a", "fieldManager=m1", &json!({"size": 1})).await;
    let conflict = apply(&client, "a", "fieldManager=m2", &json!({"size": 2})).await;
    assert_eq!(conflict.refusal(), (409, "Apply failed with 1 conflict: conflict with \"m1\": .spec.size"));
    let cause = json!({"reason": "FieldManagerConflict", "message": "conflict with \"m1\"", "field": ".spec.size"});
    assert_eq!(conflict.body["details"], json!({"causes": [cause]}));
    let forced = apply(&client, "a", "fieldManager=m2&force=true", &json!({"size": 2})).await;
    assert_eq!((forced.code, managers(&forced.body)), (200, vec!["Apply m2".to_owned()]));
}

#[tokio::test]
async fn a_dry_run_applies_nothing() {
    let client = Client::with_things().await;
    let created = apply(&client, "a", "fieldManager=m1&dryRun=All", &json!({"size": 1})).await;
    assert_eq!((created.code, client.get(&format!("{THINGS}/a")).await.code), (201, 404));
}

#[tokio::test]
async fn the_status_is_applied_to_objects_that_are_there() {
    let client = Client::with_things().await;
    let status =
        json!({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}, "status": {"phase": "Up"}});
    let path = format!("{THINGS}/a/status?fieldManager=m1");
    assert_eq!(client.patch(&path, APPLY, &status).await.refusal(), (404, "things.example.com \"a\" not found"));
    client.create("a", &json!({"size": 1})).await;
    let applied = client.patch(&path, APPLY, &status).await;
    assert_eq!(applied.body["status"], json!({"phase": "Up"}));
    assert_eq!(managers(&applied.body), ["Apply m1", "Update tests"]);
}

#[tokio::test]
async fn the_scale_says_who_owns_the_replicas() {
    let client = Client::with_things().await;
    client.create("a", &json!({"size": 1})).await;
    let scaled = client.merge(&format!("{THINGS}/a/scale?fieldManager=s"), &json!({"spec": {"replicas": 2}})).await;
    assert_eq!(scaled.code, 200);
    let object = client.get(&format!("{THINGS}/a")).await.body;
    let entries = object["metadata"]["managedFields"].as_array().unwrap();
    let of_scale = entries.iter().find(|entry| entry["manager"] == "s").unwrap();
    assert_eq!(of_scale["fieldsV1"], json!({"f:spec": {"f:size": {}}}));
    assert_eq!((&of_scale["subresource"], &of_scale["time"]), (&json!("scale"), &json!(null)));
    let scale =
        json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "a"}, "spec": {"replicas": 3}});
    let refused = client.patch(&format!("{THINGS}/a/scale?fieldManager=m&force=true"), APPLY, &scale).await;
    let why = "failed to convert new object (/a; autoscaling/v1, Kind=Scale) to proper version: request to convert CR to an \
               invalid group/version: autoscaling/v1";
    assert_eq!(refused.refusal(), (500, why));
}

#[tokio::test]
async fn built_in_objects_are_applied_too() {
    let client = Client::new();
    let map = |data: Value| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": data});
    let path = format!("{MAPS}/c?fieldManager=m1");
    assert_eq!(client.patch(&path, APPLY, &map(json!({"a": "1", "b": "1"}))).await.code, 201);
    let applied = client.patch(&path, APPLY, &map(json!({"b": "2"}))).await;
    assert_eq!((applied.code, &applied.body["data"]), (200, &json!({"b": "2"})));
    let refused = client.patch(&path, APPLY, &map(json!({"b": 2}))).await;
    let why = "failed to create typed patch object (/c; /v1, Kind=ConfigMap): .data.b: expected string, got \
               &value.valueUnstructured{Value:2}";
    assert_eq!(refused.refusal(), (500, why));
}

#[tokio::test]
async fn what_makes_no_configuration_is_refused() {
    let client = Client::with_things().await;
    let path = format!("{THINGS}/a?fieldManager=m");
    let answer = client.patch(&path, APPLY, &json!({})).await;
    assert_eq!(answer.refusal(), (400, "invalid object type: /, Kind="));
    let answer = client.patch(&path, APPLY, &json!([])).await;
    assert!(answer.refusal().1.starts_with("error decoding YAML: error unmarshaling JSON"), "{}", answer.body);
    let answer = client.patch(&format!("{THINGS}/a"), APPLY, &thing("a", &json!({}))).await;
    let why = "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch";
    assert_eq!(answer.refusal(), (422, why));
    let answer = client.patch(&path, "application/apply-patch+cbor", &json!({})).await;
    assert_eq!(answer.code, 415);
    let answer = client.patch(&path, APPLY, &thing("b", &json!({}))).await;
    assert_eq!(answer.refusal(), (400, "the name of the object (b) does not match the name on the URL (a)"));
}

#[tokio::test]
async fn keys_that_are_set_twice_are_reported_once_the_configuration_was_applied() {
    let client = Client::with_things().await;
    let text = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\nspec:\n  size: 1\n  size: 2\n";
    let send = async |query: &str| {
        let path = format!("{THINGS}/a?fieldManager=m{query}");
        client.send("PATCH", &path, &[("content-type", APPLY)], text.as_bytes().to_vec()).await
    };
    let strict = send("&fieldValidation=Strict").await;
    let why = "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 6: key \"size\" \
               already set in map";
    assert_eq!(strict.refusal(), (400, why));
    let warned = send("").await;
    assert_eq!((warned.code, &warned.body["spec"]["size"]), (201, &json!(2)));
    assert_eq!(warned.warnings(), ["299 - \"line 6: key \\\"size\\\" already set in map\""]);
}
