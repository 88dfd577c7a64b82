//! A controller on a scripted source: what is called, how often, and how it comes to rest.

mod context;
mod finalizers;
mod own_writes;
mod repeats;
mod shards;
mod shutdown;
mod sources;
mod spans;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::client;
use crate::factory::SharedInformerFactory;
use crate::informer::{InformerOptions, SharedInformer};
use crate::kind::{ObjectKey, StaticKind};
use crate::shutdown::Shutdown;
use crate::store::Change;
use crate::testing::{Database, Reply, Source, WatchSender, api_error, connection_with, database, source, within};
use crate::watch::Event;

#[derive(Debug, thiserror::Error)]
enum TestError {
    #[error("no such engine")]
    Terminal,
    #[error(transparent)]
    Client(#[from] client::Error),
    #[error("its retry panics")]
    Panic,
    #[error("while writing")]
    Writing(#[source] client::Error),
}

/// Does per object what the engine in its specification says, and writes down each call.
#[derive(Clone, Default)]
struct Scripted {
    log: Arc<Mutex<Vec<String>>>,
    gate: Option<Arc<Semaphore>>,
}

impl Scripted {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.log.lock().unwrap())
    }

    fn push(&self, line: String) {
        self.log.lock().unwrap().push(line);
    }
}

impl Reconciler<Database> for Scripted {
    type Error = TestError;

    async fn reconcile(&self, object: Arc<Database>, context: &Context<Database>) -> Result<Action, TestError> {
        let name = object.metadata.name.as_deref().unwrap();
        self.push(format!("{name}@{}", object.metadata.resource_version.as_deref().unwrap()));
        if let Some(gate) = &self.gate {
            gate.acquire().await.unwrap().forget();
        }
        match object.spec.engine.as_str() {
            "panic" => panic!("as it was asked to"),
            "terminal" => {
                let (reason, action) = ("UnsupportedEngine", "Provision");
                context.publish(&object, crate::events::EventType::Warning, reason, action, "no such engine");
                Err(TestError::Terminal)
            }
            "panic in retry" => Err(TestError::Panic),
            "conflict" => Err(TestError::Writing(api_error(409, "Conflict"))),
            "later" => Ok(Action::RequeueAfter(Duration::from_mins(1))),
            "requeue" => Ok(Action::Requeue),
            "at once" => Ok(Action::RequeueAfter(Duration::ZERO)),
            "writes a@12" => {
                context.client().update(&database("a", "12")).await.map(|_| Action::Done).map_err(Into::into)
            }
            "writes b@12" => {
                context.client().update(&database("b", "12")).await.map(|_| Action::Done).map_err(Into::into)
            }
            _ => Ok(Action::Done),
        }
    }

    async fn deleted(&self, key: &ObjectKey, last: Arc<Database>, _: &Context<Database>) -> Result<(), TestError> {
        let failures = self.log.lock().unwrap().iter().filter(|line| line.starts_with("deleted")).count();
        self.push(format!("deleted {key}@{}", last.metadata.resource_version.as_deref().unwrap()));
        match last.spec.engine.as_str() {
            "fails twice" if failures < 2 => Err(TestError::Client(api_error(500, "InternalError"))),
            "cannot be removed" => Err(TestError::Terminal),
            _ => Ok(()),
        }
    }

    fn retry(&self, error: &TestError) -> Option<Retry> {
        match error {
            TestError::Panic => panic!("as it was asked to"),
            TestError::Terminal => Some(Retry::Never),
            _ => None,
        }
    }
}

struct Running {
    server: Source,
    watch: WatchSender,
    shutdown: Shutdown,
    requests: Arc<Mutex<Vec<(String, String)>>>,
    controller: JoinHandle<Result<(), Error>>,
    stop: CancellationToken,
}

type Plain = Controller<Database, Scripted>;

/// Starts a controller over `objects`, and waits until it has seen them.
async fn start(reconciler: &Scripted, objects: Vec<Database>, setup: impl FnOnce(Plain) -> Plain) -> Running {
    let (list_watch, mut server) = source();
    let informer = SharedInformer::new(list_watch, InformerOptions::default());
    let (connection, requests) = connection_with(|_, body| match body {
        "" => Reply::json(200, &json!({})),
        body => Reply::chunks(201, [body.to_owned()]),
    });
    let shutdown = Shutdown::new();
    let factory = SharedInformerFactory::new(connection);
    let (name, resource) = ("database-controller", Database::api_resource());
    let controller = setup(Controller::on(name, &factory, resource, informer.clone(), reconciler.clone()));
    let controller = tokio::spawn({
        let shutdown = shutdown.clone();
        async move { controller.run(&shutdown).await }
    });
    let stop = CancellationToken::new();
    tokio::spawn({
        let stop = stop.clone();
        async move { informer.run(stop).await }
    });
    server.list_of(objects, "10").await;
    let (_, watch) = server.watch().await;
    pause().await;
    Running { server, watch, shutdown, requests, controller, stop }
}

/// Gives everything a moment of the paused clock, shorter than any delay but the first retries.
async fn pause() {
    tokio::time::sleep(Duration::from_millis(2)).await;
}

fn with_engine(name: &str, version: &str, engine: &str) -> Database {
    let mut object = database(name, version);
    engine.clone_into(&mut object.spec.engine);
    object
}

#[tokio::test(start_paused = true)]
async fn every_object_is_reconciled_at_the_start_and_after_each_change() {
    let reconciler = Scripted::default();
    let running = start(&reconciler, vec![database("a", "1"), database("b", "2")], |controller| controller).await;
    assert_eq!(reconciler.take(), ["a@1", "b@2"]);
    running.watch.send(Event::Modified(Ok(database("b", "11").into())));
    running.watch.send(Event::Added(Ok(database("c", "12").into())));
    pause().await;
    assert_eq!(reconciler.take(), ["b@11", "c@12"]);
}

#[tokio::test(start_paused = true)]
async fn changes_during_a_reconciliation_lead_to_one_more_with_the_latest_state() {
    let gate = Arc::new(Semaphore::new(0));
    let reconciler = Scripted { gate: Some(Arc::clone(&gate)), ..Scripted::default() };
    let running = start(&reconciler, vec![database("a", "1")], |controller| controller.workers(4)).await;
    for version in 11..20 {
        running.watch.send(Event::Modified(Ok(database("a", &version.to_string()).into())));
    }
    pause().await;
    assert_eq!(reconciler.take(), ["a@1"], "no second worker takes the same key");
    gate.add_permits(10);
    pause().await;
    assert_eq!(reconciler.take(), ["a@19"]);
}

/// Counts how many turns are under way, in all and per key.
#[derive(Default)]
struct Concurrency {
    busy: AtomicUsize,
    most: AtomicUsize,
    keys: Mutex<BTreeMap<ObjectKey, usize>>,
}

impl Observer for Concurrency {
    fn started(&self, key: &ObjectKey) {
        self.most.fetch_max(self.busy.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let mut keys = self.keys.lock().unwrap();
        let turns = keys.entry(key.clone()).or_default();
        *turns += 1;
        assert_eq!(*turns, 1, "{key} is with two workers");
    }

    fn finished(&self, key: &ObjectKey, outcome: Outcome) {
        assert_eq!(outcome, Outcome::Done);
        self.busy.fetch_sub(1, Ordering::SeqCst);
        self.keys.lock().unwrap().insert(key.clone(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn different_keys_are_reconciled_by_as_many_workers_as_there_are() {
    let observer = Arc::new(Concurrency::default());
    let gate = Arc::new(Semaphore::new(0));
    let reconciler = Scripted { gate: Some(Arc::clone(&gate)), ..Scripted::default() };
    let watched = Arc::clone(&observer) as Arc<dyn Observer>;
    let objects = (0..10).map(|number| database(&format!("a{number}"), "1")).collect();
    let running = start(&reconciler, objects, |controller| controller.workers(3).observer(watched)).await;
    assert_eq!(observer.busy.load(Ordering::SeqCst), 3);
    gate.add_permits(100);
    running.shutdown.trigger();
    within(running.controller).await.unwrap().unwrap();
    assert_eq!((observer.busy.load(Ordering::SeqCst), observer.most.load(Ordering::SeqCst)), (0, 3));
    assert_eq!(reconciler.take().len(), 10);
}

/// Panics at each call.
struct Panicking;

impl Observer for Panicking {
    fn started(&self, _: &ObjectKey) {
        panic!("as it is started");
    }

    fn finished(&self, _: &ObjectKey, _: Outcome) {
        panic!("as it is finished");
    }
}

#[tokio::test(start_paused = true)]
async fn an_observer_that_panics_stops_no_worker() {
    let reconciler = Scripted::default();
    let objects = vec![database("a", "1"), database("b", "1")];
    let _running = start(&reconciler, objects, |controller| controller.observer(Arc::new(Panicking))).await;
    assert_eq!(reconciler.take(), ["a@1", "b@1"]);
}

#[tokio::test(start_paused = true)]
async fn updates_that_do_not_pass_are_not_reconciled() {
    let reconciler = Scripted::default();
    let running =
        start(&reconciler, vec![database("a", "1")], |controller| controller.events(Predicate::generation_changed()))
            .await;
    reconciler.take();
    running.watch.send(Event::Modified(Ok(database("a", "11").into())));
    pause().await;
    assert_eq!(reconciler.take(), [""; 0], "the generation is the same");
    let mut changed = database("a", "12");
    changed.metadata.generation = Some(2);
    running.watch.send(Event::Modified(Ok(changed.into())));
    pause().await;
    assert_eq!(reconciler.take(), ["a@12"]);
}

#[test]
fn a_generation_that_stays_stops_an_update() {
    let check = |old: (&str, Option<i64>), new: (&str, Option<i64>), expected| {
        let object = |(version, generation): (&str, Option<i64>)| {
            let mut object = database("a", version);
            object.metadata.generation = generation;
            object
        };
        let update = Change::Updated { old: object(old).into(), new: object(new).into() };
        assert_eq!(Predicate::generation_changed().passes(&update), expected, "{old:?} {new:?}");
    };
    check(("1", Some(1)), ("2", Some(1)), false);
    check(("1", Some(1)), ("2", Some(2)), true);
    check(("1", None), ("2", None), true);
}

#[tokio::test(start_paused = true)]
async fn a_resync_reconciles_every_object_whatever_the_filter() {
    let reconciler = Scripted::default();
    let _running = start(&reconciler, vec![database("a", "1")], |controller| {
        controller.events(Predicate::generation_changed()).resync(Duration::from_mins(10))
    })
    .await;
    reconciler.take();
    tokio::time::sleep(Duration::from_mins(25)).await;
    assert_eq!(reconciler.take(), ["a@1", "a@1"]);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_object_is_cleaned_up_after_with_its_last_state() {
    let reconciler = Scripted::default();
    let running = start(&reconciler, vec![database("a", "1")], |controller| controller).await;
    reconciler.take();
    running.watch.send(Event::Deleted(Ok(database("a", "11").into())));
    pause().await;
    assert_eq!(reconciler.take(), ["deleted ns/a@11"]);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_vanished_unseen_is_cleaned_up_after_too() {
    let reconciler = Scripted::default();
    let mut running = start(&reconciler, vec![database("a", "1"), database("b", "2")], |controller| controller).await;
    reconciler.take();
    running.watch.fail(api_error(410, "Expired"));
    running.server.list_of(vec![database("b", "2")], "20").await;
    pause().await;
    assert_eq!(reconciler.take(), ["deleted ns/a@1"]);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_replaced_another_comes_after_its_cleaning_up() {
    let reconciler = Scripted::default();
    let mut running = start(&reconciler, vec![database("a", "1")], |controller| controller).await;
    reconciler.take();
    let mut other = database("a", "15");
    other.metadata.uid = Some("another".to_owned());
    running.watch.fail(api_error(410, "Expired"));
    running.server.list_of(vec![other], "20").await;
    pause().await;
    assert_eq!(reconciler.take(), ["deleted ns/a@1", "a@15"]);
}

#[tokio::test(start_paused = true)]
async fn an_object_that_only_left_the_selection_and_came_back_is_not_cleaned_up_after() {
    let gate = Arc::new(Semaphore::new(0));
    let reconciler = Scripted { gate: Some(Arc::clone(&gate)), ..Scripted::default() };
    let running = start(&reconciler, vec![database("a", "1")], |controller| controller).await;
    running.watch.send(Event::Deleted(Ok(database("a", "11").into())));
    running.watch.send(Event::Added(Ok(database("a", "12").into())));
    pause().await;
    gate.add_permits(10);
    pause().await;
    assert_eq!(reconciler.take(), ["a@1", "a@12"]);
}

#[tokio::test(start_paused = true)]
async fn cleaning_up_is_tried_again_until_it_succeeds() {
    let reconciler = Scripted::default();
    let mut queue = None;
    let running = start(&reconciler, vec![with_engine("a", "1", "fails twice")], |controller| {
        queue = Some(controller.queue());
        controller
    })
    .await;
    reconciler.take();
    running.watch.send(Event::Deleted(Ok(with_engine("a", "11", "fails twice").into())));
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(reconciler.take(), ["deleted ns/a@11"; 3]);
    assert_eq!(queue.unwrap().num_requeues(&ObjectKey::new(Some("ns"), "a")), 0, "a success forgets the failures");
}

#[tokio::test(start_paused = true)]
async fn cleaning_up_that_fails_for_good_is_given_up_and_the_next_object_gets_its_turn() {
    let reconciler = Scripted::default();
    let running = start(&reconciler, vec![with_engine("a", "1", "cannot be removed")], |controller| controller).await;
    reconciler.take();
    running.watch.send(Event::Deleted(Ok(with_engine("a", "11", "cannot be removed").into())));
    let mut next = database("a", "12");
    next.metadata.uid = Some("another".to_owned());
    running.watch.send(Event::Added(Ok(next.into())));
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert_eq!(reconciler.take(), ["deleted ns/a@11", "a@12"]);
}

/// How often an object with this engine is reconciled in its first `time`.
async fn turns_within(engine: &str, time: Duration) -> usize {
    let reconciler = Scripted::default();
    let running = start(&reconciler, vec![with_engine("a", "1", engine)], |controller| controller).await;
    tokio::time::sleep(time).await;
    assert!(!running.controller.is_finished());
    reconciler.take().len()
}

#[tokio::test(start_paused = true)]
async fn failures_are_tried_again_with_growing_delays() {
    // 5 ms doubled each time makes the seventh retry come after 635 ms, and the next one 640 ms later.
    for engine in ["conflict", "panic", "panic in retry", "requeue"] {
        assert_eq!(turns_within(engine, Duration::from_secs(1)).await, 8, "{engine}");
    }
    assert_eq!(turns_within("terminal", Duration::from_hours(1)).await, 1);
    assert_eq!(turns_within("done", Duration::from_hours(1)).await, 1);
    assert_eq!(turns_within("later", Duration::from_secs(150)).await, 3);
}

#[test]
fn the_client_error_in_an_error_decides_about_the_retry() {
    let busy = || {
        let mut headers = http::HeaderMap::new();
        headers.insert(http::header::RETRY_AFTER, http::HeaderValue::from_static("7"));
        client::error_of(b"", 429, &headers)
    };
    assert_eq!(Retry::of(&api_error(409, "Conflict")), Retry::Quietly);
    assert_eq!(Retry::of(&TestError::Writing(api_error(409, "Conflict"))), Retry::Quietly);
    assert_eq!(Retry::of(&TestError::Client(api_error(409, "Conflict"))), Retry::Quietly);
    assert_eq!(Retry::of(&TestError::Writing(busy())), Retry::After(Duration::from_secs(7)));
    assert_eq!(Retry::of(&TestError::Writing(api_error(500, "InternalError"))), Retry::Backoff);
    assert_eq!(Retry::of(&TestError::Terminal), Retry::Backoff);
}
