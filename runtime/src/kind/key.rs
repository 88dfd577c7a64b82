//! The key of an object within its kind: namespace and name, as in client-go's `MetaNamespaceKeyFunc`.
//!
//! [`ObjectKey`] is owned and cheap to clone; [`KeyRef`] is the borrowed form that look-ups accept.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use hashbrown::Equivalent;
use kube::Resource;

/// The owned key of an object. Ordered by namespace, then name; prints as `namespace/name`, or `name` without one.
///
/// Both parts share one allocation, which makes keys cheap to clone and to compare.
#[derive(Clone, PartialEq, Eq)]
pub struct ObjectKey {
    /// The namespace, if there is one, and the name.
    text: Arc<str>,
    /// Where the name begins; zero without a namespace.
    name_at: usize,
}

/// The borrowed key of an object, made from `("namespace", "name")`, `"name"` or `&ObjectKey`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyRef<'a> {
    /// The namespace; none for a cluster-scoped object.
    pub namespace: Option<&'a str>,
    /// The name.
    pub name: &'a str,
}

impl ObjectKey {
    /// The key of an object in `namespace`, or of a cluster-scoped one. An empty namespace counts as none.
    pub fn new(namespace: Option<&str>, name: &str) -> Self {
        match namespace.unwrap_or_default() {
            "" => Self { text: Arc::from(name), name_at: 0 },
            namespace => Self { text: Arc::from([namespace, name].concat()), name_at: namespace.len() },
        }
    }

    /// The key of an object, from its metadata; `None` if it has no name.
    pub fn of<K: Resource>(object: &K) -> Option<Self> {
        KeyRef::of(object).map(Self::from)
    }

    /// The namespace; none for a cluster-scoped object.
    pub fn namespace(&self) -> Option<&str> {
        (self.name_at > 0).then(|| &self.text[..self.name_at])
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.text[self.name_at..]
    }

    /// The borrowed form of this key.
    pub fn as_key_ref(&self) -> KeyRef<'_> {
        KeyRef { namespace: self.namespace(), name: self.name() }
    }
}

impl<'a> KeyRef<'a> {
    /// The key of an object, from its metadata; `None` if it has no name. An empty namespace counts as none.
    pub fn of<K: Resource>(object: &'a K) -> Option<Self> {
        let meta = object.meta();
        let name = meta.name.as_deref().filter(|name| !name.is_empty())?;
        Some((meta.namespace.as_deref().unwrap_or_default(), name).into())
    }
}

/// The same for both forms of a key, so that either finds what is stored under the other.
impl Hash for KeyRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // A slash is in neither part.
        state.write(self.namespace.unwrap_or_default().as_bytes());
        state.write_u8(b'/');
        state.write(self.name.as_bytes());
    }
}

impl Hash for ObjectKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_key_ref().hash(state);
    }
}

impl Ord for ObjectKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_key_ref().cmp(&other.as_key_ref())
    }
}

impl PartialOrd for ObjectKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectKey({self})")
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_key_ref().fmt(f)
    }
}

impl fmt::Display for KeyRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.namespace {
            Some(namespace) => write!(f, "{namespace}/{}", self.name),
            None => f.write_str(self.name),
        }
    }
}

impl From<KeyRef<'_>> for ObjectKey {
    fn from(key: KeyRef<'_>) -> Self {
        Self::new(key.namespace, key.name)
    }
}

impl<'a> From<&'a ObjectKey> for KeyRef<'a> {
    fn from(key: &'a ObjectKey) -> Self {
        key.as_key_ref()
    }
}

impl<'a> From<&'a str> for KeyRef<'a> {
    fn from(name: &'a str) -> Self {
        Self { namespace: None, name }
    }
}

/// An empty namespace counts as none.
impl<'a> From<(&'a str, &'a str)> for KeyRef<'a> {
    fn from((namespace, name): (&'a str, &'a str)) -> Self {
        Self { namespace: Some(namespace).filter(|namespace| !namespace.is_empty()), name }
    }
}

impl Equivalent<ObjectKey> for KeyRef<'_> {
    fn equivalent(&self, key: &ObjectKey) -> bool {
        *self == key.as_key_ref()
    }
}
