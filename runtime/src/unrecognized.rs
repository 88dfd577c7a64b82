//! The text of an enum's value that the schema does not list.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    ops::Deref,
};

/// A text that is none of the values of the enum `E`, kept so that nothing is lost.
///
/// It stands in the variant `Unrecognized` of a generated enum, for the values that a newer version of the CRD has. There
/// is no way to make one that holds a value which `E` knows: it comes from `E::from(text)`, `text.parse()` or decoding,
/// which take the enum's own variant wherever there is one. So two equal texts are always equal values of `E`.
///
/// ```
/// use crdgen_runtime::{Unrecognized, string_enum};
///
/// #[derive(Clone, Debug, PartialEq, Eq, Hash)]
/// pub enum Engine {
///     PostgreSQL,
///     MySQL,
///     Unrecognized(Unrecognized<Self>),
/// }
///
/// string_enum! { Engine { PostgreSQL = "PostgreSQL", MySQL = "MySQL" } }
///
/// match Engine::from("Oracle") {
///     Engine::Unrecognized(text) => assert_eq!(&*text, "Oracle"),
///     engine => unreachable!("{engine}"),
/// }
/// ```
pub struct Unrecognized<E> {
    text: Box<str>,
    /// The text belongs to `E`, but holds none.
    of: PhantomData<fn() -> E>,
}

impl<E> Unrecognized<E> {
    /// The caller has made sure that `E` does not know the text.
    pub(crate) fn new(text: String) -> Self {
        Self { text: text.into_boxed_str(), of: PhantomData }
    }
}

impl<E> Deref for Unrecognized<E> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl<E> AsRef<str> for Unrecognized<E> {
    fn as_ref(&self) -> &str {
        self
    }
}

/// The text, without a copy.
impl<E> From<Unrecognized<E>> for String {
    fn from(value: Unrecognized<E>) -> Self {
        value.text.into_string()
    }
}

impl<E> fmt::Display for Unrecognized<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

/// The quoted text only: the variant around it says the rest.
impl<E> fmt::Debug for Unrecognized<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.text, f)
    }
}

// Derives would ask the same of `E`, which contains this type.

impl<E> Clone for Unrecognized<E> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), of: PhantomData }
    }
}

impl<E> PartialEq for Unrecognized<E> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<E> Eq for Unrecognized<E> {}

impl<E> Hash for Unrecognized<E> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl<E> PartialOrd for Unrecognized<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Unrecognized<E> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Has none of the traits that the text has.
    struct Nothing;

    #[test]
    fn it_is_its_text_in_every_respect() {
        let (a, b) = (Unrecognized::<Nothing>::new("a".to_owned()), Unrecognized::<Nothing>::new("b".to_owned()));
        assert_eq!((a.to_string().as_str(), a.as_ref(), a.len()), ("a", "a", 1));
        assert_eq!(format!("{a:?} {a:>3}"), "\"a\"   a");
        assert!(a < b && a == a.clone() && a != b);
        assert_eq!(String::from(b), "b");
    }

    #[test]
    fn threads_may_share_it_whatever_its_enum_is() {
        fn check<T: Send + Sync>() {}
        check::<Unrecognized<std::rc::Rc<()>>>();
    }
}
