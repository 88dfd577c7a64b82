//! Events: what is checked of them depends on the API in which they are written.

use serde_json::{Value, json};

use crate::client::{Answer, Client};

const NEW: &str = "/apis/events.k8s.io/v1/namespaces/default/events";
const CORE: &str = "/api/v1/namespaces/default/events";

/// An event of `events.k8s.io` in which nothing is wrong.
fn event() -> Value {
    json!({
        "metadata": {"name": "e"},
        "eventTime": "2026-01-01T00:00:00.000000Z",
        "reportingController": "example.com/c",
        "reportingInstance": "c-1",
        "action": "Start",
        "reason": "Started",
        "type": "Normal",
        "note": "It has started.",
        "regarding": {"apiVersion": "v1", "kind": "Pod", "namespace": "default", "name": "p"},
    })
}

/// The event with another value for one of its fields; null leaves it out.
fn with(field: &str, value: &Value) -> Value {
    let mut event = event();
    event[field] = value.clone();
    event
}

fn fields(answer: &Answer) -> Vec<&str> {
    let causes = answer.body["details"]["causes"].as_array().into_iter().flatten();
    causes.map(|cause| cause["field"].as_str().unwrap()).collect()
}

/// The fields that a new event is refused for, by their names in the core API.
async fn check(field: &str, value: Value, wrong: &[&str]) {
    let client = Client::new();
    let answer = client.post(NEW, &with(field, &value)).await;
    assert_eq!((answer.code, fields(&answer)), (422, wrong.to_vec()), "{field} {value}: {}", answer.body);
}

#[tokio::test]
async fn a_complete_event_is_stored() {
    let client = Client::new();
    let answer = client.post(NEW, &event()).await;
    assert_eq!(answer.code, 201, "{}", answer.body);
    assert_eq!(client.get(&format!("{CORE}/e")).await.body["message"], "It has started.");
}

#[tokio::test]
async fn a_new_event_must_say_when_who_what_and_why() {
    // Without a time it is one of the old style, of which nothing else is asked.
    check("eventTime", Value::Null, &["eventTime"]).await;
    check("reportingController", Value::Null, &["reportingController"; 3]).await;
    check("reportingController", json!("my controller"), &["reportingController"]).await;
    check("reportingInstance", Value::Null, &["reportingInstance"]).await;
    check("reportingInstance", json!("x".repeat(129)), &["reportingInstance"]).await;
    check("action", Value::Null, &["action"]).await;
    check("action", json!("x".repeat(129)), &["action"]).await;
    check("reason", Value::Null, &["reason"]).await;
    check("reason", json!("x".repeat(129)), &["reason"]).await;
    check("type", Value::Null, &["type"]).await;
    check("type", json!("Bad"), &["type"]).await;
    check("note", json!("x".repeat(1025)), &["message"]).await;
}

#[tokio::test]
async fn a_new_event_has_nothing_of_the_old_style() {
    check("deprecatedCount", json!(1), &["count"]).await;
    check("deprecatedSource", json!({"component": "c"}), &["source"]).await;
    check("deprecatedFirstTimestamp", json!("2026-01-01T00:00:00Z"), &["firstTimestamp"]).await;
    check("deprecatedLastTimestamp", json!("2026-01-01T00:00:00Z"), &["lastTimestamp"]).await;
    check("series", json!({"count": 1}), &["series.count", "series.lastObservedTime"]).await;
    let mut named = event();
    named["metadata"]["finalizers"] = json!(["plain"]);
    let answer = Client::new().post(NEW, &named).await;
    assert_eq!((answer.code, fields(&answer)), (422, vec!["metadata.finalizers[0]"]));
}

#[tokio::test]
async fn only_the_series_of_an_event_changes() {
    let client = Client::new();
    client.post(NEW, &event()).await;
    let path = format!("{NEW}/e");
    let series = json!({"count": 2, "lastObservedTime": "2026-01-01T00:00:01.000000Z"});
    assert_eq!(client.merge(&path, &json!({"series": series})).await.code, 200);
    for (field, value, wrong) in [
        ("note", json!("Other."), "message: Invalid value: \"Other.\": field is immutable"),
        ("reason", json!("Other"), "reason: Invalid value: \"Other\": field is immutable"),
        ("action", json!("Other"), "action: Invalid value: \"Other\": field is immutable"),
        ("deprecatedCount", json!(2), "count: Invalid value: 2: field is immutable"),
        (
            "regarding",
            json!({"name": "q"}),
            "involvedObject: Invalid value: {\"Kind\":\"Pod\",\"Namespace\":\"default\",\"Name\":\"q\",\"UID\":\"\",\
             \"APIVersion\":\"v1\",\"ResourceVersion\":\"\",\"FieldPath\":\"\"}: field is immutable",
        ),
    ] {
        let answer = client.merge(&path, &json!({field: value})).await;
        let (code, message) = answer.refusal();
        assert!(code == 422 && message.contains(wrong), "{field}: {code} {message}");
    }
    // A time that differs by less than clients keep is the same.
    assert_eq!(client.merge(&path, &json!({"eventTime": "2026-01-01T00:00:00.000000Z"})).await.code, 200);
}

#[tokio::test]
async fn the_core_api_asks_little_and_lets_everything_change() {
    let client = Client::new();
    let old = json!({"metadata": {"name": "o"}, "involvedObject": {"namespace": "default"}, "count": 3});
    assert_eq!(client.post(CORE, &old).await.code, 201);
    assert_eq!(client.merge(&format!("{CORE}/o"), &json!({"message": "x".repeat(2000)})).await.code, 200);
    let elsewhere = json!({"metadata": {"name": "p"}, "involvedObject": {"namespace": "other"}});
    let answer = client.post(CORE, &elsewhere).await;
    assert_eq!((answer.code, fields(&answer)), (422, vec!["involvedObject.namespace"]));
    let timed = json!({"metadata": {"name": "q"}, "involvedObject": {"namespace": "default"},
        "eventTime": "2026-01-01T00:00:00.000000Z", "reportingComponent": "c d"});
    let answer = client.post(CORE, &timed).await;
    assert_eq!(fields(&answer), ["reportingComponent", "reportingInstance", "action", "reason"]);
}

#[tokio::test]
async fn each_group_selects_by_its_own_names() {
    let client = Client::new();
    assert_eq!(client.post(NEW, &event()).await.code, 201);
    let found = async |path: &str, selector: &str| {
        let list = client.get(&format!("{path}?fieldSelector={selector}")).await.body;
        list["items"].as_array().map(Vec::len)
    };
    for selector in ["regarding.kind=Pod", "regarding.name=p", "reportingController=example.com/c", "type=Normal"] {
        assert_eq!(found(NEW, selector).await, Some(1), "{selector}");
    }
    for selector in ["involvedObject.kind=Pod", "reportingComponent=example.com/c", "source=example.com/c"] {
        assert_eq!(found(CORE, selector).await, Some(1), "{selector}");
        let (name, _) = selector.split_once('=').unwrap();
        let refused = client.get(&format!("{NEW}?fieldSelector={selector}")).await;
        assert_eq!(refused.refusal(), (400, format!("field label not supported: {name}").as_str()));
    }
    assert_eq!(found(NEW, "regarding.kind=Node").await, Some(0));
}
