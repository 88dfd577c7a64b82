//! Every way to write, on an embedded API server: apply, scale, dry runs, deletions, changes of cached objects, finalizers,
//! and waiting for what comes of them.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use anyhow::Result;
use crdgen_apiserver::Server;
use crdgen_generated::api::example_com::v1alpha1::{Database, DatabaseSpec, database::spec::Engine};
use crdgen_runtime::{
    CustomResource as _,
    client::{self, Client, Conflicts, DeleteOptions, ListOptions, Patch},
    factory::SharedInformerFactory,
    finalizer::{self, Step},
    owner, wait,
};
use k8s_openapi::{
    api::{apps::v1::Deployment, core::v1::ConfigMap},
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
    apimachinery::pkg::apis::meta::v1::Preconditions,
};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(20);

async fn connection() -> Result<kube::Client> {
    let connection = kube::Client::new(Server::builder().build().service(), "default");
    client::install::<Database>(&connection).await?;
    Ok(connection)
}

fn config_map(name: &str, data: &Value) -> Value {
    json!({ "metadata": { "name": name, "namespace": "default" }, "data": data })
}

#[tokio::test]
async fn applied_fields_belong_to_their_manager() -> Result<()> {
    let config_maps: Client<ConfigMap> = Client::new(connection().await?);
    let refused = config_maps.apply(&config_map("a", &json!({})), Conflicts::Refuse).await.unwrap_err();
    assert_eq!(refused.to_string(), "invalid request: a client that applies needs a field manager");

    let (one, two) = (config_maps.field_manager("one"), config_maps.field_manager("two"));
    one.apply(&config_map("a", &json!({ "x": "1", "y": "1" })), Conflicts::Refuse).await?;
    let conflict = two.apply(&config_map("a", &json!({ "x": "2" })), Conflicts::Refuse).await.unwrap_err();
    assert!(conflict.is_conflict() && conflict.to_string().contains("\"one\""), "{conflict}");
    two.apply(&config_map("a", &json!({ "x": "2" })), Conflicts::Take).await?;
    let applied = one.apply(&config_map("a", &json!({})), Conflicts::Refuse).await?;
    assert_eq!(applied.data, Some([("x".to_owned(), "2".to_owned())].into()), "`y` was the first manager's alone");
    Ok(())
}

#[tokio::test]
async fn a_typed_object_and_its_status_can_be_applied() -> Result<()> {
    let databases = Client::<Database>::new(connection().await?).namespaced("default").field_manager("test");
    let mut wanted = Database::new("orders", DatabaseSpec::new(Engine::MySQL, "8.0", "1Gi"));
    wanted.metadata.managed_fields = Some(Vec::new());
    databases.apply(&wanted, Conflicts::Take).await?;
    let status = json!({ "metadata": { "name": "orders" }, "status": { "phase": "Ready" } });
    let applied = databases.apply_status(&status, Conflicts::Take).await?;
    assert_eq!(applied.status.and_then(|status| status.phase).map(|phase| phase.to_string()).as_deref(), Some("Ready"));
    Ok(())
}

#[tokio::test]
async fn a_dry_run_checks_and_stores_nothing() -> Result<()> {
    let databases = Client::<Database>::new(connection().await?).namespaced("default");
    let wanted = Database::new("orders", DatabaseSpec::new(Engine::MySQL, "8.0", "1Gi"));
    assert!(databases.dry_run().create(&wanted).await?.metadata.uid.is_some());
    let mut invalid = wanted.clone();
    invalid.spec.storage_size = "plenty".to_owned();
    assert!(databases.dry_run().create(&invalid).await.unwrap_err().is_invalid());
    assert!(databases.get_opt("orders").await?.is_none());
    databases.create(&wanted).await?;
    databases.dry_run().delete("orders", &DeleteOptions::default()).await?;
    databases.dry_run().patch("orders", &Patch::Merge(json!({ "spec": { "version": "9" } }))).await?;
    assert_eq!(databases.get("orders").await?.spec.version, "8.0");
    Ok(())
}

#[tokio::test]
async fn a_deployment_is_scaled_and_strategically_patched() -> Result<()> {
    let deployments = Client::<Deployment>::new(connection().await?).namespaced("default").field_manager("test");
    let wanted = json!({
        "metadata": { "name": "web" },
        "spec": {
            "replicas": 2,
            "selector": { "matchLabels": { "app": "web" } },
            "template": {
                "metadata": { "labels": { "app": "web" } },
                "spec": { "containers": [{ "name": "main", "image": "a" }, { "name": "side", "image": "b" }] }
            }
        }
    });
    deployments.apply(&wanted, Conflicts::Take).await?;
    assert_eq!(deployments.get_scale("web").await?.spec.and_then(|spec| spec.replicas), Some(2));
    deployments.set_scale("web", 5).await?;
    let image = json!({ "spec": { "template": { "spec": { "containers": [{ "name": "side", "image": "c" }] } } } });
    let patched = deployments.patch("web", &Patch::Strategic(image)).await?;
    let spec = patched.spec;
    let containers = spec.template.spec.unwrap_or_default().containers;
    let images: Vec<_> = containers.iter().filter_map(|container| container.image.as_deref()).collect();
    assert_eq!((spec.replicas, images), (Some(5), vec!["a", "c"]));
    Ok(())
}

#[tokio::test]
async fn deletions_have_preconditions_and_take_whole_collections() -> Result<()> {
    let config_maps = Client::<ConfigMap>::new(connection().await?).namespaced("default").field_manager("test");
    for (name, app) in [("a", "x"), ("b", "x"), ("c", "y")] {
        let labelled = json!({ "metadata": { "name": name, "labels": { "app": app } } });
        config_maps.apply(&labelled, Conflicts::Take).await?;
    }
    let preconditions = Some(Preconditions { uid: Some("another".to_owned()), resource_version: None });
    let options = DeleteOptions { preconditions, ..DeleteOptions::default() };
    assert!(config_maps.delete("a", &options).await.unwrap_err().is_conflict());
    let selected = ListOptions { label_selector: Some("app=x".to_owned()), ..ListOptions::default() };
    config_maps.delete_collection(&selected, &DeleteOptions::default()).await?;
    let left = config_maps.list(&ListOptions::default()).await?.items;
    let left: Vec<_> = left.iter().filter_map(|object| object.metadata.name.as_deref()).collect();
    assert!(left.contains(&"c") && !left.contains(&"a") && !left.contains(&"b"), "{left:?}");
    Ok(())
}

#[tokio::test]
async fn what_a_transform_has_left_out_of_the_cache_survives_a_change() -> Result<()> {
    let connection = connection().await?;
    let config_maps = Client::<ConfigMap>::new(connection.clone()).namespaced("default").field_manager("test");
    config_maps.apply(&config_map("a", &json!({ "small": "1", "large": "2" })), Conflicts::Take).await?;
    let factory = SharedInformerFactory::new(connection).namespaced("default");
    factory.transform(|config_map: &mut ConfigMap| {
        if let Some(data) = &mut config_map.data {
            data.remove("large");
        }
    });
    let informer = factory.informer::<ConfigMap>();
    factory.start();
    let cached = wait::until_cached(&informer, ("default", "a"), PATIENCE, |object| object.is_some()).await?;
    let cached = cached.expect("it is there");
    assert_eq!(cached.data.as_ref().map(BTreeMap::len), Some(1));
    let label = |object: &mut ConfigMap| {
        object.metadata.labels.get_or_insert_default().insert("a".to_owned(), "b".to_owned());
    };
    let changed = config_maps.modify(&cached, label).await?;
    assert_eq!(changed.data.as_ref().map(BTreeMap::len), Some(2));
    let same = config_maps.get("a").await?;
    assert_eq!(config_maps.modify(&same, |_| {}).await?.metadata.resource_version, same.metadata.resource_version);
    factory.shutdown().await;
    Ok(())
}

#[tokio::test]
async fn a_finalizer_holds_a_deletion_up_until_it_is_removed() -> Result<()> {
    const NAME: &str = "databases.example.com/test";
    let connection = connection().await?;
    let databases = Client::<Database>::new(connection.clone()).namespaced("default");
    let created = databases.create(&Database::new("orders", DatabaseSpec::new(Engine::MySQL, "8.0", "1Gi"))).await?;
    assert_eq!(finalizer::ensure(&databases, &created, NAME).await?, Step::Reconcile);
    let held = databases.get("orders").await?;
    assert_eq!(finalizer::ensure(&databases, &held, NAME).await?, Step::Reconcile);
    assert_eq!(held.metadata.finalizers, Some(vec![NAME.to_owned()]));

    databases.delete("orders", &DeleteOptions::default()).await?;
    let leaving = databases.get("orders").await?;
    assert_eq!(finalizer::ensure(&databases, &leaving, NAME).await?, Step::CleanUp);
    let gone = tokio::spawn({
        let databases = databases.clone();
        async move { wait::until(&databases, "orders", PATIENCE, |database| database.is_none()).await }
    });
    // `held` is an old state: the race with whoever wrote since is lost once, and won then.
    finalizer::remove(&databases, &held, NAME).await?;
    assert!(gone.await??.is_none());
    finalizer::remove(&databases, &held, NAME).await?;
    Ok(())
}

#[tokio::test]
async fn waiting_sees_later_changes_and_has_an_end() -> Result<()> {
    let databases = Client::<Database>::new(connection().await?).namespaced("default");
    let is_newer = |database: Option<&Database>| database.is_some_and(|database| database.spec.version == "9");
    let waiting = tokio::spawn({
        let databases = databases.clone();
        async move { wait::until(&databases, "orders", PATIENCE, is_newer).await }
    });
    let created = databases.create(&Database::new("orders", DatabaseSpec::new(Engine::MySQL, "8.0", "1Gi"))).await?;
    databases.modify(&created, |database| database.spec.version = "9".to_owned()).await?;
    assert_eq!(waiting.await??.expect("it is there").spec.version, "9");
    let error = wait::until(&databases, "orders", Duration::from_millis(50), |_| false).await.unwrap_err();
    assert!(error.to_string().starts_with("default/orders is not"), "{error}");
    Ok(())
}

#[tokio::test]
async fn what_an_object_owns_is_deleted_with_it() -> Result<()> {
    let server = Arc::new(Server::builder().controllers(true).build());
    let connection = kube::Client::new(server.service(), "default");
    client::install::<Database>(&connection).await?;
    let databases = Client::<Database>::new(connection.clone()).namespaced("default");
    let config_maps = Client::<ConfigMap>::new(connection).namespaced("default");
    let owner = databases.create(&Database::new("orders", DatabaseSpec::new(Engine::MySQL, "8.0", "1Gi"))).await?;
    let mut child = ConfigMap::default();
    child.metadata.name = Some("orders".to_owned());
    owner::set_controller(&mut child, &owner)?;
    config_maps.create(&child).await?;
    databases.delete("orders", &DeleteOptions::default()).await?;
    wait::until(&config_maps, "orders", PATIENCE, |config_map| config_map.is_none()).await?;
    Ok(())
}

#[tokio::test]
async fn a_definition_that_is_being_deleted_is_installed_again_when_it_is_gone() -> Result<()> {
    const NAME: &str = "databases.example.com/test";
    let connection = connection().await?;
    let databases = Client::<Database>::new(connection.clone()).namespaced("default");
    let database = Database::new("orders", DatabaseSpec::new(Engine::MySQL, "8.0", "1Gi"));
    let created = databases.create(&database).await?;
    finalizer::ensure(&databases, &created, NAME).await?;
    let definitions = Client::<CustomResourceDefinition>::new(connection.clone());
    definitions.delete(Database::CRD_NAME, &DeleteOptions::default()).await?;
    wait::until(&databases, "orders", PATIENCE, |database| {
        database.is_some_and(|database| database.metadata.deletion_timestamp.is_some())
    })
    .await?;
    let installing = tokio::spawn({
        let connection = connection.clone();
        async move { client::install::<Database>(&connection).await }
    });
    let leaving = databases.get("orders").await?;
    finalizer::remove(&databases, &leaving, NAME).await?;
    installing.await??;
    databases.create(&database).await?;
    Ok(())
}
