//! Read-your-writes: when a key is put off, and which events lead to no turn.

use std::sync::Arc;
use std::time::Duration;

use super::super::share::Share;
use super::super::turns::{Cause, MAX_CAUSES, Turns};
use super::super::writes::{Outcome, State, Write};
use super::*;
use crate::kind::ObjectKey;
use crate::queue::{ExponentialRateLimiter, WorkQueue};

struct Setup {
    turns: Turns,
    queue: WorkQueue<ObjectKey>,
    databases: Arc<str>,
    secrets: Arc<str>,
}

fn setup() -> Setup {
    let queue = WorkQueue::new(ExponentialRateLimiter::new(Duration::from_millis(5), Duration::from_secs(1)));
    Setup {
        turns: Turns::new(queue.clone(), Share::default(), None),
        queue,
        databases: "databases.example.com".into(),
        secrets: "secrets".into(),
    }
}

fn key(name: &str) -> ObjectKey {
    ObjectKey::new(Some("ns"), name)
}

fn wrote(resource: &Arc<str>, name: &str, version: &str) -> Write {
    let outcome = Outcome::Version(version.into());
    Write { resource: Arc::clone(resource), key: key(name), outcome }
}

fn deleted(resource: &Arc<str>, name: &str, uid: &str) -> Write {
    let outcome = Outcome::Gone(Some(uid.into()));
    Write { resource: Arc::clone(resource), key: key(name), outcome }
}

impl Setup {
    /// An event of an object that leads to the key `a`; without a version it is a deletion.
    fn event(&self, resource: &Arc<str>, name: &str, version: Option<&str>) {
        let version: Option<Arc<str>> = version.map(Arc::from);
        self.turns.add(vec![(key("a"), ())], 0, |()| {
            Some(Cause { resource: Arc::clone(resource), key: key(name), version: version.clone() })
        });
        let state = match &version {
            Some(version) => State::There { uid: Some("u"), version: Some(version) },
            None => State::Gone,
        };
        self.turns.see(resource, &key(name), &state);
    }

    /// Takes `a` from the queue and begins its turn. False if it is put off.
    async fn begin(&self) -> bool {
        let item = self.queue.get().await.unwrap();
        let begun = self.turns.begin(&item, item.priority());
        assert_eq!(*item, key("a"));
        begun.is_some()
    }

    fn end(&self, writes: Vec<Write>) {
        self.turns.end(&key("a"), writes, &|_| Some(false));
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_whose_write_the_cache_does_not_show_is_put_off_until_it_does() {
    let setup = setup();
    setup.queue.add(key("a"));
    assert!(setup.begin().await);
    setup.end(vec![wrote(&setup.databases, "a", "10"), wrote(&setup.secrets, "s", "11")]);
    setup.queue.add(key("a"));
    assert!(!setup.begin().await, "the cache is behind");
    assert!(setup.queue.is_empty(), "no worker waits for it");
    setup.event(&setup.databases, "a", Some("10"));
    assert!(setup.queue.is_empty(), "the secret is still missing");
    setup.event(&setup.secrets, "s", Some("11"));
    assert_eq!(setup.queue.len(), 1);
    assert!(setup.begin().await);
    assert_eq!((setup.turns.skipped(), setup.turns.deferred()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn the_event_of_an_own_write_leads_to_no_turn_and_any_other_does() {
    let setup = setup();
    setup.queue.add(key("a"));
    assert!(setup.begin().await);
    setup.event(&setup.databases, "a", Some("10"));
    setup.event(&setup.databases, "a", Some("12"));
    setup
        .turns
        .end(&key("a"), vec![wrote(&setup.databases, "a", "10"), wrote(&setup.databases, "a", "12")], &|_| Some(true));
    assert!(setup.queue.is_empty(), "both were its own, and came before it knew");

    setup.queue.add(key("a"));
    assert!(setup.begin().await);
    setup.event(&setup.databases, "a", Some("13"));
    setup.event(&setup.databases, "a", Some("14"));
    setup.turns.end(&key("a"), vec![wrote(&setup.databases, "a", "14")], &|_| Some(true));
    assert_eq!(setup.queue.len(), 1, "somebody else wrote version 13");
    assert_eq!(setup.turns.skipped(), 3);
}

#[tokio::test(start_paused = true)]
async fn events_that_are_too_many_to_remember_lead_to_a_turn() {
    for (events, turns) in [(MAX_CAUSES, 0), (MAX_CAUSES + 1, 1)] {
        let setup = setup();
        setup.queue.add(key("a"));
        assert!(setup.begin().await);
        for _ in 0..events {
            setup.event(&setup.databases, "a", Some("10"));
        }
        setup.turns.end(&key("a"), vec![wrote(&setup.databases, "a", "10")], &|_| Some(true));
        assert_eq!(setup.queue.len(), turns, "after {events} events of an own write");
    }
}

#[tokio::test(start_paused = true)]
async fn a_newer_state_than_the_own_one_ends_the_waiting_and_leads_to_a_turn() {
    let setup = setup();
    setup.queue.add(key("a"));
    assert!(setup.begin().await);
    setup.end(vec![wrote(&setup.databases, "a", "9")]);
    setup.event(&setup.databases, "a", Some("10"));
    assert!(setup.begin().await, "and is not put off");
}

#[tokio::test(start_paused = true)]
async fn deletions_count_by_uid() {
    let setup = setup();
    setup.queue.add(key("a"));
    assert!(setup.begin().await);
    setup.end(vec![deleted(&setup.secrets, "s", "u")]);
    setup.queue.add(key("a"));
    setup.event(&setup.secrets, "s", Some("12"));
    assert!(!setup.begin().await, "the same object is still there");
    setup.queue.add(key("a"));
    assert!(!setup.begin().await);
    assert_eq!(setup.turns.deferred(), 2);
    setup.event(&setup.secrets, "s", None);
    assert!(setup.begin().await);
    assert_eq!(setup.turns.skipped(), 1, "its own deletion");
}

#[tokio::test(start_paused = true)]
async fn a_write_that_never_appears_holds_a_key_up_for_ten_seconds() {
    let setup = setup();
    setup.queue.add(key("a"));
    assert!(setup.begin().await);
    setup.end(vec![wrote(&setup.secrets, "hidden", "10")]);
    setup.queue.add(key("a"));
    let started = tokio::time::Instant::now();
    assert!(!setup.begin().await);
    assert!(setup.turns.has_unseen());
    assert!(setup.begin().await);
    assert_eq!(started.elapsed(), Duration::from_secs(10));
    assert!(!setup.turns.has_unseen(), "nobody waits for it any more");
}

#[tokio::test(start_paused = true)]
async fn writes_of_what_nobody_caches_are_not_waited_for() {
    let setup = setup();
    setup.queue.add(key("a"));
    assert!(setup.begin().await);
    setup.turns.end(&key("a"), vec![wrote(&"configmaps".into(), "c", "10")], &|_| None);
    setup.queue.add(key("a"));
    assert!(setup.begin().await);
}

#[tokio::test(start_paused = true)]
async fn a_write_that_the_cache_shows_before_the_turn_ends_is_not_waited_for() {
    let (gate, mut queue) = (Arc::new(Semaphore::new(0)), None);
    let reconciler = Scripted { gate: Some(Arc::clone(&gate)), ..Scripted::default() };
    let running = start(&reconciler, vec![with_engine("a", "1", "writes a@12")], |controller| {
        queue = Some(controller.queue());
        controller
    });
    let running = running.await;
    running.watch.send(Event::Modified(Ok(database("a", "12").into())));
    pause().await;
    gate.add_permits(2);
    pause().await;
    assert_eq!(reconciler.take(), ["a@1"], "its own write leads to no turn");
    queue.unwrap().add(key("a"));
    pause().await;
    assert_eq!(reconciler.take(), ["a@12"]);
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_shutting_down_puts_nothing_off() {
    let setup = setup();
    setup.queue.add(key("a"));
    assert!(setup.begin().await);
    setup.end(vec![wrote(&setup.secrets, "s", "10")]);
    setup.queue.add(key("a"));
    setup.queue.shut_down();
    assert!(setup.begin().await);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_shows_an_own_write_may_hide_what_somebody_else_wrote_before() {
    let reconciler = Scripted::default();
    let mut running = start(&reconciler, vec![with_engine("a", "1", "writes a@12")], |controller| controller).await;
    assert_eq!(reconciler.take(), ["a@1"]);
    // Version 11 was somebody else's, and the own write came on top of it.
    running.watch.fail(api_error(410, "Expired"));
    running.server.list_of(vec![with_engine("a", "12", "of version 11")], "20").await;
    pause().await;
    assert_eq!(reconciler.take(), ["a@12"]);

    let running = start(&reconciler, vec![with_engine("a", "1", "writes a@12")], |controller| controller).await;
    assert_eq!(reconciler.take(), ["a@1"]);
    running.watch.send(Event::Modified(Ok(with_engine("a", "12", "of version 1").into())));
    pause().await;
    assert_eq!(reconciler.take(), [""; 0], "a watch shows each write");
}

#[tokio::test(start_paused = true)]
async fn a_list_without_what_a_turn_wrote_before_shows_that_somebody_has_deleted_it() {
    let setup = setup();
    let list = |version| setup.turns.list(&setup.secrets, version, |_| false);
    setup.queue.add(key("a"));
    assert!(setup.begin().await);
    setup.end(vec![wrote(&setup.secrets, "s", "10")]);
    list("9");
    assert!(setup.queue.is_empty(), "the list is older");
    setup.turns.list(&setup.secrets, "10", |key| key.name() == "s");
    setup.turns.list(&setup.databases, "11", |_| false);
    assert!(setup.queue.is_empty(), "it is there, and the others do not matter");
    list("10");
    assert_eq!(setup.queue.len(), 1, "it is gone again, without an event");
    assert!(setup.begin().await, "nothing is waited for");

    list("20");
    setup.turns.list(&setup.databases, "22", |_| true);
    setup.end(vec![wrote(&setup.secrets, "t", "19"), wrote(&setup.secrets, "u", "21")]);
    assert_eq!(setup.queue.len(), 1, "the list came while the turn ran");
    assert!(!setup.begin().await, "`u` is newer than the list");
}

#[tokio::test(start_paused = true)]
async fn an_object_that_was_written_and_is_gone_before_a_cache_has_shown_it_leads_to_a_turn() {
    let reconciler = Scripted::default();
    let mut running = start(&reconciler, vec![with_engine("a", "1", "writes b@12")], |controller| controller).await;
    assert_eq!(reconciler.take(), ["a@1"]);
    running.watch.fail(api_error(410, "Expired"));
    running.server.list_of(vec![with_engine("a", "1", "writes b@12")], "20").await;
    pause().await;
    assert_eq!(reconciler.take(), ["a@1"], "`b` is missing again");
}
