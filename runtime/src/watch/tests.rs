//! Watches as bytes: good, odd, cut and silent ones.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::StreamExt;
use k8s_openapi::api::core::v1::ConfigMap;
use serde_json::json;

use super::line::Lines;
use super::*;
use crate::cached::{CacheDecoder, Dictionary, Form};
use crate::client::{Client, Error, WatchOptions};
use crate::decode::Decoder;
use crate::testing::{Database, Reply, connection};
use crate::watch::event::decode_event;

fn line(kind: &str, object: &serde_json::Value) -> String {
    json!({ "type": kind, "object": object }).to_string() + "\n"
}

fn object(name: &str, version: &str) -> serde_json::Value {
    json!({
        "apiVersion": "example.com/v1", "kind": "Database",
        "metadata": {
            "name": name, "namespace": "ns", "resourceVersion": version,
            "managedFields": [{ "manager": "kubectl", "fieldsV1": { "f:spec": {} } }],
        },
        "spec": { "engine": "PostgreSQL" },
    })
}

/// What a watch with this answer gives, in words.
async fn watched(reply: Reply) -> Vec<String> {
    let (connection, _) = connection([reply]);
    let options = WatchOptions { omit_managed_fields: true, ..WatchOptions::default() };
    let events = match Client::<Database>::new(connection).watch(&options).await {
        Ok(events) => events,
        Err(error) => return vec![format!("refused: {error}")],
    };
    events.map(|event| event.map_or_else(|error| error.to_string(), |event| words(&event))).collect().await
}

fn words(event: &Event<Database>) -> String {
    let (kind, object) = match event {
        Event::Added(object) => ("added", object),
        Event::Modified(object) => ("modified", object),
        Event::Deleted(object) => ("deleted", object),
        Event::Bookmark { resource_version, .. } => return format!("bookmark {resource_version}"),
    };
    match object {
        Ok(object) => {
            assert_eq!(object.metadata.managed_fields, None, "managed fields are not decoded");
            format!("{kind} {}", object.metadata.name.as_deref().unwrap_or_default())
        }
        Err(undecodable) => format!("{kind} undecodable {undecodable}"),
    }
}

#[tokio::test(start_paused = true)]
async fn events_are_found_however_the_bytes_are_cut() {
    let text = line("ADDED", &object("a", "1"))
        + "\r\n"
        + &line("MODIFIED", &object("a", "2"))
        + &line("DELETED", &object("ä", "3"))
        + &line("BOOKMARK", &json!({ "metadata": { "resourceVersion": "9" } }));
    let expected = ["added a", "modified a", "deleted ä", "bookmark 9"];
    for size in [1, 7, 4096] {
        let chunks = text.as_bytes().chunks(size).map(<[u8]>::to_vec);
        assert_eq!(watched(Reply::chunks(200, chunks)).await, expected, "in chunks of {size}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_odd_object_is_reported_with_its_key_and_stops_nothing() {
    let mut odd = object("odd", "2");
    odd["spec"] = json!({ "engine": 5 });
    let text = line("ADDED", &odd) + &line("ADDED", &object("b", "3"));
    let events = watched(Reply::chunks(200, [text])).await;
    assert!(events[0].starts_with("added undecodable ns/odd: invalid type: integer `5`"), "{events:?}");
    assert_eq!(events[1..], ["added b"]);
}

#[tokio::test(start_paused = true)]
async fn tables_and_other_kinds_are_reported_without_a_key() {
    let table = json!({ "apiVersion": "meta.k8s.io/v1", "kind": "Table", "metadata": {}, "rows": [] });
    let mut other = object("a", "1");
    other["kind"] = json!("Cluster");
    let nameless = json!({ "metadata": {}, "spec": { "engine": "x" } });
    let text = line("ADDED", &table) + &line("ADDED", &other) + &line("ADDED", &nameless);
    let events = watched(Reply::chunks(200, [text])).await;
    assert!(events[0].contains(r#"apiVersion is "meta.k8s.io/v1" instead of "example.com/v1""#), "{events:?}");
    assert!(events[1].contains(r#"added undecodable kind is "Cluster" instead of "Database""#), "{events:?}");
    assert_eq!(events[2], "added undecodable the object has no name");
}

#[tokio::test(start_paused = true)]
async fn an_error_event_ends_the_watch_with_its_status() {
    let status = json!({ "kind": "Status", "code": 410, "reason": "Expired", "message": "too old" });
    let text = line("ADDED", &object("a", "1")) + &line("ERROR", &status) + &line("ADDED", &object("b", "1"));
    assert_eq!(watched(Reply::chunks(200, [text])).await, ["added a", "too old"]);
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_ends_in_the_middle_of_a_line_was_cut() {
    let text = line("ADDED", &object("a", "1")) + r#"{"type":"ADDED","object":{"#;
    for cut in [text.as_str(), text.trim_end_matches('{')] {
        let events = watched(Reply::chunks(200, [cut.to_owned()])).await;
        assert_eq!(events, ["added a", "the watch was cut in the middle of an event"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_last_event_without_newline_is_as_good_as_any() {
    let status = json!({ "kind": "Status", "code": 410, "reason": "Expired", "message": "too old" });
    for (last, expected) in [(line("ADDED", &object("ä", "2")), "added ä"), (line("ERROR", &status), "too old")] {
        let text = line("ADDED", &object("a", "1")) + last.trim_end();
        assert_eq!(watched(Reply::chunks(200, [text])).await, ["added a", expected]);
    }
    let malformed = watched(Reply::chunks(200, ["{} {}"])).await;
    assert!(malformed[0].starts_with("cannot decode a watch event"), "{malformed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_line_that_is_no_event_ends_the_watch() {
    for text in ["hello\n", "{}\n", "{\"type\":\"PROGRESS\",\"object\":{}}\n"] {
        let events = watched(Reply::chunks(200, [text])).await;
        assert!(events.len() == 1 && events[0].starts_with("cannot decode a watch event"), "{events:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn silence_beyond_the_idle_timeout_is_an_error() {
    let mut reply = Reply::chunks(200, [line("ADDED", &object("a", "1"))]);
    reply.stalls = true;
    let before = tokio::time::Instant::now();
    assert_eq!(watched(reply).await, ["added a", "nothing arrived within 310s"]);
    assert_eq!(before.elapsed().as_secs(), 310);
}

#[tokio::test(start_paused = true)]
async fn a_watch_without_its_next_bookmark_is_given_up_sooner() {
    let bookmark =
        json!({ "kind": "Database", "apiVersion": "example.com/v1", "metadata": { "resourceVersion": "7" } });
    let mut reply = Reply::chunks(200, [line("BOOKMARK", &bookmark)]);
    reply.stalls = true;
    let before = tokio::time::Instant::now();
    assert_eq!(watched(reply).await, ["bookmark 7", "nothing arrived within 180s"]);
    assert_eq!(before.elapsed().as_secs(), 180);
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_does_not_open_is_given_up_as_any_request() {
    let silent = tower::service_fn(|_: http::Request<kube::client::Body>| {
        std::future::pending::<Result<http::Response<kube::client::Body>, std::convert::Infallible>>()
    });
    let client = Client::<Database>::new(kube::Client::new(silent, "ns"));
    let error = client.watch(&WatchOptions::default()).await.err().expect("no answer");
    assert_eq!(error.to_string(), "nothing arrived within 75s");
}

#[tokio::test(start_paused = true)]
async fn a_refused_watch_is_an_error_of_the_request() {
    let status = json!({ "kind": "Status", "code": 403, "reason": "Forbidden", "message": "no" });
    assert_eq!(watched(Reply::json(403, &status)).await, ["refused: no"]);
}

#[tokio::test(start_paused = true)]
async fn a_line_without_end_is_given_up_at_the_limit() {
    let body = kube::client::Body::from(vec![b'x'; 1000]);
    let mut lines = Lines::new(body, 100, Duration::from_secs(1));
    assert!(matches!(poll_fn(|context| lines.poll_next(context)).await, Err(Error::TooLarge { limit: 100 })));
}

#[test]
fn built_in_kinds_are_decoded_with_and_without_their_type() {
    let decoder = CacheDecoder::new(Decoder::new("ConfigMap", "v1").with(true), Dictionary::default(), Form::Typed);
    let check = |object: serde_json::Value| {
        let text = json!({ "type": "ADDED", "object": object }).to_string();
        match decode_event::<ConfigMap>(text.as_bytes(), &decoder).unwrap() {
            Event::Added(Ok(map)) => map,
            other => panic!("{other:?}"),
        }
    };
    let metadata = json!({ "name": "a", "managedFields": [], "labels": { "managedFields": "kept" } });
    let bare = check(json!({ "metadata": metadata, "data": { "managedFields": "kept" } }));
    assert_eq!(bare.data.as_ref().unwrap()["managedFields"], "kept");
    assert_eq!(bare.metadata.labels.as_ref().unwrap()["managedFields"], "kept");
    assert_eq!(bare.metadata.managed_fields, None);
    check(json!({ "kind": "ConfigMap", "apiVersion": "v1", "metadata": { "name": "a" } }));
}

#[tokio::test]
async fn a_watch_that_sends_without_a_pause_lets_other_tasks_have_their_turn() {
    const EVENTS: usize = 16 * 1024;
    let text: String = (0..EVENTS).map(|version| line("MODIFIED", &object("a", &version.to_string()))).collect();
    let turns = Arc::new(AtomicUsize::new(0));
    let other = tokio::spawn({
        let turns = Arc::clone(&turns);
        async move {
            loop {
                turns.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
            }
        }
    });
    assert_eq!(tokio::spawn(watched(Reply::chunks(200, [text.into_bytes()]))).await.unwrap().len(), EVENTS);
    other.abort();
    assert!(turns.load(Ordering::Relaxed) >= 15, "{turns:?}: not even each 1024 events");
}
