//! Built-in kinds in protobuf, as Go's clients send and read them.

use serde_json::{Value, json};

use crate::client::{Client, THINGS};

const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
const MAPS: &str = "/api/v1/namespaces/default/configmaps";

/// `ConfigMap` `m` with the data `k: v`, as Go writes it.
fn config_map() -> Vec<u8> {
    let message = b"\x0a\x03\x0a\x01m\x12\x06\x0a\x01k\x12\x01v";
    let mut body = b"k8s\0\x0a\x0f\x0a\x02v1\x12\x09ConfigMap\x12\x0d".to_vec();
    body.extend(message);
    body
}

/// The first four bytes of an answer, the content type, and the code.
async fn check(client: &Client, path: &str, accept: &str, code: u16, content_type: &str) {
    let answer = client.send("GET", path, &[("accept", accept)], Vec::new()).await;
    assert_eq!((answer.code, answer.headers["content-type"].to_str().unwrap()), (code, content_type), "{path}");
    let is_protobuf = matches!(&answer.body, Value::String(text) if text.starts_with("k8s\0"));
    assert_eq!(is_protobuf, content_type == PROTOBUF, "{path}");
}

#[tokio::test]
async fn an_object_may_be_sent_in_protobuf_and_read_in_json() {
    let client = Client::new();
    let headers = [("content-type", PROTOBUF), ("accept", "application/json")];
    let created = client.send("POST", MAPS, &headers, config_map()).await;
    assert_eq!((created.code, &created.body["data"]), (201, &json!({"k": "v"})), "{}", created.body);
    assert_eq!(client.get(&format!("{MAPS}/m")).await.body["metadata"]["uid"], created.body["metadata"]["uid"]);
}

#[tokio::test]
async fn broken_protobuf_is_refused() {
    let client = Client::new();
    for body in [b"{}".to_vec(), config_map()[..20].to_vec(), [config_map(), vec![0xff; 20]].concat()] {
        assert_eq!(client.send("POST", MAPS, &[("content-type", PROTOBUF)], body).await.code, 400);
    }
}

#[tokio::test]
async fn answers_are_in_protobuf_where_go_has_a_type() {
    let client = Client::with_things().await;
    client.create("a", &json!({})).await;
    let both = format!("{PROTOBUF},application/json");
    let map = format!("{MAPS}/kube-root-ca.crt");
    let metadata = format!("{PROTOBUF};as=PartialObjectMetadata;g=meta.k8s.io;v=v1");
    for (path, accept, code) in [
        (MAPS, PROTOBUF, 200),
        (&map, &both, 200),
        (&map, &metadata, 200),
        (&format!("{MAPS}/nope"), PROTOBUF, 404),
        (&format!("{THINGS}/a"), PROTOBUF, 406),
    ] {
        check(&client, path, accept, code, PROTOBUF).await;
    }
    check(&client, &format!("{THINGS}/a"), &both, 200, "application/json").await;
}

#[tokio::test]
async fn a_deletion_takes_its_options_in_protobuf() {
    let client = Client::new();
    client.post(MAPS, &json!({"metadata": {"name": "m"}})).await;
    // `DeleteOptions` with the propagation policy `Nonsense`, which shows that they are read.
    let body = b"k8s\0\x0a\x13\x0a\x02v1\x12\x0dDeleteOptions\x12\x0a\x22\x08Nonsense".to_vec();
    let answer = client.send("DELETE", &format!("{MAPS}/m"), &[("content-type", PROTOBUF)], body).await;
    assert_eq!(answer.code, 422, "{}", answer.body);
}
