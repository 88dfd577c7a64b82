//! CEL rules of schemas.

mod library;

pub use library::library;
