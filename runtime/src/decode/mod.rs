//! Decodes objects and lists from JSON. One bad object is set aside with what identifies it, and never spoils the rest.

mod list;
mod object;
mod reader;

pub use self::list::{List, Undecodable};
pub(crate) use self::object::Decoder;
pub(crate) use self::reader::{ListReader, Next};
