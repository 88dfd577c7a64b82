//! A part that most schemas do not have.
//!
//! CRDs have very many schemas, and most say little: what they leave out should take no memory. A [`Sparse`] part reads as its
//! default until something is written to it.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::LazyLock,
};

use crate::schema::{Branches, Constraints, Properties};

/// A `T`, as large as a pointer if it is the default.
#[derive(Clone)]
pub struct Sparse<T>(Option<Box<T>>);

/// What a part is that is left out.
pub trait LeftOut: Default + 'static {
    /// The same as the default, for all to look at.
    fn left_out() -> &'static Self;
}

impl<T> Sparse<T> {
    /// Whether anything was written to it.
    pub fn is_written(&self) -> bool {
        self.0.is_some()
    }

    /// What was written, if anything was: to change what is there without making what is not.
    pub fn written_mut(&mut self) -> Option<&mut T> {
        self.0.as_deref_mut()
    }
}

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: LeftOut + PartialEq> From<T> for Sparse<T> {
    fn from(value: T) -> Self {
        if value == *T::left_out() { Self(None) } else { Self(Some(Box::new(value))) }
    }
}

impl<I, T: LeftOut + PartialEq + FromIterator<I>> FromIterator<I> for Sparse<T> {
    fn from_iter<S: IntoIterator<Item = I>>(items: S) -> Self {
        items.into_iter().collect::<T>().into()
    }
}

impl<T: LeftOut> Deref for Sparse<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.0 {
            Some(value) => value,
            None => T::left_out(),
        }
    }
}

impl<T: LeftOut> DerefMut for Sparse<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.get_or_insert_default()
    }
}

impl<T: LeftOut + PartialEq> PartialEq for Sparse<T> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            _ => **self == **other,
        }
    }
}

impl<T: LeftOut + fmt::Debug> fmt::Debug for Sparse<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

// The `iter` of the part is there already.
#[allow(clippy::into_iter_without_iter)]
impl<'s, T: LeftOut> IntoIterator for &'s Sparse<T>
where
    &'s T: IntoIterator,
{
    type Item = <&'s T as IntoIterator>::Item;
    type IntoIter = <&'s T as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        (&**self).into_iter()
    }
}

impl<T: 'static> LeftOut for Vec<T> {
    fn left_out() -> &'static Self {
        const { &Vec::new() }
    }
}

macro_rules! left_out {
    ($($Type:ty),*) => {$(
        impl LeftOut for $Type {
            fn left_out() -> &'static Self {
                static LEFT_OUT: LazyLock<$Type> = LazyLock::new(<$Type>::default);
                &LEFT_OUT
            }
        }
    )*};
}

left_out! { Properties, Constraints, Branches }

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Schema;

    #[test]
    fn what_is_left_out_reads_as_the_default() {
        let mut part: Sparse<Vec<u8>> = Sparse::default();
        assert!(part.is_empty());
        assert_eq!(part, Sparse::from(Vec::new()));
        part.push(1);
        assert_eq!((&*part, &part), (&vec![1], &Sparse::from(vec![1])));
        part.clear();
        assert_eq!(part, Sparse::default());
    }

    #[test]
    fn a_schema_that_says_little_is_small() {
        assert!(size_of::<Schema>() <= 208, "{}", size_of::<Schema>());
    }
}
