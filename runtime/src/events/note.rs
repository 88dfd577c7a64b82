//! Texts that are cut to a length.

/// The longest beginning of `text` that has at most `limit` bytes and does not end inside a character.
pub(super) fn truncated(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}
