//! The metrics of controllers: controller-runtime's `controller_runtime_*`, and what ours have besides.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::Histograms;
use crate::outcome::Outcome;

/// controller-runtime's buckets, in seconds.
const BUCKETS: [f64; 34] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.25, 1.5,
    1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 60.0,
];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    controller: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResultLabels {
    controller: String,
    result: &'static str,
}

pub(super) struct Families {
    total: Family<ResultLabels, Counter>,
    errors: Family<Labels, Counter>,
    terminal: Family<Labels, Counter>,
    panics: Family<Labels, Counter>,
    timeouts: Family<Labels, Counter>,
    time: Histograms<Labels>,
    workers: Family<Labels, Gauge>,
    active: Family<Labels, Gauge>,
    skipped: Family<Labels, Counter>,
    deferred: Family<Labels, Counter>,
}

/// The metrics of one controller.
pub(crate) struct ControllerMetrics {
    success: Counter,
    error: Counter,
    requeue: Counter,
    requeue_after: Counter,
    errors: Counter,
    terminal: Counter,
    panics: Counter,
    timeouts: Counter,
    time: Histogram,
    workers: Gauge,
    active: Gauge,
    skipped: Counter,
    deferred: Counter,
}

impl Families {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let families = Self {
            total: Family::default(),
            errors: Family::default(),
            terminal: Family::default(),
            panics: Family::default(),
            timeouts: Family::default(),
            time: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            workers: Family::default(),
            active: Family::default(),
            skipped: Family::default(),
            deferred: Family::default(),
        };
        registry.register("controller_runtime_reconcile", "Turns by their result", families.total.clone());
        registry.register("controller_runtime_reconcile_errors", "Turns that failed", families.errors.clone());
        let terminal = "Turns that failed and are not retried";
        registry.register("controller_runtime_terminal_reconcile_errors", terminal, families.terminal.clone());
        registry.register("controller_runtime_reconcile_panics", "Turns that panicked", families.panics.clone());
        registry.register(
            "controller_runtime_reconcile_timeouts",
            "Turns that took too long",
            families.timeouts.clone(),
        );
        let time = "How long a turn took, in seconds";
        registry.register("controller_runtime_reconcile_time_seconds", time, families.time.clone());
        registry.register("controller_runtime_max_concurrent_reconciles", "Workers", families.workers.clone());
        registry.register("controller_runtime_active_workers", "Workers that have a key", families.active.clone());
        let skipped = "Events that led to no turn, because they showed the controller's own writes";
        registry.register("crdgen_own_events_skipped", skipped, families.skipped.clone());
        let deferred = "Turns that were put off until the cache showed the key's own writes";
        registry.register("crdgen_turns_deferred", deferred, families.deferred.clone());
        families
    }

    pub(super) fn of(&self, controller: &str) -> ControllerMetrics {
        let labels = Labels { controller: controller.to_owned() };
        let result = |result| {
            let labels = ResultLabels { controller: controller.to_owned(), result };
            self.total.get_or_create(&labels).clone()
        };
        ControllerMetrics {
            success: result("success"),
            error: result("error"),
            requeue: result("requeue"),
            requeue_after: result("requeue_after"),
            errors: self.errors.get_or_create(&labels).clone(),
            terminal: self.terminal.get_or_create(&labels).clone(),
            panics: self.panics.get_or_create(&labels).clone(),
            timeouts: self.timeouts.get_or_create(&labels).clone(),
            time: self.time.get_or_create(&labels).clone(),
            workers: self.workers.get_or_create(&labels).clone(),
            active: self.active.get_or_create(&labels).clone(),
            skipped: self.skipped.get_or_create(&labels).clone(),
            deferred: self.deferred.get_or_create(&labels).clone(),
        }
    }
}

impl ControllerMetrics {
    pub(crate) fn workers(&self, workers: usize) {
        self.workers.set(i64::try_from(workers).unwrap_or(i64::MAX));
    }

    pub(crate) fn began(&self) {
        self.active.inc();
    }

    pub(crate) fn ended(&self, outcome: Outcome, took: Duration) {
        self.active.dec();
        if outcome == Outcome::Aborted {
            return;
        }
        self.time.observe(took.as_secs_f64());
        let result = match outcome {
            Outcome::Done => &self.success,
            Outcome::Requeued => &self.requeue,
            Outcome::RequeuedAfter => &self.requeue_after,
            Outcome::Failed | Outcome::Terminal | Outcome::Panicked | Outcome::TimedOut | Outcome::Aborted => {
                self.errors.inc();
                &self.error
            }
        };
        result.inc();
        let special = match outcome {
            Outcome::Terminal => &self.terminal,
            Outcome::Panicked => &self.panics,
            Outcome::TimedOut => &self.timeouts,
            _ => return,
        };
        special.inc();
    }

    pub(crate) fn skipped(&self, events: u64) {
        self.skipped.inc_by(events);
    }

    pub(crate) fn deferred(&self) {
        self.deferred.inc();
    }
}
