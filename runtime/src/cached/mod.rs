//! An object as caches hand it out: shared, read-only, and decoded only where somebody looks at it.
//!
//! A cache keeps its objects in one of two forms. *Typed* objects are values of `K`: nothing is left to do when they are
//! read. *Compact* objects are compressed JSON in a single allocation, without managed fields; what a cache asks all the
//! time (UID, versions, labels) lies beside it.

mod codec;
mod compact;
mod decoder;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

pub(crate) use self::codec::Dictionary;
use self::compact::Compact;
pub(crate) use self::decoder::CacheDecoder;
use crate::kind::{KeyRef, Kind, ObjectKey};

/// In which form a cache keeps its objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// As values of their type: the fastest to read.
    #[default]
    Typed,
    /// As compressed JSON: the smallest. Each object is decoded once when it arrives, for handlers and indexes, and again by
    /// whoever reads it from the cache.
    Compact,
}

/// A shared, read-only object from a cache. It dereferences to the object itself.
///
/// If the cache is [compact](Form::Compact), the object is decoded when it is first dereferenced, and the value is kept
/// for as long as this handle lives. UID, versions and labels are there without that.
///
/// # Panics
/// Dereferencing panics if the type cannot be decoded from the very text that it was decoded from when the object arrived.
pub struct Cached<K>(Handle<K>);

enum Handle<K> {
    Typed(Arc<K>),
    Compact { text: Arc<Compact>, decoded: OnceLock<Arc<K>> },
}

/// An object inside a cache. It never holds the decoded value of a compact object.
pub(crate) enum Stored<K> {
    Typed(Arc<K>),
    Compact(Arc<Compact>),
}

impl<K: Kind> Cached<K> {
    fn compact(compact: Compact, object: K) -> Self {
        Self(Handle::Compact { text: Arc::new(compact), decoded: OnceLock::from(Arc::new(object)) })
    }

    /// The object, shared.
    pub fn arc(&self) -> Arc<K> {
        Arc::clone(self.decoded())
    }

    /// The key; `None` if the object has no name.
    pub fn key(&self) -> Option<ObjectKey> {
        match &self.0 {
            Handle::Typed(object) => ObjectKey::of(&**object),
            Handle::Compact { text, .. } => Some(text.key.clone()),
        }
    }

    /// The key, borrowed; `None` if the object has no name.
    pub(crate) fn key_ref(&self) -> Option<KeyRef<'_>> {
        match &self.0 {
            Handle::Typed(object) => KeyRef::of(&**object),
            Handle::Compact { text, .. } => Some(text.key.as_key_ref()),
        }
    }

    /// `metadata.uid`.
    pub fn uid(&self) -> Option<&str> {
        match &self.0 {
            Handle::Typed(object) => object.meta().uid.as_deref(),
            Handle::Compact { text, .. } => text.uid(),
        }
    }

    /// `metadata.resourceVersion`.
    pub fn resource_version(&self) -> Option<&str> {
        match &self.0 {
            Handle::Typed(object) => object.meta().resource_version.as_deref(),
            Handle::Compact { text, .. } => text.resource_version(),
        }
    }

    /// `metadata.generation`.
    pub fn generation(&self) -> Option<i64> {
        match &self.0 {
            Handle::Typed(object) => object.meta().generation,
            Handle::Compact { text, .. } => text.generation,
        }
    }

    /// Calls `read` with `metadata.labels`, without decoding the rest of the object.
    pub fn with_labels<T>(&self, read: impl FnOnce(&BTreeMap<String, String>) -> T) -> T {
        match &self.0 {
            Handle::Typed(object) => match &object.meta().labels {
                Some(labels) => read(labels),
                None => read(&BTreeMap::new()),
            },
            Handle::Compact { text, .. } => read(&text.labels()),
        }
    }

    /// Whether both are the same object in the same state, by UID and version. Without a version they are not.
    pub(crate) fn is_same_state(&self, other: &Self) -> bool {
        let version = self.resource_version();
        version.is_some() && version == other.resource_version() && self.uid() == other.uid()
    }

    /// Calls `look` with the object. Unlike dereferencing, this does not keep the decoded value of a compact one.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&K) -> T) -> T {
        match &self.0 {
            Handle::Typed(object) => look(object),
            Handle::Compact { text, decoded } => match decoded.get() {
                Some(object) => look(object),
                None => look(&text.decode::<K>()),
            },
        }
    }

    /// The same object, without the decoded value of a compact one.
    pub(crate) fn undecoded(self) -> Self {
        match self.0 {
            Handle::Typed(_) => self,
            Handle::Compact { text, .. } => Self(Handle::Compact { text, decoded: OnceLock::new() }),
        }
    }

    /// The form in which a cache keeps it.
    pub(crate) fn store(&self) -> Stored<K> {
        match &self.0 {
            Handle::Typed(object) => Stored::Typed(Arc::clone(object)),
            Handle::Compact { text, .. } => Stored::Compact(Arc::clone(text)),
        }
    }

    /// The object after `change`, in the same form.
    pub(crate) fn changed(self, change: impl FnOnce(&mut K)) -> Self {
        let (mut object, codec) = match self.0 {
            Handle::Typed(object) => (object, None),
            Handle::Compact { text, decoded } => {
                (decoded.into_inner().unwrap_or_else(|| text.decode()), Some(Arc::clone(text.codec())))
            }
        };
        change(Arc::make_mut(&mut object));
        // What the type does not write could not be read again: the object then stays typed.
        let compact = codec.and_then(|codec| Compact::read::<K>(&serde_json::to_vec(&*object).ok()?, &codec));
        match compact {
            Some((text, _)) => Self(Handle::Compact { text: Arc::new(text), decoded: OnceLock::from(object) }),
            None => Self(Handle::Typed(object)),
        }
    }

    fn decoded(&self) -> &Arc<K> {
        match &self.0 {
            Handle::Typed(object) => object,
            Handle::Compact { text, decoded } => decoded.get_or_init(|| text.decode()),
        }
    }
}

impl<K: Kind> Stored<K> {
    pub(crate) fn hand_out(&self) -> Cached<K> {
        Cached(match self {
            Self::Typed(object) => Handle::Typed(Arc::clone(object)),
            Self::Compact(text) => Handle::Compact { text: Arc::clone(text), decoded: OnceLock::new() },
        })
    }

    /// Calls `look` with the object, which is decoded for that if it is compact.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&K) -> T) -> T {
        match self {
            Self::Typed(object) => look(object),
            Self::Compact(text) => look(&text.decode::<K>()),
        }
    }
}

impl<K> From<Arc<K>> for Cached<K> {
    fn from(object: Arc<K>) -> Self {
        Self(Handle::Typed(object))
    }
}

impl<K> From<K> for Cached<K> {
    fn from(object: K) -> Self {
        Arc::new(object).into()
    }
}

impl<K: Kind> Deref for Cached<K> {
    type Target = K;

    fn deref(&self) -> &K {
        self.decoded()
    }
}

impl<K> Clone for Cached<K> {
    fn clone(&self) -> Self {
        Self(match &self.0 {
            Handle::Typed(object) => Handle::Typed(Arc::clone(object)),
            Handle::Compact { text, decoded } => Handle::Compact { text: Arc::clone(text), decoded: decoded.clone() },
        })
    }
}

impl<K> Clone for Stored<K> {
    fn clone(&self) -> Self {
        match self {
            Self::Typed(object) => Self::Typed(Arc::clone(object)),
            Self::Compact(text) => Self::Compact(Arc::clone(text)),
        }
    }
}

impl<K: Kind> fmt::Debug for Cached<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decoded().fmt(f)
    }
}
