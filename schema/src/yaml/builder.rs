//! Parser events → nodes: nesting, keys, merges, anchors and aliases.
//!
//! In: events in order. Out: finished documents, and the keys that are there twice. The stack is explicit, so a text cannot exhaust ours.

use std::collections::BTreeMap;

use granit_parser::{Event, ScalarStyle, Tag};
use indexmap::{IndexMap, map::Entry as MapEntry};

use super::{
    Duplicate, Error,
    scalar::{self, ScalarTag},
};
use crate::{
    diagnostic::Position,
    node::{Content, Entry, MAX_DEPTH, Mapping, Node},
};

/// How much aliases may expand to, in nodes (long texts count more): what go-yaml v2 allows before it looks at ratios.
const ALIAS_BUDGET: usize = 400_000;
/// Of keys that are there twice so many are kept.
const MAX_DUPLICATES: usize = 100;
/// So many bytes of text weigh as much as one node.
const BYTES_PER_NODE: usize = 32;

/// The state between two events.
#[derive(Default)]
pub(super) struct Builder {
    /// The documents that are finished, empty ones left out.
    pub(super) documents: Vec<Node>,
    /// The keys that were there already.
    pub(super) duplicates: Vec<Duplicate>,
    open: Vec<Frame>,
    anchors: BTreeMap<usize, Anchored>,
    expanded: usize,
}

/// A node that aliases may name.
struct Anchored {
    node: Node,
    weight: usize,
    height: usize,
}

/// A sequence or mapping that has not ended.
struct Frame {
    position: Position,
    anchor: usize,
    nodes: Nodes,
}

enum Nodes {
    Sequence(Vec<Node>),
    Mapping { members: IndexMap<String, Member>, key: Option<Key> },
}

/// A member on its way, and whether it came by a merge: a merged one may be set again, a written one may not.
struct Member {
    entry: Entry,
    merged: bool,
}

enum Key {
    Name(String, Position),
    Merge,
}

impl Builder {
    /// Takes the next event. An error ends the text.
    pub(super) fn take(&mut self, event: Event<'_>, position: Position) -> Result<(), Error> {
        match event {
            Event::DocumentStart(..) => self.anchors.clear(),
            Event::SequenceStart(_, anchor, _) => self.open(position, anchor, Nodes::Sequence(Vec::new()))?,
            Event::MappingStart(_, anchor, _) => {
                self.open(position, anchor, Nodes::Mapping { members: IndexMap::new(), key: None })?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close()?,
            Event::Scalar(text, style, anchor, tag) => self.scalar(&text, style, anchor, tag.as_deref(), position)?,
            Event::Alias(anchor) => self.alias(anchor, position)?,
            _ => {}
        }
        Ok(())
    }

    fn open(&mut self, position: Position, anchor: usize, nodes: Nodes) -> Result<(), Error> {
        if self.open.len() >= MAX_DEPTH {
            return Err(error(position, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        self.open.push(Frame { position, anchor, nodes });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Error> {
        let Some(frame) = self.open.pop() else { return Ok(()) };
        let content = match frame.nodes {
            Nodes::Sequence(items) => Content::Sequence(items),
            Nodes::Mapping { members, .. } => {
                Content::Mapping(members.into_iter().map(|(name, member)| (name, member.entry)).collect())
            }
        };
        self.finish(Node { content, position: Some(frame.position) }, frame.anchor)
    }

    fn scalar(
        &mut self,
        text: &str,
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
        let content = scalar::resolve(text, plain, tag).map_err(|message| error(position, message))?;
        self.finish(Node { content, position: Some(position) }, anchor)
    }

    /// If a key is due, takes `<<` as the merge key.
    fn take_merge_key(&mut self) -> bool {
        match self.open.last_mut() {
            Some(Frame { nodes: Nodes::Mapping { key: key @ None, .. }, .. }) => {
                *key = Some(Key::Merge);
                true
            }
            _ => false,
        }
    }

    fn alias(&mut self, anchor: usize, position: Position) -> Result<(), Error> {
        // An anchor is known once its node has ended, so a node cannot hold itself.
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(error(position, "the alias names no finished anchor of this document".to_owned()));
        };
        if self.open.len() + anchored.height > MAX_DEPTH {
            return Err(error(position, format!("nested deeper than {MAX_DEPTH} levels")));
        }
        self.expanded = self.expanded.saturating_add(anchored.weight);
        if self.expanded > ALIAS_BUDGET {
            return Err(error(position, "the aliases of this text expand to too many nodes".to_owned()));
        }
        let node = Node { content: anchored.node.content.clone(), position: Some(position) };
        self.finish(node, 0)
    }

    /// Puts a finished node where it belongs: into the open mapping or sequence, or it is a document.
    fn finish(&mut self, node: Node, anchor: usize) -> Result<(), Error> {
        self.remember(&node, anchor)?;
        let Some(frame) = self.open.last_mut() else {
            if !node.is_null() {
                self.documents.push(node);
            }
            return Ok(());
        };
        match &mut frame.nodes {
            Nodes::Sequence(items) => items.push(node),
            Nodes::Mapping { members, key } => match key.take() {
                None => *key = Some(name_key(node)?),
                Some(Key::Merge) => merge(members, node)?,
                Some(Key::Name(name, position)) => {
                    let duplicate = insert(members, name, position, node);
                    if self.duplicates.len() < MAX_DUPLICATES {
                        self.duplicates.extend(duplicate);
                    }
                }
            },
        }
        Ok(())
    }

    /// Keeps a copy of an anchored node. The copy counts towards the budget, else nested anchors would multiply it.
    fn remember(&mut self, node: &Node, anchor: usize) -> Result<(), Error> {
        if anchor == 0 {
            return Ok(());
        }
        let (weight, height) = (weight(node), height(node));
        self.expanded = self.expanded.saturating_add(weight);
        if let (true, Some(position)) = (self.expanded > ALIAS_BUDGET, node.position) {
            return Err(error(position, "the anchors of this text hold too many nodes".to_owned()));
        }
        self.anchors.insert(anchor, Anchored { node: node.clone(), weight, height });
        Ok(())
    }
}

fn name_key(node: Node) -> Result<Key, Error> {
    let position = node.position.unwrap_or(Position { line: 1, column: 1 });
    let name = scalar::key(node.content).map_err(|message| error(position, message))?;
    Ok(Key::Name(name, position))
}

/// Sets a written member. The last one of a name stands, and is a duplicate unless the one before came by a merge.
fn insert(members: &mut IndexMap<String, Member>, name: String, position: Position, value: Node) -> Option<Duplicate> {
    let value_position = value.position.unwrap_or(position);
    let member = Member { entry: Entry { key: Some(position), value }, merged: false };
    match members.entry(name) {
        MapEntry::Vacant(vacant) => {
            vacant.insert(member);
            None
        }
        MapEntry::Occupied(mut occupied) => {
            let before = occupied.insert(member);
            let first = before.entry.key.filter(|_| !before.merged)?;
            Some(Duplicate { key: occupied.key().clone(), position, value: value_position, first })
        }
    }
}

/// Sets the members of a merged mapping, or of several, the earlier ones of which win. Like go-yaml, a merge
/// overwrites what stands before it.
fn merge(members: &mut IndexMap<String, Member>, node: Node) -> Result<(), Error> {
    let position = node.position.unwrap_or(Position { line: 1, column: 1 });
    let wrong = || error(position, "a merge (<<) needs an object or an array of objects".to_owned());
    let sources: Vec<Mapping> = match node.content {
        Content::Mapping(source) => vec![source],
        Content::Sequence(items) => items
            .into_iter()
            .rev()
            .map(|item| if let Content::Mapping(source) = item.content { Ok(source) } else { Err(wrong()) })
            .collect::<Result<_, _>>()?,
        _ => return Err(wrong()),
    };
    for (name, entry) in sources.into_iter().flatten() {
        members.insert(name, Member { entry, merged: true });
    }
    Ok(())
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

fn weight(node: &Node) -> usize {
    match &node.content {
        Content::String(text) => 1 + text.len() / BYTES_PER_NODE,
        Content::Sequence(items) => items.iter().map(weight).fold(1, usize::saturating_add),
        Content::Mapping(members) => members
            .iter()
            .map(|(name, entry)| 1 + name.len() / BYTES_PER_NODE + weight(&entry.value))
            .fold(1, usize::saturating_add),
        _ => 1,
    }
}

fn height(node: &Node) -> usize {
    match &node.content {
        Content::Sequence(items) => 1 + items.iter().map(height).max().unwrap_or(0),
        Content::Mapping(members) => 1 + members.values().map(|entry| height(&entry.value)).max().unwrap_or(0),
        _ => 0,
    }
}

fn error(position: Position, message: String) -> Error {
    Error { message, position }
}
