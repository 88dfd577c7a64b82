//! YAML text → documents of nodes, read as `sigs.k8s.io/yaml` (and so `kubectl`) reads it; and [`print()`], which writes it.
//!
//! In: text. Out: one [`Node`] a document, and every fault with its position. JSON is YAML, so this reads it too.
//! The grammar is `granit-parser`'s; what scalars, keys, merges and aliases mean is decided here. It knows nothing
//! of Kubernetes' kinds.

mod builder;
mod characters;
mod go_yaml;
mod print;
mod scalar;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use granit_parser::{ErrorKind, Options, Parser, ScanError, TryLoadError};

use crate::{
    diagnostic::{Position, code, quote},
    node::{Content, MAX_DEPTH, Node},
};
use builder::Builder;
pub use print::print;

/// So many duplicate keys are reported, as by the API server.
const MAX_DUPLICATES: usize = 100;

/// What a text holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed<'t> {
    /// The documents in order, empty ones left out. A document with an error in it may be incomplete.
    pub documents: Vec<Node<'t>>,
    /// The duplicate keys, in the order in which their values end.
    pub duplicates: Vec<Duplicate>,
    /// What is wrong with the text, the first hundred duplicate keys first; a syntax error ends it.
    pub errors: Vec<Error>,
}

/// A fault in a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{position}: {message}")]
pub struct Error {
    /// What kind of fault it is: [`code::DUPLICATE_KEY`] or [`code::INVALID_YAML`].
    pub code: &'static str,
    /// What is wrong, one sentence without a final stop.
    pub message: String,
    /// Where.
    pub position: Position,
    /// Go's whole sentence, where it has one for the value of a scalar.
    go: Option<String>,
}

/// The first document of a text, as the API server reads a body.
#[derive(Clone, Debug, PartialEq)]
pub struct First<'t> {
    /// What it holds; null if it is empty.
    pub document: Node<'t>,
    /// The duplicate keys in it, in the order in which their values end; of very many only the first hundred.
    pub duplicates: Vec<Duplicate>,
}

/// A key that its mapping had already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The key.
    pub key: String,
    /// Where it is set again.
    pub position: Position,
    /// Where the value that it is then given starts.
    pub value: Position,
    /// Where it was set before.
    pub first: Position,
}

/// Reads a text of any number of documents. A duplicate key is an error.
///
/// Time and memory are bounded by the text's length: nesting ends at [`crate::node::MAX_DEPTH`] levels, and aliases
/// may expand to a fixed budget of nodes.
pub fn parse(text: &str) -> Parsed<'_> {
    let mut builder = Builder::default();
    let ended = build(text, &mut builder, true);
    let duplicates = builder.duplicates.iter().take(MAX_DUPLICATES);
    let errors = duplicates.map(Error::from).chain(ended.err().map(Error::from)).collect();
    Parsed { documents: builder.documents, duplicates: builder.duplicates, errors }
}

/// Reads the first document of a text and nothing behind it. Of duplicate keys the last one counts.
///
/// The error is go-yaml's text, where it has one for the fault.
pub fn parse_first(text: &str) -> Result<First<'_>, String> {
    let mut builder = Builder::default();
    build(text, &mut builder, false).map_err(|fault| fault.go_text(text))?;
    let document = builder.documents.pop().unwrap_or(Node::NULL);
    builder.duplicates.truncate(MAX_DUPLICATES);
    Ok(First { document, duplicates: builder.duplicates })
}

/// Feeds the builder with the events of all documents, or of the first one.
fn build<'t>(text: &'t str, builder: &mut Builder<'t>, all: bool) -> Result<(), Fault> {
    let text = without_mark(text);
    if let Some(error) = characters::forbidden(text) {
        return Err(Fault::Character(error));
    }
    // The parser hands its events over: asking for one after the other copies each more often.
    Parser::new_from_str_with_options(text, options()).try_load(builder, all).map_err(|error| match error {
        TryLoadError::Scan(error) => Fault::Syntax(error),
        TryLoadError::Receiver(error) => Fault::Content(error),
    })
}

/// The text that positions count in: without a byte order mark.
pub(crate) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// What an unquoted scalar of this text is read as; as text if JSON cannot express it.
pub(crate) fn read_plain(text: &str) -> Content<'_> {
    scalar::resolve(Cow::Borrowed(text), true, None).unwrap_or(Content::String(Cow::Borrowed(text)))
}

/// The key that content becomes, if it can be one.
pub(crate) fn key_of<'t>(content: &Content<'t>) -> Option<Cow<'t, str>> {
    scalar::key(content.clone()).ok()
}

/// What ends a text.
enum Fault {
    Character(Error),
    Syntax(ScanError),
    Content(Error),
}

impl Fault {
    fn go_text(self, text: &str) -> String {
        if let Self::Content(Error { go: Some(sentence), .. }) = self {
            return sentence;
        }
        let described = match &self {
            Self::Character(_) => Some("control characters are not allowed".to_owned()),
            Self::Syntax(error) => go_yaml::describe(error, text),
            Self::Content(_) => None,
        };
        let described = described.unwrap_or_else(|| {
            let error = Error::from(self);
            format!("line {}: {}", error.position.line, error.message)
        });
        format!("yaml: {described}")
    }
}

impl Error {
    fn new(position: Position, message: String) -> Self {
        Self { code: code::INVALID_YAML, message, position, go: None }
    }

    fn unfit(position: Position, unfit: scalar::Unfit) -> Self {
        Self { go: Some(unfit.go), ..Self::new(position, unfit.message) }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Syntax(error) => {
                // The parser looks ahead, so that its own limit may come before the builder's.
                let is_deep = matches!(error.kind(), ErrorKind::RecursionLimitExceeded);
                let message = if is_deep { format!("nested deeper than {MAX_DEPTH} levels") } else { error.info() };
                Self::new(position(*error.marker()), message)
            }
            Fault::Character(error) | Fault::Content(error) => error,
        }
    }
}

impl From<&Duplicate> for Error {
    fn from(duplicate: &Duplicate) -> Self {
        let message = format!("duplicate key {} (first at {})", quote(&duplicate.key), duplicate.first);
        Self { code: code::DUPLICATE_KEY, message, position: duplicate.position, go: None }
    }
}

/// The grammar as libyaml, and so go-yaml, has it.
fn options() -> Options {
    let mut options = Options::default();
    options.set_emit_comments(false);
    options.block_scalar_eof_without_line_feed = true;
    // The builder counts levels; the parser must only not stop before it.
    options.flow_nesting_limit = 2 * MAX_DEPTH;
    options.block_nesting_limit = 2 * MAX_DEPTH;
    options
}

fn position(marker: granit_parser::Marker) -> Position {
    let saturated = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Position { line: saturated(marker.line()), column: saturated(marker.col()).saturating_add(1) }
}
