//! Informers: a cache of one kind that follows the server, and handlers that are called with every change.
//!
//! A [`SharedInformer`] has one watch and one [`Store`](crate::store::Store), however many handlers and listers use it.
//! Every [`EventHandler`] is called with every change, in order. Handlers do not affect each other: one that is slow or
//! panics delays no other. This is client-go's `tools/cache/shared_informer.go`. To get an informer, use a
//! [`factory`](crate::factory); to write a controller, see [`controller`](crate::controller).
//!
//! ```
//! use crdgen_runtime::factory::SharedInformerFactory;
//! use crdgen_runtime::informer::{self, Cached, EventHandler, HandlerOptions};
//! use k8s_openapi::api::core::v1::ConfigMap;
//!
//! struct Printer;
//!
//! impl EventHandler<ConfigMap> for Printer {
//!     async fn add(&mut self, config_map: &Cached<ConfigMap>, initial: bool) {
//!         println!("{:?} {}", config_map.metadata.name, if initial { "was there" } else { "is new" });
//!     }
//! }
//!
//! async fn run(informers: &SharedInformerFactory) -> Result<(), informer::Error> {
//!     let informer = informers.informer::<ConfigMap>();
//!     let registration = informer.add_handler(Printer, HandlerOptions::default())?;
//!     informers.start();
//!     registration.wait_for_sync().await
//! }
//! ```

mod backlog;
mod distribution;
mod error;
mod feed;
mod handler;
mod health;
mod options;
mod registration;
mod shared_informer;
mod state;

#[cfg(test)]
mod tests;

pub use crate::cached::Cached;
pub use crate::store::Deleted;
pub use error::Error;
pub use handler::EventHandler;
pub use health::{Ended, Health};
pub use options::{InformerOptions, Transform};
pub use registration::{HandlerOptions, Registration};
pub(crate) use registration::{Occasion, Tap};
pub use shared_informer::SharedInformer;
