//! Parser events → nodes: nesting, keys, merges, anchors and aliases.
//!
//! In: events in order. Out: finished documents, and the keys that are duplicates. The stack is explicit, so a text cannot
//! exhaust ours.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use granit_parser::{Event, ScalarStyle, Span, Tag, TrySpannedEventReceiver};

use super::{
    Duplicate, Error,
    scalar::{self, ScalarTag},
};
use crate::{
    diagnostic::Position,
    node::{Content, Index, MAX_DEPTH, Mapping, Member, Node},
};

/// How much aliases may expand to, in nodes (long texts count more): what go-yaml v2 allows before it looks at ratios.
const ALIAS_BUDGET: usize = 400_000;
/// So many bytes of text weigh as much as one node.
const BYTES_PER_NODE: usize = 32;

/// The state between two events.
#[derive(Default)]
pub(super) struct Builder<'t> {
    /// The documents that are finished, empty ones left out.
    pub(super) documents: Vec<Node<'t>>,
    /// The keys that their mappings had already.
    pub(super) duplicates: Vec<Duplicate>,
    open: Vec<Frame<'t>>,
    /// The items of all open sequences so far, those of an inner one behind those of the outer ones.
    items: Vec<Node<'t>>,
    /// The members of all open mappings so far, in the same way.
    members: Vec<Member<'t>>,
    anchors: BTreeMap<usize, Anchored<'t>>,
    expanded: usize,
}

/// A node that aliases may name.
struct Anchored<'t> {
    node: Node<'t>,
    weight: usize,
    height: usize,
}

/// A sequence or mapping that has not ended.
struct Frame<'t> {
    position: Position,
    anchor: usize,
    /// Where its items or members start among those of all.
    start: usize,
    kind: Kind<'t>,
}

enum Kind<'t> {
    Sequence,
    Mapping(Open<'t>),
}

/// What an open mapping has beside its members.
#[derive(Default)]
struct Open<'t> {
    index: Index<'t>,
    /// The members that came by a merge: such a one may be set again, a written one may not.
    merged: BTreeSet<usize>,
    /// The key whose value comes next.
    key: Option<Key<'t>>,
}

enum Key<'t> {
    Name(Cow<'t, str>, Position),
    Merge,
}

impl<'t> TrySpannedEventReceiver<'t> for Builder<'t> {
    type Error = Error;

    /// Takes the next event. An error ends the text.
    #[inline]
    fn on_event(&mut self, event: Event<'t>, span: Span) -> Result<(), Error> {
        let position = super::position(span.start);
        match event {
            Event::Scalar(text, style, anchor, tag) => self.scalar(text, style, anchor, tag.as_deref(), position),
            Event::MappingStart(_, anchor, _) => self.open(position, anchor, Kind::Mapping(Open::default())),
            Event::SequenceStart(_, anchor, _) => self.open(position, anchor, Kind::Sequence),
            Event::MappingEnd | Event::SequenceEnd => self.close(),
            Event::Alias(anchor) => self.alias(anchor, position),
            Event::DocumentStart(..) => {
                self.anchors.clear();
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl<'t> Builder<'t> {
    fn open(&mut self, position: Position, anchor: usize, kind: Kind<'t>) -> Result<(), Error> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Error::new(position, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        let start = match kind {
            Kind::Sequence => self.items.len(),
            Kind::Mapping(_) => self.members.len(),
        };
        self.open.push(Frame { position, anchor, start, kind });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Error> {
        let Some(frame) = self.open.pop() else { return Ok(()) };
        let content = match frame.kind {
            Kind::Sequence => Content::Sequence(self.items.drain(frame.start..).collect()),
            Kind::Mapping(open) => {
                Content::Mapping(Mapping::new(self.members.drain(frame.start..).collect(), open.index))
            }
        };
        self.finish(Node { content, position: Some(frame.position) }, frame.anchor)
    }

    fn scalar(
        &mut self,
        text: Cow<'t, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Tag>,
        position: Position,
    ) -> Result<(), Error> {
        let plain = style == ScalarStyle::Plain;
        let tag = tag.map(scalar_tag);
        let merges = text == "<<" && (tag == Some(ScalarTag::Merge) || plain && tag.is_none());
        if merges && self.take_merge_key() {
            return Ok(());
        }
        let content = scalar::resolve(text, plain, tag).map_err(|unfit| Error::unfit(position, unfit))?;
        self.finish(Node { content, position: Some(position) }, anchor)
    }

    /// If a key is due, takes `<<` as the merge key.
    fn take_merge_key(&mut self) -> bool {
        match self.open.last_mut() {
            Some(Frame { kind: Kind::Mapping(Open { key: key @ None, .. }), .. }) => {
                *key = Some(Key::Merge);
                true
            }
            _ => false,
        }
    }

    fn alias(&mut self, anchor: usize, position: Position) -> Result<(), Error> {
        // An anchor is known once its node has ended, so a node cannot hold itself.
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(Error::new(position, "alias to an undefined anchor".to_owned()));
        };
        if self.open.len() + anchored.height > MAX_DEPTH {
            return Err(Error::new(position, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        self.expanded = self.expanded.saturating_add(anchored.weight);
        if self.expanded > ALIAS_BUDGET {
            return Err(Error::new(position, "the aliases of this text expand to too many nodes".to_owned()));
        }
        let node = Node { content: anchored.node.content.clone(), position: Some(position) };
        self.finish(node, 0)
    }

    /// Puts a finished node where it belongs: into the open mapping or sequence, or it is a document.
    fn finish(&mut self, node: Node<'t>, anchor: usize) -> Result<(), Error> {
        if anchor != 0 {
            self.remember(&node, anchor)?;
        }
        let Some(frame) = self.open.last_mut() else {
            if !node.is_null() {
                self.documents.push(node);
            }
            return Ok(());
        };
        let Kind::Mapping(open) = &mut frame.kind else {
            self.items.push(node);
            return Ok(());
        };
        match open.key.take() {
            None => open.key = Some(name_key(node)?),
            Some(Key::Merge) => open.merge(&mut self.members, frame.start, node)?,
            Some(Key::Name(name, key)) => {
                let member = Member { name, key: Some(key), value: node };
                self.duplicates.extend(open.insert(&mut self.members, frame.start, member));
            }
        }
        Ok(())
    }

    /// Keeps a copy of an anchored node. The copy counts towards the budget, else nested anchors would multiply it.
    fn remember(&mut self, node: &Node<'t>, anchor: usize) -> Result<(), Error> {
        let (weight, height) = (weight(node), height(node));
        self.expanded = self.expanded.saturating_add(weight);
        if let (true, Some(position)) = (self.expanded > ALIAS_BUDGET, node.position) {
            return Err(Error::new(position, "the anchors of this text hold too many nodes".to_owned()));
        }
        self.anchors.insert(anchor, Anchored { node: node.clone(), weight, height });
        Ok(())
    }
}

impl<'t> Open<'t> {
    /// Sets a written member; `all` holds those of this mapping from `start` on. The last one of a name counts, and is a
    /// duplicate unless the one before came by a merge.
    fn insert(&mut self, all: &mut Vec<Member<'t>>, start: usize, member: Member<'t>) -> Option<Duplicate> {
        let Some(place) = self.index.find(&all[start..], &member.name) else {
            all.push(member);
            self.index.note_last(&all[start..]);
            return None;
        };
        let before = std::mem::replace(&mut all[start + place], member);
        if self.merged.remove(&place) {
            return None;
        }
        let set = &all[start + place];
        let position = set.key?;
        let value = set.value.position.unwrap_or(position);
        Some(Duplicate { key: before.name.into_owned(), position, value, first: before.key? })
    }

    /// Sets the members of a merged mapping, or of several, the earlier ones of which win. Like go-yaml, a merge
    /// overwrites what stands before it.
    fn merge(&mut self, all: &mut Vec<Member<'t>>, start: usize, node: Node<'t>) -> Result<(), Error> {
        let position = node.position.unwrap_or(Position { line: 1, column: 1 });
        let wrong = || Error::new(position, "a merge (<<) needs an object or an array of objects".to_owned());
        let sources: Vec<Mapping<'t>> = match node.content {
            Content::Mapping(source) => vec![source],
            Content::Sequence(items) => items
                .into_iter()
                .rev()
                .map(|item| if let Content::Mapping(source) = item.content { Ok(source) } else { Err(wrong()) })
                .collect::<Result<_, _>>()?,
            _ => return Err(wrong()),
        };
        for member in sources.into_iter().flatten() {
            let place = self.index.find(&all[start..], &member.name);
            if let Some(place) = place {
                all[start + place] = member;
            } else {
                all.push(member);
                self.index.note_last(&all[start..]);
            }
            self.merged.insert(place.unwrap_or(all.len() - start - 1));
        }
        Ok(())
    }
}

fn name_key(node: Node<'_>) -> Result<Key<'_>, Error> {
    let position = node.position.unwrap_or(Position { line: 1, column: 1 });
    let name = scalar::key(node.content).map_err(|message| Error::new(position, message))?;
    Ok(Key::Name(name, position))
}

fn scalar_tag(tag: &Tag) -> ScalarTag {
    let full = format!("{}{}", tag.handle(), tag.suffix());
    match full.strip_prefix("tag:yaml.org,2002:").unwrap_or(&full) {
        // The non-specific tag says that the text is text.
        "!" | "str" => ScalarTag::Str,
        "binary" => ScalarTag::Binary,
        "bool" => ScalarTag::Bool,
        "int" => ScalarTag::Int,
        "float" => ScalarTag::Float,
        "null" => ScalarTag::Null,
        "merge" => ScalarTag::Merge,
        _ => ScalarTag::Other,
    }
}

fn weight(node: &Node<'_>) -> usize {
    match &node.content {
        Content::String(text) => 1 + text.len() / BYTES_PER_NODE,
        Content::Sequence(items) => items.iter().map(weight).fold(1, usize::saturating_add),
        Content::Mapping(members) => members
            .members()
            .iter()
            .map(|member| 1 + member.name.len() / BYTES_PER_NODE + weight(&member.value))
            .fold(1, usize::saturating_add),
        _ => 1,
    }
}

fn height(node: &Node<'_>) -> usize {
    match &node.content {
        Content::Sequence(items) => 1 + items.iter().map(height).max().unwrap_or(0),
        Content::Mapping(members) => {
            1 + members.members().iter().map(|member| height(&member.value)).max().unwrap_or(0)
        }
        _ => 0,
    }
}
