//! Documents as they are sent, made when somebody asks for them.
//!
//! Those of built-in kinds are the same in each server of a process, which share them.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// The documents of a server, by path. An entry is replaced once its hash is another.
#[derive(Debug, Default)]
pub(crate) struct Documents(Mutex<BTreeMap<String, Arc<Document>>>);

/// A document in all forms in which somebody asked for it.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// In hexadecimal digits.
    pub(super) hash: String,
    pub(super) json: Text,
    pub(super) protobuf: Text,
}

/// A text, and the same compressed.
#[derive(Debug, Default)]
pub(super) struct Text {
    plain: OnceLock<Bytes>,
    compressed: OnceLock<Bytes>,
}

impl Documents {
    /// Those of built-in kinds.
    pub(super) fn of_built_in() -> &'static Self {
        static BUILT_IN: Documents = Documents(Mutex::new(BTreeMap::new()));
        &BUILT_IN
    }

    /// The document at a path that has this hash.
    pub(super) fn get(&self, path: &str, hash: String) -> Arc<Document> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = all.get(path).filter(|found| found.hash == hash) {
            return found.clone();
        }
        let document = Arc::new(Document { hash, ..Document::default() });
        all.insert(path.to_owned(), document.clone());
        document
    }

    /// Forgets a document that is not served any more.
    pub(super) fn forget(&self, path: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
    }
}

impl Text {
    /// The text.
    pub(super) fn plain(&self, make: impl FnOnce() -> Vec<u8>) -> Bytes {
        self.plain.get_or_init(|| make().into()).clone()
    }

    /// The text in the format of gzip.
    pub(super) fn compressed(&self, make: impl FnOnce() -> Vec<u8>) -> Bytes {
        let plain = self.plain(make);
        let compressed = self.compressed.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            // Writing to a Vec cannot fail.
            let written = encoder.write_all(&plain).and_then(|()| encoder.finish());
            written.unwrap_or_default().into()
        });
        compressed.clone()
    }
}
