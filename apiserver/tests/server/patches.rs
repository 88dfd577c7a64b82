//! JSON patches, merge patches, and media types that are not patches.

use serde_json::json;

use crate::client::{Client, THINGS};

const JSON_PATCH: &str = "application/json-patch+json";

#[tokio::test]
async fn a_json_patch_applies_as_a_whole_or_not_at_all() {
    let client = Client::with_things().await;
    client.create("a", &json!({"size": 1})).await;
    let path = format!("{THINGS}/a");
    let failing = json!([
        {"op": "replace", "path": "/spec/size", "value": 2},
        {"op": "test", "path": "/spec/mode", "value": "manual"},
    ]);
    let message = "the server rejected our request due to an error in our request";
    assert_eq!(client.patch(&path, JSON_PATCH, &failing).await.refusal(), (422, message));
    let patched = client.patch(&path, JSON_PATCH, &json!([failing[0]])).await;
    assert_eq!((patched.code, &patched.body["spec"]["size"]), (200, &json!(2)));
}

#[tokio::test]
async fn a_patched_object_is_validated_and_must_keep_its_name() {
    let client = Client::with_things().await;
    client.create("a", &json!({"size": 1})).await;
    let path = format!("{THINGS}/a");
    assert_eq!(client.merge(&path, &json!({"spec": {"size": 11}})).await.code, 422);
    let renamed = client.merge(&path, &json!({"metadata": {"name": "b"}})).await;
    assert_eq!(renamed.refusal(), (400, "the name of the object (b) does not match the name on the URL (a)"));
    let stale = client.merge(&path, &json!({"metadata": {"resourceVersion": "1"}, "spec": {"size": 2}})).await;
    assert_eq!(stale.code, 409);
}

#[tokio::test]
async fn ownership_moves_with_the_fields_that_a_patch_changes() {
    let client = Client::with_things().await;
    client.create("a", &json!({"size": 1, "color": "red"})).await;
    let path = format!("{THINGS}/a?fieldManager=other");
    let patched = client.merge(&path, &json!({"spec": {"size": 2}})).await.body;
    let entries = patched["metadata"]["managedFields"].as_array().unwrap();
    let of = |manager: &str| &entries.iter().find(|entry| entry["manager"] == manager).unwrap()["fieldsV1"];
    assert_eq!(*of("other"), json!({"f:spec": {"f:size": {}}}));
    assert_eq!(*of("tests"), json!({"f:spec": {".": {}, "f:color": {}, "f:mode": {}}}));
}

#[tokio::test]
async fn strategic_merge_patches_are_for_built_in_types_only() {
    let client = Client::with_things().await;
    client.create("a", &json!({})).await;
    let strategic = "application/strategic-merge-patch+json";
    assert_eq!(client.patch(&format!("{THINGS}/a"), strategic, &json!({})).await.code, 415);
    let maps = "/api/v1/namespaces/default/configmaps";
    client.post(maps, &json!({"metadata": {"name": "c"}, "data": {"a": "1"}})).await;
    let patched = client.patch(&format!("{maps}/c"), strategic, &json!({"data": {"b": "2"}})).await;
    assert_eq!(patched.body["data"], json!({"a": "1", "b": "2"}));
}

#[tokio::test]
async fn a_strategic_patch_joins_the_lists_of_the_metadata() {
    let client = Client::with_things().await;
    let path = "/api/v1/namespaces/default/configmaps/c";
    let object = json!({"metadata": {"name": "c", "finalizers": ["example.com/a"]}});
    client.post("/api/v1/namespaces/default/configmaps", &object).await;
    let strategic = async |change: serde_json::Value| {
        client.patch(path, "application/strategic-merge-patch+json", &json!({"metadata": change})).await.body
    };
    let joined = strategic(json!({"finalizers": ["example.com/b"]})).await;
    assert_eq!(joined["metadata"]["finalizers"], json!(["example.com/b", "example.com/a"]));
    let left = strategic(json!({"$deleteFromPrimitiveList/finalizers": ["example.com/a"]})).await;
    assert_eq!(left["metadata"]["finalizers"], json!(["example.com/b"]));
}
