//! What a caught panic says.

use std::any::Any;

/// The message of a panic, as `panic!` with or without arguments leaves it.
pub(crate) fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&'static str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without a message")
}
