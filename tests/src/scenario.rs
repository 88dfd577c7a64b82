//! What the Database controller must do on any API server: the embedded one and the real one.
//!
//! Each scenario has a namespace of its own, so they do not see each other.

use std::{sync::atomic::Ordering, time::Duration};

use anyhow::{Context as _, Result, ensure};
use crdgen_generated::api::example_com::v1alpha1::{
    Database,
    database::{
        spec::{BackupPolicy, Engine, PasswordSecretRef},
        status::Phase,
    },
};
use crdgen_runtime::{
    CustomResource as _,
    client::{Client, DeleteOptions, Patch},
    controller::Outcome,
    owner::controller_reference,
};
use k8s_openapi::{
    api::{
        apps::v1::StatefulSet,
        batch::v1::CronJob,
        core::v1::{PersistentVolumeClaim, Secret, Service},
        storage::v1::StorageClass,
    },
    apiextensions_apiserver::pkg::apis::apiextensions::v1::{CustomResourceDefinition, JSON},
};
use serde_json::json;
use tokio::time::{sleep, timeout};

use crate::{
    harness::{Harness, PATIENCE, spec},
    interference::{conflicts, held},
};

const SHORT: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_hours(1);

/// All of them, one after the other.
///
/// # Errors
/// The first one that ends differently.
pub async fn all(connection: &kube::Client) -> Result<()> {
    life_of_a_database(connection).await.context("the life of a database")?;
    conflicting_writes(connection).await.context("conflicting writes")?;
    deletion_during_provisioning(connection).await.context("deletion during provisioning")?;
    two_hundred_databases(connection).await.context("two hundred databases")?;
    shutdown_in_the_middle(connection).await.context("a shutdown in the middle")?;
    unsupported_engine(connection).await.context("an unsupported engine")?;
    Box::pin(parts_of_a_database(connection, connection)).await.context("the parts of a database")
}

/// Created, provisioned, updated, deleted; each engine on its own port; every step told in an event.
///
/// # Errors
/// It ends differently.
pub async fn life_of_a_database(connection: &kube::Client) -> Result<()> {
    let harness = Harness::start(connection.clone(), "life", SHORT).await?;
    for (name, engine, port) in
        [("pg", Engine::PostgreSQL, 5432), ("my", Engine::MySQL, 3306), ("mongo", Engine::MongoDB, 27017)]
    {
        harness.create(name, engine).await?;
        let status = harness.until_phase(name, Phase::Ready).await?.status.clone().unwrap_or_default();
        ensure!(status.connection_string == Some(format!("{name}.life.svc:{port}")), "{status:?}");
        ensure!(status.observed_generation == Some(1), "{status:?}");
        harness.until_events(name, &["Accepted", "Provisioning", "Ready"]).await?;
        let phases = harness.phases(name);
        ensure!(phases == [Phase::Pending, Phase::Provisioning, Phase::Ready], "{phases:?}");
    }
    let turns = harness.log.turns()["pg"].outcomes.len();
    let ready = harness.databases.get(&harness.key("pg")).await?;
    let labels = Some([("team".to_owned(), "shop".to_owned())].into());
    let labelled = harness.databases.modify(&ready, |database| database.metadata.labels = labels.clone()).await?;
    harness.until("pg", |database| database.is_some_and(|it| it.metadata.labels == labelled.metadata.labels)).await?;
    // The queue keeps the order, so a turn for the label would have come before that of another database.
    harness.create("late", Engine::MySQL).await?;
    harness.until_phase("late", Phase::Ready).await?;
    ensure!(harness.log.turns()["pg"].outcomes.len() == turns, "a label changes no generation");

    harness.databases.modify(&labelled, |database| database.spec.version = "17.0".to_owned()).await?;
    harness.until("pg", |database| database.is_some_and(|it| it.metadata.generation == Some(2))).await?;
    let status = harness.until_phase("pg", Phase::Ready).await?.status.clone().unwrap_or_default();
    ensure!(status.observed_generation == Some(2), "{status:?}");

    harness.databases.delete(&harness.key("pg"), &DeleteOptions::default()).await?;
    harness.until("pg", |database| database.is_none()).await?;
    harness.until_events("pg", &["Accepted", "Provisioning", "Ready", "Removed"]).await?;
    harness.stop().await?;
    Ok(())
}

/// Somebody else writes just before the controller does, again and again: as each applies what is its own, both have their
/// way, and no turn fails.
///
/// # Errors
/// It ends differently.
pub async fn conflicting_writes(connection: &kube::Client) -> Result<()> {
    let (contested, left) = conflicts(connection, 3);
    let harness = Harness::start(contested, "conflict", SHORT).await?;
    harness.create("orders", Engine::PostgreSQL).await?;
    let ready = harness.until_phase("orders", Phase::Ready).await?;
    ensure!(left.load(Ordering::SeqCst) == 0, "some races were not run");
    ensure!(ready.metadata.labels == Some([("race".to_owned(), "0".to_owned())].into()), "{:?}", ready.metadata);
    let log = harness.stop().await?;
    let turns = &log.turns()["orders"];
    ensure!(turns.outcomes.iter().all(|outcome| *outcome == Outcome::Done), "{turns:?}");
    Ok(())
}

/// A database that is deleted while it is provisioned is forgotten; one of the same name starts anew.
///
/// # Errors
/// It ends differently.
pub async fn deletion_during_provisioning(connection: &kube::Client) -> Result<()> {
    let harness = Harness::start(connection.clone(), "deletion", LONG).await?;
    harness.create("orders", Engine::PostgreSQL).await?;
    let first = harness.until_phase("orders", Phase::Provisioning).await?;
    harness.databases.delete(&harness.key("orders"), &DeleteOptions::default()).await?;
    harness.until("orders", |database| database.is_none()).await?;
    harness.create("orders", Engine::MySQL).await?;
    let second = harness.until_phase("orders", Phase::Provisioning).await?;
    ensure!(first.metadata.uid != second.metadata.uid, "it is the same object");
    harness.until_events("orders", &["Accepted", "Accepted", "Provisioning", "Provisioning", "Removed"]).await?;
    let log = harness.stop().await?;
    let turns = &log.turns()["orders"];
    ensure!(turns.most == 1, "two workers were on it at once");
    Ok(())
}

/// Many objects and two workers: each gets ready, none is with both at once, not even one that changes meanwhile.
///
/// # Errors
/// It ends differently.
pub async fn two_hundred_databases(connection: &kube::Client) -> Result<()> {
    let (slow, release) = held(connection);
    let harness = Harness::start(slow, "many", SHORT).await?;
    let names: Vec<String> = (0..200).map(|number| format!("database-{number:03}")).collect();
    let first = harness.create(&names[0], Engine::PostgreSQL).await?;
    harness.until_started(&names[0]).await?;
    harness.databases.modify(&first, |database| database.spec.version = "17.0".to_owned()).await?;
    harness.until(&names[0], |database| database.is_some_and(|it| it.metadata.generation == Some(2))).await?;
    for name in &names[1..] {
        harness.create(name, Engine::PostgreSQL).await?;
    }
    harness.until_started(&names[1]).await.context("the second worker should have left the first database alone")?;
    drop(release);
    for name in &names {
        harness.until_phase(name, Phase::Ready).await?;
    }
    let log = harness.stop().await?;
    let turns = log.turns();
    ensure!(turns.len() == names.len(), "{} keys were worked on", turns.len());
    for (name, turns) in turns {
        ensure!(turns.most == 1 && turns.running == 0, "{name}: {turns:?}");
        ensure!(turns.outcomes.last() == Some(&Outcome::Done), "{name}: {turns:?}");
    }
    Ok(())
}

/// A controller that is asked to stop finishes what is queued, and leaves the rest to its successor.
///
/// # Errors
/// It ends differently.
pub async fn shutdown_in_the_middle(connection: &kube::Client) -> Result<()> {
    let (slow, release) = held(connection);
    let harness = Harness::start(slow, "shutdown", SHORT).await?;
    let names: Vec<String> = (0..50).map(|number| format!("database-{number:02}")).collect();
    for name in &names {
        harness.create(name, Engine::MongoDB).await?;
    }
    harness.until_queued(names.len() - 2).await?;
    let log = harness.stop_and(|| drop(release)).await?;
    let turns = log.turns();
    ensure!(turns.keys().eq(&names), "not all that was queued was worked off: {turns:?}");
    for (name, turns) in turns {
        ensure!(turns.running == 0 && turns.outcomes == [Outcome::Done], "{name}: {turns:?}");
    }
    let successor = Harness::start(connection.clone(), "shutdown", SHORT).await?;
    for name in &names {
        successor.until_phase(name, Phase::Ready).await?;
    }
    successor.stop().await?;
    Ok(())
}

/// An engine that a newer CRD allows and this controller does not know: phase Failed, a warning, and no hot loop.
///
/// # Errors
/// It ends differently.
pub async fn unsupported_engine(connection: &kube::Client) -> Result<()> {
    let harness = Harness::start(connection.clone(), "unsupported", SHORT).await?;
    let refused = harness.create("oracle", Engine::from("Oracle")).await;
    ensure!(refused.is_err_and(|error| error.status().is_some_and(|status| status.code == 422)));
    allow_oracle(connection).await?;
    harness.create_when_allowed("oracle", Engine::from("Oracle")).await?;
    harness.until_phase("oracle", Phase::Failed).await?;
    harness.until_events("oracle", &["Accepted", "UnsupportedEngine"]).await?;

    let failed = harness.databases.get(&harness.key("oracle")).await?;
    harness.databases.modify(&failed, |database| database.spec = spec(Engine::MySQL)).await?;
    harness.until_phase("oracle", Phase::Ready).await?;
    let log = harness.stop().await?;
    let turns = &log.turns()["oracle"];
    ensure!(turns.outcomes.len() < 20, "a hot loop: {turns:?}");
    Ok(())
}

/// What a database consists of: a password that is made once, or one that somebody else brings, an address, a server, a
/// volume that grows, backups while they are wished for. All of it comes back when it is removed or changed. The controller
/// has the connection `its`.
///
/// # Errors
/// It ends differently.
pub async fn parts_of_a_database(connection: &kube::Client, its: &kube::Client) -> Result<()> {
    let harness = Harness::start_as(connection, its.clone(), "parts", SHORT).await?;
    storage_that_grows(connection).await?;
    let parts = Parts::of(connection, "parts");
    let mut wanted = Database::new("orders", spec(Engine::PostgreSQL));
    wanted.spec.backup_policy = Some(BackupPolicy::new(true));
    let orders = harness.databases.create(&wanted).await?;
    harness.until_phase("orders", Phase::Ready).await?;
    let password = parts.secrets.get("orders-owner").await?.data.context("the secret is empty")?;
    ensure!(password["password"].0.len() == 24, "a password of {} characters", password["password"].0.len());
    let set = parts.sets.get("orders").await?;
    ensure!(set.metadata.owner_references == Some(vec![controller_reference(&orders).context("no reference")?]));
    let container = set.spec.template.spec.context("no template")?.containers.remove(0);
    ensure!(container.image.as_deref() == Some("postgres:16.2"), "{container:?}");
    ensure!(
        parts.services.get("orders").await?.spec.and_then(|spec| spec.ports).is_some_and(|ports| ports[0].port == 5432)
    );
    ensure!(parts.jobs.get("orders").await?.spec.schedule == "0 3 * * *");

    parts.services.delete("orders", &DeleteOptions::default()).await?;
    let wrong = json!({ "spec": { "replicas": 3 } });
    parts.sets.patch("orders", &Patch::Merge(wrong)).await?;
    eventually("the parts are mended", async || {
        let set = parts.sets.get("orders").await?;
        Ok(parts.services.get_opt("orders").await?.is_some() && set.spec.replicas == Some(1))
    })
    .await?;

    parts.bind("orders").await?;
    let orders = harness.until_phase("orders", Phase::Ready).await?;
    let change = |database: &mut Database| {
        database.spec.storage_size = "20Gi".to_owned();
        database.spec.backup_policy = Some(BackupPolicy::new(false));
    };
    harness.databases.modify(&orders, change).await?;
    eventually("the volume grows, and there are no more backups", async || {
        let claim = parts.claims.get("orders").await?.spec.and_then(|spec| spec.resources?.requests);
        let size = claim.and_then(|requests| requests.get("storage").map(|size| size.0.clone()));
        Ok(size.as_deref() == Some("20Gi") && parts.jobs.get_opt("orders").await?.is_none())
    })
    .await?;
    ensure!(parts.secrets.get("orders-owner").await?.data.as_ref() == Some(&password), "there is another password");

    let mut wanted = Database::new("sessions", spec(Engine::MongoDB));
    wanted.spec.password_secret_ref = Some(PasswordSecretRef::new("shared", "mongo"));
    harness.databases.create(&wanted).await?;
    harness.until_phase("sessions", Phase::Pending).await?;
    let shared = json!({ "metadata": { "name": "shared" }, "stringData": { "mongo": "secret" } });
    parts.secrets.create(&serde_json::from_value(shared)?).await?;
    harness.until_phase("sessions", Phase::Ready).await?;
    ensure!(parts.secrets.get_opt("sessions-owner").await?.is_none(), "it has a password of its own");

    harness.databases.delete(&harness.key("orders"), &DeleteOptions::default()).await?;
    harness.until("orders", |database| database.is_none()).await?;
    let claim = parts.claims.get_opt("orders").await?;
    ensure!(claim.is_none_or(|claim| claim.metadata.deletion_timestamp.is_some()), "the data is still there");
    harness.stop().await?;
    Ok(())
}

/// Clients for the parts of databases.
struct Parts {
    secrets: Client<Secret>,
    services: Client<Service>,
    sets: Client<StatefulSet>,
    jobs: Client<CronJob>,
    claims: Client<PersistentVolumeClaim>,
}

impl Parts {
    fn of(connection: &kube::Client, namespace: &str) -> Self {
        Self {
            secrets: Client::new(connection.clone()).namespaced(namespace),
            services: Client::new(connection.clone()).namespaced(namespace),
            sets: Client::new(connection.clone()).namespaced(namespace),
            jobs: Client::new(connection.clone()).namespaced(namespace),
            claims: Client::new(connection.clone()).namespaced(namespace),
        }
    }

    /// Does what the controller of volumes does when there is a volume for a claim.
    async fn bind(&self, name: &str) -> Result<()> {
        self.claims.patch(name, &Patch::Merge(json!({ "spec": { "volumeName": "volume" } }))).await?;
        let bound = json!({ "status": { "phase": "Bound", "capacity": { "storage": "10Gi" } } });
        self.claims.patch_status(name, &Patch::Merge(bound)).await?;
        Ok(())
    }
}

/// Claims without a class get one whose volumes can grow.
async fn storage_that_grows(connection: &kube::Client) -> Result<()> {
    let class = json!({
        "metadata": { "name": "growing", "annotations": { "storageclass.kubernetes.io/is-default-class": "true" } },
        "provisioner": "example.com/volumes", "allowVolumeExpansion": true,
    });
    Client::<StorageClass>::new(connection.clone()).create(&serde_json::from_value(class)?).await?;
    Ok(())
}

/// Asks until it is so.
async fn eventually(what: &str, is_so: impl AsyncFn() -> Result<bool>) -> Result<()> {
    let waiting = async {
        while !is_so().await? {
            sleep(SHORT / 10).await;
        }
        Ok(())
    };
    timeout(PATIENCE, waiting).await.with_context(|| format!("not in time: {what}"))?
}

/// The CRD of tomorrow.
async fn allow_oracle(connection: &kube::Client) -> Result<()> {
    let definitions: Client<CustomResourceDefinition> = Client::new(connection.clone());
    let there = definitions.get(Database::CRD_NAME).await?;
    definitions
        .modify(&there, |definition| {
            let schema =
                definition.spec.versions[0].schema.as_mut().and_then(|schema| schema.open_api_v3_schema.as_mut());
            let spec = schema.and_then(|schema| schema.properties.as_mut()?.get_mut("spec"));
            let engine = spec.and_then(|spec| spec.properties.as_mut()?.get_mut("engine"));
            if let Some(values) = engine.and_then(|engine| engine.enum_.as_mut()) {
                values.push(JSON(json!("Oracle")));
            }
        })
        .await?;
    Ok(())
}
