//! The metrics of work queues: client-go's `workqueue_*`.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use super::Histograms;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    name: String,
    controller: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DepthLabels {
    name: String,
    controller: String,
    priority: String,
}

type Seconds = Gauge<f64, AtomicU64>;

pub(super) struct Families {
    depth: Family<DepthLabels, Gauge>,
    adds: Family<Labels, Counter>,
    retries: Family<Labels, Counter>,
    waited: Histograms<Labels>,
    worked: Histograms<Labels>,
    unfinished: Family<Labels, Seconds>,
    longest: Family<Labels, Seconds>,
}

/// The metrics of one queue.
pub(crate) struct QueueMetrics {
    name: String,
    depth: Family<DepthLabels, Gauge>,
    adds: Counter,
    retries: Counter,
    waited: Histogram,
    worked: Histogram,
    unfinished: Seconds,
    longest: Seconds,
}

impl Families {
    pub(super) fn register(registry: &mut Registry) -> Self {
        // From ten nanoseconds to a thousand seconds, as in controller-runtime.
        let histogram: fn() -> Histogram = || Histogram::new(exponential_buckets(1e-8, 10.0, 12));
        let families = Self {
            depth: Family::default(),
            adds: Family::default(),
            retries: Family::default(),
            waited: Family::new_with_constructor(histogram),
            worked: Family::new_with_constructor(histogram),
            unfinished: Family::default(),
            longest: Family::default(),
        };
        registry.register("workqueue_depth", "Items that wait for a worker", families.depth.clone());
        registry.register("workqueue_adds", "Items that were added", families.adds.clone());
        registry.register("workqueue_retries", "Items that came again after a failure", families.retries.clone());
        let waited = "How long an item waited, in seconds";
        registry.register("workqueue_queue_duration_seconds", waited, families.waited.clone());
        let worked = "How long a worker had an item, in seconds";
        registry.register("workqueue_work_duration_seconds", worked, families.worked.clone());
        let unfinished = "How long workers have had the items that they have now, in all, in seconds";
        registry.register("workqueue_unfinished_work_seconds", unfinished, families.unfinished.clone());
        let longest = "How long a worker has had the item that it has had longest, in seconds";
        registry.register("workqueue_longest_running_processor_seconds", longest, families.longest.clone());
        families
    }

    pub(super) fn of(&self, name: &str) -> QueueMetrics {
        let labels = Labels { name: name.to_owned(), controller: name.to_owned() };
        QueueMetrics {
            name: name.to_owned(),
            depth: self.depth.clone(),
            adds: self.adds.get_or_create(&labels).clone(),
            retries: self.retries.get_or_create(&labels).clone(),
            waited: self.waited.get_or_create(&labels).clone(),
            worked: self.worked.get_or_create(&labels).clone(),
            unfinished: self.unfinished.get_or_create(&labels).clone(),
            longest: self.longest.get_or_create(&labels).clone(),
        }
    }
}

impl QueueMetrics {
    pub(crate) fn added(&self) {
        self.adds.inc();
    }

    pub(crate) fn retried(&self) {
        self.retries.inc();
    }

    pub(crate) fn taken(&self, waited: Duration) {
        self.waited.observe(waited.as_secs_f64());
    }

    pub(crate) fn finished(&self, worked: Duration) {
        self.worked.observe(worked.as_secs_f64());
    }

    /// Notes how many items of each priority wait, and for how long workers have had theirs.
    pub(crate) fn refresh(&self, depth: &[(i32, usize)], unfinished: Duration, longest: Duration) {
        for (priority, items) in depth {
            let (name, controller) = (self.name.clone(), self.name.clone());
            let labels = DepthLabels { name, controller, priority: priority.to_string() };
            self.depth.get_or_create(&labels).set(i64::try_from(*items).unwrap_or(i64::MAX));
        }
        self.unfinished.set(unfinished.as_secs_f64());
        self.longest.set(longest.as_secs_f64());
    }
}
