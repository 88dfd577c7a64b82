//! The Database controller: takes each database from Pending to Ready, and again when its specification changes.

use std::{collections::HashMap, sync::Arc, time::Duration};

use crdgen_runtime::{
    ObjectKey,
    client::Error,
    controller::{Action, Context, Predicate, Reconciler, Retry},
    events::EventType::{Normal, Warning},
    factory::SharedInformerFactory,
};
use tokio::{sync::Mutex, time::Instant};

use crate::api::example_com::v1alpha1::{
    Database, DatabaseController, DatabaseStatus,
    database::{spec::Engine, status::Phase},
};

/// Provisions databases, or acts as if it did: that takes a fixed time, in which no worker waits.
#[derive(Debug)]
pub struct DatabaseReconciler {
    provisioning_time: Duration,
    /// When the databases that are being provisioned will be there, by uid.
    ready_at: Mutex<HashMap<Option<String>, Instant>>,
}

/// The controller on an informer of `factory`. Provisioning takes `time`.
pub fn controller(factory: &SharedInformerFactory, time: Duration) -> DatabaseController<DatabaseReconciler> {
    let reconciler = DatabaseReconciler { provisioning_time: time, ready_at: Mutex::default() };
    DatabaseController::new("database-controller", factory, reconciler)
        .events(Predicate::generation_changed())
        .resync(Duration::from_secs(30))
}

impl Reconciler<Database> for DatabaseReconciler {
    type Error = Error;

    async fn reconcile(&self, database: Arc<Database>, context: &Context<Database>) -> Result<Action, Error> {
        let status = database.status.clone().unwrap_or_default();
        let (metadata, observed_generation) = (&database.metadata, database.metadata.generation);
        if status.observed_generation == observed_generation {
            self.ready_at.lock().await.remove(&metadata.uid);
            return Ok(Action::Done);
        }
        let port = match &database.spec.engine {
            Engine::PostgreSQL => 5432,
            Engine::MySQL => 3306,
            Engine::MongoDB => 27017,
            Engine::Unrecognized(engine) => return refuse(&database, engine, context).await,
        };
        if status.phase != Some(Phase::Provisioning) {
            let pending = DatabaseStatus { phase: Some(Phase::Pending), ..status };
            let provisioning = DatabaseStatus { phase: Some(Phase::Provisioning), ..pending.clone() };
            let written = set_status(&database, context, pending).await?;
            set_status(&written, context, provisioning).await?;
            context.publish(&database, Normal, "Provisioning", "Provision", "The database is being provisioned");
        }
        let now = Instant::now();
        let ready_at = *self.ready_at.lock().await.entry(metadata.uid.clone()).or_insert(now + self.provisioning_time);
        if now < ready_at {
            return Ok(Action::RequeueAfter(ready_at - now));
        }
        let (name, namespace) = (metadata.name.as_deref(), metadata.namespace.as_deref());
        let host = format!("{}-{}.example.com", name.unwrap_or_default(), namespace.unwrap_or_default());
        let connection_string = Some(format!("{host}:{port}"));
        let ready = DatabaseStatus { phase: Some(Phase::Ready), connection_string, observed_generation };
        set_status(&database, context, ready).await?;
        self.ready_at.lock().await.remove(&metadata.uid);
        context.publish(&database, Normal, "Ready", "Provision", "The database accepts connections");
        Ok(Action::Done)
    }

    async fn deleted(&self, _: &ObjectKey, last: Arc<Database>, context: &Context<Database>) -> Result<(), Error> {
        self.ready_at.lock().await.remove(&last.metadata.uid);
        context.publish(&last, Normal, "Removed", "Remove", "The database is removed");
        Ok(())
    }

    /// A database that was deleted while it was reconciled comes back by [`Reconciler::deleted`].
    fn retry(&self, error: &Error) -> Option<Retry> {
        error.is_not_found().then_some(Retry::Quietly)
    }
}

/// Only a new specification can help: the database is not tried again until there is one.
async fn refuse(database: &Database, engine: &str, context: &Context<Database>) -> Result<Action, Error> {
    let observed_generation = database.metadata.generation;
    let failed = DatabaseStatus { phase: Some(Phase::Failed), connection_string: None, observed_generation };
    set_status(database, context, failed).await?;
    tracing::warn!(name = database.metadata.name, engine, "unsupported engine");
    context.publish(database, Warning, "UnsupportedEngine", "Provision", &format!("No database runs on {engine}"));
    Ok(Action::Done)
}

/// Writes the status, again if the object was changed meanwhile.
async fn set_status(old: &Database, context: &Context<Database>, status: DatabaseStatus) -> Result<Database, Error> {
    context.client().modify_status(old, |database| database.status = Some(status.clone())).await
}
