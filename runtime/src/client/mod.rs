//! Typed access to the API server: one [`Client`] per kind, over kube's transport and authentication.
//!
//! In: a [`kube::Client`] (see [`connect`]) and objects of a [`Kind`]. Out: decoded objects, or an [`Error`] that says
//! whether the caller should retry, re-read or give up. It knows neither watches nor caches.

mod connect;
mod decode;
mod error;
mod install;
mod kind;
mod list;
mod modify;
mod object_key;
mod options;
mod request;
mod resource;
mod retry;

#[cfg(test)]
mod tests;

pub use connect::{connect, connect_with};
pub(crate) use decode::{ManagedFields, decode};
pub use error::Error;
pub(crate) use error::status_has;
pub use install::install;
pub use kind::Kind;
pub use list::{List, Undecodable};
pub(crate) use list::{decode_list, decode_object};
pub use object_key::{KeyRef, ObjectKey};
pub use options::{DeleteOptions, ListOptions, Patch, VersionMatch, WatchOptions};
pub(crate) use request::{REQUEST_TIMEOUT, error_of, send};
pub use resource::Client;
pub use retry::retry_on_conflict;
