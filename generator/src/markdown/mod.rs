//! Text of a schema → Markdown for rustdoc.
//!
//! In: any text, hostile or not. Out: Markdown that shows it, gives no warning in rustdoc or clippy, runs no doctest,
//! and has no character that changes how source code looks. It knows nothing of schemas.

mod block;
mod inline;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub(crate) use block::{fold, lines};
pub(crate) use inline::{code, prose};

/// The text with tabs as spaces and one kind of newline, and without control characters and those that are invisible or
/// turn the direction of writing (rustc refuses these in source code).
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    // Without an early end the compiler looks at many bytes at once.
    if text.bytes().fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~' | b'\n')) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push_str("    "),
            c if c.is_control() || is_invisible(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out.into()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
