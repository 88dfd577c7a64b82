//! Events about objects, for `kubectl describe` and `kubectl get events`.
//!
//! In: [`EventRecorder::publish`], which neither waits nor fails. Out: `events.k8s.io/v1` Events, written by a task of
//! their own; repeats within a few minutes become a series. An event that cannot be written is a warning in the log.

mod note;
mod recorder;
mod series;
mod writer;

#[cfg(test)]
mod tests;

pub use recorder::{EventRecorder, EventType};
pub use writer::EventWriter;
