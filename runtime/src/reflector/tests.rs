//! The cases of client-go's `reflector_test.go`, with a source that the test answers call by call.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use kube::core::Status;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::cached::Cached;
use crate::client;
use crate::decode::{List, Undecodable};
use crate::kind::{ObjectKey, StaticKind};
use crate::metrics::Metrics;
use crate::testing::{Call, Database, Source, api_error, database, source, within};
use crate::watch::{Event, ListWatch};

mod batches;
mod selections;
mod settings;
mod streaming;
mod troubled;

/// Records the calls it receives.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    fn push(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }
}

impl Sink<Database> for Log {
    async fn replace(&mut self, list: List<Cached<Database>>) {
        let names: Vec<_> = list.items.iter().filter_map(|object| object.metadata.name.clone()).collect();
        let broken: Vec<_> = list.undecodable.iter().map(|odd| format!(" and broken {odd}")).collect();
        self.push(format!("list {}{} at {}", names.join(","), broken.concat(), list.resource_version));
    }

    async fn apply(&mut self, events: Vec<Event<Database>>) {
        let name = |object: Result<Cached<Database>, Undecodable>| match object {
            Ok(object) => object.metadata.name.clone().unwrap(),
            Err(undecodable) => format!("broken {undecodable}"),
        };
        for event in events {
            self.push(match event {
                Event::Added(object) => format!("added {}", name(object)),
                Event::Modified(object) => format!("modified {}", name(object)),
                Event::Deleted(object) => format!("deleted {}", name(object)),
                Event::Bookmark { resource_version, .. } => format!("bookmark {resource_version}"),
            });
        }
    }
}

struct Running {
    server: Source,
    log: Log,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

fn run(config: ReflectorConfig) -> Running {
    let (list_watch, server) = source();
    run_on(list_watch, server, config)
}

fn run_on(list_watch: impl ListWatch<Database>, server: Source, config: ReflectorConfig) -> Running {
    let (log, stop) = (Log::default(), CancellationToken::new());
    let reflector = Reflector::new(Arc::new(list_watch), log.clone(), config);
    Running { server, log, task: tokio::spawn(reflector.run(stop.clone())), stop }
}

/// A reflector that has listed `a` at version 10, and its first watch.
async fn synced() -> (Running, crate::testing::WatchSender) {
    let mut running = run(ReflectorConfig::default());
    running.server.list_of(vec![database("a", "9")], "10").await;
    let (_, watch) = running.server.watch().await;
    running.log.take();
    (running, watch)
}

/// Lets tasks run until nothing moves, without the clock.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

fn too_large() -> client::Error {
    let status = Status::failure("Too large resource version: 10, current: 9", "Timeout").with_code(504);
    client::Error::Api(status.boxed())
}

#[tokio::test(start_paused = true)]
async fn the_first_list_takes_what_the_server_has_cached_in_pages_of_500() {
    let mut running = run(ReflectorConfig::default());
    let options = running.server.list_page(vec![database("a", "1")], "10", "more").await;
    assert_eq!(
        (options.resource_version.as_deref(), options.limit, options.continue_token),
        (Some("0"), Some(500), None)
    );
    let options = running.server.list_of(vec![database("b", "2")], "10").await;
    assert_eq!((options.continue_token.as_deref(), options.limit), (Some("more"), Some(500)));
    running.server.watch().await;
    assert_eq!(running.log.take(), ["list a,b at 10"]);
}

#[tokio::test(start_paused = true)]
async fn a_list_whose_continue_token_expired_is_taken_in_one_piece() {
    let mut running = run(ReflectorConfig::default());
    running.server.list_page(vec![database("a", "1")], "10", "more").await;
    running.server.list(Err(api_error(410, "Expired"))).await;
    let options = running.server.list_of(vec![database("a", "1"), database("b", "2")], "11").await;
    assert_eq!((options.resource_version.as_deref(), options.limit, options.continue_token), (Some("0"), None, None));
    running.server.watch().await;
    assert_eq!(running.log.take(), ["list a,b at 11"]);
}

#[tokio::test(start_paused = true)]
async fn a_watch_starts_at_the_version_of_the_list_and_lasts_five_to_ten_minutes() {
    let too_short = Duration::from_secs(1);
    let mut running = run(ReflectorConfig { watch_timeout: too_short, ..ReflectorConfig::default() });
    running.server.list_of(vec![], "10").await;
    let (options, _watch) = running.server.watch().await;
    assert_eq!(options.resource_version, "10");
    assert!(options.bookmarks && options.omit_managed_fields);
    assert!((Duration::from_mins(5)..Duration::from_mins(10)).contains(&options.timeout), "{:?}", options.timeout);
    assert!(options.idle_timeout > options.timeout);
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_ends_in_good_order_goes_on_at_once_from_the_last_version() {
    let (mut running, watch) = synced().await;
    watch.send(Event::Added(Ok(database("b", "11").into())));
    watch.send(Event::Bookmark { resource_version: "15".to_owned(), ends_initial_events: false });
    let before = Instant::now();
    drop(watch);
    let (options, _watch) = running.server.watch().await;
    assert_eq!(options.resource_version, "15");
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert_eq!(running.log.take(), ["added b", "bookmark 15"]);
}

#[tokio::test(start_paused = true)]
async fn a_very_short_watch_lists_again_after_a_delay_without_paging() {
    let (mut running, watch) = synced().await;
    let before = Instant::now();
    drop(watch);
    let options = running.server.list_of(vec![], "12").await;
    assert_eq!((options.resource_version.as_deref(), options.limit), (Some("10"), None));
    assert!(
        (Duration::from_millis(800)..Duration::from_millis(1602)).contains(&before.elapsed()),
        "{:?}",
        before.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_pages_its_cached_list_is_asked_for_pages_ever_after() {
    let mut running = run(ReflectorConfig::default());
    running.server.list_page(vec![], "10", "more").await;
    running.server.list_of(vec![], "10").await;
    let (_, watch) = running.server.watch().await;
    drop(watch);
    assert_eq!(running.server.list_of(vec![], "12").await.limit, Some(500));
}

#[tokio::test(start_paused = true)]
async fn overload_and_lost_connections_delay_the_watch_and_never_list_again() {
    let (mut running, watch) = synced().await;
    watch.fail(api_error(429, "TooManyRequests"));
    let before = Instant::now();
    for round in 0..20 {
        let error = if round % 2 == 0 { client::Error::Truncated } else { api_error(429, "TooManyRequests") };
        assert_eq!(running.server.refuse_watch(error).await.resource_version, "10");
    }
    let (options, _watch) = running.server.watch().await;
    assert_eq!(options.resource_version, "10");
    assert!(before.elapsed() > Duration::from_mins(5), "delays grow to half a minute: {:?}", before.elapsed());
    assert_eq!(running.log.take(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_cannot_be_made_is_tried_with_growing_delays_however_long_that_takes() {
    let (mut running, watch) = synced().await;
    watch.fail(client::Error::Truncated);
    let before = Instant::now();
    for _ in 0..10 {
        let Call::Watch(_, answer) = running.server.call().await else { panic!("a list helps nobody") };
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(answer.send(Err(client::Error::Truncated)).is_ok());
    }
    running.server.watch().await;
    assert!(before.elapsed() > Duration::from_mins(2), "{:?}", before.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_was_cut_after_a_while_goes_on_at_once() {
    let (mut running, watch) = synced().await;
    tokio::time::advance(Duration::from_mins(1)).await;
    let before = Instant::now();
    watch.fail(client::Error::Truncated);
    running.server.watch().await;
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn the_server_is_given_the_time_it_asks_for() {
    let (mut running, watch) = synced().await;
    let mut headers = http::HeaderMap::new();
    headers.insert(http::header::RETRY_AFTER, http::HeaderValue::from_static("20"));
    let before = Instant::now();
    watch.fail(client::error_of(b"slow down", 429, &headers));
    let (_, watch) = running.server.watch().await;
    assert!(before.elapsed() >= Duration::from_secs(20), "{:?}", before.elapsed());

    headers.insert(http::header::RETRY_AFTER, http::HeaderValue::from_static("4000000000"));
    let before = Instant::now();
    watch.fail(client::error_of(b"slow down", 429, &headers));
    running.server.watch().await;
    assert_eq!(before.elapsed().as_secs(), 30, "a century is too long");
}

#[tokio::test(start_paused = true)]
async fn internal_errors_are_retried_for_a_while_before_listing_again() {
    let (mut running, watch) = synced().await;
    let before = Instant::now();
    watch.fail(api_error(500, "InternalError"));
    let mut retries = 0;
    loop {
        match running.server.call().await {
            Call::Watch(options, answer) => {
                assert_eq!(options.resource_version, "10");
                retries += 1;
                answer.send(Err(api_error(500, "InternalError"))).ok().unwrap();
            }
            Call::List(options, _) => {
                assert_eq!(options.resource_version.as_deref(), Some("10"));
                break;
            }
        }
    }
    assert!(retries >= 2, "{retries}");
    assert!(before.elapsed() > Duration::from_secs(30), "{:?}", before.elapsed());
}

#[tokio::test(start_paused = true)]
async fn an_expired_watch_lists_from_the_last_version_and_then_the_newest_data() {
    let (mut running, watch) = synced().await;
    watch.send(Event::Modified(Ok(database("a", "20").into())));
    watch.fail(api_error(410, "Expired"));
    let options = running.server.list(Err(api_error(410, "Expired"))).await;
    assert_eq!((options.resource_version.as_deref(), options.limit), (Some("20"), None));
    let before = Instant::now();
    let options = running.server.list_of(vec![database("b", "30")], "31").await;
    assert_eq!((options.resource_version.as_deref(), options.limit), (Some(""), Some(500)));
    assert_eq!(before.elapsed(), Duration::ZERO, "the second list follows at once");
    assert_eq!(running.server.watch().await.0.resource_version, "31");
    assert_eq!(running.log.take(), ["modified a", "list b at 31"]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_lags_behind_the_last_version_is_asked_for_the_newest_data() {
    let (mut running, watch) = synced().await;
    drop(watch);
    assert_eq!(running.server.list(Err(too_large())).await.resource_version.as_deref(), Some("10"));
    assert_eq!(running.server.list_of(vec![], "12").await.resource_version.as_deref(), Some(""));
    let (_, watch) = running.server.watch().await;
    drop(watch);
    assert_eq!(running.server.list_of(vec![], "13").await.resource_version.as_deref(), Some("12"));
}

#[tokio::test(start_paused = true)]
async fn any_other_error_event_lists_again_so_that_a_corrupt_object_can_leave_the_store() {
    let (mut running, watch) = synced().await;
    watch.fail(api_error(500, "StorageReadError"));
    running.server.list_of(vec![], "12").await;
    running.server.watch().await;
    assert_eq!(running.log.take(), ["list  at 12"]);
}

#[tokio::test(start_paused = true)]
async fn objects_that_cannot_be_decoded_do_not_stop_the_watch() {
    let (mut running, watch) = synced().await;
    let broken = |key, version: &str| Undecodable {
        key,
        uid: None,
        resource_version: Some(version.to_owned()),
        error: "no engine".to_owned(),
    };
    watch.send(Event::Modified(Err(broken(Some(ObjectKey::new(Some("ns"), "b")), "11"))));
    watch.send(Event::Modified(Err(broken(None, "12"))));
    watch.send(Event::Added(Ok(database("c", "13").into())));
    drop(watch);
    assert_eq!(running.server.watch().await.0.resource_version, "13");
    assert_eq!(running.log.take(), ["modified broken ns/b: no engine", "added c"]);
}

#[tokio::test(start_paused = true)]
async fn versions_of_unordered_initial_events_are_not_trusted() {
    let mut running = run(ReflectorConfig::default());
    running.server.list_of(vec![], "").await;
    let (options, watch) = running.server.watch().await;
    assert_eq!(options.resource_version, "");
    watch.send(Event::Added(Ok(database("a", "20").into())));
    drop(watch);
    let (options, watch) = running.server.watch().await;
    assert_eq!(options.resource_version, "", "the added object may be newer than others that were not sent yet");
    watch.send(Event::Modified(Ok(database("a", "21").into())));
    watch.send(Event::Added(Ok(database("b", "22").into())));
    drop(watch);
    assert_eq!(running.server.watch().await.0.resource_version, "22");
}

#[tokio::test(start_paused = true)]
async fn a_stop_ends_a_watch_a_list_and_a_wait_at_once() {
    let (running, watch) = synced().await;
    running.stop.cancel();
    within(running.task).await.unwrap();
    watch.closed().await;

    let mut listing = run(ReflectorConfig::default());
    let Call::List(_, answer) = listing.server.call().await else { panic!("a reflector lists first") };
    listing.stop.cancel();
    within(listing.task).await.unwrap();
    assert!(answer.is_closed());

    let mut waiting = run(ReflectorConfig::default());
    waiting.server.list(Err(api_error(403, "Forbidden"))).await;
    tokio::task::yield_now().await;
    let before = Instant::now();
    waiting.stop.cancel();
    within(waiting.task).await.unwrap();
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn each_failure_reaches_the_error_handler() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let on_error: ErrorHandler = Arc::new(move |error: &Error| log.lock().unwrap().push(error.to_string()));
    let mut running = run(ReflectorConfig { on_error: Some(on_error), ..ReflectorConfig::default() });
    running.server.list(Err(api_error(403, "Forbidden"))).await;
    running.server.list_of(vec![], "1").await;
    running.server.refuse_watch(client::Error::Truncated).await;
    drop(running.server.watch().await);
    running.server.list_of(vec![], "1").await;
    let expected = [
        "refused",
        "the watch was cut in the middle of an event",
        "the watch ended within a second and without an event",
    ];
    assert_eq!(*seen.lock().unwrap(), expected, "also those after which only the watch is tried again");
}

#[tokio::test(start_paused = true)]
async fn delays_double_from_800_milliseconds_to_half_a_minute_and_start_over_after_a_quiet_time() {
    let mut backoff = Backoff::new(BackoffConfig::default());
    for expected in [800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000] {
        let expected = Duration::from_millis(expected);
        let delay = backoff.failed();
        assert!(delay >= expected && delay < expected * 2, "{delay:?} for {expected:?}");
    }
    tokio::time::advance(Duration::from_mins(2) + Duration::from_millis(1)).await;
    assert!(backoff.failed() < Duration::from_millis(1_600));
}

#[tokio::test(start_paused = true)]
async fn no_setting_makes_a_delay_overflow() {
    for extreme in [f64::MAX, f64::INFINITY, f64::NAN] {
        let config = BackoffConfig {
            initial: Duration::MAX,
            factor: extreme,
            max: Duration::MAX,
            jitter: extreme,
            ..BackoffConfig::default()
        };
        let mut backoff = Backoff::new(config);
        for _ in 0..3 {
            assert!(backoff.failed() <= Duration::from_hours(48));
        }
    }
    let config =
        ReflectorConfig { watch_timeout: Duration::MAX, idle_grace: Duration::MAX, ..ReflectorConfig::default() };
    let mut running = run(config);
    running.server.list_of(vec![], "10").await;
    running.server.watch().await;
}
