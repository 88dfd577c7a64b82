//! Events as they reach the API server.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::*;
use crate::testing::{Database, Reply, connection_with, database};

struct Running {
    recorder: EventRecorder,
    requests: Arc<Mutex<Vec<(String, String)>>>,
    writer: JoinHandle<()>,
}

/// A recorder on a server that answers a creation with the created object and a patch with the code `patched`.
fn start(patched: u16) -> Running {
    let (connection, requests) = connection_with(move |request, body| {
        if request.starts_with("POST") {
            return Reply::chunks(201, [body.to_owned()]);
        }
        let answer = json!({ "metadata": { "name": "e" }, "kind": "Event", "apiVersion": "events.k8s.io/v1" });
        Reply::json(patched, &answer)
    });
    let (recorder, writer) = EventRecorder::new(connection, "database-controller");
    Running { recorder, requests, writer: tokio::spawn(writer.run()) }
}

impl Running {
    fn warn(&self, object: &Database, note: &str) {
        self.recorder.publish(object, EventType::Warning, "UnsupportedEngine", "Provision", note);
    }

    /// The requests so far, after the writer had time for them.
    async fn requests(&self) -> Vec<(String, Value)> {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let requests = std::mem::take(&mut *self.requests.lock().unwrap());
        requests.into_iter().map(|(line, body)| (line, serde_json::from_str(&body).unwrap())).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_says_who_did_what_to_which_object() {
    let running = start(200);
    running.warn(&database("a", "1"), "Oracle is not supported");
    let requests = running.requests().await;
    let (line, event) = &requests[0];
    assert_eq!(line, "POST /apis/events.k8s.io/v1/namespaces/ns/events");
    assert_eq!(event["type"], "Warning");
    assert_eq!(event["reason"], "UnsupportedEngine");
    assert_eq!(event["action"], "Provision");
    assert_eq!(event["note"], "Oracle is not supported");
    assert_eq!(event["reportingController"], "database-controller");
    assert!(event["reportingInstance"].as_str().unwrap().starts_with("database-controller"));
    assert_eq!(
        event["regarding"],
        json!({ "apiVersion": "example.com/v1", "kind": "Database", "name": "a", "namespace": "ns", "uid": "uid-a" })
    );
    assert!(event["metadata"]["name"].as_str().unwrap().starts_with("a."));
    assert!(event["eventTime"].is_string());
}

#[tokio::test(start_paused = true)]
async fn repeats_are_counted_in_one_event_and_not_written_one_by_one() {
    let running = start(200);
    for _ in 0..15 {
        running.warn(&database("a", "1"), "again");
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    let requests = running.requests().await;
    assert!(requests[0].0.starts_with("POST"));
    assert!(requests[1..].iter().all(|(line, _)| line.starts_with("PATCH")), "{requests:?}");
    assert_eq!(requests[1].1["series"]["count"], 2, "the first repeat makes it a series");
    assert_eq!(requests.len(), 4, "one a minute");
    let Running { recorder, requests, writer } = running;
    drop(recorder);
    writer.await.unwrap();
    let last = requests.lock().unwrap().pop().expect("the last count is written at the end").1;
    assert_eq!(serde_json::from_str::<Value>(&last).unwrap()["series"]["count"], 15);
}

#[tokio::test(start_paused = true)]
async fn other_events_and_those_after_six_minutes_start_afresh() {
    let running = start(200);
    running.warn(&database("a", "1"), "first");
    running.warn(&database("b", "1"), "another object");
    running.recorder.publish(&database("a", "1"), EventType::Normal, "Ready", "Provision", "another reason");
    assert_eq!(running.requests().await.len(), 3);
    tokio::time::sleep(Duration::from_mins(7)).await;
    running.warn(&database("a", "1"), "later");
    let requests = running.requests().await;
    assert!(requests.len() == 1 && requests[0].0.starts_with("POST"), "{requests:?}");
}

#[tokio::test(start_paused = true)]
async fn a_series_whose_event_is_gone_starts_afresh() {
    let running = start(404);
    running.warn(&database("a", "1"), "first");
    running.warn(&database("a", "1"), "second");
    running.requests().await;
    running.warn(&database("a", "1"), "third");
    let requests = running.requests().await;
    assert!(requests.len() == 1 && requests[0].0.starts_with("POST"), "{requests:?}");
}

#[tokio::test(start_paused = true)]
async fn long_texts_are_cut_between_characters() {
    let running = start(200);
    running.warn(&database(&"n".repeat(253), "1"), &"ä".repeat(2000));
    let requests = running.requests().await;
    assert_eq!(requests[0].1["note"].as_str().unwrap(), "ä".repeat(512));
    assert_eq!(requests[0].1["metadata"]["name"].as_str().unwrap().len(), 253);
    assert_eq!(note::truncated("aä", 2), "a");
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_events_is_dropped_and_never_waited_for() {
    let running = start(200);
    for number in 0..3000 {
        running.warn(&database(&format!("a{number}"), "1"), "flood");
    }
    let written = running.requests().await.len();
    assert_eq!(written, 1000, "what does not fit the queue is lost");
}
