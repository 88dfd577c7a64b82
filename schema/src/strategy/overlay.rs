//! An object in which a few members are other ones than it has.

use std::ops::ControlFlow;

use crate::view::{Arena, ObjectView, View};

/// A member as it is to be seen: with this value, or not there at all.
pub(super) type Set<'a> = (&'static str, Option<View<'a>>);

/// An object with some of its members replaced, added or hidden.
#[derive(Clone, Copy, Debug)]
pub(super) struct Overlay<'a> {
    pub(super) members: &'a dyn ObjectView,
    /// Each name once.
    pub(super) set: &'a [Set<'a>],
}

impl<'o> Overlay<'o> {
    fn set(&self, name: &str) -> Option<&'o Set<'o>> {
        self.set.iter().find(|(candidate, _)| *candidate == name)
    }
}

impl ObjectView for Overlay<'_> {
    fn len(&self) -> usize {
        let arena = Arena::new();
        let added = |(name, value): &Set<'_>| value.is_some() && self.members.get(name, &arena).is_none();
        let hidden = |(name, value): &Set<'_>| value.is_none() && self.members.get(name, &arena).is_some();
        let count = |wanted: &dyn Fn(&Set<'_>) -> bool| self.set.iter().filter(|set| wanted(set)).count();
        self.members.len() + count(&added) - count(&hidden)
    }

    fn get<'a>(&'a self, name: &str, arena: &'a Arena) -> Option<View<'a>> {
        self.set(name).map_or_else(|| self.members.get(name, arena), |(_, value)| *value)
    }

    fn each<'a>(&'a self, arena: &'a Arena, visit: &mut dyn FnMut(&'a str, View<'a>) -> ControlFlow<()>) {
        let mut flow = ControlFlow::Continue(());
        self.members.each(arena, &mut |name, value| {
            if self.set(name).is_none() {
                flow = visit(name, value);
            }
            flow
        });
        if flow.is_continue() {
            let mut set = self.set.iter().filter_map(|(name, value)| Some((*name, (*value)?)));
            let _ = set.try_for_each(|(name, value)| visit(name, value));
        }
    }
}
