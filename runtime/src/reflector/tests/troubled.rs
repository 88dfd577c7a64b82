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
