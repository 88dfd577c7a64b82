//! YAML text → documents of nodes, read as `sigs.k8s.io/yaml` (and so `kubectl`) reads it.
//!
//! In: text. Out: one [`Node`] a document, and every fault with its position. JSON is YAML, so this reads it too.
//! The grammar is `granit-parser`'s; what scalars, keys, merges and aliases mean is decided here. It knows nothing
//! of Kubernetes' kinds.

mod builder;
mod scalar;
#[cfg(test)]
mod tests;

use granit_parser::{Event, Options, Parser, ScanError};

use crate::{
    diagnostic::Position,
    node::{MAX_DEPTH, Node},
};
use builder::Builder;

/// What a text holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    /// The documents in order, empty ones left out. A document with an error in it may be incomplete.
    pub documents: Vec<Node>,
    /// What is wrong with the text; a syntax error ends it.
    pub errors: Vec<Error>,
}

/// A fault in a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{position}: {message}")]
pub struct Error {
    /// What is wrong, one sentence without a final stop.
    pub message: String,
    /// Where.
    pub position: Position,
}

/// Reads a text of any number of documents.
///
/// Time and memory are bounded by the text's length: nesting ends at [`crate::node::MAX_DEPTH`] levels, and aliases
/// may expand to a fixed budget of nodes.
pub fn parse(text: &str) -> Parsed {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(error) = forbidden_character(text) {
        return Parsed { documents: Vec::new(), errors: vec![error] };
    }
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str_with_options(text, options());
    while let Some(event) = parser.next_event() {
        let taken = match event {
            Ok((Event::StreamEnd, _)) => break,
            Ok((event, span)) => builder.take(event, position(span.start)),
            Err(error) => Err(syntax_error(&error)),
        };
        if let Err(error) = taken {
            builder.parsed.errors.push(error);
            break;
        }
    }
    builder.parsed
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

fn syntax_error(error: &ScanError) -> Error {
    Error { message: error.info(), position: position(*error.marker()) }
}

/// YAML allows no control characters but tab and line ends, and go-yaml refuses a text that has one.
fn forbidden_character(text: &str) -> Option<Error> {
    let allowed =
        |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
    for (number, line) in (1..).zip(text.split('\n')) {
        if let Some((column, c)) = (1..).zip(line.chars()).find(|(_, c)| !allowed(*c)) {
            let message = format!("the control character U+{:04X} is not allowed", u32::from(c));
            return Some(Error { message, position: Position { line: number, column } });
        }
    }
    None
}

fn position(marker: granit_parser::Marker) -> Position {
    let saturated = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Position { line: saturated(marker.line()), column: saturated(marker.col()).saturating_add(1) }
}
