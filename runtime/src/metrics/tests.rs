//! The metrics as Prometheus reads them.

mod board;

use std::time::Duration;

use super::*;
use crate::factory::SharedInformerFactory;
use crate::informer::{Cached, EventHandler, HandlerOptions};
use crate::outcome::Outcome;
use crate::queue::{ExponentialRateLimiter, LOW_PRIORITY, WorkQueue};
use crate::testing::{Database, Reply, connection_of_lists, database};

/// Never returns.
struct Stuck;

impl EventHandler<Database> for Stuck {
    async fn add(&mut self, _: &Cached<Database>, _: bool) {
        std::future::pending::<()>().await;
    }
}

fn check(metrics: &Metrics, lines: &[&str]) {
    let text = metrics.encode();
    for line in lines {
        assert!(text.lines().any(|found| found == *line), "{line} is not in\n{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_queue_is_measured_under_its_name() {
    // metrics_test.go:TestMetrics
    let metrics = Metrics::new();
    let queue = WorkQueue::new(ExponentialRateLimiter::new(Duration::from_secs(1), Duration::from_secs(9)));
    queue.set_metrics(&metrics, "q");
    queue.add_all(["a", "b"], 0);
    queue.add_all(["c"], LOW_PRIORITY);
    tokio::time::advance(Duration::from_secs(2)).await;
    let item = queue.get().await.unwrap();
    queue.add("a");
    tokio::time::advance(Duration::from_secs(3)).await;
    let labels = r#"{name="q",controller="q"}"#;
    check(
        &metrics,
        &[
            r#"workqueue_depth{name="q",controller="q",priority="0"} 1"#,
            r#"workqueue_depth{name="q",controller="q",priority="-100"} 1"#,
            &format!("workqueue_adds_total{labels} 4"),
            &format!("workqueue_queue_duration_seconds_sum{labels} 2.0"),
            &format!("workqueue_queue_duration_seconds_count{labels} 1"),
            &format!("workqueue_unfinished_work_seconds{labels} 3.0"),
            &format!("workqueue_longest_running_processor_seconds{labels} 3.0"),
            &format!("workqueue_retries_total{labels} 0"),
        ],
    );
    queue.add_rate_limited("d");
    drop(item);
    check(
        &metrics,
        &[
            r#"workqueue_depth{name="q",controller="q",priority="0"} 2"#,
            &format!("workqueue_work_duration_seconds_sum{labels} 3.0"),
            &format!("workqueue_unfinished_work_seconds{labels} 0.0"),
            &format!("workqueue_retries_total{labels} 1"),
        ],
    );
}

#[test]
fn every_result_of_a_controller_is_there_from_the_start() {
    let metrics = Metrics::new();
    let controller = metrics.controller("databases");
    controller.workers(3);
    controller.began();
    let results = |result: &str, count: u64| {
        format!(r#"controller_runtime_reconcile_total{{controller="databases",result="{result}"}} {count}"#)
    };
    check(
        &metrics,
        &[
            &results("success", 0),
            &results("requeue", 0),
            r#"controller_runtime_max_concurrent_reconciles{controller="databases"} 3"#,
            r#"controller_runtime_active_workers{controller="databases"} 1"#,
        ],
    );
    for outcome in [Outcome::Done, Outcome::RequeuedAfter, Outcome::Terminal, Outcome::Panicked, Outcome::TimedOut] {
        controller.ended(outcome, Duration::from_millis(20));
    }
    check(
        &metrics,
        &[
            &results("success", 1),
            &results("requeue_after", 1),
            &results("error", 3),
            r#"controller_runtime_reconcile_errors_total{controller="databases"} 3"#,
            r#"controller_runtime_terminal_reconcile_errors_total{controller="databases"} 1"#,
            r#"controller_runtime_reconcile_panics_total{controller="databases"} 1"#,
            r#"controller_runtime_reconcile_timeouts_total{controller="databases"} 1"#,
            r#"controller_runtime_reconcile_time_seconds_count{controller="databases"} 5"#,
        ],
    );
}

#[test]
fn a_program_adds_metrics_of_its_own() {
    let metrics = Metrics::new();
    let counter = prometheus_client::metrics::counter::Counter::<u64>::default();
    metrics.register(|registry| registry.register("backups", "Backups that were made", counter.clone()));
    counter.inc();
    check(&metrics, &["backups_total 1"]);
}

#[tokio::test(start_paused = true)]
async fn an_informer_is_measured_until_it_is_stopped() {
    let metrics = Metrics::new();
    let list = serde_json::json!({
        "metadata": { "resourceVersion": "1234567890123456789" }, "items": [database("a", "1"), database("b", "2")],
    });
    let connection = connection_of_lists(move |_| Reply::json(200, &list));
    let factory = SharedInformerFactory::new(connection).metrics(&metrics).namespaced("ns");
    let informer = factory.informer::<Database>();
    let _registration = informer.add_handler(Stuck, HandlerOptions::default()).unwrap();
    factory.start();
    informer.wait_for_sync().await.unwrap();
    tokio::time::sleep(Duration::from_secs(7)).await;
    let labels = r#"{name="Database in ns",group="example.com",version="v1",resource="databases"}"#;
    let name = r#"{name="Database in ns"}"#;
    check(
        &metrics,
        &[
            &format!("informer_queued_items{labels} 1"),
            &format!("informer_store_resource_version{labels} 567890123456789"),
            &format!("crdgen_informer_objects{labels} 2"),
            &format!("crdgen_informer_synced{labels} 1"),
            &format!("crdgen_informer_silence_seconds{labels} 7.0"),
            &format!("reflector_lists_total{name} 1"),
            &format!("reflector_items_per_list_sum{name} 2.0"),
        ],
    );
    informer.stop();
    informer.wait_for_end().await;
    let text = metrics.encode();
    assert!(!text.contains("informer_objects{") && text.contains("reflector_lists_total{"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn watches_and_batches_of_changes_are_measured() {
    let metrics = Metrics::new();
    let event = serde_json::json!({ "type": "ADDED", "object": database("a", "6") }).to_string() + "\n";
    let (connection, _) = crate::testing::connection_with(move |request, _| {
        if request.contains("sendInitialEvents") {
            return Reply::json(422, &serde_json::json!({ "code": 422, "reason": "Invalid" }));
        }
        if !request.contains("watch=true") {
            return Reply::json(200, &serde_json::json!({ "metadata": { "resourceVersion": "5" }, "items": [] }));
        }
        let mut reply = Reply::chunks(200, [event.clone()]);
        reply.stalls = request.contains("resourceVersion=6");
        reply
    });
    let factory = SharedInformerFactory::new(connection).metrics(&metrics);
    let informer = factory.informer::<Database>();
    factory.start();
    informer.wait_for_sync().await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let labels = r#"{name="Database",group="example.com",version="v1",resource="databases"}"#;
    check(
        &metrics,
        &[
            r#"reflector_watches_total{name="Database"} 1"#,
            r#"reflector_items_per_watch_sum{name="Database"} 1.0"#,
            r#"reflector_short_watches_total{name="Database"} 0"#,
            &format!("informer_processing_latency_seconds_count{labels} 2"),
        ],
    );
}
