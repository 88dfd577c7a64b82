//! Where in an object reading failed.
//!
//! In: an error from inside a field. Out: the same error with the path in front: `spec.backup.enabled: invalid type: …`.
//! Nothing is spent while reading succeeds. The error's type is the format's own, so the path has to travel as text:
//! `serde_json` finds the line and column at the end of that text again, and keeps them.

use std::cell::RefCell;

use serde::de::Error;

/// Messages longer than this (they may quote the input) lose their middle.
const MESSAGE_LIMIT: usize = 1024;

thread_local! {
    /// The last message that this module wrote. A message that equals it starts with a path, which the next step up
    /// continues; any other starts with words.
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// How `serde_json` starts to say that the text is cut off.
const TRUNCATED: &str = "EOF while parsing";

/// `error`, found inside of `step`: a field's name, `.key` of a map being a name as well, or `[index]` of an array.
/// A text that ends too early is not the fault of a field: that error stays as it is, with its category.
#[cold]
pub(crate) fn within<E: Error>(step: &str, error: E) -> E {
    let inner = error.to_string();
    if inner.starts_with(TRUNCATED) {
        return error;
    }
    LAST.with_borrow_mut(|last| {
        let joint = match inner == *last {
            true if inner.starts_with('[') => "",
            true => ".",
            false => ": ",
        };
        let error = E::custom(shortened(&format!("{step}{joint}{inner}")));
        *last = error.to_string();
        error
    })
}

fn shortened(message: &str) -> String {
    if message.len() <= MESSAGE_LIMIT {
        return message.to_owned();
    }
    let head = message.floor_char_boundary(MESSAGE_LIMIT * 3 / 4);
    let tail = message.ceil_char_boundary(message.len() - MESSAGE_LIMIT / 4);
    format!("{}…{}", &message[..head], &message[tail..])
}
