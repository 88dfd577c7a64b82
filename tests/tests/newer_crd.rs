//! Types that are older than the CRD in the cluster.

use crdgen_apiserver::Server;
use crdgen_generated::api::{clientset::Clientset, example_com::v1alpha1::Database};
use crdgen_runtime::client::Patch;
use kube::api::{Api, ApiResource, DynamicObject, PostParams};
use serde_json::{Value, json};

/// The CRD of databases, with a property that the generated types do not know.
fn newer() -> Value {
    let mut crd = Database::crd().expect("JSON");
    let properties = crd.pointer_mut("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties");
    properties.expect("properties")["replicas"] = json!({"type": "integer"});
    crd
}

#[tokio::test]
async fn what_older_types_do_not_know_is_kept_by_patch_and_modify_and_dropped_by_update() -> anyhow::Result<()> {
    let server = Server::builder().build();
    let connection = kube::Client::new(server.service(), "default");
    let definitions: Api<DynamicObject> = Api::all_with(
        connection.clone(),
        &ApiResource {
            group: "apiextensions.k8s.io".into(),
            version: "v1".into(),
            api_version: "apiextensions.k8s.io/v1".into(),
            kind: "CustomResourceDefinition".into(),
            plural: "customresourcedefinitions".into(),
        },
    );
    definitions.create(&PostParams::default(), &serde_json::from_value(newer())?).await?;
    let raw: Api<DynamicObject> = Api::default_namespaced_with(
        connection.clone(),
        &ApiResource {
            group: "example.com".into(),
            version: "v1alpha1".into(),
            api_version: "example.com/v1alpha1".into(),
            kind: "Database".into(),
            plural: "databases".into(),
        },
    );
    let stored = json!({
        "apiVersion": "example.com/v1alpha1", "kind": "Database", "metadata": {"name": "orders"},
        "spec": {"engine": "MySQL", "version": "8.0", "storageSize": "10Gi", "replicas": 3}
    });
    raw.create(&PostParams::default(), &serde_json::from_value(stored)?).await?;
    let replicas = async || Ok::<Value, kube::Error>(raw.get("orders").await?.data["spec"]["replicas"].clone());

    let databases = Clientset::new(connection).example_com_v1alpha1().databases().namespaced("default");
    let database = databases.patch("orders", &Patch::Merge(json!({"spec": {"version": "8.1"}}))).await?;
    assert_eq!((database.spec.version.as_str(), replicas().await?), ("8.1", json!(3)));
    let mut database = databases.modify(&database, |database| database.spec.version = "8.2".to_owned()).await?;
    assert_eq!((database.spec.version.as_str(), replicas().await?), ("8.2", json!(3)));
    database.spec.version = "8.3".to_owned();
    databases.update(&database).await?;
    assert_eq!(replicas().await?, Value::Null);
    Ok(())
}
