//! The key of an object within its kind: namespace and name, as in client-go's `MetaNamespaceKeyFunc`.
//!
//! [`ObjectKey`] is owned and cheap to clone; [`KeyRef`] is the borrowed form; [`Sought`] is either, for look-ups.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock};

use foldhash::quality::RandomState;
use hashbrown::Equivalent;
use kube::Resource;

/// The owned key of an object. Ordered by namespace, then name; prints as `namespace/name`, or `name` without one.
///
/// Both parts share one allocation, and the hash is kept, which makes keys cheap to clone, to compare and to look up.
#[derive(Clone)]
pub struct ObjectKey {
    /// The namespace, if there is one, and the name.
    text: Arc<str>,
    /// Where the name begins; zero without a namespace.
    name_at: u32,
    /// Of both parts, as of a [`KeyRef`].
    hash: u32,
}

/// The borrowed key of an object, made from `("namespace", "name")`, `"name"` or `&ObjectKey`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyRef<'a> {
    /// The namespace; none for a cluster-scoped object.
    pub namespace: Option<&'a str>,
    /// The name.
    pub name: &'a str,
}

/// What an object is looked up by: any form of a key.
///
/// An [`ObjectKey`] is the fastest: nothing is hashed, and if it is a clone of the key that is stored, as in an informer's
/// event, nothing is compared.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'a>(Form<'a>);

#[derive(Clone, Copy, Debug)]
enum Form<'a> {
    Owned(&'a ObjectKey),
    Borrowed(KeyRef<'a>),
}

impl ObjectKey {
    /// The key of an object in `namespace`, or of a cluster-scoped one. An empty namespace counts as none, and of an
    /// absurd one the first 4 GiB.
    pub fn new(namespace: Option<&str>, name: &str) -> Self {
        let namespace = namespace.unwrap_or_default();
        let namespace = &namespace[..namespace.floor_char_boundary(u32::MAX as usize)];
        let text = if namespace.is_empty() { Arc::from(name) } else { Arc::from([namespace, name].concat()) };
        let name_at = u32::try_from(namespace.len()).unwrap_or(u32::MAX);
        Self { text, name_at, hash: hash_of(namespace, name) }
    }

    /// The key of an object, from its metadata; `None` if it has no name.
    pub fn of<K: Resource>(object: &K) -> Option<Self> {
        KeyRef::of(object).map(Self::from)
    }

    /// The namespace; none for a cluster-scoped object.
    pub fn namespace(&self) -> Option<&str> {
        (self.name_at > 0).then(|| &self.text[..self.name_at as usize])
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.text[self.name_at as usize..]
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

impl Sought<'_> {
    /// Whether this is the key.
    pub(crate) fn is(self, key: &ObjectKey) -> bool {
        match self.0 {
            Form::Owned(sought) => sought == key,
            Form::Borrowed(sought) => sought == key.as_key_ref(),
        }
    }
}

/// The hash of a key, which differs from process to process, so that nobody can choose names that collide.
fn hash_of(namespace: &str, name: &str) -> u32 {
    static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::default);
    let mut hasher = SEED.build_hasher();
    hasher.write(namespace.as_bytes());
    // A slash is in neither part.
    hasher.write_u8(b'/');
    hasher.write(name.as_bytes());
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is as good as the whole")]
    let hash = hasher.finish() as u32;
    hash
}

/// The same for all forms of a key, so that each finds what is stored under another.
impl Hash for KeyRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(hash_of(self.namespace.unwrap_or_default(), self.name));
    }
}

impl Hash for ObjectKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u32(self.hash);
    }
}

impl Hash for Sought<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0 {
            Form::Owned(key) => key.hash(state),
            Form::Borrowed(key) => key.hash(state),
        }
    }
}

impl PartialEq for ObjectKey {
    fn eq(&self, other: &Self) -> bool {
        // Of clones nothing is read but what the keys themselves hold.
        self.hash == other.hash
            && self.name_at == other.name_at
            && (Arc::ptr_eq(&self.text, &other.text) || self.text == other.text)
    }
}

impl Eq for ObjectKey {}

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

impl<'a> From<&'a ObjectKey> for Sought<'a> {
    fn from(key: &'a ObjectKey) -> Self {
        Self(Form::Owned(key))
    }
}

impl<'a> From<KeyRef<'a>> for Sought<'a> {
    fn from(key: KeyRef<'a>) -> Self {
        Self(Form::Borrowed(key))
    }
}

/// The name of a cluster-scoped object.
impl<'a> From<&'a str> for Sought<'a> {
    fn from(name: &'a str) -> Self {
        KeyRef::from(name).into()
    }
}

/// Namespace and name. An empty namespace counts as none.
impl<'a> From<(&'a str, &'a str)> for Sought<'a> {
    fn from(parts: (&'a str, &'a str)) -> Self {
        KeyRef::from(parts).into()
    }
}

impl Equivalent<ObjectKey> for KeyRef<'_> {
    fn equivalent(&self, key: &ObjectKey) -> bool {
        *self == key.as_key_ref()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn every_form_of_a_key_finds_what_is_stored_under_another() {
        let keys = [ObjectKey::new(Some("ab"), "c"), ObjectKey::new(Some("a"), "bc"), ObjectKey::new(None, "abc")];
        let stored: HashMap<_, _, RandomState> = keys.iter().cloned().zip(["ab/c", "a/bc", "abc"]).collect();
        assert_eq!(stored.len(), 3);
        for key in &keys {
            let again = ObjectKey::from(key.as_key_ref());
            assert_eq!(stored[&again], key.to_string(), "made anew");
            assert!(Sought::from(&again).is(key) && Sought::from(key.as_key_ref()).is(key));
            let hash = |hashed: &dyn Fn(&mut _)| {
                let mut hasher = stored.hasher().build_hasher();
                hashed(&mut hasher);
                hasher.finish()
            };
            let expected = hash(&|hasher| key.hash(hasher));
            assert_eq!(hash(&|hasher| key.as_key_ref().hash(hasher)), expected);
            assert_eq!(hash(&|hasher| Sought::from(&again).hash(hasher)), expected);
            assert_eq!(hash(&|hasher| Sought::from(key.as_key_ref()).hash(hasher)), expected);
        }
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            assert_ne!(keys[one], keys[other]);
            assert!(!Sought::from(&keys[one]).is(&keys[other]));
            assert!(!Sought::from(keys[one].as_key_ref()).is(&keys[other]));
        }
        let namespaced = Sought::from(("", "abc"));
        assert!(namespaced.is(&keys[2]) && Sought::from("abc").is(&keys[2]) && Sought::from(("ab", "c")).is(&keys[0]));
    }
}
