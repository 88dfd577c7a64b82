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
    /// The value as it is read from JSON, where YAML takes `1.0` for an integer.
    json: Option<Value>,
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
            let json = if syntax == Syntax::Json { json::parse(part.as_bytes()).ok() } else { None };
            documents.take(Object { node, json, inherited: None, duplicates: Vec::new(), syntax, origin });
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
    fn take(&mut self, mut object: Object<'t>) {
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
        for (index, node) in items.into_iter().enumerate() {
            let json = object.json.as_mut().and_then(|list| list.get_mut("items")?.get_mut(index)).map(Value::take);
            let (syntax, origin) = (object.syntax, object.origin);
            self.take(Object { node, json, inherited: inherited.clone(), duplicates: Vec::new(), syntax, origin });
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
        let mut value = json::narrowed(self.json.clone().unwrap_or_else(|| self.node.to_value()));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The kind of each object, where it starts, and the keys that it sets again.
    fn found(text: &str) -> Vec<String> {
        let documents = read("a.yaml", text);
        let all = documents.objects.iter().map(|object| {
            let keys: Vec<&str> = object.duplicates.iter().map(|duplicate| duplicate.key.as_str()).collect();
            format!("{}@{}{keys:?}", object.type_of().kind, object.start().unwrap())
        });
        all.chain(documents.fault.map(|fault| fault.to_string())).collect()
    }

    #[test]
    fn documents_and_items_of_lists_are_objects() {
        assert_eq!(found("kind: A\n---\n# nothing\n---\nkind: B\n"), ["A@1:1[]", "B@5:1[]"]);
        assert_eq!(found("kind: List\nitems: [{kind: A}, {kind: BList, items: [{x: 1}]}]"), ["A@2:9[]", "B@2:42[]"]);
        assert_eq!(found("kind: AllowList\nitems: {}\n"), ["AllowList@1:1[]"]);
        assert_eq!(found("kind: List\nitems: []"), Vec::<String>::new());
    }

    #[test]
    fn each_object_has_its_own_duplicates() {
        let text =
            "kind: A\na: 1\na: 2\n---\nkind: List\nitems:\n- kind: B\n- {kind: C, b: 1, b: 2, c: {d: 1, d: 2}}\n";
        assert_eq!(found(text), ["A@1:1[\"a\"]", "B@7:3[]", "C@8:3[\"b\", \"d\"]"]);
    }

    #[test]
    fn json_values_keep_their_places_in_the_file() {
        assert_eq!(
            found("{\"kind\": \"A\"}{\"kind\": \"B\"}\n  {\n\"kind\": \"C\"}\n"),
            ["A@1:1[]", "B@1:14[]", "C@2:3[]"]
        );
        let documents = read("a.json", "{\"kind\": \"A\"}\n{\"kind\":\n \"B\", \"a\": 1}");
        assert_eq!(documents.objects[1].find("a"), Some(Position { line: 3, column: 7 }));
    }

    #[test]
    fn values_of_json_are_read_as_json() {
        let list =
            read("a.json", "{\"kind\": \"List\", \"items\": [{\"kind\": \"A\"}, {\"kind\": \"B\", \"n\": 1.0}]}");
        assert_eq!(list.objects[1].value(), serde_json::json!({"kind": "B", "n": 1.0}));
        let documents = read("a.json", "{\"kind\": \"\\ud83d\\ude00\\/\", \"n\": 1E2,\t\"m\": -0}");
        let value = documents.objects[0].value();
        assert_eq!(value, serde_json::json!({"kind": "\u{1f600}/", "n": 100.0, "m": 0}));
    }

    #[test]
    fn a_fault_ends_the_text_and_not_what_stands_before_it() {
        let found = found("kind: A\n---\na: [\n");
        assert_eq!(found.len(), 2);
        assert!(found[1].starts_with("a.yaml:"), "{found:?}");
    }
}
