//! Typed reading of a document, as Go's JSON decoder reads it into the API's structs.
//!
//! In: a node and its path. Out: values of the type asked for, and a diagnostic for each that has another. `null` reads
//! as absent. It does not know what a CRD is.

use std::cell::RefCell;

use serde_json::Number;

#[cfg(feature = "yaml")]
use super::unquoted::SourceText;
use crate::{
    diagnostic::{Diagnostic, Diagnostics, Position, code, quote},
    field::Path,
    node::{Content, Node},
};

/// Where findings about one document go.
pub(super) struct Report<'a> {
    /// The file the document is from; empty if it is from none.
    pub(super) file: &'a str,
    /// The text that the document was read from, if it was.
    #[cfg(feature = "yaml")]
    pub(super) source: Option<&'a SourceText<'a>>,
    /// What was found so far.
    pub(super) diagnostics: RefCell<Diagnostics>,
}

/// A node that is there and not null, and its path.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) node: &'a Node<'a>,
    pub(super) path: &'a Path<'a>,
    pub(super) report: &'a Report<'a>,
}

impl<'a> Report<'a> {
    pub(super) fn new(file: &'a str) -> Self {
        Self {
            file,
            #[cfg(feature = "yaml")]
            source: None,
            diagnostics: RefCell::default(),
        }
    }

    /// For a document that was read from text.
    #[cfg(feature = "yaml")]
    pub(super) fn of(file: &'a str, source: &'a SourceText<'a>) -> Self {
        Self { source: Some(source), ..Self::new(file) }
    }

    pub(super) fn push(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }
}

impl Cursor<'_> {
    /// Reports an error at this node.
    pub(super) fn error(self, code: &'static str, message: impl Into<String>, help: impl Into<String>) {
        self.push_at(self.node.position, Diagnostic::error(message).code(code).help(help));
    }

    /// Reports a finding about this node that stands elsewhere, at its key for instance.
    pub(super) fn push_at(self, position: Option<Position>, diagnostic: Diagnostic) {
        let diagnostic = diagnostic.at(self.report.file, position);
        self.report.push(if self.path.is_root() { diagnostic } else { diagnostic.on(self.path.to_string()) });
    }

    fn wrong_type(self, expected: &str, help: impl Into<String>) {
        let message = format!("expected {expected}, found {}", shown(self.node));
        self.error(code::WRONG_TYPE, message, help);
    }

    /// Calls `read` with the member of that name, if it is there and not null.
    pub(super) fn with<T>(self, name: &str, read: impl FnOnce(Cursor<'_>) -> Option<T>) -> Option<T> {
        let node = self.node.get(name).filter(|node| !node.is_null())?;
        read(Cursor { node, path: &self.path.child(name), report: self.report })
    }

    /// Whether this is an object; an error if not.
    pub(super) fn is_mapping(self) -> bool {
        let is = matches!(self.node.content, Content::Mapping(_));
        if !is {
            self.wrong_type("an object", "write an object here");
        }
        is
    }

    /// The text of that name; empty if absent.
    pub(super) fn text(self, name: &str) -> String {
        self.optional_text(name).unwrap_or_default()
    }

    /// The text of that name.
    pub(super) fn optional_text(self, name: &str) -> Option<String> {
        self.with(name, text_of)
    }

    /// The flag of that name; false if absent.
    pub(super) fn flag(self, name: &str) -> bool {
        self.with(name, flag_of).unwrap_or_default()
    }

    /// The integer of that name.
    pub(super) fn integer(self, name: &str) -> Option<i64> {
        self.with(name, integer_of)
    }

    /// The texts of the array of that name; empty if absent.
    pub(super) fn texts(self, name: &str) -> Vec<String> {
        self.items(name, text_of)
    }

    /// What `read` makes of each item of the array of that name; empty if absent.
    pub(super) fn items<T>(self, name: &str, read: impl FnMut(Cursor<'_>) -> Option<T>) -> Vec<T> {
        self.with(name, |cursor| Some(items_of(cursor, read))).unwrap_or_default()
    }
}

/// The text that a node is.
pub(super) fn text_of(cursor: Cursor<'_>) -> Option<String> {
    let help = match &cursor.node.content {
        Content::String(text) => return Some(text.as_ref().to_owned()),
        // Go reads null into a text as the empty one.
        Content::Null => return Some(String::new()),
        Content::Sequence(_) | Content::Mapping(_) => "write a string here",
        _ => "put it in quotes: without them YAML reads another type",
    };
    cursor.wrong_type("a string", help);
    None
}

/// The flag that a node is.
pub(super) fn flag_of(cursor: Cursor<'_>) -> Option<bool> {
    if let Content::Bool(flag) = cursor.node.content {
        return Some(flag);
    }
    cursor.wrong_type("a boolean", "write a boolean here");
    None
}

/// The integer that a node is.
pub(super) fn integer_of(cursor: Cursor<'_>) -> Option<i64> {
    if let Content::Int(number) = cursor.node.content {
        return Some(number);
    }
    cursor.wrong_type("an integer", "write an integer here");
    None
}

/// The number that a node is.
pub(super) fn number_of(cursor: Cursor<'_>) -> Option<Number> {
    let number = cursor.node.as_number();
    if number.is_none() {
        cursor.wrong_type("a number", "write a number here");
    }
    number
}

/// What `read` makes of each item of an array.
pub(super) fn items_of<T>(cursor: Cursor<'_>, mut read: impl FnMut(Cursor<'_>) -> Option<T>) -> Vec<T> {
    let Content::Sequence(items) = &cursor.node.content else {
        cursor.wrong_type("an array", "write an array here");
        return Vec::new();
    };
    let items = items.iter().enumerate();
    items
        .filter_map(|(index, node)| read(Cursor { node, path: &cursor.path.index(index), report: cursor.report }))
        .collect()
}

/// A node as a message names it: its kind, and the value if that is short.
fn shown(node: &Node<'_>) -> String {
    match &node.content {
        Content::String(text) => format!("the string {}", quote(text)),
        Content::Bool(flag) => format!("the boolean {flag}"),
        Content::Int(number) => format!("the integer {number}"),
        Content::Uint(number) => format!("the integer {number}"),
        Content::Float(number) => format!("the number {number}"),
        _ => node.kind().to_owned(),
    }
}
