//! Typed access to the API server: one [`Client`] per kind, over kube's transport and authentication.
//!
//! [`connect`] makes the connection, a [`kube::Client`]. A [`Client`] on it reads and writes the objects of one
//! [`Kind`](crate::Kind), a generated or a built-in one. Its [`Error`] says whether to retry, to read again or to give up. For reads
//! from a cache see [`informer`](crate::informer) and [`lister`](crate::lister).
//!
//! ```
//! use crdgen_runtime::client::{self, Client, connect};
//! use k8s_openapi::api::core::v1::ConfigMap;
//!
//! async fn mark_as_checked(name: &str) -> Result<(), client::Error> {
//!     let config_maps = Client::<ConfigMap>::new(connect().await?).namespaced("default");
//!     let config_map = config_maps.get(name).await?;
//!     let mark = |config_map: &mut ConfigMap| {
//!         let labels = config_map.metadata.labels.get_or_insert_default();
//!         labels.insert("checked".to_owned(), "true".to_owned());
//!     };
//!     config_maps.modify(&config_map, mark).await?;
//!     Ok(())
//! }
//! ```

mod apply;
pub(crate) mod attempt;
mod connect;
mod deletion;
mod difference;
pub(crate) mod error;
mod install;
mod modify;
mod options;
mod request;
mod resource;
mod retry;
mod scale;
mod span;
mod write_log;

#[cfg(test)]
mod tests;

pub use crate::cached::{Cached, Form};
pub use crate::decode::{List, Undecodable};
pub use apply::Conflicts;
pub use connect::{ConnectOptions, TraceContext, connect, connect_with};
pub use error::Error;
pub(crate) use error::status_has;
pub use install::install;
pub use options::{DeleteOptions, ListOptions, Patch, VersionMatch, WatchOptions};
pub(crate) use request::{MAX_OBJECT, Pieces, REQUEST_TIMEOUT, error_of};
pub use resource::Client;
pub(crate) use resource::key_of;
pub use retry::retry_on_conflict;
pub(crate) use write_log::WriteLog;
