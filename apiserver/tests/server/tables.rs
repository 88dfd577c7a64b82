//! What kubectl prints: Tables, and objects without anything but their metadata.

use serde_json::json;

use crate::client::{Client, THINGS};

#[tokio::test]
async fn a_table_has_the_columns_of_the_definition() {
    let client = Client::with_things().await;
    client.create("a", &json!({"size": 3})).await;
    client.create("b", &json!({})).await;
    let accept = [("accept", "application/json;as=Table;v=v1;g=meta.k8s.io")];
    let table = client.send("GET", THINGS, &accept, Vec::new()).await.body;
    let columns: Vec<_> =
        table["columnDefinitions"].as_array().unwrap().iter().map(|column| column["name"].clone()).collect();
    assert_eq!(columns, ["Name", "Size"]);
    let cells: Vec<_> = table["rows"].as_array().unwrap().iter().map(|row| row["cells"].clone()).collect();
    assert_eq!(cells, [json!(["a", 3]), json!(["b", null])]);
    assert_eq!(table["rows"][0]["object"]["kind"], "PartialObjectMetadata");
}

#[tokio::test]
async fn metadata_can_be_read_alone() {
    let client = Client::with_things().await;
    client.create("a", &json!({"size": 3})).await;
    let accept = [("accept", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io")];
    let partial = client.send("GET", &format!("{THINGS}/a"), &accept, Vec::new()).await.body;
    assert_eq!((&partial["metadata"]["name"], &partial["spec"]), (&json!("a"), &json!(null)));
}

#[tokio::test]
async fn yaml_is_written_for_those_who_ask() {
    let client = Client::with_things().await;
    client.create("a", &json!({"size": 3})).await;
    let accept = [("accept", "application/yaml")];
    let text = client.send("GET", &format!("{THINGS}/a"), &accept, Vec::new()).await.body;
    assert!(text.as_str().unwrap().ends_with("spec:\n  mode: auto\n  size: 3\n"), "{text}");
}
