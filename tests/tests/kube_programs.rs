//! Programs in the idiom of kube's users, on a `TestServer`: apply, reflectors, controllers, finalizers, shared streams, discovery,
//! metadata, and subresources.

use std::{collections::BTreeMap, fmt::Debug, path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use crdgen_apiserver::TestServer;
use crdgen_generated::api::example_com::v1alpha1::{
    Database,
    database::{DatabaseStatus, spec::Engine, status::Phase},
};
use futures::{Stream, StreamExt as _, TryStreamExt as _, future, pin_mut};
use k8s_openapi::api::{
    apps::v1::Deployment,
    autoscaling::v1::Scale,
    core::v1::{ConfigMap, Namespace, Pod, Secret},
    policy::v1::PodDisruptionBudget,
};
use kube::{
    Api, Client, Resource, ResourceExt as _,
    api::{
        DeleteParams, DynamicObject, EvictParams, ListParams, ObjectMeta, PartialObjectMeta, PartialObjectMetaExt as _,
        Patch, PatchParams, PostParams, WatchEvent, WatchParams,
    },
    core::{GroupVersionKind, Status},
    discovery::{ApiGroup, Discovery, Scope, verbs},
    runtime::{
        PredicateConfig, WatchStreamExt as _,
        controller::{Action, Controller},
        finalizer::{self, Event, finalizer},
        predicates, reflector, watcher,
    },
};
use serde_json::json;
use tests::harness::spec;
use tokio::{sync::mpsc, time::timeout};

/// A test fails rather than hangs.
const PATIENCE: Duration = Duration::from_mins(1);
const MANAGER: &str = "programs";

async fn server() -> Result<TestServer> {
    let definitions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/crds");
    Ok(TestServer::start().crd(definitions).await?)
}

fn config_map(name: &str, data: &[(&str, &str)]) -> ConfigMap {
    let metadata = ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() };
    let data = data.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    ConfigMap { metadata, data: Some(data), ..ConfigMap::default() }
}

/// Waits until an object is as wanted.
async fn until<K>(api: &Api<K>, name: &str, is_wanted: impl Fn(Option<&K>) -> bool) -> Result<()>
where
    K: Resource + Clone + Debug + serde::de::DeserializeOwned + Send + 'static,
{
    let seen = watcher::watch_object(api.clone(), name);
    pin_mut!(seen);
    let wanted = async {
        while let Some(object) = seen.try_next().await? {
            if is_wanted(object.as_ref()) {
                return Ok(());
            }
        }
        anyhow::bail!("the watch ended")
    };
    timeout(PATIENCE, wanted).await.with_context(|| format!("waited for {name}"))?
}

/// The next value of a stream.
async fn next<T>(stream: &mut (impl Stream<Item = T> + Unpin)) -> Result<T> {
    timeout(PATIENCE, stream.next()).await.context("nothing came")?.context("the stream ended")
}

fn refused(error: &kube::Error) -> Option<&Status> {
    match error {
        kube::Error::Api(status) => Some(status),
        _ => None,
    }
}

#[tokio::test]
async fn typed_objects_are_applied_and_their_managers_conflict() -> Result<()> {
    let server = server().await?;
    let maps: Api<ConfigMap> = Api::default_namespaced(server.client());
    let apply = PatchParams::apply(MANAGER);
    maps.patch("a", &apply, &Patch::Apply(config_map("a", &[("k", "v"), ("gone", "soon")]))).await?;
    let applied = maps.patch("a", &apply, &Patch::Apply(config_map("a", &[("k", "w")]))).await?;
    assert_eq!(applied.data, Some(BTreeMap::from([("k".to_owned(), "w".to_owned())])));
    let other = maps.patch("a", &PatchParams::apply("other"), &Patch::Apply(config_map("a", &[("k", "x")]))).await;
    let error = other.expect_err("two managers");
    assert_eq!(refused(&error).map(|status| (status.code, status.reason.as_str())), Some((409, "Conflict")));

    let databases: Api<Database> = Api::default_namespaced(server.client());
    databases.patch("db", &apply, &Patch::Apply(Database::new("db", spec(Engine::MySQL)))).await?;
    let mut status = Database::new("db", spec(Engine::MySQL));
    status.status = Some(DatabaseStatus { phase: Some(Phase::Ready), ..DatabaseStatus::default() });
    let applied = databases.patch_status("db", &PatchParams::apply("status").force(), &Patch::Apply(&status)).await?;
    assert_eq!(applied.status.and_then(|status| status.phase), Some(Phase::Ready));
    let namespace: Namespace = serde_json::from_value(json!({"metadata": {"name": "team", "labels": {"a": "b"}}}))?;
    let namespaces: Api<Namespace> = Api::all(server.client());
    let applied = namespaces.patch("team", &apply, &Patch::Apply(&namespace)).await?;
    assert_eq!(applied.status.and_then(|status| status.phase).as_deref(), Some("Active"));
    Ok(())
}

#[tokio::test]
async fn a_reflector_holds_what_is_listed_and_what_changes() -> Result<()> {
    for config in [watcher::Config::default(), watcher::Config::default().streaming_lists().labels("app=x")] {
        let server = server().await?;
        let maps: Api<ConfigMap> = Api::default_namespaced(server.client());
        let labelled = |name: &str| {
            let mut map = config_map(name, &[]);
            map.labels_mut().insert("app".to_owned(), "x".to_owned());
            map
        };
        maps.create(&PostParams::default(), &labelled("early")).await?;
        let (reader, writer) = reflector::store();
        let touched = watcher(maps.clone(), config).default_backoff().reflect(writer).touched_objects();
        let (sender, mut touched_names) = mpsc::unbounded_channel();
        let reflecting = tokio::spawn(touched.for_each(move |map| {
            drop(sender.send(map.map_or_else(|error| error.to_string(), |map| map.name_any())));
            future::ready(())
        }));
        let mut until_touched = async |name: &str| {
            while timeout(PATIENCE, touched_names.recv()).await?.context("the stream ended")? != name {}
            anyhow::Ok(())
        };
        let holds = |name: &str| reader.find(|map: &ConfigMap| map.name_any() == name).is_some();
        timeout(PATIENCE, reader.wait_until_ready()).await??;
        assert!(holds("early"));
        server.server().disconnect_watches();
        maps.create(&PostParams::default(), &labelled("late")).await?;
        until_touched("late").await?;
        maps.delete("late", &DeleteParams::default()).await?;
        until_touched("late").await?;
        assert!(holds("early") && !holds("late"));
        reflecting.abort();
    }
    Ok(())
}

/// What the controllers of these tests know.
struct Known {
    client: Client,
}

fn again(_: Arc<Database>, error: &kube::Error, _: Arc<Known>) -> Action {
    panic!("a reconciliation failed: {error}");
}

/// Keeps a config map for a database, and says in its status that it is ready.
async fn reconcile(database: Arc<Database>, known: Arc<Known>) -> Result<Action, kube::Error> {
    let namespace = database.namespace().unwrap_or_default();
    let maps: Api<ConfigMap> = Api::namespaced(known.client.clone(), &namespace);
    let mut map = config_map(&database.name_any(), &[("version", &database.spec.version)]);
    map.metadata.owner_references = database.controller_owner_ref(&()).map(|owner| vec![owner]);
    maps.patch(&map.name_any(), &PatchParams::apply(MANAGER).force(), &Patch::Apply(&map)).await?;
    let databases: Api<Database> = Api::namespaced(known.client.clone(), &namespace);
    let status = json!({"status": {"phase": "Ready"}});
    databases.patch_status(&database.name_any(), &PatchParams::default(), &Patch::Merge(&status)).await?;
    Ok(Action::await_change())
}

#[tokio::test]
async fn a_controller_keeps_the_config_maps_that_it_owns() -> Result<()> {
    let server = server().await?;
    let (databases, maps) = (Api::<Database>::all(server.client()), Api::<ConfigMap>::all(server.client()));
    let known = Arc::new(Known { client: server.client() });
    let controller = Controller::new(databases, watcher::Config::default())
        .owns(maps, watcher::Config::default())
        .run(reconcile, again, known)
        .for_each(|_| future::ready(()));
    let controller = tokio::spawn(controller);

    let databases: Api<Database> = Api::default_namespaced(server.client());
    let maps: Api<ConfigMap> = Api::default_namespaced(server.client());
    databases.create(&PostParams::default(), &Database::new("db", spec(Engine::MySQL))).await?;
    let is_ready = |database: &Database| database.status.as_ref().and_then(|status| status.phase.clone());
    until(&databases, "db", |database| database.and_then(is_ready) == Some(Phase::Ready)).await?;
    let made = maps.get("db").await?;
    maps.delete("db", &DeleteParams::default()).await?;
    until(&maps, "db", |map| map.is_some_and(|map| map.uid() != made.uid())).await?;
    let change = json!({"spec": {"version": "17"}});
    databases.patch("db", &PatchParams::default(), &Patch::Merge(&change)).await?;
    let version = |map: &ConfigMap| map.data.as_ref().and_then(|data| data.get("version").cloned());
    until(&maps, "db", |map| map.and_then(version).as_deref() == Some("17")).await?;
    databases.delete("db", &DeleteParams::foreground()).await?;
    until(&maps, "db", |map| map.is_none()).await?;
    until(&databases, "db", |database| database.is_none()).await?;
    ensure!(!controller.is_finished(), "the controller ended");
    controller.abort();
    Ok(())
}

/// Copies a secret into another namespace, and takes the copy back.
async fn sync(secret: Arc<Secret>, known: Arc<Known>) -> Result<Action, finalizer::Error<kube::Error>> {
    let sources: Api<Secret> = Api::namespaced(known.client.clone(), "default");
    let copies: Api<Secret> = Api::namespaced(known.client.clone(), "copies");
    finalizer(&sources, "example.com/sync", secret, |event| async {
        match event {
            Event::Apply(secret) => {
                let metadata = ObjectMeta { name: secret.metadata.name.clone(), ..ObjectMeta::default() };
                let copy = Secret { metadata, data: secret.data.clone(), ..Secret::default() };
                let params = PatchParams::apply("syncer").force();
                copies.patch(&copy.name_any(), &params, &Patch::Apply(&copy)).await?;
            }
            Event::Cleanup(secret) => drop(copies.delete(&secret.name_any(), &DeleteParams::default()).await?),
        }
        Ok(Action::await_change())
    })
    .await
}

#[tokio::test]
async fn a_secret_is_synced_and_its_finalizer_takes_the_copy_back() -> Result<()> {
    let server = server().await?;
    let copies = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "copies"}});
    server.object(&copies).await?;
    let sources: Api<Secret> = Api::default_namespaced(server.client());
    let of_app = watcher::Config::default().labels("sync=yes");
    let known = Arc::new(Known { client: server.client() });
    let syncer = Controller::new(sources.clone(), of_app)
        .run(sync, |_, error, _| panic!("a secret was not synced: {error}"), known)
        .for_each(|_| future::ready(()));
    let syncer = tokio::spawn(syncer);

    let secret = json!({"metadata": {"name": "s", "labels": {"sync": "yes"}}, "stringData": {"password": "p"}});
    sources.create(&PostParams::default(), &serde_json::from_value(secret)?).await?;
    let copies: Api<Secret> = Api::namespaced(server.client(), "copies");
    until(&copies, "s", |copy| {
        copy.is_some_and(|copy| copy.data.as_ref().is_some_and(|data| data["password"].0 == b"p"))
    })
    .await?;
    assert_eq!(sources.get("s").await?.finalizers(), ["example.com/sync"]);
    sources.delete("s", &DeleteParams::default()).await?;
    until(&sources, "s", |secret| secret.is_none()).await?;
    assert!(copies.get_opt("s").await?.is_none());
    ensure!(!syncer.is_finished(), "the syncer ended");
    syncer.abort();
    Ok(())
}

#[tokio::test]
async fn two_controllers_share_one_stream() -> Result<()> {
    let server = server().await?;
    let databases: Api<Database> = Api::default_namespaced(server.client());
    let (reader, writer) = reflector::store_shared(16);
    let (first, second) = (writer.subscribe().context("no subscriber")?, writer.subscribe().context("no subscriber")?);
    let events = watcher(databases.clone(), watcher::Config::default()).default_backoff().reflect_shared(writer);
    let events = tokio::spawn(events.for_each(|_| future::ready(())));
    let known = Arc::new(Known { client: server.client() });
    let seen = |database: Arc<Database>, _: Arc<Known>| {
        future::ready(Ok::<_, kube::Error>(database.name_any()).map(|_| Action::await_change()))
    };
    let mut first = Controller::for_shared_stream(first, reader.clone()).run(seen, again, known.clone()).boxed();
    let mut second = Controller::for_shared_stream(second, reader.clone()).run(seen, again, known).boxed();
    databases.create(&PostParams::default(), &Database::new("db", spec(Engine::MySQL))).await?;
    for controller in [&mut first, &mut second] {
        assert_eq!(next(controller).await??.0.name, "db");
    }
    assert_eq!(reader.state().len(), 1);
    events.abort();
    Ok(())
}

#[tokio::test]
async fn a_predicate_sees_only_new_generations() -> Result<()> {
    let server = server().await?;
    let databases: Api<Database> = Api::default_namespaced(server.client());
    let changes = watcher(databases.clone(), watcher::Config::default())
        .applied_objects()
        .predicate_filter(predicates::generation, PredicateConfig::default());
    let mut changes = changes.boxed();
    databases.create(&PostParams::default(), &Database::new("db", spec(Engine::MySQL))).await?;
    assert_eq!(next(&mut changes).await??.metadata.generation, Some(1));
    let status = json!({"status": {"phase": "Ready"}});
    databases.patch_status("db", &PatchParams::default(), &Patch::Merge(&status)).await?;
    let change = json!({"spec": {"version": "17"}});
    databases.patch("db", &PatchParams::default(), &Patch::Merge(&change)).await?;
    assert_eq!(next(&mut changes).await??.metadata.generation, Some(2));
    Ok(())
}

#[tokio::test]
async fn discovery_finds_the_same_in_both_ways() -> Result<()> {
    let server = server().await?;
    let aggregated = Discovery::new(server.client()).run_aggregated().await?;
    let plain = Discovery::new(server.client()).run().await?;
    let names = |discovery: &Discovery| -> Vec<String> {
        let groups = discovery.groups_alphabetical().into_iter();
        groups.flat_map(ApiGroup::recommended_resources).map(|(resource, _)| resource.plural).collect()
    };
    assert_eq!(names(&aggregated), names(&plain));
    let kind = GroupVersionKind::gvk("example.com", "v1alpha1", "Database");
    let (resource, capabilities) = aggregated.resolve_gvk(&kind).context("no databases")?;
    assert_eq!((resource.plural.as_str(), &capabilities.scope), ("databases", &Scope::Namespaced));
    assert!(capabilities.supports_operation(verbs::WATCH) && !capabilities.subresources.is_empty());
    let dynamic: Api<DynamicObject> = Api::default_namespaced_with(server.client(), &resource);
    let object =
        DynamicObject::new("db", &resource).data(serde_json::to_value(Database::new("db", spec(Engine::MySQL)))?);
    dynamic.create(&PostParams::default(), &object).await?;
    assert_eq!(dynamic.list(&ListParams::default()).await?.items.len(), 1);
    Ok(())
}

#[tokio::test]
async fn metadata_is_read_watched_and_patched_alone() -> Result<()> {
    let server = server().await?;
    let maps: Api<ConfigMap> = Api::default_namespaced(server.client());
    let metadata: Api<PartialObjectMeta<ConfigMap>> = Api::default_namespaced(server.client());
    let only_a = watcher::Config::default().fields("metadata.name=a");
    let mut seen = watcher(metadata, only_a).touched_objects().boxed();
    maps.create(&PostParams::default(), &config_map("a", &[("k", "v")])).await?;
    assert_eq!(next(&mut seen).await??.name_any(), "a");
    let labels =
        ObjectMeta { labels: Some(BTreeMap::from([("l".to_owned(), "m".to_owned())])), ..ObjectMeta::default() };
    let labels = labels.into_request_partial::<ConfigMap>();
    let patched = maps.patch_metadata("a", &PatchParams::apply(MANAGER), &Patch::Apply(&labels)).await?;
    assert_eq!(patched.labels()["l"], "m");
    assert_eq!(next(&mut seen).await??.labels()["l"], "m");
    assert_eq!(maps.get_metadata("a").await?.labels()["l"], "m");
    assert_eq!(maps.list_metadata(&ListParams::default().labels("l=m")).await?.items.len(), 1);
    assert_eq!(maps.get("a").await?.data.map(|data| data.len()), Some(1));
    Ok(())
}

#[tokio::test]
async fn a_watch_starts_with_what_is_there_and_says_where_that_ends() -> Result<()> {
    let server = server().await?;
    let maps: Api<ConfigMap> = Api::default_namespaced(server.client());
    maps.create(&PostParams::default(), &config_map("a", &[])).await?;
    let params = WatchParams::default().initial_events().fields("metadata.name=a");
    let mut events = maps.watch(&params, "0").await?.boxed();
    assert!(matches!(next(&mut events).await??, WatchEvent::Added(map) if map.name_any() == "a"));
    let WatchEvent::Bookmark(bookmark) = next(&mut events).await?? else { anyhow::bail!("expected a bookmark") };
    assert_eq!(bookmark.metadata.annotations["k8s.io/initial-events-end"], "true");
    maps.delete("a", &DeleteParams::default()).await?;
    assert!(matches!(next(&mut events).await??, WatchEvent::Deleted(_)));
    Ok(())
}

#[tokio::test]
async fn json_patches_entries_and_collections() -> Result<()> {
    let server = server().await?;
    let maps: Api<ConfigMap> = Api::default_namespaced(server.client());
    let mut entry = maps.entry("a").await?.or_insert(|| config_map("a", &[("k", "v")]));
    entry.commit(&PostParams::default()).await?;
    let operations = serde_json::from_value(json!([
        {"op": "test", "path": "/data/k", "value": "v"},
        {"op": "replace", "path": "/data/k", "value": "w"},
    ]))?;
    let patched = maps.patch("a", &PatchParams::default(), &Patch::Json::<()>(operations)).await?;
    assert_eq!(patched.data.map(|data| data["k"].clone()).as_deref(), Some("w"));
    for name in ["b", "c"] {
        maps.create(&PostParams::default(), &config_map(name, &[])).await?;
    }
    let own = ListParams::default().fields("metadata.name!=kube-root-ca.crt");
    let page = maps.list(&own.clone().limit(2)).await?;
    let rest = own.clone().limit(2).continue_token(&page.metadata.continue_.clone().unwrap_or_default());
    assert_eq!((page.items.len(), maps.list(&rest).await?.items.len()), (2, 1));
    maps.delete_collection(&DeleteParams::default(), &own).await?;
    assert!(maps.list(&own).await?.items.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_deployment_is_applied_scaled_and_gets_a_status() -> Result<()> {
    let server = TestServer::start().await?;
    let deployments: Api<Deployment> = Api::default_namespaced(server.client());
    let deployment: Deployment = serde_json::from_value(json!({
        "metadata": {"name": "web"},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "web", "image": "web:1"}]},
            },
        },
    }))?;
    let applied = deployments.patch("web", &PatchParams::apply(MANAGER), &Patch::Apply(&deployment)).await?;
    assert_eq!(applied.spec.replicas, Some(1));

    let mut scale = deployments.get_scale("web").await?;
    assert_eq!(scale.status.as_ref().and_then(|status| status.selector.as_deref()), Some("app=web"));
    let three = json!({"spec": {"replicas": 3}});
    let replicas = |scale: &Scale| scale.spec.as_ref().and_then(|spec| spec.replicas);
    let patched = deployments.patch_scale("web", &PatchParams::default(), &Patch::Merge(&three)).await?;
    assert_eq!(replicas(&patched), Some(3));
    let outdated = deployments.replace_scale("web", &PostParams::default(), &scale).await.expect_err("a stale scale");
    assert_eq!(refused(&outdated).map(|status| status.code), Some(409));
    scale.metadata.resource_version = None;
    scale.spec = patched.spec.clone();
    assert_eq!(replicas(&deployments.replace_scale("web", &PostParams::default(), &scale).await?), Some(3));

    let ready = json!({"status": {"replicas": 1, "readyReplicas": 1, "observedGeneration": 2}});
    deployments.patch_status("web", &PatchParams::default(), &Patch::Merge(&ready)).await?;
    let found = deployments.get_status("web").await?;
    assert_eq!(found.status.and_then(|status| status.ready_replicas), Some(1));
    let rollout = json!({"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web:2"}]}}}});
    let patched = deployments.patch("web", &PatchParams::default(), &Patch::Strategic(&rollout)).await?;
    let containers = patched.spec.template.spec.map(|pod| pod.containers).unwrap_or_default();
    assert_eq!(containers.iter().map(|container| container.image.as_deref()).collect::<Vec<_>>(), [Some("web:2")]);
    Ok(())
}

#[tokio::test]
async fn a_pod_is_evicted_as_far_as_its_budget_allows() -> Result<()> {
    let server = TestServer::start().await?;
    let pods: Api<Pod> = Api::default_namespaced(server.client());
    let pod = json!({"metadata": {"name": "web", "labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}});
    pods.create(&PostParams::default(), &serde_json::from_value(pod)?).await?;
    let budget = json!({
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "web"},
        "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}},
    });
    server.object(&budget).await?;
    let running = json!({"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}});
    pods.patch_status("web", &PatchParams::default(), &Patch::Merge(&running)).await?;
    let held = pods.evict("web", &EvictParams::default()).await.expect_err("the budget allows no disruption");
    assert_eq!(refused(&held).map(|status| status.code), Some(429));
    let budgets: Api<PodDisruptionBudget> = Api::default_namespaced(server.client());
    budgets.delete("web", &DeleteParams::default()).await?;
    assert!(pods.evict("web", &EvictParams::default()).await?.is_success());
    Ok(())
}
