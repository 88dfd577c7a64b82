//! The server's description of itself in `OpenAPI`.

use http::header;
use serde_json::{Value, json};

use crate::client::{Answer, CRDS, Client, crd};

const V2_PROTOBUF: &str = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
const V3_PROTOBUF: &str = "application/com.github.proto-openapi.spec.v3@v1.0+protobuf";
const THINGS_V1: &str = "/openapi/v3/apis/example.com/v1";

fn header(answer: &Answer, name: header::HeaderName) -> &str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

async fn get(client: &Client, path: &str, headers: &[(&str, &str)]) -> Answer {
    client.send("GET", path, headers, Vec::new()).await
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
    for path in [
        "/openapi/v3/apis/nope/v1",
        "/openapi/v3/apis/example.com/v2",
        "/openapi/v3api/v1",
        "/openapis",
        "/openapi/v2/",
    ] {
        assert_eq!(client.get(path).await.code, 404, "{path}");
    }
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

#[tokio::test]
async fn version_2_has_custom_and_built_in_kinds_in_one_document() {
    let client = Client::with_things().await;
    let document = client.get("/openapi/v2").await.body;
    assert_eq!(document["swagger"], "2.0");
    let thing = &document["definitions"]["com.example.v1.Thing"]["properties"];
    assert_eq!(thing["spec"]["properties"]["mode"], json!({"type": "string"}), "defaults are left out");
    assert_eq!(thing["metadata"]["$ref"], "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
    let mut references = Vec::new();
    collect_references(&document, &mut references);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some_and(Value::is_object), "{reference}");
    }
    let container = &document["definitions"]["io.k8s.api.core.v1.PodSpec"]["properties"]["containers"];
    assert_eq!(container["x-kubernetes-patch-merge-key"], "name");
}

async fn check_format(client: &Client, path: &str, accept: &str, expected: (u16, &str)) {
    let answer = get(client, path, &[("accept", accept)]).await;
    assert_eq!((answer.code, header(&answer, header::CONTENT_TYPE)), expected, "{path} {accept}");
}

#[tokio::test]
async fn documents_come_in_json_and_in_protobuf_and_in_nothing_else() {
    let client = Client::new();
    let (json, v2, v3) = ("application/json", "/openapi/v2", "/openapi/v3/apis/apps/v1");
    check_format(&client, v2, V2_PROTOBUF, (200, &V2_PROTOBUF.replace('@', "."))).await;
    check_format(&client, v3, &V3_PROTOBUF.replace('@', "."), (200, &V3_PROTOBUF.replace('@', "."))).await;
    check_format(&client, v3, &format!("{V3_PROTOBUF};q=0.3, application/json;q=0.4"), (200, json)).await;
    check_format(&client, v3, "application/*", (200, json)).await;
    check_format(&client, v2, "*/*", (200, json)).await;
    check_format(&client, v3, V2_PROTOBUF, (406, "")).await;
    check_format(&client, v2, "application/yaml", (406, "")).await;
    check_format(&client, "/openapi/v3", "text/html", (200, "text/plain; charset=utf-8")).await;
}

#[tokio::test]
async fn version_2_is_compressed_for_whoever_wants_it() {
    let client = Client::new();
    let answer = get(&client, "/openapi/v2", &[("accept-encoding", "gzip")]).await;
    assert_eq!(header(&answer, header::CONTENT_ENCODING), "gzip");
    let answer = get(&client, "/openapi/v2", &[("accept-encoding", "gzip;q=0")]).await;
    assert_eq!(header(&answer, header::CONTENT_ENCODING), "");
}

#[tokio::test]
async fn clients_are_told_that_they_have_a_document_already() {
    let client = Client::new();
    for path in ["/openapi/v2", "/openapi/v3/apis/apps/v1"] {
        let tag = header(&client.get(path).await, header::ETAG).to_owned();
        let code = async |method: &str, name: &str, value: &str| {
            client.send(method, path, &[(name, value)], Vec::new()).await.code
        };
        assert_eq!(code("GET", "if-none-match", &tag).await, 304);
        assert_eq!(code("HEAD", "if-none-match", &format!("\"x\", W/{tag}")).await, 304);
        assert_eq!(code("GET", "if-none-match", "\"x\"").await, 200);
        assert_eq!(code("POST", "if-none-match", &tag).await, 412);
        assert_eq!(code("GET", "if-match", "\"x\"").await, 412);
    }
}

#[tokio::test]
async fn the_hash_of_a_document_is_part_of_its_url_and_changes_with_its_definition() {
    let client = Client::with_things().await;
    let url = async || {
        let index = client.get("/openapi/v3").await.body;
        index["paths"]["apis/example.com/v1"]["serverRelativeURL"].as_str().unwrap_or_default().to_owned()
    };
    let old = url().await;
    let answer = client.get(&old).await;
    assert_eq!(header(&answer, header::CACHE_CONTROL), "public, immutable");
    assert!(old.ends_with(header(&answer, header::ETAG).trim_matches('"')));
    let change = json!([{"op": "add", "path": "/spec/versions/0/schema/openAPIV3Schema/properties/extra", "value": {"type": "string"}}]);
    let patch = [("content-type", "application/json-patch+json")];
    let patched =
        client.send("PATCH", &format!("{CRDS}/things.example.com"), &patch, change.to_string().into_bytes()).await;
    assert_eq!(patched.code, 200);
    let new = url().await;
    assert_ne!(new, old);
    let moved = client.get(&old).await;
    assert_eq!((moved.code, header(&moved, header::LOCATION)), (301, new.as_str()));
    let document = client.get(THINGS_V1).await.body;
    assert_eq!(document["components"]["schemas"]["com.example.v1.Thing"]["properties"]["extra"]["type"], "string");
    client.send("DELETE", &format!("{CRDS}/things.example.com"), &[], Vec::new()).await;
    assert_eq!((client.get(THINGS_V1).await.code, url().await.as_str()), (404, ""));
}

#[tokio::test]
async fn every_version_of_a_group_has_an_api_service_as_long_as_it_is_served() {
    let services = "/apis/apiregistration.k8s.io/v1/apiservices";
    let client = Client::with_things().await;
    let apps = client.get(&format!("{services}/v1.apps")).await.body;
    assert_eq!(
        apps["spec"],
        json!({"group": "apps", "version": "v1", "groupPriorityMinimum": 17800, "versionPriority": 15})
    );
    assert_eq!(apps["status"]["conditions"][0]["reason"], "Local");
    let own = format!("{services}/v1.example.com");
    assert_eq!(client.get(&own).await.body["metadata"]["labels"]["kube-aggregator.kubernetes.io/automanaged"], "true");
    client.send("DELETE", &own, &[], Vec::new()).await;
    assert_eq!(client.get(&own).await.code, 200, "it is made again");
    client.send("DELETE", &format!("{CRDS}/{}", crd()["metadata"]["name"].as_str().unwrap()), &[], Vec::new()).await;
    assert_eq!(client.get(&own).await.code, 404);
}
