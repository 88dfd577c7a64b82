//! Keeps a copy of what the server has: list once, watch from there, and list again when the watch cannot go on.
//!
//! In: a [`ListWatch`](crate::watch::ListWatch). Out: calls of a [`Sink`], first `replace` with everything, then
//! `apply` for each event. Follows client-go's `tools/cache/reflector.go`. It neither stores nor compares objects.
//!
//! `sendInitialEvents` (streaming lists) is not used yet: it would take the place of `listing`.

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
