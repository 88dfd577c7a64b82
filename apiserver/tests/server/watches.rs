//! Watches: where they start, what they tell, how they end.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{CRDS, Client, THINGS, thing};

fn event(kind: &str, name: &str) -> (String, String) {
    (kind.to_owned(), name.to_owned())
}

async fn version(client: &Client) -> String {
    client.get(THINGS).await.body["metadata"]["resourceVersion"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_watch_without_a_version_starts_with_what_is_there() {
    let client = Client::with_things().await;
    client.create("a", &json!({})).await;
    let mut events = client.watch(&format!("{THINGS}?watch=true")).await;
    assert_eq!(events.next_name().await, event("ADDED", "a"));
    client.merge(&format!("{THINGS}/a"), &json!({"spec": {"size": 1}})).await;
    assert_eq!(events.next_name().await, event("MODIFIED", "a"));
    client.delete(&format!("{THINGS}/a")).await;
    assert_eq!(events.next_name().await, event("DELETED", "a"));
}

#[tokio::test]
async fn a_watch_from_a_version_tells_everything_after_it() {
    let client = Client::with_things().await;
    client.create("a", &json!({})).await;
    let start = version(&client).await;
    client.create("b", &json!({})).await;
    client.delete(&format!("{THINGS}/a")).await;
    let mut events = client.watch(&format!("{THINGS}?watch=true&resourceVersion={start}")).await;
    assert_eq!(events.next_name().await, event("ADDED", "b"));
    assert_eq!(events.next_name().await, event("DELETED", "a"));
}

#[tokio::test]
async fn an_object_that_begins_or_ceases_to_match_is_added_or_deleted() {
    let client = Client::with_things().await;
    let mut events = client.watch(&format!("{THINGS}?watch=true&fieldSelector=spec.color%3Dred")).await;
    client.create("a", &json!({"color": "green"})).await;
    let paint = async |color: &str| client.merge(&format!("{THINGS}/a"), &json!({"spec": {"color": color}})).await;
    paint("red").await;
    paint("green").await;
    assert_eq!(events.next_name().await, event("ADDED", "a"));
    let left = events.next().await.unwrap();
    assert_eq!((&left["type"], &left["object"]["spec"]["color"]), (&json!("DELETED"), &json!("red")));
}

#[tokio::test]
async fn initial_events_end_with_a_marked_bookmark() {
    let client = Client::with_things().await;
    client.create("a", &json!({})).await;
    let query = "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
    let mut events = client.watch(&format!("{THINGS}?{query}")).await;
    assert_eq!(events.next_name().await, event("ADDED", "a"));
    let bookmark = events.next().await.unwrap();
    assert_eq!(bookmark["type"], "BOOKMARK");
    assert_eq!(bookmark["object"]["metadata"]["annotations"], json!({"k8s.io/initial-events-end": "true"}));
    // Go converts an empty object, whose numbers are not absent.
    let mut events = client.watch(&format!("/apis/apps/v1/deployments?{query}")).await;
    assert_eq!(events.next().await.unwrap()["object"]["spec"]["replicas"], 0);
}

#[tokio::test]
async fn a_version_from_before_a_compaction_is_gone() {
    let client = Client::with_things().await;
    let start = version(&client).await;
    client.create("a", &json!({})).await;
    client.server.compact();
    let mut events = client.watch(&format!("{THINGS}?watch=true&resourceVersion={start}")).await;
    let error = events.next().await.unwrap();
    assert_eq!((&error["type"], &error["object"]["code"]), (&json!("ERROR"), &json!(410)));
    assert_eq!(events.next().await, None);
}

#[tokio::test]
async fn a_watch_that_falls_behind_the_history_is_gone() {
    let store = std::sync::Arc::new(crdgen_apiserver::Store::with_history(2));
    let client = Client::of(crdgen_apiserver::Server::builder().store(store).build());
    client.post(CRDS, &crate::client::crd()).await;
    let mut events = client.watch(&format!("{THINGS}?watch=true")).await;
    for name in ["a", "b", "c"] {
        client.create(name, &json!({})).await;
    }
    assert_eq!(events.next().await.unwrap()["object"]["reason"], "Expired");
}

#[tokio::test(start_paused = true)]
async fn a_watch_ends_at_its_timeout() {
    let client = Client::with_things().await;
    let mut events = client.watch(&format!("{THINGS}?watch=true&timeoutSeconds=5")).await;
    let before = tokio::time::Instant::now();
    assert_eq!(events.next().await, None);
    assert_eq!(before.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn bookmarks_come_every_minute_and_carry_a_version_to_go_on_from() {
    let client = Client::with_things().await;
    client.create("a", &json!({})).await;
    let path = format!("{THINGS}?watch=true&resourceVersion={}&allowWatchBookmarks=true", version(&client).await);
    let mut events = client.watch(&path).await;
    let before = tokio::time::Instant::now();
    let bookmark = events.next().await.unwrap();
    assert!(before.elapsed() >= Duration::from_mins(1));
    assert_eq!(bookmark["type"], "BOOKMARK");
    assert_eq!(bookmark["object"]["metadata"]["resourceVersion"], version(&client).await);
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_is_quiet_gets_a_bookmark_before_it_ends_of_what_was_written_elsewhere() {
    let client = Client::with_things().await;
    let path = format!("{THINGS}?watch=true&allowWatchBookmarks=true&timeoutSeconds=30");
    let (mut events, before) = (client.watch(&path).await, tokio::time::Instant::now());
    client.post("/api/v1/namespaces", &json!({"metadata": {"name": "other"}})).await;
    let bookmark = events.next().await.unwrap();
    assert_eq!(before.elapsed().as_secs(), 28);
    assert_eq!(bookmark["type"], "BOOKMARK");
    assert_eq!(bookmark["object"]["metadata"]["resourceVersion"], version(&client).await);
    assert_eq!(events.next().await, None);
    let mut short = client.watch(&format!("{THINGS}?watch=true&allowWatchBookmarks=true&timeoutSeconds=1")).await;
    assert_eq!(short.next().await, None);
}

#[tokio::test]
async fn watches_are_cut_by_faults_by_shutdown_and_when_their_resource_goes() {
    let client = Client::with_things().await;
    let watch = format!("{THINGS}?watch=true");
    let mut cut = client.watch(&watch).await;
    client.server.disconnect_watches();
    assert_eq!(cut.next().await, None);
    let mut ended = client.watch(&watch).await;
    client.create("a", &json!({})).await;
    client.delete(&format!("{CRDS}/things.example.com")).await;
    assert_eq!(ended.next_name().await, event("ADDED", "a"));
    assert_eq!(ended.next_name().await, event("DELETED", "a"));
    assert_eq!(ended.next().await, None);
    let mut last = client.watch("/api/v1/secrets?watch=true").await;
    client.server.shutdown();
    assert_eq!(last.next().await, None);
}

#[tokio::test]
async fn several_watches_of_several_namespaces_see_their_own_events() {
    let client = Client::with_things().await;
    client.post("/api/v1/namespaces", &json!({"metadata": {"name": "other"}})).await;
    let mut one = client.watch(&format!("{THINGS}?watch=true")).await;
    let mut all = client.watch("/apis/example.com/v1/things?watch=true").await;
    client.post("/apis/example.com/v1/namespaces/other/things", &thing("z", &Value::Null)).await;
    client.create("a", &json!({})).await;
    assert_eq!(all.next_name().await, event("ADDED", "z"));
    assert_eq!(all.next_name().await, event("ADDED", "a"));
    assert_eq!(one.next_name().await, event("ADDED", "a"));
}

#[tokio::test]
async fn a_watch_finds_the_one_match_among_many_objects() {
    let client = Client::with_things().await;
    for index in 0..600 {
        client.create(&format!("t{index:03}"), &json!({})).await;
    }
    let mut events = client.watch(&format!("{THINGS}?watch=true&fieldSelector=metadata.name%3Dt599")).await;
    assert_eq!(events.next_name().await, event("ADDED", "t599"));
}

#[tokio::test]
async fn only_reading_starts_a_watch_on_the_deprecated_paths() {
    let client = Client::with_things().await;
    for path in ["/apis/example.com/v1/watch/namespaces/default/things", "/api/v1/watch/namespaces"] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            assert_eq!(client.send(method, path, &[], b"{}".to_vec()).await.code, 405, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn large_events_are_sent_in_pieces_and_none_is_lost() {
    let client = Client::with_things().await;
    let start = version(&client).await;
    let mut initial = client.watch(&format!("{THINGS}?watch=true")).await;
    for index in 0..6 {
        client.create(&format!("t{index}"), &json!({"color": "x".repeat(700_000)})).await;
    }
    let mut late = client.watch(&format!("{THINGS}?watch=true")).await;
    let mut replay = client.watch(&format!("{THINGS}?watch=true&resourceVersion={start}")).await;
    for index in 0..6 {
        for events in [&mut initial, &mut late, &mut replay] {
            assert_eq!(events.next_name().await, event("ADDED", &format!("t{index}")));
        }
    }
}
