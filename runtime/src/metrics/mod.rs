//! Metrics for Prometheus, with the names and labels of client-go and controller-runtime, so that existing dashboards and
//! alerts work.
//!
//! Make one [`Metrics`], give it to the controllers, and serve what [`encode`](Metrics::encode) returns:
//!
//! ```
//! use crdgen_runtime::metrics::Metrics;
//!
//! let metrics = Metrics::new();
//! // `Controller::new(…).metrics(&metrics)`
//! assert!(metrics.encode().ends_with("# EOF\n"));
//! ```
//!
//! | metric | labels | meaning |
//! |---|---|---|
//! | `workqueue_depth` | `name`, `controller`, `priority` | keys that wait for a worker |
//! | `workqueue_adds_total` | `name`, `controller` | keys that were added |
//! | `workqueue_queue_duration_seconds` | `name`, `controller` | how long they waited |
//! | `workqueue_work_duration_seconds` | `name`, `controller` | how long workers had them |
//! | `workqueue_unfinished_work_seconds` | `name`, `controller` | how long workers have had those that they have now, in all |
//! | `workqueue_longest_running_processor_seconds` | `name`, `controller` | the longest of these |
//! | `workqueue_retries_total` | `name`, `controller` | keys that came again after a failure |
//! | `controller_runtime_reconcile_total` | `controller`, `result` | turns, by `success`, `error`, `requeue`, `requeue_after` |
//! | `controller_runtime_reconcile_errors_total` | `controller` | turns that failed |
//! | `controller_runtime_terminal_reconcile_errors_total` | `controller` | of these, those that are not retried |
//! | `controller_runtime_reconcile_panics_total` | `controller` | turns that panicked |
//! | `controller_runtime_reconcile_timeouts_total` | `controller` | turns that took too long |
//! | `controller_runtime_reconcile_time_seconds` | `controller` | how long turns took |
//! | `controller_runtime_max_concurrent_reconciles` | `controller` | workers |
//! | `controller_runtime_active_workers` | `controller` | workers that have a key |
//! | `crdgen_own_events_skipped_total` | `controller` | events that led to no turn, because they showed the controller's own writes |
//! | `crdgen_turns_deferred_total` | `controller` | turns that were put off until the cache showed the key's own writes |

mod client;
mod controller;
mod queue;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

pub(crate) use self::client::{ClientMetrics, PluginCall};
pub(crate) use self::controller::ControllerMetrics;
pub(crate) use self::queue::QueueMetrics;

/// The metrics of a program. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Metrics {
    shared: Arc<Shared>,
}

struct Shared {
    registry: Mutex<Registry>,
    queues: queue::Families,
    controllers: controller::Families,
    client: ClientMetrics,
    /// What brings gauges up to date that nobody else does.
    refresh: Mutex<Vec<Refresh>>,
}

type Refresh = Box<dyn Fn() + Send>;

impl Metrics {
    /// Metrics that are all there, and zero.
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let queues = queue::Families::register(&mut registry);
        let controllers = controller::Families::register(&mut registry);
        let client = ClientMetrics::register(&mut registry);
        let shared = Shared { registry: Mutex::new(registry), queues, controllers, client, refresh: Mutex::default() };
        Self { shared: Arc::new(shared) }
    }

    /// All metrics in the text format of `OpenMetrics`, which Prometheus reads
    /// (`application/openmetrics-text; version=1.0.0; charset=utf-8`).
    pub fn encode(&self) -> String {
        for refresh in &*lock(&self.shared.refresh) {
            refresh();
        }
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &lock(&self.shared.registry));
        text
    }

    /// Registers metrics of your own.
    pub fn register<T>(&self, register: impl FnOnce(&mut Registry) -> T) -> T {
        register(&mut lock(&self.shared.registry))
    }

    /// The metrics of clients.
    pub(crate) fn client(&self) -> ClientMetrics {
        self.shared.client.clone()
    }

    /// The metrics of the work queue of this name.
    pub(crate) fn queue(&self, name: &str) -> QueueMetrics {
        self.shared.queues.of(name)
    }

    /// The metrics of the controller of this name.
    pub(crate) fn controller(&self, name: &str) -> ControllerMetrics {
        self.shared.controllers.of(name)
    }

    /// Calls `refresh` before the metrics are read.
    pub(crate) fn before_reading(&self, refresh: impl Fn() + Send + 'static) {
        lock(&self.shared.refresh).push(Box::new(refresh));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}
