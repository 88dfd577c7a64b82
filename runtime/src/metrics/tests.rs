//! The metrics as Prometheus reads them.

use std::time::Duration;

use super::*;
use crate::outcome::Outcome;
use crate::queue::{ExponentialRateLimiter, LOW_PRIORITY, WorkQueue};

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
