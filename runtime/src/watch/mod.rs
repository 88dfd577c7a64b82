//! A single watch request: the changes of one kind as a stream of [`Event`]s.
//!
//! The stream ends without an error only if the server closed the watch properly; a connection that was cut or went
//! silent is an error. An object that cannot be decoded does not end the stream, but is an event of its own. A watch
//! does not reconnect: [`reflector`](crate::reflector) and [`informer`](crate::informer) do that.
//!
//! ```
//! use crdgen_runtime::client::{self, Client, ListOptions, WatchOptions};
//! use crdgen_runtime::watch::Event;
//! use futures::TryStreamExt;
//! use k8s_openapi::api::core::v1::ConfigMap;
//!
//! async fn print_deletions(config_maps: &Client<ConfigMap>) -> Result<(), client::Error> {
//!     let resource_version = config_maps.list(&ListOptions::default()).await?.resource_version;
//!     let mut events = config_maps.watch(&WatchOptions { resource_version, ..WatchOptions::default() }).await?;
//!     while let Some(event) = events.try_next().await? {
//!         if let Event::Deleted(Ok(config_map)) = event {
//!             println!("{:?} is gone", config_map.metadata.name);
//!         }
//!     }
//!     Ok(())
//! }
//! ```

mod event;
mod line;
mod list_watch;

#[cfg(test)]
mod tests;

pub use event::{Event, Watch};
pub use list_watch::{ListWatch, Receive};
