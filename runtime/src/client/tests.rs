//! Requests as the server sees them, answers as the caller does.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use k8s_openapi::api::core::v1::Node;
use serde_json::json;

use super::*;
use crate::kind::{KeyRef, ObjectKey, StaticKind};
use crate::testing::{Database, Reply, api_error, connection, connection_with, database};

fn status(code: u16, reason: &str) -> Reply {
    Reply::json(code, &json!({ "kind": "Status", "code": code, "reason": reason, "message": "no" }))
}

fn reply(object: &Database) -> Reply {
    Reply::json(200, &serde_json::to_value(object).unwrap())
}

/// Runs one call against a server that answers with an object, and compares the request line.
async fn check_request(expected: &str, call: impl AsyncFnOnce(Client<Database>) -> Result<(), Error>) -> String {
    let (connection, requests) = connection([reply(&database("a", "1"))]);
    call(Client::new(connection)).await.unwrap();
    let requests = requests.lock().unwrap();
    assert_eq!(requests[0].0, expected);
    requests[0].1.clone()
}

/// Every call goes to the server as `expected` says. Calls that must be refused locally send nothing.
async fn check_refused(call: impl AsyncFnOnce(Client<Database>) -> Result<(), Error>) {
    let (connection, requests) = connection([]);
    let error = call(Client::new(connection)).await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error}");
    assert!(requests.lock().unwrap().is_empty());
}

const A: &str = "/apis/example.com/v1/namespaces/ns/databases/a";

#[tokio::test(start_paused = true)]
async fn every_call_is_the_request_that_the_api_has_for_it() {
    let a = database("a", "1");
    check_request(&format!("GET {A}"), async |client| client.get(("ns", "a")).await.map(drop)).await;
    check_request(&format!("GET {A}"), async |client| client.namespaced("ns").get("a").await.map(drop)).await;
    check_request(&format!("PUT {A}"), async |client| client.update(&a).await.map(drop)).await;
    check_request(&format!("PUT {A}/status?fieldManager=me"), async |client| {
        client.field_manager("me").update_status(&a).await.map(drop)
    })
    .await;
    let body = check_request("POST /apis/example.com/v1/namespaces/ns/databases", async |client| {
        client.create(&a).await.map(drop)
    })
    .await;
    assert_eq!(serde_json::from_str::<Database>(&body).unwrap(), a);
    let patch = Patch::Merge(json!({ "spec": { "engine": "MySQL" } }));
    let body =
        check_request(&format!("PATCH {A}"), async |client| client.patch(("ns", "a"), &patch).await.map(drop)).await;
    assert_eq!(body, r#"{"spec":{"engine":"MySQL"}}"#);
    check_request(&format!("PATCH {A}/status"), async |client| {
        client.patch_status(("ns", "a"), &Patch::Json(json!([]))).await.map(drop)
    })
    .await;
    let body = check_request(&format!("DELETE {A}"), async |client| {
        let options = DeleteOptions { propagation_policy: Some("Foreground".to_owned()), ..DeleteOptions::default() };
        client.delete(("ns", "a"), &options).await
    })
    .await;
    assert!(body.contains(r#""propagationPolicy":"Foreground""#), "{body}");
}

#[tokio::test(start_paused = true)]
async fn names_that_would_address_something_else_are_refused() {
    for name in ["", ".", "..", "a/b", "a?x=y", "a#b", "a%2fb", "ä", "a b"] {
        check_refused(async |client| client.get(("ns", name)).await.map(drop)).await;
        check_refused(async |client| client.get((name, "a")).await.map(drop)).await;
    }
    check_refused(async |client| client.get("a").await.map(drop)).await;
    check_refused(async |client| client.update(&Database::default()).await.map(drop)).await;
}

#[tokio::test(start_paused = true)]
async fn a_cluster_scoped_kind_has_no_namespace() {
    let (connection, requests) = connection([Reply::json(200, &json!({ "metadata": { "name": "n" } }))]);
    Client::<Node>::new(connection).namespaced("ns").get(("ns", "n")).await.unwrap();
    assert_eq!(requests.lock().unwrap()[0].0, "GET /api/v1/nodes/n");
    assert!(!Node::api_resource().namespaced && Database::api_resource().namespaced);
}

/// The query of a list with these options.
async fn check_list(options: &ListOptions, expected: &str) {
    let (connection, requests) = connection([Reply::json(200, &json!({ "items": [], "metadata": {} }))]);
    Client::<Database>::new(connection).list(options).await.unwrap();
    assert_eq!(requests.lock().unwrap()[0].0, format!("GET /apis/example.com/v1/databases{expected}"));
}

#[tokio::test(start_paused = true)]
async fn an_empty_namespace_stands_for_all_of_them() {
    let (connection, requests) = connection([Reply::json(200, &json!({ "items": [], "metadata": {} }))]);
    let client = Client::<Database>::new(connection).namespaced("ns").namespaced("");
    client.list(&ListOptions::default()).await.unwrap();
    assert!(requests.lock().unwrap()[0].0.starts_with("GET /apis/example.com/v1/databases"), "{requests:?}");
}

#[tokio::test(start_paused = true)]
async fn list_options_become_query_parameters() {
    let options = ListOptions::default();
    check_list(&options, "").await;
    let selected = ListOptions {
        label_selector: Some("app in (a,b)".to_owned()),
        field_selector: Some("metadata.name=x".to_owned()),
        ..options.clone()
    };
    check_list(&selected, "?labelSelector=app+in+%28a%2Cb%29&fieldSelector=metadata.name%3Dx").await;
    let cached = ListOptions { resource_version: Some("0".to_owned()), limit: Some(500), ..options.clone() };
    check_list(&cached, "?limit=500&resourceVersion=0").await;
    let page = ListOptions { continue_token: Some("abc=".to_owned()), ..cached };
    check_list(&page, "?limit=500&continue=abc%3D").await;
    let newest = ListOptions { resource_version: Some(String::new()), ..options.clone() };
    check_list(&newest, "").await;
    let exact =
        ListOptions { resource_version: Some("7".to_owned()), version_match: Some(VersionMatch::Exact), ..options };
    check_list(&exact, "?resourceVersion=7&resourceVersionMatch=Exact").await;
}

#[tokio::test(start_paused = true)]
async fn one_odd_object_does_not_hide_the_others() {
    let good = serde_json::to_value(database("good", "1")).unwrap();
    let odd = json!({ "metadata": { "name": "odd", "namespace": "ns", "uid": "uid-odd", "resourceVersion": "2" }, "spec": {} });
    let nameless = json!({ "metadata": { "name": 5 }, "spec": 7 });
    let answer = json!({
        "kind": "DatabaseList", "apiVersion": "example.com/v1", "items": [odd, good, nameless, 3],
        "metadata": { "resourceVersion": "10", "continue": "more" },
    });
    let (connection, _) = connection([Reply::json(200, &answer)]);
    let list = Client::<Database>::new(connection).list(&ListOptions::default()).await.unwrap();
    assert_eq!((list.items.len(), list.resource_version.as_str()), (1, "10"));
    assert_eq!(list.continue_token.as_deref(), Some("more"));
    let undecodable = &list.undecodable[0];
    assert_eq!(undecodable.key, Some(ObjectKey::new(Some("ns"), "odd")));
    assert_eq!(undecodable.resource_version.as_deref(), Some("2"));
    assert_eq!(undecodable.uid.as_deref(), Some("uid-odd"));
    assert!(undecodable.error.contains("missing field `engine`"), "{undecodable}");
    assert!(list.undecodable[1..].iter().all(|undecodable| undecodable.key.is_none()), "{:?}", list.undecodable);
    assert_eq!(list.undecodable.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_no_list_is_an_error() {
    for answer in [json!({ "kind": "Table", "rows": [] }), json!({ "kind": "Status" }), json!([])] {
        let (connection, _) = connection([Reply::json(200, &answer)]);
        let error = Client::<Database>::new(connection).list(&ListOptions::default()).await.unwrap_err();
        assert!(matches!(error, Error::Decode { .. }), "{error}");
    }
    let (connection, _) = connection([Reply::json(200, &json!({ "items": null }))]);
    assert!(Client::<Database>::new(connection).list(&ListOptions::default()).await.unwrap().items.is_empty());
}

#[tokio::test(start_paused = true)]
async fn deeply_nested_json_is_an_error_and_no_overflow() {
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    let object = format!(r#"{{"metadata":{{"name":"a","namespace":"ns"}},"spec":{{"engine":{deep}}}}}"#);
    let answer = format!(r#"{{"items":[{object}]}}"#);
    let (connection, _) = connection([Reply::chunks(200, [answer])]);
    let outcome = Client::<Database>::new(connection).list(&ListOptions::default()).await;
    let undecodable = outcome.map(|list| list.undecodable.len());
    assert!(matches!(undecodable, Ok(1) | Err(Error::Decode { .. })), "{undecodable:?}");
}

#[tokio::test(start_paused = true)]
async fn failures_say_what_they_are() {
    let check = async |code: u16, reason: &str, is: fn(&Error) -> bool| {
        let (connection, _) = connection([status(code, reason)]);
        let error = Client::<Database>::new(connection).get(("ns", "a")).await.unwrap_err();
        assert!(is(&error), "{code} {reason}: {error:?}");
    };
    check(404, "NotFound", Error::is_not_found).await;
    check(409, "Conflict", Error::is_conflict).await;
    check(409, "AlreadyExists", |error| error.is_already_exists() && !error.is_conflict()).await;
    check(410, "Gone", Error::is_gone).await;
    check(410, "Expired", Error::is_gone).await;
    check(422, "Invalid", Error::is_invalid).await;
    check(429, "TooManyRequests", Error::is_too_many_requests).await;
    check(500, "InternalError", Error::is_internal).await;
    check(504, "Timeout", |error| !error.is_resource_version_too_large()).await;
    check(404, "", Error::is_not_found).await;
    check(409, "SomethingNew", Error::is_conflict).await;
    check(500, "StorageReadError", |error| !error.is_internal()).await;
    let (connection, _) = connection([Reply::chunks(502, ["<html>bad gateway</html>"])]);
    let error = Client::<Database>::new(connection).get(("ns", "a")).await.unwrap_err();
    assert_eq!(
        error.status().map(|status| (status.code, status.message.as_str())),
        Some((502, "<html>bad gateway</html>"))
    );
    let unknown = error_of(b"404 page not found\n", 404, &http::HeaderMap::new());
    assert_eq!(unknown.to_string(), "the server does not serve this resource; is its CRD installed?");
    assert!(unknown.is_not_found());
    let long = error_of("ä".repeat(5000).as_bytes(), 502, &http::HeaderMap::new());
    assert_eq!(long.to_string(), "ä".repeat(512), "a long page is cut");
}

#[tokio::test(start_paused = true)]
async fn a_missing_object_is_none_to_those_who_expect_it() {
    let (connection, _) = connection([status(404, "NotFound"), status(403, "Forbidden")]);
    let client = Client::<Database>::new(connection);
    assert!(client.get_opt(("ns", "a")).await.unwrap().is_none());
    assert!(client.get_opt(("ns", "a")).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_asks_for_patience_gets_it() {
    let mut busy = status(429, "TooManyRequests");
    busy.headers.push(("retry-after", "3"));
    let (connection, requests) = connection([busy.clone(), busy, reply(&database("a", "1"))]);
    let before = tokio::time::Instant::now();
    Client::<Database>::new(connection).get(("ns", "a")).await.unwrap();
    assert!(before.elapsed() >= Duration::from_secs(6), "{:?}", before.elapsed());
    assert_eq!(requests.lock().unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn every_failure_of_the_server_is_waited_out_if_it_says_how_long_for_reads_writes_and_watches() {
    for code in [429, 500, 502, 503, 504] {
        let mut busy = status(code, "");
        busy.headers.push(("retry-after", "1"));
        let object = database("a", "1");
        let (connection, requests) =
            connection([busy.clone(), reply(&object), busy.clone(), reply(&object), busy, reply(&object)]);
        let client = Client::<Database>::new(connection);
        client.get(("ns", "a")).await.unwrap();
        client.update(&object).await.unwrap();
        drop(client.watch(&WatchOptions::default()).await.unwrap());
        assert_eq!(requests.lock().unwrap().len(), 6, "{code}");
    }
    let mut missing = status(404, "NotFound");
    missing.headers.push(("retry-after", "1"));
    let mut future = Reply::json(
        504,
        &json!({ "code": 504, "reason": "Timeout", "details": { "retryAfterSeconds": 1, "causes": [{ "reason": "ResourceVersionTooLarge" }] } }),
    );
    future.headers.push(("retry-after", "1"));
    let (connection, requests) = connection([missing, future]);
    let client = Client::<Database>::new(connection);
    assert!(client.get(("ns", "a")).await.unwrap_err().is_not_found());
    let options = ListOptions { resource_version: Some("999".to_owned()), ..ListOptions::default() };
    assert!(
        client.list(&options).await.unwrap_err().is_resource_version_too_large(),
        "the caller asks for another one"
    );
    assert_eq!(requests.lock().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_without_a_time_and_endless_refusals_are_errors() {
    let (connection, requests) = connection([status(429, "TooManyRequests")]);
    let error = Client::<Database>::new(connection).get(("ns", "a")).await.unwrap_err();
    assert!(error.is_too_many_requests() && error.retry_after().is_none());
    assert_eq!(requests.lock().unwrap().len(), 1);

    let (connection, requests) = connection_with(|_, _| {
        let mut busy = status(503, "ServiceUnavailable");
        busy.headers.push(("retry-after", "86400"));
        busy
    });
    let before = tokio::time::Instant::now();
    let error = Client::<Database>::new(connection).get(("ns", "a")).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)), "not a day");
    assert_eq!(requests.lock().unwrap().len(), 11);
    assert!(before.elapsed() < Duration::from_mins(6), "{:?}", before.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_given_up() {
    let mut silent = reply(&database("a", "1"));
    silent.stalls = true;
    let (connection, _) = connection([silent]);
    let error = Client::<Database>::new(connection).get(("ns", "a")).await.unwrap_err();
    assert!(matches!(error, Error::Idle(_)) && error.is_transport(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_beyond_the_limit_is_given_up() {
    let body = || kube::client::Body::from(vec![b' '; 100]);
    assert_eq!(request::read(body(), 100).await.unwrap().len(), 100);
    assert!(matches!(request::read(body(), 99).await, Err(Error::TooLarge { limit: 99 })));
    let (connection, _) = connection([Reply::chunks(500, vec!["x".repeat(1 << 20); 2])]);
    assert!(Client::<Database>::new(connection).get(("ns", "a")).await.unwrap_err().is_internal());
}

#[tokio::test(start_paused = true)]
async fn a_connection_refused_is_recognised_beneath_its_wrappers() {
    let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
    let error = Error::Transport(Box::new(kube::Error::Service(Box::new(refused))));
    assert!(error.is_connection_refused() && error.is_transport());
    assert!(!Error::Truncated.is_connection_refused());
}

#[tokio::test(start_paused = true)]
async fn conflicts_are_retried_five_times_and_other_errors_never() {
    let tries = AtomicU32::new(0);
    let attempt = |code: u16, reason: &'static str| {
        tries.fetch_add(1, Ordering::Relaxed);
        async move { Err::<(), _>(api_error(code, reason)) }
    };
    assert!(retry_on_conflict(|| attempt(409, "Conflict")).await.unwrap_err().is_conflict());
    assert_eq!(tries.swap(0, Ordering::Relaxed), 5);
    assert!(retry_on_conflict(|| attempt(409, "AlreadyExists")).await.unwrap_err().is_already_exists());
    assert_eq!(tries.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_met_a_conflict_is_applied_to_the_fresh_object() {
    let mut fresh = database("a", "2");
    fresh.spec.engine = "MySQL".to_owned();
    let (connection, requests) = connection([status(409, "Conflict"), reply(&fresh), reply(&fresh)]);
    let client = Client::<Database>::new(connection);
    let change = |object: &mut Database| object.status.get_or_insert_default().phase = "Ready".to_owned();
    client.modify_status(&database("a", "1"), change).await.unwrap();
    let requests = requests.lock().unwrap();
    assert_eq!(requests[1].0, format!("GET {A}"));
    assert_eq!(requests[2].0, format!("PUT {A}/status"));
    let written: Database = serde_json::from_str(&requests[2].1).unwrap();
    assert_eq!((written.spec.engine.as_str(), written.metadata.resource_version.as_deref()), ("MySQL", Some("2")));
    assert_eq!(written.status.unwrap().phase, "Ready");
}

#[tokio::test(start_paused = true)]
async fn a_change_is_not_applied_to_another_object_of_the_same_name() {
    let mut other = database("a", "2");
    other.metadata.uid = Some("another".to_owned());
    let (connection, requests) = connection([status(409, "Conflict"), reply(&other)]);
    let outcome =
        Client::<Database>::new(connection).modify(&database("a", "1"), |object| object.spec.engine.clear()).await;
    assert!(outcome.unwrap_err().is_not_found());
    assert_eq!(requests.lock().unwrap().len(), 2);
}

const KUBECONFIG: &str = r#"
apiVersion: v1
kind: Config
current-context: here
contexts: [{ name: here, context: { cluster: c, user: u, namespace: team } }]
clusters: [{ name: c, cluster: { server: "https://127.0.0.1:6443" } }]
users: [{ name: u, user: { token: secret } }]
"#;

#[tokio::test]
async fn a_kubeconfig_file_gives_a_connection_and_a_bad_one_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kubeconfig");
    std::fs::write(&path, KUBECONFIG).unwrap();
    assert_eq!(connect_with(&path).await.unwrap().default_namespace(), "team");
    std::fs::write(&path, KUBECONFIG.replace("here", "")).unwrap();
    let error = connect_with(&path).await.err().unwrap().to_string();
    assert!(error.contains("kubeconfig: "), "{error}");
    assert!(connect_with(&folder.path().join("missing")).await.err().unwrap().to_string().contains("missing: "));
}

#[test]
fn keys_print_and_sort_by_namespace_and_name() {
    let keys = [ObjectKey::new(None, "z"), ObjectKey::new(Some("a"), "y"), ObjectKey::new(Some("b"), "x")];
    assert!(keys.is_sorted());
    assert_eq!(keys.map(|key| key.to_string()), ["z", "a/y", "b/x"]);
    assert_eq!(ObjectKey::of(&database("a", "1")), Some(ObjectKey::new(Some("ns"), "a")));
    assert_eq!(ObjectKey::of(&Database::default()), None);
    assert_eq!(KeyRef::from(("", "z")), KeyRef::from("z"), "as `ObjectKey::new` has it");
}
