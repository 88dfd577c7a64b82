//! Decodes objects for a cache.

use std::sync::Arc;

use super::codec::{Codec, Dictionary};
use super::compact::Compact;
use super::{Cached, Form};
use crate::decode::{Decoder, Undecodable};
use crate::kind::Kind;

/// What decodes the objects of a list or watch, and the form that a cache wants them in.
#[derive(Clone, Debug)]
pub(crate) struct CacheDecoder {
    codec: Arc<Codec>,
    form: Form,
}

impl CacheDecoder {
    /// `dictionary` should be the same for all requests of one source.
    pub(crate) fn new(decoder: Decoder, dictionary: Dictionary, form: Form) -> Self {
        Self { codec: Arc::new(Codec::new(decoder, dictionary)), form }
    }

    /// Decodes an object, which must have a name.
    pub(crate) fn decode<K: Kind>(&self, json: &[u8]) -> Result<Cached<K>, Undecodable> {
        match self.form {
            Form::Compact if let Some((compact, object)) = Compact::read(json, &self.codec) => {
                Ok(Cached::compact(compact, object))
            }
            _ => Ok(Cached::from(self.codec.decoder.object::<K>(json)?)),
        }
    }
}
