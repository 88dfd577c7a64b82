//! A schema as it was posted, unknown types and refused keywords included.
//!
//! In: JSON whose members have the right types. Out: its keywords, null read as absent.

use crate::node::Node;

/// One node of a posted schema.
#[derive(Clone, Copy)]
pub(super) struct RawSchema<'a> {
    pub(super) node: &'a Node<'a>,
    /// The lengths of the keywords that are there, a bit each. A hundred keywords are asked for and a few are there: nearly all
    /// that are absent need no search.
    lengths: u64,
}

impl<'a> RawSchema<'a> {
    pub(super) fn new(node: &'a Node<'a>) -> Self {
        let lengths = node.members().iter().fold(0, |lengths, member| lengths | length_bit(&member.name));
        Self { node, lengths }
    }

    /// A keyword that is there and not null.
    #[inline]
    pub(super) fn get(self, keyword: &str) -> Option<&'a Node<'a>> {
        if self.lengths & length_bit(keyword) == 0 {
            return None;
        }
        self.node.get(keyword).filter(|value| !value.is_null())
    }

    /// A text; empty if absent.
    pub(super) fn text(self, keyword: &str) -> &'a str {
        self.get(keyword).and_then(Node::as_str).unwrap_or_default()
    }

    /// A flag; false if absent.
    pub(super) fn flag(self, keyword: &str) -> bool {
        self.get(keyword).and_then(Node::as_bool).unwrap_or_default()
    }

    /// The items of an array; none if absent.
    pub(super) fn items_of(self, keyword: &str) -> &'a [Node<'a>] {
        self.get(keyword).map(Node::items).unwrap_or_default()
    }

    /// The texts of an array.
    pub(super) fn texts(self, keyword: &str) -> impl Iterator<Item = &'a str> {
        self.items_of(keyword).iter().filter_map(Node::as_str)
    }

    /// `properties`
    pub(super) fn properties(self) -> impl Iterator<Item = (&'a str, Self)> {
        self.map("properties")
    }

    /// The property of that name.
    pub(super) fn property(self, name: &str) -> Option<Self> {
        self.get("properties")?.get(name).map(Self::new)
    }

    /// The schemas of a keyword that maps names to them.
    pub(super) fn map(self, keyword: &str) -> impl Iterator<Item = (&'a str, Self)> {
        let members = self.get(keyword).map(Node::members).unwrap_or_default();
        members.iter().map(|member| (member.name.as_ref(), Self::new(&member.value)))
    }

    /// `items`, if it is one schema.
    pub(super) fn items(self) -> Option<Self> {
        self.get("items").filter(|items| items.is_mapping()).map(Self::new)
    }

    /// `additionalProperties`, if it is a schema.
    pub(super) fn additional_schema(self) -> Option<Self> {
        self.get("additionalProperties").filter(|value| value.is_mapping()).map(Self::new)
    }

    /// The schema of a member of that name: a property, or of an object without properties any value.
    pub(super) fn member(self, name: &str) -> Option<Self> {
        if self.properties().next().is_some() { self.property(name) } else { self.additional_schema() }
    }

    /// The branches of `allOf`, `anyOf` or `oneOf`.
    pub(super) fn branches(self, combinator: &str) -> impl Iterator<Item = Self> {
        self.items_of(combinator).iter().map(Self::new)
    }

    /// All schemas in this one, those of branches and of keywords that are refused included.
    pub(super) fn children(self) -> impl Iterator<Item = Self> {
        const SINGLE: [&str; 4] = ["items", "additionalProperties", "not", "additionalItems"];
        const LISTS: [&str; 4] = ["allOf", "anyOf", "oneOf", "items"];
        const MAPS: [&str; 4] = ["properties", "patternProperties", "definitions", "dependencies"];
        let single = SINGLE.into_iter().filter_map(move |name| self.get(name));
        let lists = LISTS.into_iter().flat_map(move |name| self.items_of(name));
        let maps = MAPS.into_iter().flat_map(move |name| self.map(name)).map(|(_, schema)| schema.node);
        maps.chain(lists).chain(single).filter(|node| node.is_mapping()).map(Self::new)
    }

    /// Whether any node of this schema satisfies `test`.
    pub(super) fn any(self, test: impl Fn(Self) -> bool + Copy) -> bool {
        test(self) || self.children().any(|schema| schema.any(test))
    }
}

fn length_bit(keyword: &str) -> u64 {
    1 << keyword.len().min(63)
}
