//! Follows the objects of one kind on the server: lists them once, watches for changes, and lists again when the watch
//! cannot go on.
//!
//! A [`Reflector`] reads from a [`ListWatch`](crate::watch::ListWatch) (usually a [`Client`](crate::client::Client))
//! and writes to a [`Sink`]: first `replace` with all objects, then `apply` with the changes. It behaves like
//! client-go's `tools/cache/reflector.go`, with the same retries and delays. Most programs use an
//! [`informer`](crate::informer), which is a reflector with a store and handlers; a sink of your own is for those that
//! keep no copy of the objects.
//!
//! ```
//! use std::sync::Arc;
//!
//! use crdgen_runtime::client::{Cached, Client, List};
//! use crdgen_runtime::reflector::{Reflector, ReflectorConfig, Sink};
//! use crdgen_runtime::watch::Event;
//! use k8s_openapi::api::core::v1::ConfigMap;
//! use tokio_util::sync::CancellationToken;
//!
//! struct Counter(usize);
//!
//! impl Sink<ConfigMap> for Counter {
//!     fn replace(&mut self, list: List<Cached<ConfigMap>>) {
//!         self.0 = list.items.len() + list.undecodable.len();
//!     }
//!
//!     fn apply(&mut self, events: Vec<Event<ConfigMap>>) {
//!         for event in events {
//!             match event {
//!                 Event::Added(_) => self.0 += 1,
//!                 Event::Deleted(_) => self.0 -= 1,
//!                 _ => {}
//!             }
//!         }
//!     }
//! }
//!
//! async fn count(config_maps: Client<ConfigMap>, stop: CancellationToken) {
//!     Reflector::new(Arc::new(config_maps), Counter(0), ReflectorConfig::default()).run(stop).await;
//! }
//! ```
//!
//! Streaming lists (`sendInitialEvents`) are not used yet.

mod backoff;
mod config;
mod cycle;
mod listing;
mod watching;

#[cfg(test)]
mod tests;

pub use backoff::{Backoff, BackoffConfig};
pub use config::{ErrorHandler, ReflectorConfig};
pub use cycle::{Error, Reflector, Sink};
