//! A generated type in kube's own `Api`, on the embedded API server.

use crdgen_apiserver::Server;
use crdgen_generated::api::example_com::v1alpha1::{
    Database,
    database::{spec::Engine, status::Phase},
};
use crdgen_runtime::client;
use kube::{
    Api, CustomResourceExt as _, Resource as _,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams},
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::json;
use tests::harness::spec;

#[test]
fn kube_knows_the_names_of_the_resource() {
    assert_eq!(Database::kind(&()), "Database");
    assert_eq!(Database::api_version(&()), "example.com/v1alpha1");
    assert_eq!(Database::crd_name(), "databases.example.com");
    assert_eq!(Database::shortnames(), ["db"]);
    assert_eq!(Database::api_resource().plural, "databases");
}

#[tokio::test]
async fn an_api_of_a_generated_type_reads_and_writes() -> anyhow::Result<()> {
    let connection = kube::Client::new(Server::builder().build().service(), "default");
    client::install::<Database>(&connection).await?;
    let api: Api<Database> = Api::namespaced(connection, "default");

    let created = api.create(&PostParams::default(), &Database::new("orders", spec(Engine::MySQL))).await?;
    assert_eq!(created.metadata.generation, Some(1));
    let patch = Patch::Merge(json!({"spec": {"version": "17.0"}}));
    assert_eq!(api.patch("orders", &PatchParams::default(), &patch).await?.metadata.generation, Some(2));
    let patch = Patch::Merge(json!({"status": {"phase": "Ready"}}));
    let patched = api.patch_status("orders", &PatchParams::default(), &patch).await?;
    assert_eq!(patched.status.and_then(|status| status.phase), Some(Phase::Ready));
    let stale = api.replace("orders", &PostParams::default(), &created).await;
    assert!(matches!(stale, Err(kube::Error::Api(status)) if status.code == 409));

    assert_eq!(api.list(&ListParams::default()).await?.items.len(), 1);
    api.delete("orders", &DeleteParams::default()).await?;
    assert!(api.get_opt("orders").await?.is_none());
    Ok(())
}

#[tokio::test]
async fn an_api_of_a_generated_type_applies() -> anyhow::Result<()> {
    let connection = kube::Client::new(Server::builder().build().service(), "default");
    client::install::<Database>(&connection).await?;
    let api: Api<Database> = Api::namespaced(connection, "default");

    let orders = Database::new("orders", spec(Engine::MySQL));
    let applied = api.patch("orders", &PatchParams::apply("one"), &Patch::Apply(&orders)).await?;
    assert_eq!(applied.metadata.generation, Some(1));
    let other = Database::new("orders", spec(Engine::PostgreSQL));
    let refused = api.patch("orders", &PatchParams::apply("two"), &Patch::Apply(&other)).await;
    assert!(matches!(refused, Err(kube::Error::Api(status)) if status.code == 409));
    let forced = api.patch("orders", &PatchParams::apply("two").force(), &Patch::Apply(&other)).await?;
    assert_eq!(forced.spec.engine, Engine::PostgreSQL);
    Ok(())
}

#[tokio::test]
async fn a_kubeconfig_reaches_a_server_with_tls() -> anyhow::Result<()> {
    let handle = Server::builder().token("secret").tls().build().serve(([127, 0, 0, 1], 0).into()).await?;
    let kubeconfig = Kubeconfig::from_yaml(&handle.kubeconfig())?;
    let config = kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
    let version = kube::Client::try_from(config)?.apiserver_version().await?;
    assert_eq!(version.major, "1");
    handle.shutdown().await;
    Ok(())
}
