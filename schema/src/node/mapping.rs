//! The members of an object, in source order.
//!
//! In: members as they are read. Out: [`Mapping`], which finds a member by its name. A small object is searched from its
//! start, which is faster than hashing; a large one has an index, so that no input makes the search slow.

use std::{borrow::Cow, collections::HashMap};

use super::Node;
use crate::diagnostic::Position;

/// An object with more members than this has an index.
const SMALL: usize = 16;

/// An object's members in source order, each name once.
#[derive(Clone, Debug, Default)]
pub struct Mapping<'t> {
    members: Vec<Member<'t>>,
    index: Index<'t>,
}

/// One member of a [`Mapping`].
#[derive(Clone, Debug, PartialEq)]
pub struct Member<'t> {
    /// The name.
    pub name: Cow<'t, str>,
    /// Where the name starts, if it was read from text.
    pub key: Option<Position>,
    /// The value.
    pub value: Node<'t>,
}

/// Where the members of a large object are, by name; nothing for a small one. Most objects are small: the box keeps them so.
#[allow(clippy::box_collection)]
#[derive(Clone, Debug, Default)]
pub(crate) struct Index<'t>(Option<Box<HashMap<Cow<'t, str>, usize>>>);

impl<'t> Mapping<'t> {
    /// The object that has these members; `index` has taken note of each of them.
    pub(crate) fn new(members: Vec<Member<'t>>, index: Index<'t>) -> Self {
        Self { members, index }
    }

    /// The members in source order.
    pub fn members(&self) -> &[Member<'t>] {
        &self.members
    }

    /// The member of that name.
    pub fn get(&self, name: &str) -> Option<&Member<'t>> {
        self.index.find(&self.members, name).map(|place| &self.members[place])
    }
}

impl PartialEq for Mapping<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.members == other.members
    }
}

impl<'t> IntoIterator for Mapping<'t> {
    type Item = Member<'t>;
    type IntoIter = std::vec::IntoIter<Member<'t>>;

    fn into_iter(self) -> Self::IntoIter {
        self.members.into_iter()
    }
}

impl<'t> Index<'t> {
    /// Where among `members` the one of that name is.
    pub(crate) fn find(&self, members: &[Member<'t>], name: &str) -> Option<usize> {
        match &self.0 {
            None => members.iter().position(|member| member.name == name),
            Some(places) => places.get(name).copied(),
        }
    }

    /// Takes note of the last of `members`, which is new.
    pub(crate) fn note_last(&mut self, members: &[Member<'t>]) {
        match (&mut self.0, members) {
            (Some(places), [before @ .., last]) => {
                places.insert(last.name.clone(), before.len());
            }
            (None, members) if members.len() > SMALL => {
                let places = members.iter().enumerate().map(|(place, member)| (member.name.clone(), place));
                self.0 = Some(Box::new(places.collect()));
            }
            _ => {}
        }
    }
}
