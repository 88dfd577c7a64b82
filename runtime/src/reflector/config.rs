//! The settings of a reflector. The defaults are client-go's.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::backoff::BackoffConfig;
use super::error::Error;
use crate::cached::Form;
use crate::metrics::InformerMetrics;

/// A function that is called with each failure after which a reflector lists again.
pub type ErrorHandler = Arc<dyn Fn(&Error) + Send + Sync>;

/// The settings of a reflector.
#[derive(Clone)]
pub struct ReflectorConfig {
    /// Only objects with these labels.
    pub label_selector: Option<String>,
    /// Only objects with these fields.
    pub field_selector: Option<String>,
    /// Whether to decode `metadata.managedFields`. Without them objects take about half the memory and time.
    pub keep_managed_fields: bool,
    /// The form in which the objects are kept.
    pub form: Form,
    /// Whether to ask for the objects as the first events of the watch (`sendInitialEvents`), which costs the server
    /// much less memory than a list. If the server refuses that, the reflector lists.
    pub stream_lists: bool,
    /// How many objects to ask for in one page; zero means all at once. None leaves it to the reflector: 500, and no pages
    /// where the server can answer from its cache, which pages would only bypass.
    pub page_size: Option<u32>,
    /// Each watch ends after a random time between this and its double, so that not all end together. At least five
    /// minutes, because opening a watch costs the server something.
    pub watch_timeout: Duration,
    /// How long after the watch should have ended a silent connection is taken to be dead.
    pub idle_grace: Duration,
    /// For how long a watch that fails with 500 is tried again before the reflector lists instead.
    pub internal_error_retry: Duration,
    /// The delays between failed attempts.
    pub backoff: BackoffConfig,
    /// What counts the lists and watches, from [`Metrics::informer`](crate::metrics::Metrics::informer). Give each
    /// informer its own.
    pub metrics: Option<InformerMetrics>,
    /// Called with each failure, in addition to the log.
    pub on_error: Option<ErrorHandler>,
}

impl Default for ReflectorConfig {
    fn default() -> Self {
        Self {
            label_selector: None,
            field_selector: None,
            keep_managed_fields: false,
            form: Form::Typed,
            stream_lists: true,
            page_size: None,
            watch_timeout: Duration::from_mins(5),
            idle_grace: Duration::from_secs(30),
            internal_error_retry: Duration::from_secs(30),
            backoff: BackoffConfig::default(),
            metrics: None,
            on_error: None,
        }
    }
}

impl fmt::Debug for ReflectorConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReflectorConfig")
            .field("label_selector", &self.label_selector)
            .field("field_selector", &self.field_selector)
            .field("keep_managed_fields", &self.keep_managed_fields)
            .field("form", &self.form)
            .field("stream_lists", &self.stream_lists)
            .field("page_size", &self.page_size)
            .field("watch_timeout", &self.watch_timeout)
            .field("backoff", &self.backoff)
            .finish_non_exhaustive()
    }
}
