//! Custom resource definitions: acceptance, names, versions, restarts.

use crdgen_apiserver::Server;
use serde_json::{Value, json};

use crate::client::{CRDS, Client, THINGS, crd, thing};

fn condition<'a>(crd: &'a Value, kind: &str) -> &'a Value {
    crd["status"]["conditions"].as_array().unwrap().iter().find(|one| one["type"] == kind).unwrap()
}

async fn stored(client: &Client) -> Value {
    client.get(&format!("{CRDS}/things.example.com")).await.body
}

#[tokio::test]
async fn an_accepted_definition_is_established_and_served() {
    let client = Client::with_things().await;
    let stored = stored(&client).await;
    assert_eq!(condition(&stored, "Established")["status"], "True");
    assert_eq!(stored["status"]["acceptedNames"]["listKind"], "ThingList");
    assert_eq!(stored["status"]["storedVersions"], json!(["v1"]));
    assert_eq!(client.get(THINGS).await.body["kind"], "ThingList");
}

#[tokio::test]
async fn an_invalid_definition_is_refused() {
    let client = Client::new();
    let mut invalid = crd();
    invalid["metadata"]["name"] = json!("wrong");
    let answer = client.post(CRDS, &invalid).await;
    assert_eq!((answer.code, &answer.body["details"]["causes"][0]["field"]), (422, &json!("metadata.name")));
}

#[tokio::test]
async fn names_that_another_definition_has_are_not_served_until_they_are_free() {
    let client = Client::with_things().await;
    let mut other = crd();
    other["metadata"]["name"] = json!("others.example.com");
    other["spec"]["names"] = json!({"plural": "others", "kind": "Thing"});
    client.post(CRDS, &other).await;
    let others = "/apis/example.com/v1/namespaces/default/others";
    let path = format!("{CRDS}/others.example.com");
    assert_eq!(condition(&client.get(&path).await.body, "NamesAccepted")["status"], "False");
    assert_eq!(client.get(others).await.code, 404);
    client.delete(&format!("{CRDS}/things.example.com")).await;
    assert_eq!(condition(&client.get(&path).await.body, "NamesAccepted")["status"], "True");
    assert_eq!(client.get(others).await.code, 200);
}

#[tokio::test]
async fn a_changed_schema_counts_for_objects_that_are_stored_already() {
    let client = Client::with_things().await;
    client.create("a", &json!({"size": 9})).await;
    let mut changed = stored(&client).await;
    let spec = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties";
    let properties = changed.pointer_mut(spec).unwrap();
    properties["size"]["maximum"] = json!(5);
    properties["tier"] = json!({"type": "string", "default": "free"});
    assert_eq!(client.put(&format!("{CRDS}/things.example.com"), &changed).await.code, 200);
    assert_eq!(client.get(&format!("{THINGS}/a")).await.body["spec"]["tier"], "free");
    assert_eq!(client.post(THINGS, &thing("b", &json!({"size": 9}))).await.code, 422);
    let ratcheted = client.merge(&format!("{THINGS}/a"), &json!({"spec": {"color": "red"}})).await;
    assert_eq!(ratcheted.code, 200, "an invalid value that does not change is let through: {}", ratcheted.body);
}

#[tokio::test]
async fn every_served_version_shows_the_same_objects() {
    let client = Client::new();
    let mut both = crd();
    let mut second = both["spec"]["versions"][0].clone();
    (second["name"], second["storage"]) = (json!("v2"), json!(false));
    both["spec"]["versions"].as_array_mut().unwrap().push(second);
    client.post(CRDS, &both).await;
    client.create("a", &json!({"size": 1})).await;
    let path = "/apis/example.com/v2/namespaces/default/things";
    let other = client.get(&format!("{path}/a")).await.body;
    assert_eq!((&other["apiVersion"], &other["spec"]["size"]), (&json!("example.com/v2"), &json!(1)));
    let wrong = client.post(path, &thing("b", &json!({}))).await;
    let message =
        "the API version in the data (example.com/v1) does not match the expected API version (example.com/v2)";
    assert_eq!(wrong.refusal(), (400, message));
}

#[tokio::test]
async fn objects_must_satisfy_the_validation_rules_of_their_schema() {
    let mut with_rule = crd();
    let spec = "/spec/versions/0/schema/openAPIV3Schema/properties/spec";
    with_rule.pointer_mut(spec).unwrap()["x-kubernetes-validations"] =
        json!([{"rule": "!has(oldSelf.size) || self.size >= oldSelf.size", "message": "size must not shrink"}]);
    let client = Client::new();
    assert_eq!(client.post(CRDS, &with_rule).await.code, 201);
    client.create("a", &json!({"size": 2})).await;
    let mut smaller = client.get(&format!("{THINGS}/a")).await.body;
    smaller["spec"]["size"] = json!(1);
    let refused = client.put(&format!("{THINGS}/a"), &smaller).await;
    assert_eq!(
        refused.refusal(),
        (422, "Thing.example.com \"a\" is invalid: spec: Invalid value: size must not shrink")
    );

    with_rule["metadata"]["name"] = json!("others.example.com");
    let names = &mut with_rule["spec"]["names"];
    (names["plural"], names["singular"], names["kind"]) = (json!("others"), json!("other"), json!("Other"));
    names["listKind"] = json!("OtherList");
    with_rule.pointer_mut(spec).unwrap()["x-kubernetes-validations"] = json!([{"rule": "self.colour == 'red'"}]);
    let refused = client.post(CRDS, &with_rule).await;
    assert_eq!(refused.code, 422);
    assert!(refused.refusal().1.contains("undefined field 'colour'"), "{}", refused.refusal().1);
}

#[tokio::test]
async fn conversion_webhooks_are_refused() {
    let client = Client::new();
    let mut webhook = crd();
    webhook["spec"]["conversion"] = json!({
        "strategy": "Webhook",
        "webhook": {"conversionReviewVersions": ["v1"], "clientConfig": {"url": "https://localhost/convert"}},
    });
    assert_eq!(client.post(CRDS, &webhook).await.code, 501);
}

#[tokio::test]
async fn a_deprecated_version_warns_of_itself() {
    let client = Client::new();
    let mut deprecated = crd();
    deprecated["spec"]["versions"][0]["deprecated"] = json!(true);
    client.post(CRDS, &deprecated).await;
    assert_eq!(client.get(THINGS).await.warnings(), ["299 - \"example.com/v1 Thing is deprecated\""]);
}

#[tokio::test]
async fn a_server_built_on_a_used_store_goes_on_where_the_last_one_stopped() {
    let client = Client::with_things().await;
    let created = client.create("a", &json!({"size": 1})).await;
    let version = client.get(THINGS).await.body["metadata"]["resourceVersion"].clone();
    client.server.shutdown();
    let again = Client::of(Server::builder().store(client.server.store()).build());
    assert_eq!(again.get(&format!("{THINGS}/a")).await.body, created);
    assert_eq!(again.get(THINGS).await.body["metadata"]["resourceVersion"], version);
}

/// A CRD whose second version has other fields, and which of the two is stored.
fn two_versions(stored: &str) -> Value {
    let version = |name: &str, field: &str| {
        let spec = json!({"type": "object", "properties": {field: {"type": "string", "default": "d"}}});
        json!({
            "name": name, "served": true, "storage": name == stored,
            "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}},
        })
    };
    let mut crd = crd();
    crd["spec"]["versions"] = json!([version("v1", "a"), version("v2", "b")]);
    crd
}

#[tokio::test]
async fn an_object_keeps_what_it_was_stored_with_when_another_version_becomes_the_stored_one() {
    let client = Client::new();
    client.post(CRDS, &two_versions("v1")).await;
    client.create("a", &json!({"a": "1"})).await;
    let path = format!("{CRDS}/things.example.com");
    let change = json!({"spec": {"versions": two_versions("v2")["spec"]["versions"]}});
    assert_eq!(client.merge(&path, &change).await.code, 200);
    let old = client.get(&format!("{THINGS}/a")).await.body;
    assert_eq!((&old["apiVersion"], &old["spec"]), (&json!("example.com/v1"), &json!({"a": "1"})));
    let things = "/apis/example.com/v2/namespaces/default/things";
    let new = client.get(&format!("{things}/a")).await.body;
    assert_eq!((&new["apiVersion"], &new["spec"]), (&json!("example.com/v2"), &json!({})));
    let listed = client.get(things).await.body["items"][0].clone();
    assert_eq!(listed, new);
    let mut events = client.watch(&format!("{things}?watch=true")).await;
    assert_eq!(events.next().await.unwrap()["object"], new);
}

#[tokio::test]
async fn a_version_that_may_be_stored_stays_until_the_status_says_that_it_is_not() {
    let client = Client::new();
    client.post(CRDS, &two_versions("v1")).await;
    let path = format!("{CRDS}/things.example.com");
    let only_v2 = json!({"spec": {"versions": [two_versions("v2")["spec"]["versions"][1]]}});
    let refused = client.merge(&path, &only_v2).await;
    assert_eq!(
        (refused.code, &refused.body["details"]["causes"][0]["field"]),
        (422, &json!("status.storedVersions[0]"))
    );
    client.merge(&path, &json!({"spec": {"versions": two_versions("v2")["spec"]["versions"]}})).await;
    client.merge(&format!("{path}/status"), &json!({"status": {"storedVersions": ["v2"]}})).await;
    assert_eq!(client.merge(&path, &only_v2).await.code, 200);
}

#[tokio::test]
async fn a_version_that_is_served_no_longer_is_gone_and_its_objects_are_not() {
    let client = Client::new();
    client.post(CRDS, &two_versions("v2")).await;
    client.create("a", &json!({"a": "1"})).await;
    let mut watch = client.watch(&format!("{THINGS}?watch=true&resourceVersion={}", version(&client).await)).await;
    let mut versions = two_versions("v2")["spec"]["versions"].clone();
    versions[0]["served"] = json!(false);
    let path = format!("{CRDS}/things.example.com");
    assert_eq!(client.merge(&path, &json!({"spec": {"versions": versions}})).await.code, 200);
    assert_eq!(watch.next().await, None);
    assert_eq!(client.get(THINGS).await.code, 404);
    let things = "/apis/example.com/v2/namespaces/default/things";
    assert_eq!(client.get(&format!("{things}/a")).await.code, 200);
    assert_eq!(client.get("/apis/example.com").await.body["versions"].as_array().unwrap().len(), 1);
    versions[1]["served"] = json!(false);
    assert_eq!(client.merge(&path, &json!({"spec": {"versions": versions}})).await.code, 200);
    assert_eq!((client.get(things).await.code, client.get("/apis/example.com").await.code), (404, 404));
}

async fn version(client: &Client) -> String {
    client.get(THINGS).await.body["metadata"]["resourceVersion"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_update_of_a_definition_is_refused_as_kube_apiserver_refuses_it() {
    let client = Client::with_things().await;
    let path = format!("{CRDS}/things.example.com");
    let causes = |answer: &Value| {
        let causes = answer["details"]["causes"].as_array().cloned().unwrap_or_default();
        causes.into_iter().map(|cause| cause["field"].clone()).collect::<Vec<_>>()
    };
    let refused = client.merge(&path, &json!({"spec": {"scope": "Cluster"}})).await;
    assert_eq!((refused.code, causes(&refused.body)), (422, vec![json!("spec.scope")]));
    let refused = client.merge(&path, &json!({"metadata": {"labels": {"a": "b c"}}})).await;
    assert_eq!(refused.code, 422);
    assert_eq!(causes(&refused.body), vec![json!("metadata.labels"); 3], "the server checks this three times");
    let names = json!({"status": {"acceptedNames": {"kind": "Thing", "listKind": "Thing"}}});
    let refused = client.merge(&format!("{path}/status"), &names).await;
    assert_eq!((refused.code, causes(&refused.body)), (422, vec![json!("status.acceptedNames.listKind")]));
}

#[tokio::test]
async fn a_new_definition_is_told_once_of_each_fault_in_its_metadata() {
    let client = Client::new();
    let mut invalid = crd();
    invalid["metadata"]["labels"] = json!({"a": "b c"});
    let answer = client.post(CRDS, &invalid).await;
    assert_eq!((answer.code, answer.body["details"]["causes"].as_array().unwrap().len()), (422, 1));
}
