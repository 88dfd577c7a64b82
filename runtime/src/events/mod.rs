//! Events about objects, for `kubectl describe` and `kubectl get events`.
//!
//! [`EventRecorder::publish`] neither waits nor fails. A task of its own, [`EventWriter::run`], writes the events to
//! the API server as `events.k8s.io/v1`. An event that is repeated within a few minutes becomes a series with a count.
//! If an event cannot be written, that is logged as a warning. A [`controller`](crate::controller) has a recorder
//! already, in its [`Context`](crate::controller::Context).
//!
//! ```
//! use crdgen_runtime::events::{EventRecorder, EventType};
//! use k8s_openapi::api::core::v1::ConfigMap;
//!
//! fn report(connection: kube::Client, config_map: &ConfigMap) {
//!     let (recorder, writer) = EventRecorder::new(connection, "example.com/checker");
//!     tokio::spawn(writer.run());
//!     recorder.publish(config_map, EventType::Warning, "Incomplete", "Check", "the key `url` is missing");
//! }
//! ```

mod note;
mod recorder;
mod series;
mod writer;

#[cfg(test)]
mod tests;

pub use recorder::{EventRecorder, EventType};
pub use writer::EventWriter;
