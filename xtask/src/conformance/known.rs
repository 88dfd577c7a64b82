//! The differences that are known, each with its reason. Any other is a failure.
//!
//! `docs/conformance.md` tells them to people; a test compares both.

/// A case that differs.
pub(super) struct Known {
    pub(super) suite: &'static str,
    pub(super) id: &'static str,
    /// What of it differs: `wording`, for example.
    pub(super) aspect: &'static str,
}

/// All of them.
pub(super) const KNOWN: &[Known] = &[];

/// The known difference in that aspect of a case.
pub(super) fn find(suite: &str, id: &str, aspect: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.suite == suite && known.id == id && known.aspect == aspect)
}
