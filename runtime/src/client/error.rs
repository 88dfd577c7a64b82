//! What can go wrong between a client and the API server, and what to do about it.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use kube::core::Status;
use kube::core::response::{StatusCause, reason};

/// The longest wait that a server may ask for, so that one bad answer cannot stop a program for good.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(30);

/// A failed request, list or watch.
///
/// What to do about it: after a [conflict](Self::is_conflict), read the object again and repeat the change; if a
/// version is [gone](Self::is_gone), list again; if the server [asks for a delay](Self::retry_after), wait that long.
/// `Invalid` and
/// `Encode` are mistakes of the caller, and repeating the request does not help. Transport errors may pass: try later.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The API server answered with a failure.
    #[error("{}", words(.0))]
    Api(#[source] Box<Status>),
    /// The request could not be sent, or its answer could not be read to the end.
    #[error("cannot reach the API server: {}", chain(&**.0))]
    Transport(#[source] Box<kube::Error>),
    /// Neither a service account nor a usable kubeconfig was found.
    #[error("no usable configuration: {0}")]
    Config(String),
    /// The request is not valid and was not sent.
    #[error("invalid request: {0}")]
    Invalid(String),
    /// An object could not be written as JSON.
    #[error("cannot encode the object: {0}")]
    Encode(#[source] serde_json::Error),
    /// The answer could not be decoded.
    #[error("cannot decode {what}: {source}")]
    Decode {
        /// What was being decoded, such as "a list of Database".
        what: String,
        /// Why it failed, with the position in the JSON text.
        #[source]
        source: serde_json::Error,
    },
    /// The answer, or one line of a watch, is longer than the limit.
    #[error("the answer exceeds {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The watch ended in the middle of a line.
    #[error("the watch was cut in the middle of an event")]
    Truncated,
    /// Nothing arrived for this long, so the connection is taken to be dead although it was never closed (half-open).
    #[error("nothing arrived within {0:?}")]
    Idle(Duration),
}

impl Error {
    /// The status that the API server sent, if it is one.
    pub fn status(&self) -> Option<&Status> {
        match self {
            Self::Api(status) => Some(status),
            _ => None,
        }
    }

    /// The object was changed by somebody else since it was read (409 Conflict).
    pub fn is_conflict(&self) -> bool {
        self.has(&["Conflict"], 409)
    }

    /// The object does not exist (404 `NotFound`).
    pub fn is_not_found(&self) -> bool {
        self.has(&["NotFound"], 404)
    }

    /// An object of this name exists already (409 `AlreadyExists`).
    pub fn is_already_exists(&self) -> bool {
        self.status().is_some_and(Status::is_already_exists)
    }

    /// The request is not allowed (403 Forbidden).
    pub fn is_forbidden(&self) -> bool {
        self.has(&["Forbidden"], 403)
    }

    /// The object is not valid (422 Invalid).
    pub fn is_invalid(&self) -> bool {
        self.has(&["Invalid"], 422)
    }

    /// The resource version or the continue token is too old (410, reason `Expired` or `Gone`).
    pub fn is_gone(&self) -> bool {
        self.has(&["Expired", "Gone"], 410)
    }

    /// The API server asks for fewer requests (429).
    pub fn is_too_many_requests(&self) -> bool {
        self.has(&["TooManyRequests"], 429)
    }

    /// The API server failed (500 `InternalError`).
    pub fn is_internal(&self) -> bool {
        self.has(&["InternalError"], 500)
    }

    /// The resource version lies in the future of the server that answered (504 with the cause
    /// `ResourceVersionTooLarge`; older servers say it in the message only).
    pub fn is_resource_version_too_large(&self) -> bool {
        let too_large = |cause: &StatusCause| cause.reason == "ResourceVersionTooLarge";
        self.status().is_some_and(|status| {
            let causes = status.details.as_ref().map(|details| details.causes.as_slice()).unwrap_or_default();
            causes.iter().any(too_large) || status.message.contains("Too large resource version")
        })
    }

    /// The connection failed or was cut. The same request may succeed later.
    pub fn is_transport(&self) -> bool {
        matches!(self, Self::Transport(_) | Self::Truncated | Self::Idle(_))
    }

    /// The API server could not be connected to at all (`ECONNREFUSED`).
    pub fn is_connection_refused(&self) -> bool {
        causes(self).any(|cause| {
            cause.downcast_ref::<io::Error>().is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused)
        })
    }

    /// How long the API server asked to wait before the next try (`Retry-After`, `details.retryAfterSeconds`). At most
    /// 30 seconds, whatever it says.
    pub fn retry_after(&self) -> Option<Duration> {
        let seconds = self.status()?.details.as_ref()?.retry_after_seconds;
        (seconds > 0).then(|| Duration::from_secs(u64::from(seconds)).min(MAX_RETRY_AFTER))
    }

    fn has(&self, reasons: &[&str], code: u16) -> bool {
        self.status().is_some_and(|status| status_has(status, reasons, code))
    }
}

/// Whether a status has one of `reasons`; if its reason is not one that Kubernetes defines, whether it has the code.
/// This is how client-go decides. kube's `Status::is_conflict` and the like only look at the reason.
pub(crate) fn status_has(status: &Status, reasons: &[&str], code: u16) -> bool {
    reasons.contains(&status.reason.as_str()) || (status.code == code && !reason::is_known(&status.reason))
}

/// An error and its causes, from the outermost to the innermost.
pub(crate) fn causes<'e>(error: &'e (dyn StdError + 'static)) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        // What an `io::Error` was made of is not among its sources.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
        Some(error)
    })
}

/// The words of an error and its causes, without those that repeat others.
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut words = String::new();
    for cause in causes(error) {
        // kube's words for "something beneath me" end with the words of its first cause.
        let outer = matches!(cause.downcast_ref(), Some(kube::Error::Service(_) | kube::Error::HyperError(_)));
        let text = cause.to_string();
        if outer || words.contains(&text) {
            continue;
        }
        if !words.is_empty() {
            words.push_str(": ");
        }
        words.push_str(&text);
    }
    words
}

/// The server's message. If it is empty (in a plain 404 from a proxy, say), the reason and the code.
fn words(status: &Status) -> String {
    if status.message.is_empty() { format!("{} ({})", status.reason, status.code) } else { status.message.clone() }
}
