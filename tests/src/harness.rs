//! A running Database controller, and what a test sees of it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use crdgen_generated::{
    api::{
        clientset::{Clientset, Informers},
        example_com::v1alpha1::{
            Database, DatabaseClient, DatabaseLister, DatabaseSpec,
            database::{spec::Engine, status::Phase},
        },
    },
    controller::controller,
};
use crdgen_runtime::{
    ObjectKey,
    client::{self, Client, ListOptions},
    controller::{self as runtime, Observer, Outcome},
    factory::SharedInformerFactory,
    informer::{Cached, EventHandler, HandlerOptions},
    queue::WorkQueue,
    shutdown::Shutdown,
    store::Deleted,
};
use k8s_openapi::api::{core::v1::Namespace, events::v1::Event};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::workloads::Workloads;

/// A test fails rather than hangs.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);

/// A Database controller with two workers on one namespace.
pub struct Harness {
    /// A client for the namespace.
    pub databases: DatabaseClient,
    /// The controller's cache.
    pub lister: DatabaseLister,
    /// What its workers did.
    pub log: Arc<Log>,
    namespace: String,
    factory: SharedInformerFactory,
    shutdown: Shutdown,
    running: JoinHandle<Result<(), runtime::Error>>,
    changes: watch::Receiver<u64>,
    phases: Arc<Mutex<BTreeMap<String, Vec<Phase>>>>,
    queue: WorkQueue<ObjectKey>,
    _workloads: Workloads,
}

/// What workers did, by key.
#[derive(Debug, Default)]
pub struct Log(Mutex<BTreeMap<String, Turns>>);

/// The turns of one key.
#[derive(Clone, Debug, Default)]
pub struct Turns {
    /// Workers on it right now.
    pub running: usize,
    /// The most workers that were on it at once.
    pub most: usize,
    /// How its turns ended.
    pub outcomes: Vec<Outcome>,
}

/// Counts what the informer tells of, for those who wait for the cache to change, and keeps the phases.
#[derive(Debug)]
struct Changes {
    count: watch::Sender<u64>,
    phases: Arc<Mutex<BTreeMap<String, Vec<Phase>>>>,
}

impl Harness {
    /// Makes the namespace and installs the CRD where they are missing, and starts a controller on `connection`. Its
    /// stateful sets take `provisioning_time` to get ready.
    ///
    /// # Errors
    /// The API server refuses something.
    pub async fn start(connection: kube::Client, namespace: &str, provisioning_time: Duration) -> Result<Self> {
        Self::start_as(&connection.clone(), connection, namespace, provisioning_time).await
    }

    /// Like [`start`](Self::start), with a connection of its own for the controller.
    ///
    /// # Errors
    /// The API server refuses something.
    pub async fn start_as(
        admin: &kube::Client,
        connection: kube::Client,
        namespace: &str,
        provisioning_time: Duration,
    ) -> Result<Self> {
        prepare(admin, namespace).await?;
        let factory = SharedInformerFactory::new(connection.clone()).namespaced(namespace);
        let informer = Informers::new(factory.clone()).example_com_v1alpha1().databases();
        let (count, changes) = watch::channel(0);
        let phases = Arc::default();
        informer.add_handler(Changes { count, phases: Arc::clone(&phases) }, HandlerOptions::default())?;
        let log = Arc::new(Log::default());
        let observer: Arc<dyn Observer> = log.clone();
        let controller = controller(&factory)?.workers(2).observer(observer);
        let queue = controller.queue();
        let workloads = Workloads::run(admin, namespace, provisioning_time)?;
        factory.start();
        let shutdown = Shutdown::new();
        let stop = shutdown.clone();
        Ok(Self {
            databases: Clientset::new(admin.clone()).example_com_v1alpha1().databases().namespaced(namespace),
            lister: informer.lister(),
            log,
            namespace: namespace.to_owned(),
            factory,
            shutdown,
            running: tokio::spawn(async move { controller.run(&stop).await }),
            changes,
            phases,
            queue,
            _workloads: workloads,
        })
    }

    /// Creates a database.
    ///
    /// # Errors
    /// The API server refuses it.
    pub async fn create(&self, name: &str, engine: Engine) -> Result<Database, client::Error> {
        self.databases.create(&Database::new(name, spec(engine))).await
    }

    /// Creates a database as soon as the API server works with a changed CRD: a real one takes a moment.
    ///
    /// # Errors
    /// The API server refuses it for another reason, or still does after a while.
    pub async fn create_when_allowed(&self, name: &str, engine: Engine) -> Result<Database> {
        let invalid = |error: &client::Error| error.status().is_some_and(|status| status.code == 422);
        let trying = async {
            loop {
                match self.create(name, engine.clone()).await {
                    Err(error) if invalid(&error) => sleep(Duration::from_millis(20)).await,
                    outcome => return Ok(outcome?),
                }
            }
        };
        timeout(PATIENCE, trying).await.with_context(|| format!("{name} is still refused"))?
    }

    /// The key of a database of this namespace.
    pub fn key(&self, name: &str) -> ObjectKey {
        ObjectKey::new(Some(&self.namespace), name)
    }

    /// Waits until the cache shows what `reached` looks for; `None` is an object that is not there.
    ///
    /// # Errors
    /// It does not in time.
    pub async fn until(&self, name: &str, reached: impl Fn(Option<&Database>) -> bool) -> Result<()> {
        let mut changes = self.changes.clone();
        let key = self.key(name);
        let waiting = async {
            while !reached(self.lister.get(&key).as_deref()) {
                changes.changed().await?;
            }
            Ok(())
        };
        timeout(PATIENCE, waiting).await.with_context(|| format!("{key} is {:?}", self.lister.get(&key)))?
    }

    /// Waits until a database is in a phase, observed for its present generation.
    ///
    /// # Errors
    /// It does not get there in time.
    pub async fn until_phase(&self, name: &str, phase: Phase) -> Result<Cached<Database>> {
        self.until(name, |database| {
            let status = database.and_then(|database| database.status.as_ref());
            let observed = status.and_then(|status| status.observed_generation);
            let settled = !matches!(phase, Phase::Ready | Phase::Failed)
                || database.is_some_and(|database| database.metadata.generation == observed);
            settled && status.and_then(|status| status.phase.as_ref()) == Some(&phase)
        })
        .await?;
        self.lister.get(&self.key(name)).context("it is gone again")
    }

    /// The phases that a database has gone through so far.
    pub fn phases(&self, name: &str) -> Vec<Phase> {
        self.phases.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned().unwrap_or_default()
    }

    /// Waits until a worker has taken a database.
    ///
    /// # Errors
    /// None does in time.
    pub async fn until_started(&self, name: &str) -> Result<()> {
        let waiting = async {
            while !self.log.turns().contains_key(name) {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, waiting).await.with_context(|| format!("no worker takes {name}"))
    }

    /// Waits until this many databases wait for a worker.
    ///
    /// # Errors
    /// They do not in time.
    pub async fn until_queued(&self, count: usize) -> Result<()> {
        let waiting = async {
            while self.queue.len() != count {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, waiting).await.with_context(|| format!("{} are queued", self.queue.len()))
    }

    /// Waits until the reasons of the events about a database are these, in any order.
    ///
    /// # Errors
    /// They are not in time.
    pub async fn until_events(&self, name: &str, expected: &[&str]) -> Result<()> {
        let events: Client<Event> = Client::new(self.databases.connection().clone()).namespaced(&self.namespace);
        let mut reasons = Vec::new();
        let waiting = async {
            while reasons != expected {
                sleep(Duration::from_millis(20)).await;
                let all = events.list(&ListOptions::default()).await?.items;
                let about = |event: &Event| event.regarding.as_ref().and_then(|regarding| regarding.name.clone());
                let mine = all.into_iter().filter(|event| about(event).as_deref() == Some(name));
                reasons = mine.filter_map(|event| event.reason).collect();
                reasons.sort();
            }
            Ok(())
        };
        let outcome = timeout(PATIENCE, waiting).await;
        outcome.with_context(|| format!("the events about {name} are {reasons:?}"))?
    }

    /// Asks the controller to stop, and waits until it has.
    ///
    /// # Errors
    /// It failed, or does not end in time.
    pub async fn stop(self) -> Result<Arc<Log>> {
        self.shutdown.trigger();
        self.stopped().await
    }

    /// Asks the controller to stop, and calls `meanwhile` when it has begun to.
    ///
    /// # Errors
    /// It failed, or does not end in time.
    pub async fn stop_and(self, meanwhile: impl FnOnce()) -> Result<Arc<Log>> {
        self.shutdown.trigger();
        let begun = async {
            while !self.queue.is_shutting_down() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, begun).await.context("the controller does not begin to end")?;
        meanwhile();
        self.stopped().await
    }

    async fn stopped(self) -> Result<Arc<Log>> {
        timeout(PATIENCE, self.running).await.context("the controller does not end")???;
        self.factory.shutdown().await;
        Ok(self.log)
    }
}

impl Log {
    /// The turns of each key so far.
    pub fn turns(&self) -> BTreeMap<String, Turns> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, key: &ObjectKey, change: impl FnOnce(&mut Turns)) {
        change(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key.name().to_owned()).or_default());
    }
}

impl Observer for Log {
    fn started(&self, key: &ObjectKey) {
        self.change(key, |turns| {
            turns.running += 1;
            turns.most = turns.most.max(turns.running);
        });
    }

    fn finished(&self, key: &ObjectKey, outcome: Outcome) {
        self.change(key, |turns| {
            turns.running -= 1;
            turns.outcomes.push(outcome);
        });
    }
}

impl Changes {
    fn note(&self, database: &Database) {
        let phase = database.status.as_ref().and_then(|status| status.phase.clone());
        let mut phases = self.phases.lock().unwrap_or_else(PoisonError::into_inner);
        let phases = phases.entry(database.metadata.name.clone().unwrap_or_default()).or_default();
        phases.extend(phase.filter(|phase| phases.last() != Some(phase)));
        self.count.send_modify(|count| *count += 1);
    }
}

impl EventHandler<Database> for Changes {
    async fn add(&mut self, database: &Cached<Database>, _: bool) {
        self.note(database);
    }

    async fn update(&mut self, _: &Cached<Database>, database: &Cached<Database>) {
        self.note(database);
    }

    async fn delete(&mut self, last: &Deleted<Database>) {
        self.note(last.object());
    }
}

/// A valid specification.
pub fn spec(engine: Engine) -> DatabaseSpec {
    DatabaseSpec::new(engine, "16.2", "10Gi")
}

async fn prepare(connection: &kube::Client, namespace: &str) -> Result<()> {
    client::install::<Database>(connection).await?;
    let mut wanted = Namespace::default();
    wanted.metadata.name = Some(namespace.to_owned());
    match Client::<Namespace>::new(connection.clone()).create(&wanted).await {
        Ok(_) => Ok(()),
        Err(error) => {
            ensure!(error.is_already_exists(), error);
            Ok(())
        }
    }
}
