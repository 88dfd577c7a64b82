//! Defaults that are not stored: readers see them.

use serde_json::{Value, json};

use crate::client::{CRDS, Client, THINGS, crd, thing};

const TABLE: [(&str, &str); 1] = [("accept", "application/json;as=Table;v=v1;g=meta.k8s.io")];

/// A client of a server whose things have a status by default.
async fn with_default_status() -> Client {
    let client = Client::new();
    assert_eq!(client.post(CRDS, &with_status(&json!({"phase": "Unknown"}))).await.code, 201);
    client
}

/// The CRD with a default for the status, and with one within it.
fn with_status(default: &Value) -> Value {
    let mut definition = crd();
    let version = &mut definition["spec"]["versions"][0];
    version["additionalPrinterColumns"] = json!([{"name": "Phase", "type": "string", "jsonPath": ".status.phase"}]);
    let status = version.pointer_mut("/schema/openAPIV3Schema/properties/status").unwrap();
    status["default"] = default.clone();
    status["properties"]["size"]["default"] = json!(0);
    definition
}

fn expected() -> Value {
    json!({"phase": "Unknown", "size": 0})
}

#[tokio::test]
async fn a_new_object_shows_the_default_of_its_status_in_every_answer() {
    let client = with_default_status().await;
    let path = format!("{THINGS}/a");
    let dry = client.post(&format!("{THINGS}?dryRun=All"), &thing("a", &json!({}))).await;
    assert_eq!(dry.body["status"], expected(), "dry run");
    let mut events = client.watch(&format!("{THINGS}?watch=true")).await;
    assert_eq!(client.create("a", &json!({"size": 3})).await["status"], expected(), "created");
    assert_eq!(client.get(&path).await.body["status"], expected(), "read");
    assert_eq!(client.get(THINGS).await.body["items"][0]["status"], expected(), "listed");
    assert_eq!(events.next().await.unwrap()["object"]["status"], expected(), "watched");
    let table = client.send("GET", THINGS, &TABLE, Vec::new()).await.body;
    assert_eq!(table["rows"][0]["cells"], json!(["a", "Unknown"]));
    assert_eq!(client.get(&format!("{path}/scale")).await.body["status"]["replicas"], 0);
}

#[tokio::test]
async fn a_status_that_was_written_stays_and_the_default_is_no_change() {
    let client = with_default_status().await;
    let path = format!("{THINGS}/a");
    let created = client.create("a", &json!({})).await;
    let labelled = client.merge(&path, &json!({"metadata": {"labels": {"x": "y"}}})).await.body;
    assert_eq!((&labelled["status"], &labelled["metadata"]["generation"]), (&expected(), &json!(1)));
    assert_ne!(labelled["metadata"]["resourceVersion"], created["metadata"]["resourceVersion"]);
    client.merge(&format!("{path}/status"), &json!({"status": {"phase": "Ready"}})).await;
    assert_eq!(client.get(&path).await.body["status"], json!({"phase": "Ready", "size": 0}));
}

#[tokio::test]
async fn defaults_of_a_changed_definition_count_for_what_was_stored_before() {
    let client = Client::with_things().await;
    client.create("a", &json!({"size": 3})).await;
    assert_eq!(client.get(&format!("{THINGS}/a")).await.body["status"], Value::Null);
    let path = format!("{CRDS}/things.example.com");
    let mut changed = client.get(&path).await.body;
    changed["spec"] = with_status(&json!({"phase": "Unknown"}))["spec"].clone();
    let tier = json!({"type": "string", "default": "free"});
    let properties = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties";
    changed.pointer_mut(properties).unwrap()["tier"] = tier;
    assert_eq!(client.put(&path, &changed).await.code, 200);
    for object in [&client.get(&format!("{THINGS}/a")).await.body, &client.get(THINGS).await.body["items"][0]] {
        assert_eq!((&object["spec"]["tier"], &object["status"]), (&json!("free"), &expected()));
    }
    let mut events = client.watch(&format!("{THINGS}?watch=true&resourceVersion=0")).await;
    assert_eq!(events.next().await.unwrap()["object"]["spec"]["tier"], "free");
}
