//! Why an operation on an informer fails.

/// Why an operation on an informer failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The informer has stopped, or the handler was removed.
    #[error("the informer has stopped")]
    Stopped,
    /// A transform, an index function or the decoding of an object panicked, and ended the informer.
    #[error("the informer has failed: a transform or an index function panicked")]
    Failed,
    /// The informer was started before. It can only run once.
    #[error("the informer was started before")]
    Started,
}
