//! What becomes of the dependents of an object that is deleted.

use serde_json::{Value, json};

use crate::client::{CRDS, Client, THINGS, crd, names, thing};

const CONFIG_MAPS: &str = "/api/v1/namespaces/default/configmaps";

/// A reference to a thing, by which a deletion in the foreground waits.
fn owner(thing: &Value) -> Value {
    json!({"apiVersion": "example.com/v1", "kind": "Thing", "name": thing["metadata"]["name"],
        "uid": thing["metadata"]["uid"], "blockOwnerDeletion": true})
}

/// Creates a thing that is owned.
async fn owned(client: &Client, name: &str, owners: &[&Value], finalizers: &[&str]) -> Value {
    let mut object = thing(name, &json!({}));
    object["metadata"]["ownerReferences"] = owners.iter().map(|thing| owner(thing)).collect();
    object["metadata"]["finalizers"] = json!(finalizers);
    client.post(THINGS, &object).await.body
}

async fn delete(client: &Client, name: &str, policy: &str) -> u16 {
    client.delete(&format!("{THINGS}/{name}?propagationPolicy={policy}")).await.code
}

/// The names of the things that are left.
async fn check(client: &Client, left: &[&str]) {
    assert_eq!(names(&client.get(THINGS).await.body), left);
}

#[tokio::test]
async fn dependents_follow_their_owner_and_theirs_follow_them() {
    let client = Client::with_things().await;
    let a = client.create("a", &json!({})).await;
    let b = owned(&client, "b", &[&a], &[]).await;
    owned(&client, "c", &[&b], &[]).await;
    client.create("other", &json!({})).await;
    delete(&client, "a", "Background").await;
    check(&client, &["other"]).await;
}

#[tokio::test]
async fn dependents_of_another_kind_follow_too() {
    let client = Client::with_things().await;
    let a = client.create("a", &json!({})).await;
    let map = json!({"metadata": {"name": "m", "ownerReferences": [owner(&a)]}});
    assert_eq!(client.post(CONFIG_MAPS, &map).await.code, 201);
    delete(&client, "a", "Background").await;
    assert_eq!(client.get(&format!("{CONFIG_MAPS}/m")).await.code, 404);
}

#[tokio::test]
async fn a_dependent_stays_as_long_as_one_owner_does_and_forgets_the_other() {
    let client = Client::with_things().await;
    let (a, b) = (client.create("a", &json!({})).await, client.create("b", &json!({})).await);
    owned(&client, "c", &[&a, &b], &[]).await;
    delete(&client, "a", "Background").await;
    check(&client, &["b", "c"]).await;
    let left = client.get(&format!("{THINGS}/c")).await.body;
    assert_eq!(left["metadata"]["ownerReferences"], json!([owner(&b)]));
    delete(&client, "b", "Background").await;
    check(&client, &[]).await;
}

#[tokio::test]
async fn orphans_stay_without_a_reference() {
    let client = Client::with_things().await;
    let a = client.create("a", &json!({})).await;
    owned(&client, "b", &[&a], &[]).await;
    delete(&client, "a", "Orphan").await;
    check(&client, &["b"]).await;
    assert_eq!(client.get(&format!("{THINGS}/b")).await.body["metadata"]["ownerReferences"], Value::Null);
}

#[tokio::test]
async fn in_the_foreground_an_owner_waits_for_its_dependents() {
    let client = Client::with_things().await;
    let a = client.create("a", &json!({})).await;
    let b = owned(&client, "b", &[&a], &[]).await;
    owned(&client, "c", &[&b], &["example.com/f"]).await;
    assert_eq!(delete(&client, "a", "Foreground").await, 200);
    check(&client, &["a", "b", "c"]).await;
    let waiting = client.get(&format!("{THINGS}/b")).await.body;
    assert_eq!(waiting["metadata"]["finalizers"], json!(["foregroundDeletion"]));
    client.merge(&format!("{THINGS}/c"), &json!({"metadata": {"finalizers": null}})).await;
    check(&client, &[]).await;
}

#[tokio::test]
async fn a_dependent_that_no_longer_blocks_lets_its_owner_go() {
    let client = Client::with_things().await;
    let a = client.create("a", &json!({})).await;
    owned(&client, "b", &[&a], &["example.com/f"]).await;
    delete(&client, "a", "Foreground").await;
    check(&client, &["a", "b"]).await;
    let mut free = owner(&a);
    free["blockOwnerDeletion"] = json!(false);
    client.merge(&format!("{THINGS}/b"), &json!({"metadata": {"ownerReferences": [free]}})).await;
    check(&client, &["b"]).await;
}

#[tokio::test]
async fn owners_in_a_circle_are_deleted_in_the_foreground_as_well() {
    let client = Client::with_things().await;
    let a = client.create("a", &json!({})).await;
    let b = owned(&client, "b", &[&a], &[]).await;
    client.merge(&format!("{THINGS}/a"), &json!({"metadata": {"ownerReferences": [owner(&b)]}})).await;
    delete(&client, "a", "Foreground").await;
    check(&client, &[]).await;
}

#[tokio::test]
async fn an_object_whose_owner_never_was_is_collected() {
    let client = Client::with_things().await;
    let ghost = json!({"metadata": {"name": "ghost", "uid": "11111111-1111-1111-1111-111111111111"}});
    owned(&client, "a", &[&ghost], &[]).await;
    check(&client, &[]).await;
}

#[tokio::test]
async fn an_owner_in_another_namespace_is_none() {
    let client = Client::with_things().await;
    let a = client.create("a", &json!({})).await;
    client.post("/api/v1/namespaces", &json!({"metadata": {"name": "n"}})).await;
    let path = "/apis/example.com/v1/namespaces/n/things";
    let mut dependent = thing("b", &json!({}));
    dependent["metadata"]["ownerReferences"] = json!([owner(&a)]);
    client.post(path, &dependent).await;
    assert_eq!(client.get(&format!("{path}/b")).await.code, 404);
}

#[tokio::test]
async fn an_object_whose_owner_is_of_an_unknown_kind_waits_until_the_kind_is_served() {
    let client = Client::new();
    let owner = json!({"apiVersion": "example.com/v1", "kind": "Thing", "name": "a", "uid": "1"});
    client.post(CONFIG_MAPS, &json!({"metadata": {"name": "m", "ownerReferences": [owner]}})).await;
    assert_eq!(client.get(&format!("{CONFIG_MAPS}/m")).await.code, 200);
    client.post(CRDS, &crd()).await;
    assert_eq!(client.get(&format!("{CONFIG_MAPS}/m")).await.code, 404);
}

#[tokio::test]
async fn dependents_of_objects_that_go_with_their_definition_go_too() {
    let client = Client::with_things().await;
    let a = client.create("a", &json!({})).await;
    let map = json!({"metadata": {"name": "m", "ownerReferences": [owner(&a)]}});
    client.post(CONFIG_MAPS, &map).await;
    client.delete(&format!("{CRDS}/things.example.com")).await;
    assert_eq!(client.get(&format!("{CONFIG_MAPS}/m")).await.code, 404);
}

#[tokio::test]
async fn an_object_without_a_namespace_stays_whatever_becomes_of_an_owner_in_one() {
    let client = Client::new();
    let map = client.post(CONFIG_MAPS, &json!({"metadata": {"name": "m"}})).await.body;
    let reference = json!({"apiVersion": "v1", "kind": "ConfigMap", "name": "m", "uid": map["metadata"]["uid"]});
    let roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
    client.post(roles, &json!({"metadata": {"name": "r", "ownerReferences": [reference]}})).await;
    client.delete(&format!("{CONFIG_MAPS}/m")).await;
    assert_eq!(client.get(&format!("{roles}/r")).await.code, 200);
}
