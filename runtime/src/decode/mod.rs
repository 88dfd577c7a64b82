//! Decodes objects and lists from JSON. One bad object is set aside with what identifies it, and never spoils the rest.

mod list;
mod object;
mod reader;

pub use self::list::{List, Undecodable};
pub(crate) use self::list::{decode_cached, decode_object};
pub(crate) use self::object::{ManagedFields, decode};
pub(crate) use self::reader::{ListReader, Next};
