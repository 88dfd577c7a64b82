//! Texts of bounded length.

/// The longest beginning of `text` that has `limit` bytes at most and ends between characters.
pub(super) fn truncated(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}
