//! A controller of some shards: what it takes in, and what it forgets.

use tokio_util::task::AbortOnDropHandle;

use super::super::share::Share;
use super::super::turns::{Cause, Turns};
use super::super::writes::{Outcome as Written, Write};
use super::*;
use crate::kind::ApiResource;
use crate::leader::{LeaderElection, LeaderElector, Leadership};
use crate::queue::{ExponentialRateLimiter, WorkQueue};
use crate::sharding::{Partition, Seat, Sharding};

fn partition(shards: u32) -> Partition {
    Sharding::new("ns", "op").shards(shards).partition()
}

/// The standing of a candidate that never renews anything.
fn leadership() -> Leadership {
    let (connection, _) = connection_with(|_, _| Reply::json(500, &json!({})));
    LeaderElector::new(connection, LeaderElection::new("ns", "op")).unwrap().leadership()
}

/// Takes a shard, as its elector does once it holds the lease.
async fn take(partition: &Partition, shard: u32) {
    for (participant, tenure) in partition.hold(shard, leadership()) {
        participant.take(shard, tenure).await;
    }
}

/// Lets a shard go, whose turns have ended.
fn leave(partition: &Partition, shard: u32) {
    partition.let_go(shard);
    partition.left(shard);
}

#[tokio::test(start_paused = true)]
async fn keys_have_turns_while_their_shard_is_held() {
    let (partition, reconciler) = (partition(1), Scripted::default());
    let setup = |controller: Plain| controller.partition(&partition).resync(Duration::from_secs(10));
    let running = start(&reconciler, vec![database("a", "1")], setup).await;
    running.watch.send(Event::Added(Ok(database("b", "11").into())));
    tokio::time::sleep(Duration::from_secs(15)).await;
    assert_eq!(reconciler.take(), [""; 0], "neither lists nor events nor resyncs lead to turns");
    take(&partition, 0).await;
    pause().await;
    assert_eq!(reconciler.take(), ["a@1", "b@11"]);
    running.watch.send(Event::Modified(Ok(database("b", "12").into())));
    pause().await;
    assert_eq!(reconciler.take(), ["b@12"]);
    leave(&partition, 0);
    running.watch.send(Event::Modified(Ok(database("b", "13").into())));
    tokio::time::sleep(Duration::from_secs(15)).await;
    assert_eq!(reconciler.take(), [""; 0]);
    take(&partition, 0).await;
    pause().await;
    assert_eq!(reconciler.take(), ["a@1", "b@13"]);
}

#[tokio::test(start_paused = true)]
async fn a_shard_that_comes_or_leaves_does_not_concern_the_keys_of_others() {
    let (partition, reconciler) = (partition(2), Scripted::default());
    let of_shard = |shard| {
        let mut names = (0..).map(|number| format!("o{number}"));
        names.find(|name| partition.shard_of(("ns", name.as_str())) == shard).unwrap()
    };
    let (first, second) = (of_shard(0), of_shard(1));
    let objects = vec![database(&first, "1"), database(&second, "2")];
    let running = start(&reconciler, objects, |controller| controller.partition(&partition)).await;
    take(&partition, 0).await;
    pause().await;
    assert_eq!(reconciler.take(), [format!("{first}@1")]);
    take(&partition, 1).await;
    pause().await;
    assert_eq!(reconciler.take(), [format!("{second}@2")]);
    leave(&partition, 0);
    running.watch.send(Event::Modified(Ok(database(&second, "11").into())));
    running.watch.send(Event::Modified(Ok(database(&first, "12").into())));
    pause().await;
    assert_eq!(reconciler.take(), [format!("{second}@11")]);
}

#[tokio::test(start_paused = true)]
async fn turns_of_a_shard_that_is_let_go_may_take_as_long_as_those_of_a_shutdown() {
    let partition = partition(1);
    let setup = |controller: Plain| controller.partition(&partition).drain_timeout(Duration::from_secs(7));
    let _running = start(&Scripted::default(), vec![], setup).await;
    let patiences: Vec<_> = partition.hold(0, leadership()).iter().map(|(worker, _)| worker.patience()).collect();
    assert_eq!(patiences, [Duration::from_secs(7)]);
}

#[tokio::test(start_paused = true)]
async fn only_kinds_with_namespaces_can_be_divided_by_them() {
    for (by_namespace, namespaced, refused) in [(true, false, true), (true, true, false), (false, false, false)] {
        let sharding = Sharding::new("ns", "op");
        let sharding = if by_namespace { sharding.by_namespace() } else { sharding };
        let informer = SharedInformer::new(source().0, InformerOptions::default());
        let factory = SharedInformerFactory::new(connection_with(|_, _| Reply::json(200, &json!({}))).0);
        let resource = ApiResource { namespaced, ..Database::api_resource() };
        let controller = Controller::on("databases", &factory, resource, informer, Scripted::default());
        let shutdown = Shutdown::new();
        shutdown.trigger();
        let outcome = within(controller.partition(&sharding.partition()).run(&shutdown)).await;
        assert_eq!(matches!(outcome, Err(Error::NotNamespaced { .. })), refused, "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_controller_that_comes_late_takes_the_shards_that_are_held_already() {
    let (partition, reconciler) = (partition(1), Scripted::default());
    take(&partition, 0).await;
    let _running = start(&reconciler, vec![database("a", "1")], |controller| controller.partition(&partition)).await;
    assert_eq!(reconciler.take(), ["a@1"]);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_waits_for_its_retry_begins_afresh_when_its_shard_comes_back() {
    let (partition, reconciler, mut queue) = (partition(1), Scripted::default(), None);
    let _running = start(&reconciler, vec![with_engine("a", "1", "requeue")], |controller| {
        queue = Some(controller.queue());
        controller.partition(&partition)
    })
    .await;
    take(&partition, 0).await;
    tokio::time::sleep(Duration::from_mins(1)).await;
    let (queue, key) = (queue.unwrap(), ObjectKey::new(Some("ns"), "a"));
    assert!(queue.num_requeues(&key) > 10);
    leave(&partition, 0);
    let calls = reconciler.take().len();
    tokio::time::sleep(Duration::from_mins(30)).await;
    assert_eq!((queue.num_requeues(&key), reconciler.take().len()), (0, 0), "after {calls} calls");
}

#[tokio::test(start_paused = true)]
async fn a_deletion_while_nobody_holds_the_shard_is_not_noted_and_one_that_waits_is_forgotten() {
    let gate = Arc::new(Semaphore::new(0));
    let (partition, reconciler) = (partition(1), Scripted { gate: Some(Arc::clone(&gate)), ..Scripted::default() });
    let objects = vec![database("a", "1"), database("b", "2"), database("c", "3")];
    let running = start(&reconciler, objects, |controller| controller.partition(&partition)).await;
    running.watch.send(Event::Deleted(Ok(database("a", "11").into())));
    pause().await;
    take(&partition, 0).await;
    pause().await;
    // The only worker has `b` now, so nobody comes to `c`.
    running.watch.send(Event::Deleted(Ok(database("c", "12").into())));
    pause().await;
    leave(&partition, 0);
    gate.add_permits(10);
    pause().await;
    take(&partition, 0).await;
    pause().await;
    assert_eq!(reconciler.take(), ["b@2", "b@2"]);
    running.watch.send(Event::Deleted(Ok(database("b", "13").into())));
    pause().await;
    assert_eq!(reconciler.take(), ["deleted ns/b@13"]);
    running.watch.send(Event::Added(Ok(database("c", "14").into())));
    pause().await;
    assert_eq!(reconciler.take(), ["c@14"], "nobody cleans up any more after the one that was deleted");
}

#[tokio::test(start_paused = true)]
async fn the_bookkeeping_of_writes_of_keys_that_have_left_is_forgotten() {
    let partition = partition(1);
    let queue = WorkQueue::new(ExponentialRateLimiter::new(Duration::from_millis(5), Duration::from_secs(1)));
    let share = Share::of(partition.clone());
    let turns = Turns::new(queue.clone(), share, None);
    let (key, resource): (_, Arc<str>) = (ObjectKey::new(Some("ns"), "a"), "databases.example.com".into());
    let hold = || {
        let revoked = CancellationToken::new();
        turns.share().take(0, crate::sharding::Tenure::new(revoked, 0, Duration::ZERO));
    };
    let write = || {
        let outcome = Written::Version("12".into());
        vec![Write { resource: Arc::clone(&resource), key: key.clone(), outcome }]
    };
    hold();
    // One that waits for its write when it leaves.
    assert!(turns.begin(&key, 0).is_some());
    turns.end(&key, write(), &|_| Some(false));
    turns.forget(|_| false);
    assert!(turns.has_unseen() && turns.begin(&key, 0).is_none(), "a key that has not left still waits");
    turns.share().let_go(0);
    turns.forget(|_| true);
    assert!(!turns.has_unseen() && turns.begin(&key, 0).is_none());
    // One that is running when it leaves.
    hold();
    let begun = turns.begin(&key, 0);
    turns.add(vec![(key.clone(), ())], 0, |()| {
        Some(Cause { resource: Arc::clone(&resource), key: key.clone(), version: None })
    });
    turns.share().let_go(0);
    turns.forget(|_| true);
    turns.end(&key, write(), &|_| Some(false));
    drop(begun);
    assert!(!turns.has_unseen() && queue.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_shard_is_not_taken_that_was_let_go_meanwhile() {
    let (partition, reconciler) = (partition(1), Scripted::default());
    let _running = start(&reconciler, vec![database("a", "1")], |controller| controller.partition(&partition)).await;
    let concerned = partition.hold(0, leadership());
    leave(&partition, 0);
    for (participant, tenure) in concerned {
        participant.take(0, tenure).await;
    }
    pause().await;
    assert_eq!(reconciler.take(), [""; 0]);
}

/// A change that arrives while its shard is taken leads to a turn, on whichever side of the taking it falls. There are so many
/// objects that it arrives while their keys are read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_at_the_moment_of_taking_a_shard_is_not_forgotten() {
    let (list_watch, mut server) = source();
    let informer = SharedInformer::new(list_watch, InformerOptions::default());
    let (connection, _) = connection_with(|_, _| Reply::json(200, &json!({})));
    let factory = SharedInformerFactory::new(connection);
    let (partition, reconciler) = (partition(1000), Scripted::default());
    let resource = Database::api_resource();
    let controller = Controller::on("databases", &factory, resource, informer.clone(), reconciler.clone());
    let controller = controller.partition(&partition);
    let shutdown = Shutdown::new();
    let _controller = AbortOnDropHandle::new(tokio::spawn(async move { controller.run(&shutdown).await }));
    let _informer = AbortOnDropHandle::new(tokio::spawn(async move { informer.run(CancellationToken::new()).await }));
    server.list_of((0..3000).map(|number| database(&format!("old-{number}"), "1")).collect(), "10").await;
    let (_, watch) = server.watch().await;
    partition.complete().await;
    for round in 0..1000_u32 {
        let (name, version) = (format!("db-{round}"), (11 + round).to_string());
        let shard = partition.shard_of(("ns", &*name));
        watch.send(Event::Added(Ok(database(&name, &version).into())));
        take(&partition, shard).await;
        let wanted = format!("{name}@{version}");
        let seen = async {
            while !reconciler.log.lock().unwrap().contains(&wanted) {
                tokio::task::yield_now().await;
            }
        };
        assert!(tokio::time::timeout(Duration::from_mins(1), seen).await.is_ok(), "round {round}");
        leave(&partition, shard);
        reconciler.take();
    }
}

#[test]
fn a_place_that_is_given_up_is_not_waited_for() {
    use futures::FutureExt;
    let partition = partition(1);
    let seats: Vec<Seat> = (0..2).map(|_| partition.seat()).collect();
    assert!(partition.complete().now_or_never().is_none());
    drop(seats);
    assert!(partition.complete().now_or_never().is_some());
}
