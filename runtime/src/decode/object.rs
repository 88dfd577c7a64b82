//! Decodes one object from JSON in a single pass.
//!
//! `metadata.managedFields` is skipped while parsing if the caller does not want it: decoding it costs as much as the
//! rest of a typical object. An object with the `kind` or `apiVersion` of another type is an error, even for types
//! whose own `Deserialize` ignores these fields.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::de::value::{BorrowedStrDeserializer, CowStrDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::de::Read;

use crate::kind::Kind;

/// What is decoded, and how.
#[derive(Clone, Debug)]
pub(crate) struct Decoder {
    /// The kind and API version that every object must have.
    kind: Arc<str>,
    api_version: Arc<str>,
    /// Whether `metadata.managedFields` is decoded.
    pub(crate) managed_fields: bool,
}

impl Decoder {
    /// A decoder of objects of this kind, with everything in them.
    pub(crate) fn new(kind: &str, api_version: &str) -> Self {
        Self { kind: Arc::from(kind), api_version: Arc::from(api_version), managed_fields: true }
    }

    /// The same decoder, which leaves managed fields out if `omit_managed_fields`.
    pub(crate) fn with(&self, omit_managed_fields: bool) -> Self {
        Self { managed_fields: !omit_managed_fields, ..self.clone() }
    }

    /// Whether an object says that it is of another kind, or of another version of it.
    pub(super) fn is_other(&self, kind: Option<&str>, api_version: Option<&str>) -> bool {
        kind.is_some_and(|kind| kind != &*self.kind)
            || api_version.is_some_and(|api_version| api_version != &*self.api_version)
    }

    /// Decodes one object. One without `kind` or `apiVersion`, as the items of lists are, is decoded as if it had them.
    pub(crate) fn decode<K: Kind>(&self, json: &[u8]) -> Result<K, serde_json::Error> {
        match std::str::from_utf8(json) {
            // Looked at as a whole, which is faster than string by string.
            Ok(text) => self.read(serde_json::Deserializer::from_str(text)),
            // For its words about the place.
            Err(_) => self.read(serde_json::Deserializer::from_slice(json)),
        }
    }

    fn read<'de, K: Kind, R: Read<'de>>(&self, mut input: serde_json::Deserializer<R>) -> Result<K, serde_json::Error> {
        let mut object = K::deserialize(Filter { inner: &mut input, level: Level::Object(self) })?;
        input.end()?;
        let meta = object.meta_mut();
        shrink(&mut meta.finalizers);
        shrink(&mut meta.owner_references);
        shrink(&mut meta.managed_fields);
        Ok(object)
    }
}

/// A list grows in steps while it is read; an object in a cache does not need the room.
fn shrink<T>(list: &mut Option<Vec<T>>) {
    if let Some(list) = list {
        list.shrink_to_fit();
    }
}

/// The two levels of an object at which members are checked or skipped. Deeper levels are passed on unchanged.
#[derive(Clone, Copy)]
enum Level<'e> {
    Object(&'e Decoder),
    Metadata,
}

/// Wraps a deserializer, visitor or seed of serde, so that the members of the map at its level pass through
/// [`FilterMap`].
struct Filter<'e, T> {
    inner: T,
    level: Level<'e>,
}

/// The map of one level, and the key whose value comes next.
struct FilterMap<'e, A> {
    inner: A,
    level: Level<'e>,
    next: Next,
    /// Whether the object has said its kind and its API version.
    has_kind: bool,
    has_api_version: bool,
}

#[derive(Clone, Copy)]
enum Next {
    Kind,
    ApiVersion,
    Metadata,
    Other,
    /// A member that the object lacks.
    Missing(&'static str),
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Filter<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(Filter { inner: visitor, level: self.level })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_option(Filter { inner: visitor, level: self.level })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_ignored_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_map(Filter { inner: visitor, level: self.level })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct enum identifier
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Filter<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(FilterMap {
            inner: map,
            level: self.level,
            next: Next::Other,
            has_kind: false,
            has_api_version: false,
        })
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        self.inner.visit_some(Filter { inner: deserializer, level: self.level })
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Filter<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(Filter { inner: deserializer, level: self.level })
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for FilterMap<'_, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        while let Some(key) = self.inner.next_key_seed(Text)? {
            self.next = match (self.level, &*key) {
                (Level::Metadata, "managedFields") => {
                    self.inner.next_value::<IgnoredAny>()?;
                    continue;
                }
                (Level::Object(_), "kind") => Next::Kind,
                (Level::Object(_), "apiVersion") => Next::ApiVersion,
                (Level::Object(decoder), "metadata") if !decoder.managed_fields => Next::Metadata,
                _ => Next::Other,
            };
            self.has_kind |= matches!(self.next, Next::Kind);
            self.has_api_version |= matches!(self.next, Next::ApiVersion);
            return seed.deserialize(CowStrDeserializer::new(key)).map(Some);
        }
        let Level::Object(_) = self.level else { return Ok(None) };
        let missing = if !std::mem::replace(&mut self.has_api_version, true) {
            "apiVersion"
        } else if !std::mem::replace(&mut self.has_kind, true) {
            "kind"
        } else {
            return Ok(None);
        };
        self.next = Next::Missing(missing);
        seed.deserialize(BorrowedStrDeserializer::new(missing)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let (name, wanted) = match (self.next, self.level) {
            (Next::Kind | Next::Missing("kind"), Level::Object(decoder)) => ("kind", &decoder.kind),
            (Next::ApiVersion | Next::Missing(_), Level::Object(decoder)) => ("apiVersion", &decoder.api_version),
            (Next::Metadata, _) => return self.inner.next_value_seed(Filter { inner: seed, level: Level::Metadata }),
            _ => return self.inner.next_value_seed(seed),
        };
        if matches!(self.next, Next::Missing(_)) {
            return seed.deserialize(CowStrDeserializer::new(Cow::Borrowed(&**wanted)));
        }
        let found = self.inner.next_value_seed(Text)?;
        if *found != **wanted {
            return Err(A::Error::custom(format_args!("{name} is {found:?} instead of {wanted:?}")));
        }
        seed.deserialize(CowStrDeserializer::new(found))
    }
}

/// Reads a string, borrowed where it holds no escapes.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}
