//! What the compact objects of a cache share: their decoder, and the text that all are compressed against.

use std::sync::{Arc, OnceLock};

use lz4_flex::block::{DecompressError, compress_with_dict, decompress_with_dict};

use crate::decode::Decoder;

/// How much of the first object the others are compressed against, in bytes. LZ4 looks through all of it for each object.
const DICTIONARY: usize = 16 * 1024;

/// The text that the objects of one source are compressed against: the beginning of the first of them. All clones are one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionary(Arc<OnceLock<Box<[u8]>>>);

/// Decodes objects, and compresses their JSON as LZ4 blocks with a dictionary. Objects of one kind have their members' names
/// and many values in common, so that little is left of most.
#[derive(Debug)]
pub(super) struct Codec {
    pub(super) decoder: Decoder,
    dictionary: Dictionary,
}

impl Codec {
    pub(super) fn new(decoder: Decoder, dictionary: Dictionary) -> Self {
        Self { decoder, dictionary }
    }

    /// Appends the compressed `json` to `bytes`.
    pub(super) fn compress(&self, mut bytes: Vec<u8>, json: &[u8]) -> Box<[u8]> {
        let dictionary = self.dictionary.0.get_or_init(|| json.iter().copied().take(DICTIONARY).collect());
        let compressed = compress_with_dict(json, dictionary);
        bytes.reserve_exact(compressed.len());
        bytes.extend_from_slice(&compressed);
        bytes.into_boxed_slice()
    }

    /// What was compressed to these bytes, and is `length` bytes long.
    pub(super) fn decompress(&self, compressed: &[u8], length: usize) -> Result<Vec<u8>, DecompressError> {
        decompress_with_dict(compressed, length, self.dictionary.0.get().map(AsRef::as_ref).unwrap_or_default())
    }
}
