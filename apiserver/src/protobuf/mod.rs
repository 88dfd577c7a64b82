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
#[cfg(test)]
mod tests;
mod time;

use crdgen_schema::go::Struct;
use serde_json::Value;

use crate::kind::table;
use envelope::Envelope;

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
    /// The type is not a built-in one.
    #[error(
        "no kind \"{kind}\" is registered for version \"{api_version}\" in scheme \"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30\""
    )]
    UnknownKind {
        /// As the envelope names it.
        api_version: String,
        /// As the envelope names it.
        kind: String,
    },
    /// Messages are nested too deeply.
    #[error("proto: messages are nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
}

impl From<prost::DecodeError> for Error {
    fn from(error: prost::DecodeError) -> Self {
        let why = error.to_string();
        // What Go has words of its own for.
        let wire_type = why.split_once("invalid wire type value: ").map(|(_, number)| number.to_owned());
        Self::Wire(wire_type.map_or(why, |number| format!("illegal wireType {number}")))
    }
}

/// The object in a body, with its type.
pub(crate) fn read(body: &[u8]) -> Result<Value, Error> {
    let Envelope { api_version, kind, message } = Envelope::read(body)?;
    let Some(of) = structure(&api_version, &kind) else { return Err(Error::UnknownKind { api_version, kind }) };
    let mut object = decode::message(&message, of)?;
    object["apiVersion"] = api_version.into();
    object["kind"] = kind.into();
    Ok(object)
}

/// The body of an object of a built-in kind; none for any other.
pub(crate) fn write(object: &Value) -> Option<Vec<u8>> {
    let text = |name: &str| object[name].as_str().unwrap_or_default().to_owned();
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    let message = encode::message(object, structure(&api_version, &kind)?);
    Some(Envelope { api_version, kind, message }.write())
}

/// A frame of a watch: the length of an event in four bytes, and the event, which has no envelope; its object has one.
pub(crate) fn frame(kind: &str, object: &Value) -> Option<Vec<u8>> {
    let body = write(object)?;
    let (mut raw, mut event) = (Vec::with_capacity(body.len() + 6), Vec::with_capacity(body.len() + 24));
    encode::bytes(&mut raw, 1, &body);
    encode::bytes(&mut event, 1, kind.as_bytes());
    encode::bytes(&mut event, 2, &raw);
    let mut frame = u32::try_from(event.len()).ok()?.to_be_bytes().to_vec();
    frame.extend(event);
    Some(frame)
}

/// The struct of a kind. Options have the version of the group that they are sent to.
fn structure(api_version: &str, kind: &str) -> Option<&'static Struct> {
    let version = if api_version == "meta.k8s.io/v1" { "v1" } else { api_version };
    table::structure(version, kind).or_else(|| table::structure("v1", kind).filter(|_| kind.ends_with("Options")))
}
