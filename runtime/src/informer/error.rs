//! Why an operation on an informer fails.

/// Why an operation on an informer failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The informer has stopped, or the handler was removed.
    #[error("the informer has stopped")]
    Stopped,
    /// The informer was started before. It can only run once.
    #[error("the informer was started before")]
    Started,
}
