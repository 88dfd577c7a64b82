//! Metrics for Prometheus, with the names and labels of client-go and controller-runtime, so that existing dashboards and
//! alerts work.
//!
//! Make one [`Metrics`], give it to [`ConnectOptions`](crate::client::ConnectOptions::metrics), to the
//! [factory](crate::factory::SharedInformerFactory::metrics), to controllers and to leader elections, and serve what [`encode`](Metrics::encode) returns:
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
//! | `informer_queued_items` | `name`, `group`, `version`, `resource` | changes that wait for handlers |
//! | `informer_processing_latency_seconds` | the same | how long it took to store a batch of changes and to pass it on |
//! | `informer_store_resource_version` | the same | the last 15 digits of the resource version of the store |
//! | `crdgen_informer_objects` | the same | objects in the store |
//! | `crdgen_informer_synced` | the same | whether the store has had its first list and follows the server |
//! | `crdgen_informer_silence_seconds` | the same | how long ago the server last answered |
//! | `reflector_lists_total` | `name` | lists, those by watches among them |
//! | `reflector_list_duration_seconds` | `name` | how long they took |
//! | `reflector_items_per_list` | `name` | their objects |
//! | `reflector_watches_total` | `name` | watches |
//! | `reflector_short_watches_total` | `name` | of these, those that ended within a second and without an event |
//! | `reflector_watch_duration_seconds` | `name` | how long watches lasted |
//! | `reflector_items_per_watch` | `name` | their events |
//! | `rest_client_requests_total` | `code`, `method`, `host` | requests, each repetition counts; `<error>` is the code without an answer |
//! | `rest_client_request_retries_total` | `code`, `verb`, `host` | of these, repetitions |
//! | `rest_client_request_duration_seconds` | `verb`, `host` | how long they took until the answer began |
//! | `rest_client_request_size_bytes` | `verb`, `host` | their sizes |
//! | `rest_client_response_size_bytes` | `verb`, `host` | the sizes of answers, as far as they were read |
//! | `rest_client_exec_plugin_call_total` | `code`, `call_status` | calls of credential plugins |
//! | `leader_election_master_status` | `name` | whether this candidate leads |
//! | `leader_election_slowpath_total` | `name` | how often the lease had to be read before it was renewed |
//! | `crdgen_sharding_shards_held` | `name` | shards that this replica holds |
//! | `crdgen_sharding_replicas` | `name` | replicas among which the shards are shared out, as this one sees it |
//! | `crdgen_sharding_moves_total` | `name`, `move` | shards that this replica has `taken`, `released`, and `lost` |
//!
//! The name of an informer is its kind, with its namespace and selectors. A board for Grafana is in `docs/grafana.json`.

mod client;
mod controller;
mod informer;
mod leader;
mod queue;
mod sharding;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::kind::ApiResource;

pub(crate) use self::client::{ClientMetrics, PluginCall};
pub(crate) use self::controller::ControllerMetrics;
pub use self::informer::InformerMetrics;
pub(crate) use self::informer::Reading;
pub(crate) use self::leader::LeaderMetrics;
pub(crate) use self::queue::QueueMetrics;
pub(crate) use self::sharding::{Held, Move, ShardingMetrics};

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
    informers: informer::Families,
    leaders: leader::Families,
    shardings: sharding::Families,
    /// What brings gauges up to date that nobody else does.
    refresh: Mutex<Vec<Refresh>>,
}

/// Whether it is to be called again.
type Refresh = Box<dyn Fn() -> bool + Send>;

impl Metrics {
    /// Metrics that are all there, and zero.
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let queues = queue::Families::register(&mut registry);
        let controllers = controller::Families::register(&mut registry);
        let client = ClientMetrics::register(&mut registry);
        let informers = informer::Families::register(&mut registry);
        let leaders = leader::Families::register(&mut registry);
        let shardings = sharding::Families::register(&mut registry);
        let (registry, refresh) = (Mutex::new(registry), Mutex::default());
        let shared = Shared { registry, queues, controllers, client, informers, leaders, shardings, refresh };
        Self { shared: Arc::new(shared) }
    }

    /// All metrics in the text format of `OpenMetrics`, which Prometheus reads
    /// (`application/openmetrics-text; version=1.0.0; charset=utf-8`).
    pub fn encode(&self) -> String {
        self.shared.refresh.lock().retain(|refresh| refresh());
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.shared.registry.lock());
        text
    }

    /// Registers metrics of your own.
    pub fn register<T>(&self, register: impl FnOnce(&mut Registry) -> T) -> T {
        register(&mut self.shared.registry.lock())
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

    /// The metrics of an informer of this resource, under a name that no other informer of it has, for
    /// [`ReflectorConfig::metrics`](crate::reflector::ReflectorConfig::metrics). A
    /// [`factory`](crate::factory::SharedInformerFactory::metrics) makes those of its informers itself.
    pub fn informer(&self, name: &str, resource: &ApiResource) -> InformerMetrics {
        self.shared.informers.of(self, name, resource)
    }

    /// The metrics of the candidate for the lease of this name.
    pub(crate) fn leader(&self, name: &str) -> LeaderMetrics {
        self.shared.leaders.of(name)
    }

    /// The metrics of the replica of the sharding of this name.
    pub(crate) fn sharding(&self, name: &str) -> ShardingMetrics {
        self.shared.shardings.of(name)
    }

    /// Calls `refresh` before the metrics are read, until it says that there is nothing more to do.
    pub(crate) fn before_reading(&self, refresh: impl Fn() -> bool + Send + 'static) {
        self.shared.refresh.lock().push(Box::new(refresh));
    }
}

/// Histograms that are made when their labels are first seen.
type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// The label of what has nothing but a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct NameLabels {
    name: String,
}

/// A size or a count for a histogram: exact below eight petabytes.
#[expect(clippy::cast_precision_loss, reason = "what a histogram takes")]
fn float(number: u64) -> f64 {
    number as f64
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
