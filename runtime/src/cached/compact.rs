//! A compact object: its JSON, compressed, in one allocation with what caches ask all the time.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use lz4_flex::block::DecompressError;
use memchr::memmem::rfind;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::codec::Codec;
use crate::kind::{Kind, ObjectKey};

/// The JSON of an object, without what its decoder knows (`kind` and `apiVersion`) or does not want (managed fields).
pub(crate) struct Compact {
    pub(super) key: ObjectKey,
    pub(super) generation: Option<i64>,
    codec: Arc<Codec>,
    /// UID, version and labels as the object has them, each up to its end; then the whole object, compressed.
    bytes: Box<[u8]>,
    uid_end: u32,
    version_end: u32,
    labels_end: u32,
    /// How long the object is, in bytes, once it is no longer compressed.
    length: u32,
}

impl Compact {
    /// Takes the JSON of an object apart. Returns what the decoder makes of it as well: it has less to read than `json`.
    ///
    /// None if the object stays typed: it is of 4 GiB and more, has no name, has a member twice, or writes its UID or
    /// version with escapes, which no API server does; or it cannot be decoded at all.
    pub(super) fn read<K: Kind>(json: &[u8], codec: &Arc<Codec>) -> Option<(Self, K)> {
        let members: Members<'_> = serde_json::from_slice(json).ok()?;
        let metadata = members.metadata?;
        let mut text = Shortened::new(json);
        text.cut("\"kind\"", members.kind);
        text.cut("\"apiVersion\"", members.api_version);
        if !codec.decoder.managed_fields {
            text.cut("\"managedFields\"", metadata.managed_fields);
        }
        let text = text.done();
        let object: K = codec.decoder.decode(&text).ok()?;
        let mut bytes = Vec::new();
        let mut append = |value: Option<&RawValue>| {
            bytes.extend_from_slice(value.map_or("", RawValue::get).as_bytes());
            u32::try_from(bytes.len()).ok()
        };
        let compact = Self {
            key: ObjectKey::of(&object)?,
            generation: object.meta().generation,
            codec: Arc::clone(codec),
            uid_end: append(metadata.uid)?,
            version_end: append(metadata.resource_version)?,
            labels_end: append(metadata.labels)?,
            length: u32::try_from(text.len()).ok()?,
            bytes: codec.compress(bytes, &text),
        };
        let same = compact.uid() == object.meta().uid.as_deref()
            && compact.resource_version() == object.meta().resource_version.as_deref();
        same.then_some((compact, object))
    }

    pub(super) fn uid(&self) -> Option<&str> {
        self.word(0..self.uid_end)
    }

    pub(super) fn resource_version(&self) -> Option<&str> {
        self.word(self.uid_end..self.version_end)
    }

    pub(super) fn labels(&self) -> BTreeMap<String, String> {
        serde_json::from_slice(self.at(self.version_end..self.labels_end)).unwrap_or_default()
    }

    /// How many bytes its allocation has.
    #[cfg(test)]
    pub(super) fn size(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn codec(&self) -> &Arc<Codec> {
        &self.codec
    }

    /// The JSON of the object. An error means that its bytes are not those that `read` made.
    pub(super) fn json(&self) -> Result<Vec<u8>, DecompressError> {
        let compressed = self.bytes.get(self.labels_end as usize..).unwrap_or_default();
        self.codec.decompress(compressed, self.length as usize)
    }

    /// # Panics
    /// See [`Cached`](super::Cached).
    pub(super) fn decode<K: Kind>(&self) -> Arc<K> {
        let json = self.json().map_err(|error| error.to_string());
        match json.and_then(|json| self.codec.decoder.decode(&json).map_err(|error| error.to_string())) {
            Ok(object) => Arc::new(object),
            Err(error) => panic!("{} can no longer be decoded: {error}", self.key),
        }
    }

    fn at(&self, place: Range<u32>) -> &[u8] {
        self.bytes.get(place.start as usize..place.end as usize).unwrap_or_default()
    }

    /// The string at a place, which has no escapes.
    fn word(&self, place: Range<u32>) -> Option<&str> {
        let quoted = self.at(place).strip_prefix(b"\"")?.strip_suffix(b"\"")?;
        std::str::from_utf8(quoted).ok().filter(|word| !word.is_empty())
    }
}

/// The members of an object that are of interest, as texts borrowed from it.
#[derive(Deserialize)]
struct Members<'a> {
    #[serde(borrow)]
    kind: Option<&'a RawValue>,
    #[serde(borrow, rename = "apiVersion")]
    api_version: Option<&'a RawValue>,
    #[serde(borrow)]
    metadata: Option<Metadata<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    #[serde(borrow)]
    uid: Option<&'a RawValue>,
    #[serde(borrow)]
    resource_version: Option<&'a RawValue>,
    #[serde(borrow)]
    labels: Option<&'a RawValue>,
    #[serde(borrow)]
    managed_fields: Option<&'a RawValue>,
}

/// A JSON text from which members are cut.
struct Shortened<'a> {
    json: &'a [u8],
    /// The members to cut, from their names to the ends of their values.
    members: Vec<Range<usize>>,
}

impl<'a> Shortened<'a> {
    fn new(json: &'a [u8]) -> Self {
        Self { json, members: Vec::with_capacity(3) }
    }

    /// Leaves out a member, whose name is given in quotes. It stays if its name is written with escapes.
    fn cut(&mut self, quoted: &str, value: Option<&RawValue>) {
        let Some(value) = value.map(|value| span(value, self.json)) else { return };
        let Some(start) = rfind(&self.json[..value.start], quoted.as_bytes()) else { return };
        if self.json[start + quoted.len()..value.start].trim_ascii() == b":" {
            self.members.push(start..value.end);
        }
    }

    /// What is left of the text.
    fn done(mut self) -> Vec<u8> {
        self.members.sort_unstable_by_key(|member| member.start);
        let mut cuts: Vec<Range<usize>> = Vec::with_capacity(self.members.len());
        for member in self.members {
            let rest = self.json[member.end..].trim_ascii_start();
            if let Some(rest) = rest.strip_prefix(b",") {
                cuts.push(member.start..self.json.len() - rest.len());
                continue;
            }
            // The last member goes with the comma before it, and that stands before what was cut already.
            let mut start = self.json[..member.start].trim_ascii_end().len();
            while let Some(cut) = cuts.pop_if(|cut| self.json[..cut.end].trim_ascii_end().len() == start) {
                start = self.json[..cut.start].trim_ascii_end().len();
            }
            cuts.push(start - usize::from(self.json[..start].ends_with(b","))..member.end);
        }
        let left_out: usize = cuts.iter().map(ExactSizeIterator::len).sum();
        let mut text = Vec::with_capacity(self.json.len() - left_out);
        let mut from = 0;
        for cut in &cuts {
            text.extend_from_slice(&self.json[from..cut.start]);
            from = cut.end;
        }
        text.extend_from_slice(&self.json[from..]);
        text
    }
}

/// Where a value that was borrowed from `json` stands in it.
fn span(value: &RawValue, json: &[u8]) -> Range<usize> {
    let start = value.get().as_ptr().addr() - json.as_ptr().addr();
    start..start + value.get().len()
}
