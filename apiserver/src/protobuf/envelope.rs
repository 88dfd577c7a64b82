//! `runtime.Unknown`: a message and the type that it is of.

use super::Error;
use super::decode::each_field;
use super::encode::bytes;

/// What every object in protobuf starts with.
pub(crate) const MAGIC: &[u8] = b"k8s\0";

/// An object's type and message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) message: Vec<u8>,
}

impl Envelope {
    /// Reads a body.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Error> {
        let body = body.strip_prefix(MAGIC).ok_or(Error::NoMagic)?;
        let mut envelope = Self::default();
        each_field(body, |number, raw| {
            match number {
                1 => envelope.read_type(raw.bytes("typeMeta")?)?,
                2 => envelope.message = raw.bytes("raw")?.to_vec(),
                _ => {}
            }
            Ok(())
        })?;
        Ok(envelope)
    }

    fn read_type(&mut self, bytes: &[u8]) -> Result<(), Error> {
        each_field(bytes, |number, raw| {
            let place = match number {
                1 => &mut self.api_version,
                2 => &mut self.kind,
                _ => return Ok(()),
            };
            *place = String::from_utf8_lossy(raw.bytes("typeMeta")?).into_owned();
            Ok(())
        })
    }

    /// The bytes of a body.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut own = Vec::new();
        bytes(&mut own, 1, self.api_version.as_bytes());
        bytes(&mut own, 2, self.kind.as_bytes());
        let mut out = Vec::with_capacity(self.message.len() + own.len() + 24);
        out.extend(MAGIC);
        bytes(&mut out, 1, &own);
        bytes(&mut out, 2, &self.message);
        // `contentEncoding` and `contentType`, which are empty.
        bytes(&mut out, 3, b"");
        bytes(&mut out, 4, b"");
        out
    }
}
