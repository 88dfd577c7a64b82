//! The Database controller: makes of each database a server with a volume, a password and backups, and reports how it is
//! doing. A database that is deleted takes its data along.

mod parts;

use std::sync::Arc;

use crdgen_runtime::{
    ObjectKey,
    client::{Conflicts, DeleteOptions, Error},
    condition::{self, Condition as _},
    controller::{Action, Context, Predicate, Reconciler},
    events::EventType::{Normal, Warning},
    factory::SharedInformerFactory,
    lister::Lister,
    store::IndexError,
};
use k8s_openapi::api::{
    apps::v1::StatefulSet,
    batch::v1::CronJob,
    core::v1::{PersistentVolumeClaim, Secret, Service},
};
use rand::distr::{Alphanumeric, SampleString as _};

use crate::api::example_com::v1alpha1::{
    Database, DatabaseController,
    database::status::{Condition, Phase},
};

/// The name of the controller, and of its lease.
pub const NAME: &str = "database-controller";

/// Keeps databases as they are wished for.
#[derive(Debug)]
pub struct DatabaseReconciler {
    secrets: Lister<Secret>,
    backups: Lister<CronJob>,
}

/// The controller, on informers of `factory`.
pub fn controller(factory: &SharedInformerFactory) -> Result<DatabaseController<DatabaseReconciler>, IndexError> {
    let (secrets, backups) = (factory.informer().lister(), factory.informer().lister());
    let by_secret = factory.informer().add_index("secret", |database: &Database| {
        [ObjectKey::new(database.metadata.namespace.as_deref(), &parts::password_of(database).name)]
    })?;
    let controller = DatabaseController::new(NAME, factory, DatabaseReconciler { secrets, backups })
        .events(Predicate::generation_changed())
        .finalizer("databases.example.com/data")
        .owns::<Service>()
        .owns::<StatefulSet>()
        .owns::<CronJob>()
        .watches(|volume: &PersistentVolumeClaim| ObjectKey::of(volume))
        .watches(move |secret: &Secret| ObjectKey::of(secret).map(|key| by_secret.keys(&key)).unwrap_or_default());
    Ok(controller)
}

impl Reconciler<Database> for DatabaseReconciler {
    type Error = Error;

    async fn reconcile(&self, database: Arc<Database>, context: &Context<Database>) -> Result<Action, Error> {
        if database.status.is_none() {
            report(&database, context, (Phase::Pending, "Accepted", "It is about to be made".to_owned())).await?;
        }
        let state = match self.provide(&database, context).await {
            Err(error) if error.is_invalid() => (Phase::Failed, "Refused", error.to_string()),
            provided => provided?,
        };
        report(&database, context, state).await.map(|()| Action::Done)
    }

    async fn deleted(&self, key: &ObjectKey, last: Arc<Database>, context: &Context<Database>) -> Result<(), Error> {
        context.client_of::<PersistentVolumeClaim>().delete_opt(key, &DeleteOptions::default()).await?;
        context.publish(&last, Normal, "Removed", "Remove", "The data is deleted");
        Ok(())
    }
}

/// The phase of a database, why it is in it in one word, and for people.
type State = (Phase, &'static str, String);

impl DatabaseReconciler {
    /// Applies all parts of a database, and says how far it is.
    async fn provide(&self, database: &Database, context: &Context<Database>) -> Result<State, Error> {
        let (spec, (namespace, name)) = (&database.spec, parts::key(database));
        let Some(engine) = parts::engine(&spec.engine) else {
            return Ok((Phase::Failed, "UnsupportedEngine", format!("No database runs on {}", spec.engine)));
        };
        let password = parts::password_of(database);
        let secret = self.secrets.get((namespace, password.name.as_str()));
        if !secret.is_some_and(|secret| secret.data.iter().flatten().any(|(key, _)| *key == password.key)) {
            if spec.password_secret_ref.is_some() {
                let missing = format!("The secret {} has no key {}", password.name, password.key);
                return Ok((Phase::Pending, "PasswordMissing", missing));
            }
            let password = Alphanumeric.sample_string(&mut rand::rng(), 24);
            context.apply_owned::<Secret>(database, &parts::secret(database, password)).await?;
        }
        // Growing is up to the storage, and no volume shrinks.
        match context.client_of::<PersistentVolumeClaim>().apply(&parts::volume(database), Conflicts::Take).await {
            Err(error) if error.is_invalid() || error.is_forbidden() => {
                context.publish(database, Warning, "VolumeNotResized", "Resize", &error.to_string());
            }
            applied => drop(applied?),
        }
        context.apply_owned::<Service>(database, &parts::service(database, &engine)).await?;
        let set: StatefulSet = context.apply_owned(database, &parts::stateful_set(database, &engine)).await?;
        if let Some(policy) = spec.backup_policy.as_ref().filter(|policy| policy.enabled) {
            context.apply_owned::<CronJob>(database, &parts::backup(database, &engine, policy)).await?;
        } else if self.backups.get((namespace, name)).is_some() {
            context.client_of::<CronJob>().delete((namespace, name), &DeleteOptions::default()).await?;
        }
        let of_set = set.status.unwrap_or_default();
        let is_current = of_set.observed_generation >= set.metadata.generation;
        if is_current && of_set.current_revision == of_set.update_revision && of_set.ready_replicas == Some(1) {
            return Ok((Phase::Ready, "Ready", "The database accepts connections".to_owned()));
        }
        Ok((Phase::Provisioning, "Provisioning", "The server starts".to_owned()))
    }
}

/// Writes the status, and tells of it if the phase is another one.
async fn report(database: &Database, context: &Context<Database>, state: State) -> Result<(), Error> {
    let (generation, (phase, reason, message)) = (database.metadata.generation, state);
    let mut status = database.status.clone().unwrap_or_default();
    let ready: Condition = condition::Condition::new("Ready");
    let ready = ready.with_status(if phase == Phase::Ready { "True" } else { "False" });
    let ready = ready.with_reason(reason).with_message(&message);
    let conditions = status.conditions.get_or_insert_default();
    condition::set(conditions, ready.with_observed_generation(generation.unwrap_or_default()));
    status.connection_string = parts::address(database).filter(|_| phase == Phase::Ready);
    status.observed_generation = generation;
    let was = status.phase.replace(phase.clone());
    if context.apply_status(database, &status).await? && status.phase != was {
        let kind = if phase == Phase::Failed { Warning } else { Normal };
        context.publish(database, kind, reason, "Provide", &message);
    }
    Ok(())
}
