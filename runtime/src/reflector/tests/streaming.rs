//! Lists by watches that begin with all objects: the cases of client-go's `reflector_watchlist_test.go`.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Running, run, run_on, settle};
use crate::cached::Cached;
use crate::client;
use crate::decode::List;
use crate::decode::Undecodable;
use crate::kind::ObjectKey;
use crate::reflector::{Reflector, ReflectorConfig, Sink};
use crate::testing::{Database, WatchSender, api_error, database, streaming_source};
use crate::watch::Event;

/// A reflector on a server that can begin a watch with all objects.
fn run_streaming() -> Running {
    let (list_watch, server) = streaming_source();
    run_on(list_watch, server, ReflectorConfig::default())
}

fn added(name: &str, version: &str) -> Event<Database> {
    Event::Added(Ok(database(name, version).into()))
}

fn bookmark(version: &str, ends_initial_events: bool) -> Event<Database> {
    Event::Bookmark { resource_version: version.to_owned(), ends_initial_events }
}

/// A streaming reflector that has received `a` at version 10, and the watch, which goes on.
async fn streamed() -> (Running, WatchSender) {
    let mut running = run_streaming();
    let (options, watch) = running.server.watch().await;
    assert!(options.initial_events && options.bookmarks && options.resource_version.is_empty(), "{options:?}");
    watch.send(added("a", "9"));
    watch.send(bookmark("10", true));
    settle().await;
    assert_eq!(running.log.take(), ["list a at 10"]);
    (running, watch)
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_begins_with_all_objects_replaces_the_list_and_goes_on() {
    // TestWatchList: "Updates and Deletes events are propagated during streaming", "checking the value of the
    // initialEventsEnd annotation"
    let mut running = run_streaming();
    let (_, watch) = running.server.watch().await;
    for event in [added("a", "1"), added("b", "2"), added("c", "3"), bookmark("4", false)] {
        watch.send(event);
    }
    watch.send(Event::Modified(Ok(database("b", "5").into())));
    watch.send(Event::Deleted(Ok(database("c", "6").into())));
    settle().await;
    assert_eq!(running.log.take(), [""; 0], "nothing before the last of them");
    watch.send(bookmark("10", true));
    watch.send(added("d", "11"));
    settle().await;
    assert_eq!(running.log.take(), ["list a,b at 10", "added d"]);
}

#[tokio::test(start_paused = true)]
async fn a_watch_list_after_the_first_is_not_older_than_the_last_version() {
    // TestWatchListResourceVersion
    let (mut running, watch) = streamed().await;
    watch.send(bookmark("20", false));
    watch.fail(api_error(410, "Expired"));
    let options = running.server.refuse_watch(api_error(410, "Expired")).await;
    assert_eq!((options.resource_version.as_str(), options.initial_events), ("20", true));
    let (options, watch) = running.server.watch().await;
    assert_eq!((options.resource_version.as_str(), options.initial_events), ("", true), "the newest, at once");
    watch.send(bookmark("30", true));
    settle().await;
    assert_eq!(running.log.take(), ["bookmark 20", "list  at 30"]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_ends_before_its_bookmark_starts_over() {
    // TestWatchList: "stopping a watcher before sync results in creating a new watch-list request"
    let mut running = run_streaming();
    let (_, watch) = running.server.watch().await;
    watch.send(added("gone", "1"));
    watch.fail(client::Error::Truncated);
    let (options, watch) = running.server.watch().await;
    assert!(options.initial_events);
    watch.send(added("a", "2"));
    watch.send(bookmark("3", true));
    settle().await;
    assert_eq!(running.log.take(), ["list a at 3"]);
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_are_waited_for_and_do_not_end_streaming() {
    // TestWatchList: "checks if the reflector retries 429"
    let mut running = run_streaming();
    let started = Instant::now();
    running.server.refuse_watch(api_error(429, "TooManyRequests")).await;
    let (options, _watch) = running.server.watch().await;
    assert!(options.initial_events);
    assert!(started.elapsed() >= Duration::from_millis(800));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_refuses_to_stream_is_listed_from_then_on() {
    // TestWatchList: "the reflector can fall back to old LIST/WATCH semantics when a server doesn't support streaming",
    // "returning any other error than apierrors.NewInvalid forces fallback"
    for refusal in [api_error(422, "Invalid"), api_error(400, "BadRequest")] {
        let mut running = run_streaming();
        running.server.refuse_watch(refusal).await;
        running.server.list_of(vec![database("a", "1")], "10").await;
        let (options, watch) = running.server.watch().await;
        assert_eq!((options.resource_version.as_str(), options.initial_events), ("10", false));
        watch.fail(api_error(410, "Expired"));
        running.server.list_of(vec![], "20").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_ends_the_stream_is_listed_instead() {
    // TestInitialEventsEndBookmarkTicker, and what follows from it here
    let mut running = run_streaming();
    let (_, _watch) = running.server.watch().await;
    let started = Instant::now();
    running.server.list_of(vec![database("a", "1")], "10").await;
    assert_eq!(started.elapsed(), Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_decoded_is_part_of_a_streamed_list() {
    let mut running = run_streaming();
    let (_, watch) = running.server.watch().await;
    let odd = |name: &str| {
        let key = Some(ObjectKey::new(Some("ns"), name));
        Undecodable { key, uid: None, resource_version: Some("1".to_owned()), error: "no engine".to_owned() }
    };
    let nameless = |error: &str| Undecodable { key: None, error: error.to_owned(), ..odd("") };
    watch.send(added("a", "1"));
    watch.send(Event::Added(Err(odd("b"))));
    watch.send(Event::Added(Err(nameless("no name"))));
    watch.send(Event::Modified(Err(odd("a"))));
    watch.send(Event::Modified(Err(nameless("no name either"))));
    watch.send(Event::Deleted(Err(odd("b"))));
    watch.send(bookmark("10", true));
    settle().await;
    let broken = ["ns/a: no engine", "no name", "no name either"].join(" and broken ");
    assert_eq!(running.log.take(), [format!("list  and broken {broken} at 10")]);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_cannot_stream_is_listed() {
    // TestNewReflectorWithDisablementWatchList, TestToListWatcherWithWatchListSemantics
    run(ReflectorConfig::default()).server.list_of(vec![], "10").await;
    let (list_watch, server) = streaming_source();
    let config = ReflectorConfig { stream_lists: false, ..ReflectorConfig::default() };
    run_on(list_watch, server, config).server.list_of(vec![], "10").await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_may_pass_leads_to_one_list_and_the_stream_is_asked_for_again() {
    for refusal in [api_error(500, "InternalError"), api_error(404, "NotFound"), api_error(403, "Forbidden")] {
        let mut running = run_streaming();
        running.server.refuse_watch(refusal).await;
        running.server.list_of(vec![database("a", "1")], "10").await;
        let (_, watch) = running.server.watch().await;
        watch.fail(api_error(410, "Expired"));
        let (options, _watch) = running.server.watch().await;
        assert!(options.initial_events, "{options:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_breaks_again_and_again_gives_way_to_one_list() {
    let mut running = run_streaming();
    for round in 0..2 {
        for _ in 0..2 {
            drop(running.server.watch().await);
        }
        running.server.refuse_watch(client::Error::Truncated).await;
        running.server.list_of(vec![database("a", "1")], "10").await;
        let (options, watch) = running.server.watch().await;
        assert!(!options.initial_events, "round {round}");
        watch.fail(api_error(410, "Expired"));
    }
    for expected in ["5", "6"] {
        drop(running.server.watch().await);
        let (_, watch) = running.server.watch().await;
        watch.send(bookmark(expected, true));
        settle().await;
        assert_eq!(running.log.take().last().unwrap(), &format!("list  at {expected}"), "a success begins anew");
        watch.fail(api_error(410, "Expired"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_warned_about_each_ten_seconds_of_silence_and_any_event_breaks_it() {
    // TestInitialEventsEndBookmarkTicker
    let mut running = run_streaming();
    let (_, watch) = running.server.watch().await;
    for version in 1..20 {
        tokio::time::sleep(Duration::from_secs(29)).await;
        watch.send(Event::Modified(Ok(database("a", &version.to_string()).into())));
    }
    watch.send(bookmark("30", true));
    settle().await;
    assert_eq!(running.log.take(), ["list a at 30"]);
}

/// Counts the calls of `receive`, and renames what it gets.
#[derive(Clone, Default)]
struct Renaming(super::Log);

impl Sink<Database> for Renaming {
    fn receive(&self, object: Cached<Database>) -> Cached<Database> {
        self.0.push(format!("received {}", object.metadata.name.as_deref().unwrap()));
        object.changed(|object| object.spec.engine.push('!'))
    }

    async fn replace(&mut self, list: List<Cached<Database>>) {
        let engines: Vec<_> = list.items.iter().map(|object| object.spec.engine.as_str()).collect();
        self.0.push(format!("list {}", engines.join(",")));
    }

    async fn apply(&mut self, _: Vec<Event<Database>>) {}
}

#[tokio::test(start_paused = true)]
async fn each_object_of_a_stream_is_received_once_and_as_it_arrives() {
    // TestReflectorRespectStoreTransformer
    let (list_watch, mut server) = streaming_source();
    let sink = Renaming::default();
    let reflector = Reflector::new(Arc::new(list_watch), sink.clone(), ReflectorConfig::default());
    let _running = tokio::spawn(reflector.run(CancellationToken::new()));
    let (_, watch) = server.watch().await;
    watch.send(added("a", "1"));
    settle().await;
    assert_eq!(sink.0.take(), ["received a"], "before the list is complete");
    watch.send(added("b", "2"));
    watch.send(bookmark("3", true));
    watch.send(added("c", "4"));
    settle().await;
    assert_eq!(sink.0.take(), ["received b", "list PostgreSQL!,PostgreSQL!", "received c"]);
}

#[tokio::test(start_paused = true)]
async fn a_first_stream_that_has_expired_is_asked_for_again_after_a_delay() {
    let mut running = run_streaming();
    let started = Instant::now();
    running.server.refuse_watch(api_error(410, "Expired")).await;
    let (options, _watch) = running.server.watch().await;
    assert!(options.initial_events && started.elapsed() >= Duration::from_millis(800), "{:?}", started.elapsed());
}
