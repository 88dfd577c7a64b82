//! The change stream of a kind: one watch request, cut into lines, decoded into [`Event`]s.
//!
//! In: a [`Client`](crate::client::Client) and [`WatchOptions`](crate::client::WatchOptions). Out: a stream that ends
//! with `None` only when the server closed it in good order; a cut or silent connection is an error. An object that
//! cannot be decoded is an event like any other. It does not reconnect: that is the reflector's work.

mod event;
mod line;
mod list_watch;

#[cfg(test)]
mod tests;

pub use event::{Event, Watch};
pub use list_watch::ListWatch;
