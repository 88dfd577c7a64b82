//! The cases of client-go's `shared_informer_test.go` and `processor_listener_test.go`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::task::yield_now;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::decode::Undecodable;
use crate::kind::ObjectKey;
use crate::store::IndexError;
use crate::testing::{Database, Source, WatchSender, api_error, database, source, within};
use crate::watch::Event;

mod course;
mod handlers;
mod state;

/// Records the calls it receives, and panics at objects called `panic`.
#[derive(Clone, Default)]
struct Recording {
    log: Arc<Mutex<Vec<String>>>,
    gate: Option<Arc<tokio::sync::Semaphore>>,
}

impl Recording {
    async fn record(&self, kind: &str, object: &Database) {
        if let Some(gate) = &self.gate {
            gate.acquire().await.unwrap().forget();
        }
        let name = object.metadata.name.as_deref().unwrap();
        assert_ne!(name, "panic", "as it was asked to");
        let version = object.metadata.resource_version.as_deref().unwrap();
        self.log.lock().unwrap().push(format!("{kind}{name}@{version}"));
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.log.lock().unwrap())
    }
}

impl EventHandler<Database> for Recording {
    async fn add(&mut self, object: &Cached<Database>, initial: bool) {
        self.record(if initial { "initial " } else { "+" }, object).await;
    }

    async fn update(&mut self, old: &Cached<Database>, new: &Cached<Database>) {
        let resync = old.metadata.resource_version == new.metadata.resource_version;
        self.record(if resync { "=" } else { "~" }, new).await;
    }

    async fn delete(&mut self, last: &Deleted<Database>) {
        let kind = if matches!(last, Deleted::Final(_)) { "-" } else { "?" };
        self.record(kind, last.object()).await;
    }
}

struct Running {
    informer: SharedInformer<Database>,
    server: Source,
    stop: CancellationToken,
    task: JoinHandle<Result<(), Error>>,
}

fn informer() -> (SharedInformer<Database>, Source) {
    let (list_watch, server) = source();
    (SharedInformer::new(list_watch, InformerOptions::default()), server)
}

fn start(informer: SharedInformer<Database>, server: Source) -> Running {
    let stop = CancellationToken::new();
    let task = tokio::spawn({
        let (informer, stop) = (informer.clone(), stop.clone());
        async move { informer.run(stop).await }
    });
    Running { informer, server, stop, task }
}

fn add(informer: &SharedInformer<Database>) -> (Recording, Registration) {
    let recording = Recording::default();
    let registration = informer.add_handler(recording.clone(), HandlerOptions::default()).unwrap();
    (recording, registration)
}

/// Lets tasks run until nothing moves, without the clock.
async fn settle() {
    for _ in 0..50 {
        yield_now().await;
    }
}

/// An informer with one handler, which has listed `a`.
async fn synced() -> (Running, WatchSender, Recording, Registration) {
    let (informer, server) = informer();
    let (recording, registration) = add(&informer);
    let mut running = start(informer, server);
    running.server.list_of(vec![database("a", "1")], "10").await;
    let (_, watch) = running.server.watch().await;
    within(registration.wait_for_sync()).await.unwrap();
    assert_eq!(recording.take(), ["initial a@1"]);
    (running, watch, recording, registration)
}

#[tokio::test(start_paused = true)]
async fn handlers_are_told_of_every_change_in_order_after_the_store_has_it() {
    let (running, watch, recording, _) = synced().await;
    watch.send(Event::Added(Ok(database("b", "11").into())));
    watch.send(Event::Modified(Ok(database("a", "12").into())));
    watch.send(Event::Deleted(Ok(database("b", "13").into())));
    watch.send(Event::Bookmark { resource_version: "20".to_owned(), ends_initial_events: false });
    settle().await;
    assert_eq!(recording.take(), ["+b@11", "~a@12", "-b@13"]);
    let snapshot = running.informer.store().snapshot();
    assert_eq!((snapshot.len(), snapshot.resource_version()), (1, "20"));
}

#[tokio::test(start_paused = true)]
async fn what_vanished_during_a_disruption_is_deleted_and_unchanged_objects_are_not_told_again() {
    // TestSharedInformerWatchDisruption
    let (mut running, watch, recording, _) = synced().await;
    watch.send(Event::Added(Ok(database("b", "11").into())));
    watch.send(Event::Added(Ok(database("c", "12").into())));
    settle().await;
    recording.take();
    watch.fail(api_error(410, "Expired"));
    running.server.list_of(vec![database("a", "1"), database("b", "15"), database("d", "16")], "20").await;
    settle().await;
    assert_eq!(recording.take(), ["?c@12", "~b@15", "+d@16"]);
}

#[tokio::test(start_paused = true)]
async fn a_handler_added_later_is_told_of_all_objects_and_misses_nothing() {
    // TestStateSharedInformer, TestAddWhileActive
    let (running, watch, first, _) = synced().await;
    watch.send(Event::Added(Ok(database("b", "11").into())));
    settle().await;
    let (second, registration) = add(&running.informer);
    assert!(!registration.has_synced());
    watch.send(Event::Modified(Ok(database("a", "12").into())));
    within(registration.wait_for_sync()).await.unwrap();
    settle().await;
    assert_eq!(second.take(), ["initial a@1", "initial b@11", "~a@12"]);
    assert_eq!(first.take(), ["+b@11", "~a@12"]);
}

#[tokio::test(start_paused = true)]
async fn the_same_handler_added_twice_is_told_twice() {
    // TestSharedInformerMultipleRegistration
    let (running, watch, first, _) = synced().await;
    running.informer.add_handler(first.clone(), HandlerOptions::default()).unwrap();
    settle().await;
    first.take();
    watch.send(Event::Added(Ok(database("b", "11").into())));
    settle().await;
    assert_eq!(first.take(), ["+b@11", "+b@11"]);
}

#[tokio::test(start_paused = true)]
async fn a_removed_handler_hears_nothing_more_and_can_be_removed_again() {
    // TestSharedInformerRemoveHandler, TestRemovingRemovedSharedInformer, TestRemoveWhileActive
    let (running, watch, first, registration) = synced().await;
    let (second, _) = add(&running.informer);
    settle().await;
    second.take();
    registration.remove();
    watch.send(Event::Added(Ok(database("b", "11").into())));
    settle().await;
    registration.remove();
    assert_eq!(first.take(), [""; 0]);
    assert_eq!(second.take(), ["+b@11"]);
}

#[tokio::test(start_paused = true)]
async fn a_handler_has_synced_when_it_has_returned_for_every_initial_object() {
    // TestSharedInformerInitializationRace, synctrack_test.go
    let (informer, server) = informer();
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let slow = Recording { gate: Some(Arc::clone(&gate)), ..Recording::default() };
    let slow_registration = informer.add_handler(slow, HandlerOptions::default()).unwrap();
    let (_, quick_registration) = add(&informer);
    let mut running = start(informer, server);
    assert!(!running.informer.has_synced());
    running.server.list_of(vec![database("a", "1"), database("b", "2")], "10").await;
    within(running.informer.wait_for_sync()).await.unwrap();
    within(quick_registration.wait_for_sync()).await.unwrap();
    for _ in 0..2 {
        settle().await;
        assert!(!slow_registration.has_synced());
        gate.add_permits(1);
    }
    within(slow_registration.wait_for_sync()).await.unwrap();
    assert!(slow_registration.has_synced());
}

#[tokio::test(start_paused = true)]
async fn any_number_of_tasks_can_wait_for_the_same_sync() {
    let (informer, server) = informer();
    let (_, registration) = add(&informer);
    let waits: Vec<_> = (0..10)
        .map(|_| {
            let (informer, registration) = (informer.clone(), registration.clone());
            tokio::spawn(async move {
                informer.wait_for_sync().await.unwrap();
                registration.wait_for_sync().await.unwrap();
            })
        })
        .collect();
    let mut running = start(informer, server);
    settle().await;
    running.server.list_of(vec![], "10").await;
    for wait in waits {
        within(wait).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_handler_holds_up_nobody_else() {
    let (running, watch, quick, _) = synced().await;
    let gate = Arc::new(tokio::sync::Semaphore::new(1));
    let slow = Recording { gate: Some(Arc::clone(&gate)), ..Recording::default() };
    running.informer.add_handler(slow.clone(), HandlerOptions::default()).unwrap();
    for version in 11..40 {
        watch.send(Event::Modified(Ok(database("a", &version.to_string()).into())));
    }
    settle().await;
    assert_eq!(quick.take().len(), 29);
    assert_eq!(slow.take(), ["initial a@1"]);
    gate.add_permits(100);
    settle().await;
    assert_eq!(slow.take().len(), 29, "what it missed waited for it");
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_handler_costs_one_notification() {
    // TestEventPanics
    let (_running, watch, recording, _) = synced().await;
    watch.send(Event::Added(Ok(database("panic", "11").into())));
    watch.send(Event::Added(Ok(database("b", "12").into())));
    settle().await;
    assert_eq!(recording.take(), ["+b@12"]);
}

#[tokio::test(start_paused = true)]
async fn a_resync_reaches_only_the_handlers_that_asked_for_it_and_asks_nothing_of_the_server() {
    // TestListenerResyncPeriods
    let (running, _watch, without, _) = synced().await;
    let with = Recording::default();
    let options = HandlerOptions { resync: Some(Duration::from_secs(2)), ..HandlerOptions::default() };
    running.informer.add_handler(with.clone(), options).unwrap();
    let fastest = Recording::default();
    let options = HandlerOptions { resync: Some(Duration::ZERO), ..HandlerOptions::default() };
    running.informer.add_handler(fastest.clone(), options).unwrap();
    settle().await;
    assert_eq!((with.take(), fastest.take()), (vec!["initial a@1".to_owned()], vec!["initial a@1".to_owned()]));
    tokio::time::sleep(Duration::from_millis(4_500)).await;
    assert_eq!(with.take(), ["=a@1", "=a@1"]);
    assert_eq!(fastest.take().len(), 4, "no period is shorter than a second");
    assert_eq!(without.take(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn resyncs_do_not_pile_up_before_a_handler_that_is_slower_than_their_period() {
    let (running, watch, _, _) = synced().await;
    for name in ["b", "c", "d"] {
        watch.send(Event::Added(Ok(database(name, "11").into())));
    }
    settle().await;
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let slow = Recording { gate: Some(Arc::clone(&gate)), ..Recording::default() };
    let options = HandlerOptions { resync: Some(Duration::from_secs(1)), ..HandlerOptions::default() };
    running.informer.add_handler(slow.clone(), options).unwrap();
    let two_a_second = async || {
        tokio::time::sleep(Duration::from_millis(500)).await;
        gate.add_permits(1);
    };
    for _ in 0..200 {
        two_a_second().await;
    }
    assert!(slow.take().contains(&"=d@11".to_owned()));
    watch.send(Event::Modified(Ok(database("a", "12").into())));
    for _ in 0..10 {
        two_a_second().await;
    }
    let told = slow.take();
    assert!(told.contains(&"~a@12".to_owned()), "the change is still behind {told:?}");
}

#[tokio::test(start_paused = true)]
async fn an_informer_that_never_ran_takes_its_handlers_with_it_when_it_is_dropped() {
    let (informer, _server) = informer();
    let (recording, registration) = add(&informer);
    drop(informer);
    within(registration.ended()).await;
    settle().await;
    assert_eq!(registration.wait_for_sync().await, Err(Error::Stopped));
    assert_eq!(Arc::strong_count(&recording.log), 1, "the task is still there");
}

#[tokio::test(start_paused = true)]
async fn an_object_is_transformed_once_before_anybody_sees_it() {
    // TestSharedInformerTransformer
    let (list_watch, server) = source();
    let transform: Transform<Database> = Arc::new(|object| object.spec.engine.push('!'));
    let informer =
        SharedInformer::new(list_watch, InformerOptions { transform: Some(transform), ..InformerOptions::default() });
    let mut running = start(informer, server);
    running.server.list_of(vec![database("a", "1")], "10").await;
    let (_, watch) = running.server.watch().await;
    watch.send(Event::Added(Ok(database("b", "11").into())));
    settle().await;
    let engines: Vec<_> = running.informer.lister().list().iter().map(|object| object.spec.engine.clone()).collect();
    assert_eq!(engines, ["PostgreSQL!", "PostgreSQL!"]);
}

#[tokio::test(start_paused = true)]
async fn objects_that_cannot_be_decoded_are_kept_by_key_until_they_are_deleted() {
    let (running, watch, recording, _) = synced().await;
    let odd = |name: &str, version: &str| {
        let key = Some(ObjectKey::new(Some("ns"), name));
        Undecodable { key, uid: None, resource_version: Some(version.to_owned()), error: "no engine".to_owned() }
    };
    watch.send(Event::Modified(Err(odd("a", "11"))));
    watch.send(Event::Added(Err(odd("b", "12"))));
    settle().await;
    assert_eq!(recording.take(), [""; 0]);
    let snapshot = running.informer.store().snapshot();
    assert_eq!((snapshot.undecodable().count(), snapshot.resource_version()), (2, "12"));
    watch.send(Event::Deleted(Err(odd("a", "13"))));
    watch.send(Event::Deleted(Err(odd("b", "14"))));
    settle().await;
    assert_eq!(recording.take(), ["?a@1"], "the last state that could be read; of b none could");
    let snapshot = running.informer.store().snapshot();
    assert_eq!((snapshot.undecodable().count(), snapshot.resource_version()), (0, "14"));
}

#[tokio::test(start_paused = true)]
async fn indexes_can_be_added_while_running_and_not_after_the_stop() {
    // TestIndexer
    let (running, watch, _, _) = synced().await;
    let engines = running.informer.add_index("engine", |object| [object.spec.engine.clone()]).unwrap();
    watch.send(Event::Added(Ok(database("b", "11").into())));
    settle().await;
    assert_eq!(engines.get("PostgreSQL").len(), 2);
    running.stop.cancel();
    within(running.task).await.unwrap().unwrap();
    let late = running.informer.add_index("late", |_| None::<String>);
    assert_eq!(late.unwrap_err(), IndexError::Stopped);
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_handlers_and_waits_and_keeps_the_last_state() {
    // TestAddOnStoppedSharedInformer, TestRemoveOnStoppedSharedInformer
    let (running, _watch, _, registration) = synced().await;
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let stuck = Recording { gate: Some(Arc::clone(&gate)), ..Recording::default() };
    let waiting = running.informer.add_handler(stuck, HandlerOptions::default()).unwrap();
    settle().await;
    running.stop.cancel();
    settle().await;
    assert!(!running.task.is_finished(), "a call that is running is waited for");
    gate.add_permits(1);
    within(running.task).await.unwrap().unwrap();
    assert_eq!(waiting.wait_for_sync().await, Err(Error::Stopped));
    within(registration.ended()).await;
    assert_eq!(running.informer.lister().list().len(), 1);
    let late = running.informer.add_handler(Recording::default(), HandlerOptions::default());
    assert_eq!(late.unwrap_err(), Error::Stopped);
    assert_eq!(running.informer.run(CancellationToken::new()).await, Err(Error::Started));
}

#[tokio::test(start_paused = true)]
async fn a_stop_before_the_first_list_ends_those_who_wait_for_it() {
    let (informer, server) = informer();
    let running = start(informer, server);
    let waiting = tokio::spawn({
        let informer = running.informer.clone();
        async move { informer.wait_for_sync().await }
    });
    settle().await;
    running.stop.cancel();
    assert_eq!(within(waiting).await.unwrap(), Err(Error::Stopped));
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_transform_leaves_nobody_waiting() {
    let (list_watch, mut server) = source();
    let transform: Transform<Database> = Arc::new(|_| panic!("as it was asked to"));
    let informer =
        SharedInformer::new(list_watch, InformerOptions { transform: Some(transform), ..InformerOptions::default() });
    let (_, registration) = add(&informer);
    let task = tokio::spawn({
        let informer = informer.clone();
        async move { informer.run(CancellationToken::new()).await }
    });
    server.list_of(vec![database("a", "1")], "10").await;
    assert!(within(task).await.unwrap_err().is_panic());
    assert_eq!(within(informer.wait_for_sync()).await, Err(Error::Failed));
    assert_eq!(within(registration.wait_for_sync()).await, Err(Error::Stopped));
}
