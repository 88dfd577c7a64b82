//! The metrics of informers: client-go's `informer_*` and those of its reflectors, and what ours have besides.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use super::{Histograms, Metrics, NameLabels, float};
use crate::kind::ApiResource;

/// client-go's buckets, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// How many digits of a resource version are shown: more are not exact in a float.
const DIGITS: u32 = 15;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    name: String,
    group: String,
    version: String,
    resource: String,
}

type Seconds = Gauge<f64, AtomicU64>;

pub(super) struct Families {
    gauges: Gauges,
    latency: Histograms<Labels>,
    lists: Family<NameLabels, Counter>,
    list_durations: Histograms<NameLabels>,
    list_items: Histograms<NameLabels>,
    watches: Family<NameLabels, Counter>,
    short_watches: Family<NameLabels, Counter>,
    watch_durations: Histograms<NameLabels>,
    watch_items: Histograms<NameLabels>,
}

/// What is brought up to date when it is read.
#[derive(Clone, Default)]
struct Gauges {
    queued: Family<Labels, Gauge>,
    version: Family<Labels, Gauge>,
    objects: Family<Labels, Gauge>,
    synced: Family<Labels, Gauge>,
    silence: Family<Labels, Seconds>,
}

/// The metrics of one informer, from [`Metrics::informer`]. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct InformerMetrics {
    series: Arc<Series>,
}

struct Series {
    metrics: Metrics,
    labels: Labels,
    latency: Histogram,
    lists: Counter,
    list_durations: Histogram,
    list_items: Histogram,
    watches: Counter,
    short_watches: Counter,
    watch_durations: Histogram,
    watch_items: Histogram,
}

/// How an informer is doing.
pub(crate) struct Reading {
    /// The changes that wait for its handlers.
    pub(crate) queued: usize,
    pub(crate) resource_version: String,
    pub(crate) objects: usize,
    pub(crate) synced: bool,
    /// The time since the server last answered. None: it never has.
    pub(crate) silence: Option<Duration>,
}

impl Families {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let durations: fn() -> Histogram = || Histogram::new(exponential_buckets(0.001, 4.0, 12));
        let items: fn() -> Histogram = || Histogram::new(exponential_buckets(1.0, 4.0, 10));
        let families = Self {
            gauges: Gauges::default(),
            latency: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            lists: Family::default(),
            list_durations: Family::new_with_constructor(durations),
            list_items: Family::new_with_constructor(items),
            watches: Family::default(),
            short_watches: Family::default(),
            watch_durations: Family::new_with_constructor(durations),
            watch_items: Family::new_with_constructor(items),
        };
        families.gauges.register(registry);
        let latency = "How long it took to store a batch of changes and to pass it on, in seconds";
        registry.register("informer_processing_latency_seconds", latency, families.latency.clone());
        registry.register("reflector_lists", "Lists, those by watches among them", families.lists.clone());
        let durations = "How long a list took, in seconds";
        registry.register("reflector_list_duration_seconds", durations, families.list_durations.clone());
        registry.register("reflector_items_per_list", "The objects of a list", families.list_items.clone());
        registry.register("reflector_watches", "Watches", families.watches.clone());
        let short = "Watches that ended within a second and without an event";
        registry.register("reflector_short_watches", short, families.short_watches.clone());
        let durations = "How long a watch lasted, in seconds";
        registry.register("reflector_watch_duration_seconds", durations, families.watch_durations.clone());
        registry.register("reflector_items_per_watch", "The events of a watch", families.watch_items.clone());
        families
    }

    pub(super) fn of(&self, metrics: &Metrics, name: &str, resource: &ApiResource) -> InformerMetrics {
        let named = NameLabels { name: name.to_owned() };
        let labels = Labels {
            name: name.to_owned(),
            group: resource.group.to_string(),
            version: resource.version.to_string(),
            resource: resource.plural.to_string(),
        };
        let series = Series {
            metrics: metrics.clone(),
            latency: self.latency.get_or_create(&labels).clone(),
            labels,
            lists: self.lists.get_or_create(&named).clone(),
            list_durations: self.list_durations.get_or_create(&named).clone(),
            list_items: self.list_items.get_or_create(&named).clone(),
            watches: self.watches.get_or_create(&named).clone(),
            short_watches: self.short_watches.get_or_create(&named).clone(),
            watch_durations: self.watch_durations.get_or_create(&named).clone(),
            watch_items: self.watch_items.get_or_create(&named).clone(),
        };
        InformerMetrics { series: Arc::new(series) }
    }
}

impl Gauges {
    fn register(&self, registry: &mut Registry) {
        registry.register("informer_queued_items", "Changes that wait for handlers", self.queued.clone());
        let version = "The last 15 digits of the resource version of the store";
        registry.register("informer_store_resource_version", version, self.version.clone());
        registry.register("crdgen_informer_objects", "Objects in the store", self.objects.clone());
        let synced = "Whether the store has had its first list and follows the server";
        registry.register("crdgen_informer_synced", synced, self.synced.clone());
        let silence = "How long ago the server last answered, in seconds";
        registry.register("crdgen_informer_silence_seconds", silence, self.silence.clone());
    }

    fn show(&self, labels: &Labels, reading: &Reading) {
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        self.queued.get_or_create(labels).set(whole(reading.queued));
        self.version.get_or_create(labels).set(last_digits(&reading.resource_version));
        self.objects.get_or_create(labels).set(whole(reading.objects));
        self.synced.get_or_create(labels).set(i64::from(reading.synced));
        if let Some(silence) = reading.silence {
            self.silence.get_or_create(labels).set(silence.as_secs_f64());
        }
    }

    fn remove(&self, labels: &Labels) {
        self.queued.remove(labels);
        self.version.remove(labels);
        self.objects.remove(labels);
        self.synced.remove(labels);
        self.silence.remove(labels);
    }
}

impl InformerMetrics {
    /// Asks `read` for the state of the informer whenever the metrics are read, until it is gone.
    pub(crate) fn read_from(&self, read: impl Fn() -> Option<Reading> + Send + 'static) {
        let gauges = self.series.metrics.shared.informers.gauges.clone();
        let labels = self.series.labels.clone();
        self.series.metrics.before_reading(move || {
            let reading = read();
            match &reading {
                Some(reading) => gauges.show(&labels, reading),
                None => gauges.remove(&labels),
            }
            reading.is_some()
        });
    }

    pub(crate) fn processed(&self, took: Duration) {
        self.series.latency.observe(took.as_secs_f64());
    }

    pub(crate) fn listed(&self, objects: usize, took: Duration) {
        self.series.lists.inc();
        self.series.list_durations.observe(took.as_secs_f64());
        self.series.list_items.observe(float(objects as u64));
    }

    pub(crate) fn watched(&self, events: usize, lasted: Duration, short: bool) {
        self.series.watches.inc();
        self.series.watch_durations.observe(lasted.as_secs_f64());
        self.series.watch_items.observe(float(events as u64));
        if short {
            self.series.short_watches.inc();
        }
    }
}

impl fmt::Debug for InformerMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InformerMetrics").field("name", &self.series.labels.name).finish_non_exhaustive()
    }
}

/// The last digits of a resource version; zero if it is not a number.
fn last_digits(version: &str) -> i64 {
    let number: u128 = version.parse().unwrap_or_default();
    i64::try_from(number % 10_u128.pow(DIGITS)).unwrap_or_default()
}
