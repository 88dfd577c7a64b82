//! The reconciler of the worlds: one child, a `ConfigMap`, for each database, created once and kept in line with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use crdgen_generated::api::example_com::v1alpha1::{Database, DatabaseStatus, database::status::Phase};
use crdgen_runtime::{
    ObjectKey,
    client::{Cached, DeleteOptions, Error, ListOptions},
    controller::{Action, Context, Reconciler, Retry},
    finalizer::{self, Step},
    lister::Lister,
    owner,
};
use k8s_openapi::api::core::v1::ConfigMap;
use tokio::time::Instant;

use super::{
    Bug, Check, Journal,
    attempts::{Attempts, OWNER},
    proxy::lock,
};

/// The label of databases that have a finalizer.
pub(super) const KEPT: &str = "faults.example.com/kept";
/// The label that users change, which changes no generation.
pub(super) const TOUCHED: &str = "touched";
const FINALIZER: &str = "faults.example.com/children";
/// How long a key waits for its own writes to appear in the cache: `PATIENCE` of the runtime's `controller::turns`.
const PATIENCE: Duration = Duration::from_secs(10);

/// The reconciler.
pub(super) struct Work(pub(super) Arc<Witness>);

/// Notes and checks what the reconciler is called with.
pub(super) struct Witness {
    pub(super) journal: Arc<Journal>,
    pub(super) attempts: Arc<Attempts>,
    pub(super) children: Lister<ConfigMap>,
    pub(super) bug: Option<Bug>,
    seen: Mutex<Seen>,
}

/// What a controller has reconciled in its life.
#[derive(Debug, Default)]
struct Seen {
    running: BTreeSet<ObjectKey>,
    /// The last state that was reconciled of each object, by UID.
    done: BTreeMap<String, Done>,
    deleted: BTreeSet<String>,
    /// When the turn ended that created a child, by the owner's UID; none while it runs.
    created: BTreeMap<String, Option<Instant>>,
}

/// A state that was reconciled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) key: ObjectKey,
    pub(super) state: State,
}

/// What users change of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) generation: Option<i64>,
    pub(super) touched: Option<String>,
}

/// A key that is being reconciled.
struct Turn<'w> {
    witness: &'w Witness,
    key: ObjectKey,
    uid: String,
}

impl State {
    pub(super) fn of(database: &Database) -> Self {
        let labels = database.metadata.labels.as_ref();
        let touched = labels.and_then(|labels| labels.get(TOUCHED).cloned());
        Self { generation: database.metadata.generation, touched }
    }
}

impl Witness {
    /// The witness of a controller that has done nothing yet.
    pub(super) fn new(
        journal: Arc<Journal>,
        attempts: Arc<Attempts>,
        children: Lister<ConfigMap>,
        bug: Option<Bug>,
    ) -> Self {
        Self { journal, attempts, children, bug, seen: Mutex::default() }
    }

    /// The last state that was reconciled of each object, by UID.
    pub(super) fn done(&self) -> BTreeMap<String, Done> {
        lock(&self.seen).done.clone()
    }

    /// The UIDs of the objects that were cleaned up after.
    pub(super) fn deleted(&self) -> BTreeSet<String> {
        lock(&self.seen).deleted.clone()
    }

    /// Begins a turn. Only one runs for a key.
    fn begin(&self, key: ObjectKey, uid: &str) -> Turn<'_> {
        if !lock(&self.seen).running.insert(key.clone()) {
            self.journal.find(Check::OneWorker, key.name(), "two workers are on it");
        }
        Turn { witness: self, key, uid: uid.to_owned() }
    }

    /// The objects of this name that were there before are cleaned up after.
    fn check_predecessors(&self, key: &ObjectKey, uid: &str) {
        let seen = lock(&self.seen);
        let missing =
            seen.done.iter().find(|(other, done)| done.key == *key && *other != uid && !seen.deleted.contains(*other));
        let missing = missing.map(|(other, _)| other.clone());
        drop(seen);
        if let Some(missing) = missing {
            let text = format!("{uid} is reconciled before {missing}, which had its name, was cleaned up after");
            self.journal.find(Check::CleanUp, key.name(), text);
        }
    }

    fn child_of(&self, uid: &str) -> Option<Cached<ConfigMap>> {
        let is_child =
            |child: &Cached<ConfigMap>| child.with_labels(|labels| labels.get(OWNER).is_some_and(|owner| owner == uid));
        self.children.list().into_iter().find(is_child)
    }

    /// Creates a child, which may happen once only.
    async fn create(&self, database: &Database, context: &Context<Database>, uid: &str) -> Result<(), Error> {
        // The cache may be far behind: children of an owner that is gone would be deleted and created again and again.
        let key = ObjectKey::of(database).unwrap_or_else(|| ObjectKey::new(None, ""));
        if uid_of(&context.client().get(&key).await?) != uid {
            return Ok(());
        }
        self.check_first(database, uid);
        let mut child = ConfigMap::default();
        child.metadata.generate_name = database.metadata.name.as_ref().map(|name| format!("{name}-"));
        child.metadata.namespace.clone_from(&database.metadata.namespace);
        child.metadata.labels = Some([(OWNER.to_owned(), uid.to_owned())].into());
        child.metadata.owner_references = owner::controller_reference(database).map(|reference| vec![reference]);
        child.data = Some(data_of(database));
        let attempt = self.attempts.begin(uid);
        let created = context.client_of::<ConfigMap>().create(&child).await;
        let name = database.metadata.name.as_deref().unwrap_or_default();
        match created {
            Ok(child) => {
                attempt.succeeded();
                lock(&self.seen).created.insert(uid.to_owned(), None);
                let version = child.metadata.resource_version.unwrap_or_default();
                let created = child.metadata.name.unwrap_or_default();
                self.journal.note(name, format!("reconciler: created {created} at {version}"));
                Ok(())
            }
            Err(error) => {
                self.journal.note(name, format!("reconciler: creation failed: {error}"));
                Err(error)
            }
        }
    }

    /// Whether the controller cannot know that there is a child.
    fn check_first(&self, database: &Database, uid: &str) {
        let outcomes = self.attempts.of(uid);
        let Some(ended) = lock(&self.seen).created.get(uid).copied() else { return };
        if ended.is_some_and(|ended| ended.elapsed() >= PATIENCE) {
            return self.attempts.excuse(uid);
        }
        if outcomes.deleted > 0 || outcomes.is_going {
            return;
        }
        let text = format!("a second child of {uid} is created, although the first one is known: {outcomes:?}");
        self.journal.find(Check::Once, database.metadata.name.as_deref().unwrap_or_default(), text);
    }

    async fn work(&self, database: &Database, context: &Context<Database>, uid: &str) -> Result<(), Error> {
        let children = context.client_of::<ConfigMap>();
        match self.child_of(uid) {
            Some(child) if self.bug != Some(Bug::CreatedTwice) => {
                children.modify(&child, |child| child.data = Some(data_of(database))).await?;
            }
            _ => self.create(database, context, uid).await?,
        }
        let (generation, phase) = (database.metadata.generation, Some(Phase::Ready));
        let status = DatabaseStatus { observed_generation: generation, phase, ..DatabaseStatus::default() };
        context.client().modify_status(database, |database| database.status = Some(status.clone())).await?;
        Ok(())
    }

    async fn delete_children(&self, namespace: &str, uid: &str, context: &Context<Database>) -> Result<(), Error> {
        let label_selector = Some(format!("{OWNER}={uid}"));
        let selected = ListOptions { label_selector, ..ListOptions::default() };
        let children = context.client_of::<ConfigMap>().namespaced(namespace);
        children.delete_collection(&selected, &DeleteOptions::default()).await
    }

    async fn turn(&self, database: &Database, context: &Context<Database>) -> Result<(), Error> {
        let (uid, key) = (uid_of(database), ObjectKey::of(database).unwrap_or_else(|| ObjectKey::new(None, "")));
        self.check_predecessors(&key, &uid);
        let turn = self.begin(key.clone(), &uid);
        let state = State::of(database);
        self.journal.note(key.name(), format!("reconciler: {uid} in {state:?}"));
        while self.bug == Some(Bug::GoesRound) && !self.journal.has_found() {
            tokio::task::yield_now().await;
        }
        let forgets = self.bug == Some(Bug::ForgottenGeneration) && state.generation > Some(1);
        let is_kept = database.metadata.labels.as_ref().is_some_and(|labels| labels.contains_key(KEPT));
        // As a reconciler is meant to do it: what the object waits for comes last.
        let step =
            if is_kept { finalizer::ensure(context.client(), database, FINALIZER).await? } else { Step::Reconcile };
        match step {
            Step::Reconcile if !forgets => self.work(database, context, &uid).await?,
            Step::CleanUp => {
                self.delete_children(key.namespace().unwrap_or_default(), &uid, context).await?;
                finalizer::remove(context.client(), database, FINALIZER).await?;
            }
            Step::Reconcile | Step::Gone => {}
        }
        let state = if forgets { State { generation: Some(1), ..state } } else { state };
        lock(&self.seen).done.insert(uid, Done { key, state });
        drop(turn);
        Ok(())
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut seen = lock(&self.witness.seen);
        seen.running.remove(&self.key);
        if let Some(ended @ None) = seen.created.get_mut(&self.uid) {
            *ended = Some(Instant::now());
        }
    }
}

impl Reconciler<Database> for Work {
    type Error = Error;

    async fn reconcile(&self, database: Arc<Database>, context: &Context<Database>) -> Result<Action, Error> {
        let Self(witness) = self;
        if witness.bug == Some(Bug::TwoWorkers) {
            let (first, second) = tokio::join!(witness.turn(&database, context), witness.turn(&database, context));
            first.and(second)?;
        } else {
            witness.turn(&database, context).await?;
        }
        Ok(Action::Done)
    }

    async fn deleted(&self, key: &ObjectKey, last: Arc<Database>, context: &Context<Database>) -> Result<(), Error> {
        let (uid, Self(witness)) = (uid_of(&last), self);
        let _turn = witness.begin(key.clone(), &uid);
        witness.journal.note(key.name(), format!("reconciler: {uid} is deleted"));
        if witness.bug == Some(Bug::ForgottenDeletion) {
            return Ok(());
        }
        witness.delete_children(key.namespace().unwrap_or_default(), &uid, context).await?;
        lock(&witness.seen).deleted.insert(uid);
        Ok(())
    }

    fn retry(&self, error: &Error) -> Option<Retry> {
        error.is_not_found().then_some(Retry::Quietly)
    }
}

/// What a child of this database says.
pub(super) fn data_of(database: &Database) -> BTreeMap<String, String> {
    let State { generation, touched } = State::of(database);
    let generation = generation.unwrap_or_default().to_string();
    [("generation".to_owned(), generation), ("touched".to_owned(), touched.unwrap_or_default())].into()
}

pub(super) fn uid_of(database: &Database) -> String {
    database.metadata.uid.clone().unwrap_or_default()
}
