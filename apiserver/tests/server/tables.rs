//! What kubectl prints: Tables, and objects without anything but their metadata.

use serde_json::json;

use crate::client::{CRDS, Client, THINGS, crd, thing};

#[tokio::test]
async fn a_table_has_the_columns_of_the_definition() {
    let client = Client::with_things().await;
    client.create("a", &json!({"size": 3})).await;
    client.create("b", &json!({})).await;
    let accept = [("accept", "application/json;as=Table;v=v1;g=meta.k8s.io")];
    let table = client.send("GET", THINGS, &accept, Vec::new()).await.body;
    let columns: Vec<_> =
        table["columnDefinitions"].as_array().unwrap().iter().map(|column| column["name"].clone()).collect();
    assert_eq!(columns, ["Name", "Size"]);
    let cells: Vec<_> = table["rows"].as_array().unwrap().iter().map(|row| row["cells"].clone()).collect();
    assert_eq!(cells, [json!(["a", 3]), json!(["b", null])]);
    assert_eq!(table["rows"][0]["object"]["kind"], "PartialObjectMetadata");
}

#[tokio::test]
async fn columns_have_any_path_and_end_at_the_first_that_is_malformed() {
    let client = Client::new();
    let mut definition = crd();
    let paths = [
        ".metadata.labels['example\\.com/x']",
        ".metadata.labels['example.com/x']",
        "..size",
        ".spec[?(@.a>1)]",
        ".b[\"x\"]",
        ".spec",
    ];
    let columns = paths
        .iter()
        .enumerate()
        .map(|(number, path)| json!({"name": number.to_string(), "type": "string", "jsonPath": path}));
    definition["spec"]["versions"][0]["additionalPrinterColumns"] = columns.collect();
    assert_eq!(client.post(CRDS, &definition).await.code, 201);
    let mut labelled = thing("a", &json!({"size": 3}));
    labelled["metadata"]["labels"] = json!({"example.com/x": "v"});
    assert_eq!(client.post(THINGS, &labelled).await.code, 201);
    let accept = [("accept", "application/json;as=Table;v=v1;g=meta.k8s.io")];
    let table = client.send("GET", THINGS, &accept, Vec::new()).await.body;
    assert_eq!(table["columnDefinitions"].as_array().unwrap().len(), 5);
    assert_eq!(table["rows"][0]["cells"], json!(["a", "v", null, "3", null]));
}

#[tokio::test]
async fn metadata_can_be_read_alone() {
    let client = Client::with_things().await;
    client.create("a", &json!({"size": 3})).await;
    let accept = [("accept", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io")];
    let partial = client.send("GET", &format!("{THINGS}/a"), &accept, Vec::new()).await.body;
    assert_eq!((&partial["metadata"]["name"], &partial["spec"]), (&json!("a"), &json!(null)));
}

#[tokio::test]
async fn empty_lists_are_null_where_go_has_made_none() {
    let client = Client::new();
    let list = async |path: &str, shape: &str| {
        let accept = [("accept", &*format!("application/json;as={shape};v=v1;g=meta.k8s.io"))];
        client.send("GET", path, &accept, Vec::new()).await.body
    };
    assert_eq!(list("/api/v1/pods", "PartialObjectMetadataList").await["items"], json!(null));
    assert_eq!(list("/api/v1/pods", "Table").await["rows"], json!([]));
    assert_eq!(list("/apis/storage.k8s.io/v1/csistoragecapacities", "Table").await["rows"], json!(null));
}

#[tokio::test]
async fn yaml_is_written_for_those_who_ask() {
    let client = Client::with_things().await;
    client.create("a", &json!({"size": 3})).await;
    let accept = [("accept", "application/yaml")];
    let text = client.send("GET", &format!("{THINGS}/a"), &accept, Vec::new()).await.body;
    assert!(text.as_str().unwrap().ends_with("spec:\n  mode: auto\n  size: 3\n"), "{text}");
}

#[tokio::test]
async fn built_in_types_have_kubernetes_own_columns() {
    let client = Client::new();
    let namespace = "/api/v1/namespaces/default";
    let config = json!({"metadata": {"name": "c"}, "data": {"a": "1"}, "binaryData": {"b": "AA=="}});
    client.post(&format!("{namespace}/configmaps"), &config).await;
    client.post(&format!("{namespace}/secrets"), &json!({"metadata": {"name": "s"}, "stringData": {"k": "v"}})).await;
    client.post(&format!("{namespace}/serviceaccounts"), &json!({"metadata": {"name": "a"}})).await;
    let accept = [("accept", "application/json;as=Table;v=v1;g=meta.k8s.io")];
    for (plural, columns, cells) in [
        ("configmaps", &["Name", "Data", "Age"][..], json!(["c", 2])),
        ("secrets", &["Name", "Type", "Data", "Age"], json!(["s", "Opaque", 1])),
        ("serviceaccounts", &["Name", "Age"], json!(["a"])),
    ] {
        let table = client.send("GET", &format!("{namespace}/{plural}"), &accept, Vec::new()).await.body;
        let named =
            table["columnDefinitions"].as_array().unwrap().iter().map(|column| column["name"].as_str().unwrap());
        assert_eq!(named.collect::<Vec<_>>(), columns);
        let row = table["rows"][0]["cells"].as_array().unwrap();
        assert_eq!(row[..row.len() - 1], *cells.as_array().unwrap());
    }
}

#[tokio::test]
async fn what_is_answered_and_not_stored_has_no_table() {
    let client = Client::new();
    let body = json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
        "spec": {"nonResourceAttributes": {"path": "/", "verb": "get"}},
    });
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    let table = "application/json;as=Table;v=v1;g=meta.k8s.io";
    for (accept, code) in [(table.to_owned(), 406), (format!("{table},application/json"), 201)] {
        let headers = [("accept", &*accept), ("content-type", "application/json")];
        let answer = client.send("POST", path, &headers, body.to_string().into_bytes()).await;
        assert_eq!(answer.code, code, "{accept}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_scale_has_the_shape_that_is_asked_for() {
    let client = Client::with_things().await;
    client.create("a", &json!({"size": 3})).await;
    let containers = json!([{"name": "c", "image": "i"}]);
    let template = json!({"metadata": {"labels": {"app": "a"}}, "spec": {"containers": containers}});
    let spec = json!({"selector": {"matchLabels": {"app": "a"}}, "replicas": 2, "template": template});
    let deployments = "/apis/apps/v1/namespaces/default/deployments";
    client.post(deployments, &json!({"metadata": {"name": "a"}, "spec": spec})).await;
    let paths = [(THINGS, 3, "name", "v1"), (deployments, 2, "", "autoscaling")];
    for (path, replicas, format, package) in paths {
        let path = format!("{path}/a/scale");
        let get = async |shape: &str| {
            let accept = format!("application/json;as={shape};v=v1;g=meta.k8s.io");
            client.send("GET", &path, &[("accept", &accept)], Vec::new()).await
        };
        let table = get("Table").await.body;
        let columns = table["columnDefinitions"].as_array().unwrap();
        let names: Vec<_> = columns.iter().map(|column| column["name"].as_str().unwrap()).collect();
        assert_eq!((&names[..], &columns[0]["format"]), (&["Name", "Desired", "Available", "Age"][..], &json!(format)));
        assert_eq!(table["rows"][0]["cells"].as_array().unwrap()[..3], [json!("a"), json!(replicas), json!(0)]);
        assert_eq!(get("PartialObjectMetadata").await.body["kind"], "PartialObjectMetadata");
        let why = format!(
            "you requested PartialObjectMetadataList, but the requested object is not a list (*{package}.Scale)"
        );
        assert_eq!(get("PartialObjectMetadataList").await.refusal(), (406, why.as_str()));
    }
}
