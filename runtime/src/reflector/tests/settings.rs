//! What can be set, and what it changes.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_page_size_that_was_set_counts_at_every_version() {
    // TestReflectorWatchListPageSize
    let mut running = run(ReflectorConfig { page_size: Some(4), ..ReflectorConfig::default() });
    assert_eq!(running.server.list_page(vec![database("a", "1")], "10", "more").await.limit, Some(4));
    assert_eq!(running.server.list_of(vec![database("b", "2")], "10").await.limit, Some(4));
    drop(running.server.watch().await);
    let options = running.server.list_of(vec![], "12").await;
    assert_eq!((options.resource_version.as_deref(), options.limit), (Some("10"), Some(4)));

    let mut running = run(ReflectorConfig { page_size: Some(0), ..ReflectorConfig::default() });
    let options = running.server.list_of(vec![], "10").await;
    assert_eq!((options.resource_version.as_deref(), options.limit), (Some("0"), None), "all at once");
}

#[tokio::test(start_paused = true)]
async fn the_selectors_and_the_form_are_part_of_every_request() {
    let mut running = run(ReflectorConfig {
        label_selector: Some("app=a".to_owned()),
        field_selector: Some("metadata.name=b".to_owned()),
        keep_managed_fields: true,
        form: crate::cached::Form::Compact,
        ..ReflectorConfig::default()
    });
    let list = running.server.list_of(vec![], "10").await;
    let (watch, _sender) = running.server.watch().await;
    for (labels, fields) in [(list.label_selector, list.field_selector), (watch.label_selector, watch.field_selector)] {
        assert_eq!((labels.as_deref(), fields.as_deref()), (Some("app=a"), Some("metadata.name=b")));
    }
    assert!(!list.omit_managed_fields && !watch.omit_managed_fields);
    assert_eq!((list.form, watch.form), (crate::cached::Form::Compact, crate::cached::Form::Compact));
}

#[tokio::test(start_paused = true)]
async fn a_backoff_of_ones_own_decides_the_delays() {
    // TestNewReflectorWithCustomBackoff
    let backoff = BackoffConfig {
        initial: Duration::from_secs(3),
        factor: 3.0,
        max: Duration::from_secs(20),
        jitter: 0.0,
        ..BackoffConfig::default()
    };
    let mut running = run(ReflectorConfig { backoff, ..ReflectorConfig::default() });
    let started = Instant::now();
    let mut seconds = Vec::new();
    for _ in 0..5 {
        running.server.list(Err(api_error(403, "Forbidden"))).await;
        seconds.push(started.elapsed().as_secs());
    }
    assert_eq!(seconds, [0, 3, 12, 32, 52]);
}

#[tokio::test(start_paused = true)]
async fn the_longest_watch_timeout_is_the_configured_one_and_a_silence_beyond_it_is_too_long() {
    let watch_timeout = Duration::from_hours(2);
    let config = ReflectorConfig { watch_timeout, idle_grace: Duration::from_secs(7), ..ReflectorConfig::default() };
    let mut running = run(config);
    running.server.list_of(vec![], "10").await;
    let (options, _watch) = running.server.watch().await;
    assert!((watch_timeout..2 * watch_timeout).contains(&options.timeout), "{:?}", options.timeout);
    assert_eq!(options.idle_timeout, options.timeout + Duration::from_secs(7));
}

#[tokio::test(start_paused = true)]
async fn delays_begin_anew_only_after_the_quiet_time() {
    let mut backoff = Backoff::new(BackoffConfig { jitter: 0.0, ..BackoffConfig::default() });
    for _ in 0..8 {
        backoff.failed();
    }
    tokio::time::advance(Duration::from_mins(2)).await;
    assert_eq!(backoff.failed(), Duration::from_secs(30), "not longer than that");
    tokio::time::advance(Duration::from_millis(120_001)).await;
    assert_eq!(backoff.failed(), Duration::from_millis(800));
}

#[tokio::test(start_paused = true)]
async fn a_cached_list_that_has_expired_is_followed_by_the_newest_data_in_pages() {
    let mut running = run(ReflectorConfig::default());
    running.server.list(Err(api_error(410, "Expired"))).await;
    let options = running.server.list_page(vec![], "10", "more").await;
    assert_eq!((options.resource_version.as_deref(), options.limit), (Some(""), Some(500)));
    running.server.list_of(vec![], "10").await;
    drop(running.server.watch().await);
    let options = running.server.list_of(vec![], "12").await;
    assert_eq!(
        (options.resource_version.as_deref(), options.limit),
        (Some("10"), None),
        "that says nothing of the cache"
    );
}

#[tokio::test(start_paused = true)]
async fn an_event_without_a_version_moves_nothing() {
    let (mut running, watch) = synced().await;
    watch.send(Event::Modified(Ok(database("a", "").into())));
    drop(watch);
    assert_eq!(running.server.watch().await.0.resource_version, "10");
    assert_eq!(running.log.take(), ["modified a"]);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_fails_begins_the_list_again_after_a_delay() {
    let mut running = run(ReflectorConfig::default());
    let options = running.server.list_page(vec![database("a", "1")], "10", "more").await;
    assert!(options.omit_managed_fields, "unless they are asked for");
    running.server.list(Err(api_error(500, "InternalError"))).await;
    let failed = Instant::now();
    let options = running.server.list_of(vec![database("b", "2")], "11").await;
    assert_eq!((options.limit, options.continue_token), (Some(500), None));
    assert!(failed.elapsed() >= Duration::from_millis(800), "{:?}", failed.elapsed());
    running.server.watch().await;
    assert_eq!(running.log.take(), ["list b at 11"]);
}

#[tokio::test(start_paused = true)]
async fn lists_and_watches_are_measured() {
    let metrics = Metrics::new();
    let measured = Some(metrics.informer("i", &Database::api_resource()));
    let mut running = run(ReflectorConfig { metrics: measured, ..ReflectorConfig::default() });
    let broken = Undecodable { key: None, uid: None, resource_version: None, error: String::new() };
    let items = ["a", "b", "c"].map(|name| database(name, "1").into()).into();
    let list = List { items, undecodable: vec![broken], resource_version: "10".to_owned(), continue_token: None };
    running.server.list(Ok(list)).await;
    // Three watches that end without an error: one with an event, one after a second, one that is neither.
    let (_, watch) = running.server.watch().await;
    watch.send(Event::Added(Ok(database("d", "11").into())));
    drop(watch);
    let (_, watch) = running.server.watch().await;
    sleep(Duration::from_secs(1)).await;
    drop(watch);
    drop(running.server.watch().await);
    running.server.list_of(vec![], "12").await;
    let _open = running.server.watch().await;
    let text = metrics.encode();
    for (family, value) in [
        ("reflector_lists_total", "2"),
        ("reflector_items_per_list_sum", "4.0"),
        ("reflector_watches_total", "3"),
        ("reflector_short_watches_total", "1"),
        ("reflector_items_per_watch_sum", "1.0"),
        ("reflector_watch_duration_seconds_sum", "1.0"),
    ] {
        let line = text.lines().find(|line| line.starts_with(&format!("{family}{{")));
        assert_eq!(line.and_then(|line| line.rsplit(' ').next()), Some(value), "{family}: {line:?}");
    }
}
