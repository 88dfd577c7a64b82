//! Whether a request that has failed is sent again, and when: the rules of client-go's `rest.Request`.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use h2::Reason;
use http::Method;

use super::Error;
use super::error::causes;

/// How often a request is repeated.
const MAX_REPEATS: u32 = 10;
/// The delay before a request is repeated whose connection was lost a second time.
const AFTER_LOSS: Duration = Duration::from_secs(1);

/// How often a request was sent before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attempt(pub(crate) u32);

impl Attempt {
    /// The delay before the next attempt, after this one has failed. None if there should be no other.
    ///
    /// If the server asks for a delay (`Retry-After` with 429 or 5xx), that one. A version that lies in the server's future
    /// is left to the caller, who can do better than wait. If the connection was lost, at once for the first time: often it
    /// was an old one that the server had just closed. Only what changes nothing is repeated, or what was never processed.
    pub(super) fn delay_after(self, method: &Method, error: &Error) -> Option<Duration> {
        if self.0 >= MAX_REPEATS {
            return None;
        }
        if let Some(status) = error.status() {
            let waits = (status.code == 429 || status.code >= 500) && !error.is_resource_version_too_large();
            return error.retry_after().filter(|_| waits);
        }
        let again = is_unprocessed(error) || (matches!(*method, Method::GET | Method::HEAD) && is_lost(error));
        again.then_some(if self.0 == 0 { Duration::ZERO } else { AFTER_LOSS })
    }
}

/// Whether the connection was lost while the request was open.
fn is_lost(error: &Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    is_unprocessed(error)
        || causes(error).any(|cause| {
            let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
            matches!(io, Some(BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof))
                || cause.downcast_ref().is_some_and(|error: &hyper::Error| {
                    error.is_incomplete_message() || error.is_closed() || error.is_timeout()
                })
                || cause.downcast_ref().is_some_and(|error: &h2::Error| error.is_go_away() || error.is_io())
        })
}

/// Whether the server has certainly not begun with the request: it was not sent, or the server says so.
fn is_unprocessed(error: &Error) -> bool {
    causes(error).any(|cause: &(dyn StdError + 'static)| {
        cause.downcast_ref().is_some_and(hyper::Error::is_canceled)
            || cause.downcast_ref().is_some_and(|error: &h2::Error| {
                let reason = error.reason();
                error.is_remote()
                    && (reason == Some(Reason::REFUSED_STREAM)
                        || (error.is_go_away() && reason == Some(Reason::NO_ERROR)))
            })
    })
}
