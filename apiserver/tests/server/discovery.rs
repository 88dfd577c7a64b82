//! Discovery, health, and what is not served.

use serde_json::{Value, json};

use crate::client::{CRDS, Client, THINGS, crd};

#[tokio::test]
async fn discovery_follows_the_definitions() {
    let client = Client::with_things().await;
    let list = client.get("/apis/example.com/v1").await.body;
    let found: Vec<_> = list["resources"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(found, ["things", "things/status", "things/scale"]);
    assert_eq!(list["resources"][0]["shortNames"], json!(["th"]));
    assert_eq!(client.get("/apis/example.com").await.body["preferredVersion"]["version"], "v1");
    client.delete(&format!("{CRDS}/things.example.com")).await;
    assert_eq!(client.get("/apis/example.com/v1").await.code, 404);
}

#[tokio::test]
async fn aggregated_discovery_has_a_tag_that_can_be_asked_by() {
    let client = Client::with_things().await;
    let accept = ("accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
    let answer = client.send("GET", "/apis", &[accept], Vec::new()).await;
    assert_eq!(answer.body["kind"], "APIGroupDiscoveryList");
    let groups = answer.body["items"].as_array().unwrap();
    let own = groups.iter().find(|group| group["metadata"]["name"] == "example.com").unwrap();
    assert_eq!(own["versions"][0]["resources"][0]["resource"], "things");
    let tag = answer.headers["etag"].to_str().unwrap();
    let again = client.send("GET", "/apis", &[accept, ("if-none-match", tag)], Vec::new()).await;
    assert_eq!(again.code, 304);
}

#[tokio::test]
async fn the_plain_list_of_groups_follows_the_names_of_their_services() {
    let client = Client::new();
    for (group, version) in [("a.example.com", "v2"), ("b.example.com", "v1"), ("c.example.com", "v1alpha1")] {
        let mut definition = crd();
        definition["metadata"]["name"] = json!(format!("things.{group}"));
        definition["spec"]["group"] = json!(group);
        definition["spec"]["versions"][0]["name"] = json!(version);
        assert_eq!(client.post(CRDS, &definition).await.code, 201);
    }
    let own = |names: Vec<String>| names.into_iter().filter(|name| name.ends_with(".example.com")).collect::<Vec<_>>();
    let name = |group: &Value, path: &str| group.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = client.get("/apis").await.body;
    let plain = own(list["groups"].as_array().unwrap().iter().map(|group| name(group, "/name")).collect());
    assert_eq!(plain, ["b.example.com", "c.example.com", "a.example.com"]);
    let accept = ("accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");
    let list = client.send("GET", "/apis", &[accept], Vec::new()).await.body;
    let aggregated = own(list["items"].as_array().unwrap().iter().map(|group| name(group, "/metadata/name")).collect());
    assert_eq!(aggregated, ["a.example.com", "b.example.com", "c.example.com"]);
}

#[tokio::test]
async fn health_and_version_are_there() {
    let client = Client::new();
    for path in ["/healthz", "/livez", "/readyz", "/readyz/ping"] {
        assert_eq!(client.get(path).await.body, "ok", "{path}");
    }
    assert_eq!(client.get("/version").await.body["major"], "1");
}

#[tokio::test]
async fn what_is_not_served_is_refused() {
    let client = Client::with_things().await;
    client.create("a", &json!({})).await;
    let code = async |method: &str, path: &str| client.send(method, path, &[], Vec::new()).await.code;
    assert_eq!(code("GET", "/apis/apps/v2/deployments").await, 404);
    assert_eq!(code("GET", "/api/v1/potatoes").await, 404);
    assert_eq!(code("GET", &format!("{THINGS}/a/exec")).await, 404);
    assert_eq!(code("PUT", "/api/v1/namespaces/default/configmaps").await, 405);
    assert_eq!(code("GET", "/nope").await, 404);
    let accept = [("accept", "application/vnd.kubernetes.protobuf")];
    assert_eq!(client.send("GET", THINGS, &accept, Vec::new()).await.code, 406);
}
