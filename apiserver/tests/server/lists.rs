//! Lists: selectors, pages, revisions, size.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{Client, THINGS, names, thing};

async fn filled() -> Client {
    let client = Client::with_things().await;
    for (name, label, color) in [("a", "x", "red"), ("b", "y", "green"), ("c", "x", "red")] {
        let mut object = thing(name, &json!({"color": color}));
        object["metadata"]["labels"] = json!({"app": label});
        assert_eq!(client.post(THINGS, &object).await.code, 201);
    }
    client
}

async fn check(client: &Client, query: &str, expected: &[&str]) {
    let answer = client.get(&format!("{THINGS}?{query}")).await;
    assert_eq!(answer.code, 200, "{query}: {}", answer.body);
    assert_eq!(names(&answer.body), expected, "{query}");
}

#[tokio::test]
async fn selectors_choose_by_labels_names_and_selectable_fields() {
    let client = filled().await;
    check(&client, "", &["a", "b", "c"]).await;
    check(&client, "labelSelector=app%3Dx", &["a", "c"]).await;
    check(&client, "fieldSelector=metadata.name%3Db", &["b"]).await;
    check(&client, "fieldSelector=spec.color%3Dred", &["a", "c"]).await;
    check(&client, "labelSelector=app%3Dx&fieldSelector=metadata.name!%3Da", &["c"]).await;
    let unknown = client.get(&format!("{THINGS}?fieldSelector=spec.size%3D1")).await;
    assert_eq!(unknown.refusal(), (400, "field label not supported: spec.size"));
    // A text that is not a selector is found before the other options are looked at.
    let malformed = client.get(&format!("{THINGS}?fieldSelector=a&resourceVersionMatch=Exact")).await;
    assert_eq!(malformed.refusal(), (400, "invalid selector: 'a'; can't understand 'a'"));
    let claims = client.get("/api/v1/persistentvolumeclaims?fieldSelector=name%3Da").await;
    let why = "\"name\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";
    assert_eq!(claims.refusal(), (400, why));
}

#[tokio::test]
async fn pages_show_the_objects_as_they_were_at_the_first_one() {
    let client = filled().await;
    let first = client.get(&format!("{THINGS}?limit=1")).await.body;
    assert_eq!((names(&first), &first["metadata"]["remainingItemCount"]), (vec!["a"], &json!(2)));
    client.delete(&format!("{THINGS}/b")).await;
    client.create("d", &json!({})).await;
    let token = first["metadata"]["continue"].as_str().unwrap();
    let rest = client.get(&format!("{THINGS}?continue={token}")).await.body;
    assert_eq!(names(&rest), ["b", "c"]);
    assert_eq!(rest["metadata"]["resourceVersion"], first["metadata"]["resourceVersion"]);
}

#[tokio::test]
async fn a_token_from_before_a_compaction_is_gone_and_brings_another_one() {
    let client = filled().await;
    let first = client.get(&format!("{THINGS}?limit=1")).await.body;
    client.create("d", &json!({})).await;
    client.server.compact();
    let token = first["metadata"]["continue"].as_str().unwrap();
    let expired = client.get(&format!("{THINGS}?continue={token}")).await;
    assert_eq!((expired.code, &expired.body["reason"]), (410, &json!("Expired")));
    let token = expired.body["metadata"]["continue"].as_str().unwrap();
    check(&client, &format!("continue={token}"), &["b", "c", "d"]).await;
}

#[tokio::test]
async fn a_list_can_be_read_at_an_exact_version() {
    let client = filled().await;
    let version = client.get(THINGS).await.body["metadata"]["resourceVersion"].as_str().unwrap().to_owned();
    client.delete(&format!("{THINGS}/a")).await;
    check(&client, &format!("resourceVersion={version}&resourceVersionMatch=Exact"), &["a", "b", "c"]).await;
    check(&client, &format!("resourceVersion={version}"), &["b", "c"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_version_to_come_is_waited_for_three_seconds() {
    let client = filled().await;
    let version: u64 = client.get(THINGS).await.body["metadata"]["resourceVersion"].as_str().unwrap().parse().unwrap();
    let path = format!("{THINGS}?resourceVersion={}", version + 1);
    let write = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        client.create("d", &json!({})).await;
    };
    let (list, ()) = tokio::join!(client.get(&path), write);
    assert_eq!(names(&list.body), ["a", "b", "c", "d"]);
    let started = tokio::time::Instant::now();
    let future = client.get(&format!("{THINGS}?resourceVersion=999999")).await;
    assert_eq!((future.code, &future.headers["retry-after"]), (504, &"1".parse().unwrap()));
    assert_eq!(started.elapsed().as_secs(), 3, "on a clock that stands still");
}

#[tokio::test]
async fn namespaces_keep_their_objects_apart_and_can_be_listed_together() {
    let client = filled().await;
    client.post("/api/v1/namespaces", &json!({"metadata": {"name": "other"}})).await;
    client.post("/apis/example.com/v1/namespaces/other/things", &thing("z", &json!({}))).await;
    check(&client, "", &["a", "b", "c"]).await;
    let all = client.get("/apis/example.com/v1/things").await.body;
    assert_eq!(names(&all), ["a", "b", "c", "z"]);
}

#[tokio::test]
async fn ten_thousand_objects_are_listed_whole_and_in_pages() {
    let client = Client::with_things().await;
    for index in 0..10_000 {
        client.create(&format!("t{index:05}"), &json!({"size": 1})).await;
    }
    let all = client.get(THINGS).await.body;
    assert_eq!(all["items"].as_array().map(Vec::len), Some(10_000));
    let (mut seen, mut token) = (0, String::new());
    loop {
        let page = client.get(&format!("{THINGS}?limit=3000&continue={token}")).await.body;
        seen += page["items"].as_array().map_or(0, Vec::len);
        token = page["metadata"]["continue"].as_str().unwrap_or_default().to_owned();
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(seen, 10_000);
    assert_ne!(all["items"][0], Value::Null);
}
