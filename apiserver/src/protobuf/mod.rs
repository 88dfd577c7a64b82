//! Built-in kinds in protobuf, by the tables of their Go structs.
//!
//! In: JSON, or bytes. Out: bytes that Go would write for the same object, or JSON that still has to be decoded by its struct.
//! An object is wrapped in `runtime.Unknown`, which names its type, after four bytes that say so. There is one message for
//! each struct; fields of embedded structs stand in messages of their own.
//!
//! Source: `k8s.io/apimachinery/pkg/runtime/serializer/protobuf`, and the `protobuf` tags of Go structs.

mod decode;
mod encode;
mod envelope;
mod layout;
mod scalar;
#[cfg(test)]
mod tests;

pub(crate) use decode::message as decode;
pub(crate) use encode::message as encode;
pub(crate) use envelope::{Envelope, MAGIC};

/// The deepest nesting of messages. `JSONSchemaProps` is the only type that contains itself.
const MAX_DEPTH: usize = 100;

/// Bytes that are not the message that they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// They do not start as an object does.
    #[error("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")]
    NoMagic,
    /// The wire format is broken.
    #[error("proto: {0}")]
    Wire(String),
    /// A field has another wire type than its type has.
    #[error("proto: wrong wireType = {found} for field {field}")]
    WrongType {
        /// The wire type that was found.
        found: u8,
        /// The field, by its name in JSON.
        field: &'static str,
    },
    /// Messages are nested too deeply.
    #[error("proto: messages are nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
}

impl From<prost::DecodeError> for Error {
    fn from(error: prost::DecodeError) -> Self {
        Self::Wire(error.to_string())
    }
}
