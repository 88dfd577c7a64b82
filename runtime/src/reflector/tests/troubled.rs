//! Servers and proxies that never settle: neither a flood of requests nor a cache that stays old.

use super::*;

#[tokio::test(start_paused = true)]
async fn watches_that_end_at_once_come_once_a_second() {
    let (mut running, watch) = synced().await;
    watch.send(Event::Modified(Ok(database("a", "20").into())));
    drop(watch);
    let started = Instant::now();
    for version in 21..31 {
        let (_, watch) = running.server.watch().await;
        watch.send(Event::Modified(Ok(database("a", &version.to_string()).into())));
        drop(watch);
    }
    running.server.watch().await;
    assert_eq!(started.elapsed().as_secs(), 10, "and without a new list");
}

#[tokio::test(start_paused = true)]
async fn a_version_that_expires_again_and_again_is_given_up() {
    let (mut running, watch) = synced().await;
    watch.fail(api_error(410, "Expired"));
    let options = running.server.list_of(vec![database("a", "9")], "10").await;
    assert_eq!(options.resource_version.as_deref(), Some("10"));
    running.server.refuse_watch(api_error(410, "Expired")).await;
    let options = running.server.list_of(vec![database("a", "15")], "20").await;
    assert_eq!(options.resource_version.as_deref(), Some(""), "the newest data");
    let (options, _watch) = running.server.watch().await;
    assert_eq!(options.resource_version, "20");
}

#[tokio::test(start_paused = true)]
async fn a_version_that_has_expired_is_no_failure_unless_it_does_so_again() {
    let seen = Arc::new(Mutex::new(0));
    let count = Arc::clone(&seen);
    let on_error: ErrorHandler = Arc::new(move |_: &Error| *count.lock().unwrap() += 1);
    let mut running = run(ReflectorConfig { on_error: Some(on_error), ..ReflectorConfig::default() });
    running.server.list_of(vec![], "10").await;
    running.server.refuse_watch(api_error(410, "Expired")).await;
    running.server.list_of(vec![], "10").await;
    assert_eq!(*seen.lock().unwrap(), 0);
    running.server.refuse_watch(api_error(410, "Expired")).await;
    running.server.list_of(vec![], "11").await;
    assert_eq!(*seen.lock().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn internal_errors_a_minute_apart_are_no_series_and_the_time_they_take_does_not_count() {
    // TestRetryWithDeadline
    let (mut running, mut watch) = synced().await;
    let internal = || api_error(500, "InternalError");
    for _ in 0..5 {
        watch.fail(internal());
        for _ in 0..2 {
            running.server.refuse_watch(internal()).await;
        }
        (_, watch) = running.server.watch().await;
        tokio::time::sleep(Duration::from_secs(65)).await;
        watch.send(Event::Bookmark { resource_version: "10".to_owned(), ends_initial_events: false });
        tokio::time::sleep(Duration::from_secs(65)).await;
        watch.fail(client::Error::Truncated);
        (_, watch) = running.server.watch().await;
    }
    watch.fail(internal());
    let before = Instant::now();
    loop {
        let Call::Watch(_, answer) = running.server.call().await else { break };
        // It takes the server a minute to fail.
        tokio::time::sleep(Duration::from_mins(1)).await;
        assert!(answer.send(Err(internal())).is_ok());
    }
    assert!(before.elapsed() < Duration::from_mins(3), "{:?}", before.elapsed());
}

/// A reflector at version 10 whose watch is silent, and the watch.
async fn silent() -> (Running, crate::testing::WatchSender) {
    let (running, watch) = synced().await;
    tokio::time::sleep(Duration::from_secs(119)).await;
    (running, watch)
}

#[tokio::test(start_paused = true)]
async fn a_silent_watch_whose_server_has_gone_back_is_listed_anew() {
    let (mut running, _watch) = silent().await;
    let options = running.server.list_of(vec![database("b", "3")], "4").await;
    assert_eq!((options.resource_version.as_deref(), options.limit), (Some(""), Some(1)), "a cheap question");
    let options = running.server.list_of(vec![database("b", "3")], "4").await;
    assert_eq!((options.resource_version.as_deref(), options.limit), (Some(""), Some(500)), "the newest data");
    assert_eq!(running.server.watch().await.0.resource_version, "4");
    assert_eq!(running.log.take(), ["list b at 4"]);
}

#[tokio::test(start_paused = true)]
async fn a_silent_watch_whose_server_has_not_gone_back_goes_on() {
    for version in ["10", "11", "opaque", ""] {
        let (mut running, watch) = silent().await;
        running.server.list_of(vec![], version).await;
        settle().await;
        watch.send(Event::Added(Ok(database("b", "12").into())));
        settle().await;
        assert_eq!(running.log.take(), ["added b"]);
    }
    let (mut running, watch) = silent().await;
    running.server.list(Err(api_error(403, "Forbidden"))).await;
    watch.send(Event::Added(Ok(database("b", "12").into())));
    settle().await;
    assert_eq!(running.log.take(), ["added b"], "a question without an answer");
}

#[tokio::test(start_paused = true)]
async fn an_event_ends_the_waiting_for_an_answer_about_the_version() {
    let (mut running, watch) = silent().await;
    let Call::List(_, answer) = running.server.call().await else { panic!("the watch is silent") };
    watch.send(Event::Added(Ok(database("b", "12").into())));
    settle().await;
    assert!(answer.is_closed());
    assert_eq!(running.log.take(), ["added b"]);
}

#[tokio::test(start_paused = true)]
async fn a_bookmark_of_a_lower_version_lists_anew() {
    let (mut running, watch) = synced().await;
    watch.send(Event::Added(Ok(database("b", "12").into())));
    watch.send(Event::Bookmark { resource_version: "4".to_owned(), ends_initial_events: false });
    assert_eq!(running.server.list_of(vec![], "4").await.resource_version.as_deref(), Some(""));
    assert_eq!(running.server.watch().await.0.resource_version, "4");
    assert_eq!(running.log.take(), ["added b", "list  at 4"]);
}

#[tokio::test(start_paused = true)]
async fn the_question_about_the_version_has_the_selectors() {
    let (label, field) = (Some("app=a".to_owned()), Some("metadata.name=a".to_owned()));
    let config =
        ReflectorConfig { label_selector: label.clone(), field_selector: field.clone(), ..ReflectorConfig::default() };
    let mut running = run(config);
    running.server.list_of(vec![], "10").await;
    let _watch = running.server.watch().await;
    let options = running.server.list_of(vec![], "10").await;
    assert_eq!((options.label_selector, options.field_selector), (label, field));
}
