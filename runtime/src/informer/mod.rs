//! One reflector and one store per kind, shared by any number of handlers.
//!
//! In: a [`ListWatch`](crate::watch::ListWatch). Out: a [`Store`](crate::store::Store) that follows the server, and to
//! each [`EventHandler`] every change in order. Follows client-go's `tools/cache/shared_informer.go`. Handlers know
//! nothing of each other: a slow or panicking one delays nobody else.

mod distribution;
mod feed;
mod handler;
mod options;
mod registration;
mod shared;

#[cfg(test)]
mod tests;

pub use crate::store::Deleted;
pub use handler::EventHandler;
pub use options::{InformerOptions, Transform};
pub use registration::{HandlerOptions, Registration};
pub use shared::{Error, SharedInformer};
