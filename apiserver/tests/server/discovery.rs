//! Discovery, health, and what is not served.

use serde_json::{Value, json};

use crate::client::{CRDS, Client, THINGS};

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
    assert_eq!(code("GET", "/openapi/v2").await, 404);
    assert_eq!(code("GET", &format!("{THINGS}/a/exec")).await, 404);
    assert_eq!(code("PUT", "/api/v1/namespaces/default/configmaps").await, 405);
    assert_eq!(code("GET", "/nope").await, 404);
    let accept = [("accept", "application/vnd.kubernetes.protobuf")];
    assert_eq!(client.send("GET", THINGS, &accept, Vec::new()).await.code, 406);
}

#[tokio::test]
async fn openapi_publishes_the_schema_of_a_definition() {
    let client = Client::with_things().await;
    let index = client.get("/openapi/v3").await.body;
    let url = index["paths"]["apis/example.com/v1"]["serverRelativeURL"].as_str().unwrap();
    let document = client.get(url).await.body;
    let schema = &document["components"]["schemas"]["com.example.v1.Thing"];
    assert_eq!(schema["properties"]["spec"]["properties"]["size"], json!({"type": "integer", "maximum": 10}));
    let path = "/apis/example.com/v1/namespaces/{namespace}/things/{name}";
    let parameters = document["paths"][path]["patch"]["parameters"].as_array().unwrap();
    assert!(parameters.iter().any(|parameter| parameter["name"] == "fieldValidation"));
}

#[tokio::test]
async fn openapi_names_the_schemas_of_built_in_kinds_as_kubernetes_does() {
    let document = Client::new().get("/openapi/v3/api/v1").await.body;
    assert_eq!(document["components"]["schemas"]["io.k8s.api.core.v1.ConfigMap"]["type"], "object");
}

#[tokio::test]
async fn openapi_has_the_types_that_schemas_refer_to_and_nothing_below_unknown_paths() {
    let client = Client::with_things().await;
    let document = client.get("/openapi/v3/apis/example.com/v1").await.body;
    let mut references = Vec::new();
    collect_references(&document, &mut references);
    assert!(references.iter().any(|reference| reference.ends_with(".ListMeta")), "{references:?}");
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some_and(Value::is_object), "{reference}");
    }
    let schemas = &document["components"]["schemas"];
    let metadata = &schemas["io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"]["properties"];
    assert_eq!(metadata["labels"]["additionalProperties"]["type"], "string");
    let kind = &schemas["com.example.v1.Thing"]["properties"]["kind"];
    assert!(kind["description"].as_str().unwrap().starts_with("Kind is a string value"), "{kind}");
    assert!(schemas["io.k8s.api.autoscaling.v1.Scale"].is_object());
    let selectable = &schemas["com.example.v1.ThingList"]["x-kubernetes-selectable-fields"];
    assert_eq!(*selectable, json!([{"fieldPath": "spec.color"}]));
    for path in ["/openapi/v3/apis/nope/v1", "/openapi/v3/apis/example.com/v2", "/openapi/v3api/v1", "/openapis"] {
        assert_eq!(client.get(path).await.code, 404, "{path}");
    }
    assert_eq!(client.send("POST", "/openapi/v3", &[], Vec::new()).await.code, 405);
}

fn collect_references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| collect_references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, found)),
        _ => {}
    }
}
