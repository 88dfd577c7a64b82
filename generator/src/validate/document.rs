//! Text → objects, with the places of their fields.
//!
//! In: YAML documents or JSON values, any number of them. Out: one [`Object`] for each, and for each item of a list, as
//! `kubectl apply` takes them apart; and the fault that ends the text. It does not know CRDs.

use std::fmt::Write as _;

use crdgen_schema::{
    diagnostic::{Diagnostic, Position},
    json,
    node::{Content, Node},
    yaml::{self, Duplicate},
};
use serde_core::de::IgnoredAny;
use serde_json::{Deserializer, Value};

/// The kind of an object, as it names it itself. Either is empty if it is missing, or not a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Type {
    pub(super) api_version: String,
    pub(super) kind: String,
}

/// An object in a text.
#[derive(Debug)]
pub(super) struct Object<'t> {
    pub(super) node: Node<'t>,
    /// The type that an item of a `FooList` has if it names none.
    inherited: Option<Type>,
    /// The keys in it that are set again.
    pub(super) duplicates: Vec<Duplicate>,
    pub(super) syntax: Syntax,
    /// Where the text that positions count in starts in the file.
    origin: Position,
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    Yaml,
    Json,
}

/// What a text holds.
#[derive(Debug, Default)]
pub(super) struct Documents<'t> {
    pub(super) objects: Vec<Object<'t>>,
    /// What ends the text before its end.
    pub(super) fault: Option<Diagnostic>,
}

const START: Position = Position { line: 1, column: 1 };

/// Finds the objects in the text of `file`.
pub(super) fn read<'t>(file: &str, text: &'t str) -> Documents<'t> {
    let mut documents = Documents::default();
    let syntax = if text.trim_start().starts_with('{') { Syntax::Json } else { Syntax::Yaml };
    let parts = if syntax == Syntax::Json { values(text) } else { vec![(START, text)] };
    for (origin, part) in parts {
        let parsed = yaml::parse(part);
        let first = documents.objects.len();
        for node in parsed.documents {
            documents.take(node, None, syntax, origin);
        }
        share_out(parsed.duplicates, &mut documents.objects[first..]);
        let fault =
            parsed.errors.into_iter().find(|error| error.code != crdgen_schema::diagnostic::code::DUPLICATE_KEY);
        if let Some(fault) = fault {
            let help = if text.contains("{{") {
                "this looks like a template: render it first (`helm template`)"
            } else {
                "correct the text here"
            };
            let finding = Diagnostic::error(fault.message).code(fault.code).help(help);
            documents.fault = Some(finding.at(file, Some(from(origin, fault.position))));
            break;
        }
    }
    documents
}

impl<'t> Documents<'t> {
    /// Takes a document, or an item of a list.
    fn take(&mut self, node: Node<'t>, inherited: Option<Type>, syntax: Syntax, origin: Position) {
        let object = Object { node, inherited, duplicates: Vec::new(), syntax, origin };
        let of = object.type_of();
        let is_list = of.kind.ends_with("List") && object.node["items"].is_sequence();
        if !is_list {
            self.objects.push(object);
            return;
        }
        let items = match object.node.content {
            Content::Mapping(members) => members.into_iter().find(|member| member.name == "items"),
            _ => None,
        };
        let Some(Content::Sequence(items)) = items.map(|member| member.value.content) else { return };
        let kind = of.kind.trim_end_matches("List").to_owned();
        let inherited = (!kind.is_empty()).then_some(Type { api_version: of.api_version, kind });
        // Documents nest to a fixed depth, and so do lists in lists.
        for item in items {
            self.take(item, inherited.clone(), syntax, origin);
        }
    }
}

impl Object<'_> {
    /// The type that it names, or that its list gives it.
    pub(super) fn type_of(&self) -> Type {
        let text = |name: &str| self.node[name].as_str().unwrap_or_default().to_owned();
        let own = Type { api_version: text("apiVersion"), kind: text("kind") };
        match &self.inherited {
            Some(inherited) if own.api_version.is_empty() && own.kind.is_empty() => inherited.clone(),
            _ => own,
        }
    }

    /// The object as the API server reads it.
    pub(super) fn value(&self) -> Value {
        let mut value = json::narrowed(self.node.to_value());
        let of = self.type_of();
        if let (Some(_), Some(members)) = (&self.inherited, value.as_object_mut()) {
            for (name, text) in [("apiVersion", of.api_version), ("kind", of.kind)] {
                members.entry(name).or_insert_with(|| Value::from(text));
            }
        }
        value
    }

    /// Where the object starts in its file.
    pub(super) fn start(&self) -> Option<Position> {
        self.in_file(self.node.position)
    }

    /// Where a field is, or the nearest one around it.
    pub(super) fn find(&self, field: &str) -> Option<Position> {
        self.in_file(self.node.find(field).start())
    }

    /// A position in the text that was parsed, as one in the file.
    pub(super) fn in_file(&self, position: Option<Position>) -> Option<Position> {
        position.map(|position| from(self.origin, position))
    }

    /// The path of the value that starts at a position of the text that was parsed.
    pub(super) fn path_to(&self, value: Position) -> Option<String> {
        let mut path = String::new();
        leads_to(&self.node, value, &mut path).then_some(path)
    }
}

/// Extends a path to the node at a position; leaves it as it is if there is none below this one.
fn leads_to(node: &Node<'_>, at: Position, path: &mut String) -> bool {
    let length = path.len();
    for (index, item) in node.items().iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(path, "[{index}]");
        if item.position == Some(at) || leads_to(item, at, path) {
            return true;
        }
        path.truncate(length);
    }
    for member in node.members() {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(&member.name);
        if member.value.position == Some(at) || leads_to(&member.value, at, path) {
            return true;
        }
        path.truncate(length);
    }
    false
}

/// The values of a text of JSON, one behind the other; the whole text if it is not that.
fn values(text: &str) -> Vec<(Position, &str)> {
    let mut stream = Deserializer::from_str(text).into_iter::<IgnoredAny>();
    let mut ends = Vec::new();
    while let Some(value) = stream.next() {
        if value.is_err() {
            return vec![(START, text)];
        }
        ends.push(stream.byte_offset());
    }
    let mut parts = Vec::new();
    let (mut start, mut position) = (0, START);
    for end in ends {
        let part = &text[start..end];
        parts.push((position, part));
        for c in part.chars() {
            if c == '\n' {
                position = Position { line: position.line.saturating_add(1), column: 1 };
            } else {
                position.column = position.column.saturating_add(1);
            }
        }
        start = end;
    }
    parts
}

/// A position in a part of a text, as one in the text.
fn from(origin: Position, position: Position) -> Position {
    let column = if position.line == 1 { origin.column.saturating_add(position.column - 1) } else { position.column };
    Position { line: origin.line.saturating_add(position.line - 1), column }
}

/// Gives each duplicate key to the object that it stands in: the last one that starts before it.
fn share_out(duplicates: Vec<Duplicate>, objects: &mut [Object<'_>]) {
    for duplicate in duplicates {
        let behind = objects.partition_point(|object| object.node.position <= Some(duplicate.position));
        if let Some(object) = objects.get_mut(behind.saturating_sub(1)) {
            object.duplicates.push(duplicate);
        }
    }
}
