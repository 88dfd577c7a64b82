//! From text to an expression tree, macros expanded.
//!
//! In: the text of an expression and the macros to expand. Out: an [`Expression`], or everything that is wrong with the
//! text, in the words of cel-go's parser (which is ANTLR). Knows no types and no functions.

mod expand;
mod expression;
mod lexer;
mod literal;
mod macros;
mod mention;
mod parser;
mod token;

pub(crate) use expression::{Comprehension, Entry, Expression, Id, Kind, Literal, Loop, Positions};
pub(crate) use parser::parse;

/// How deep an expression may nest, for each rule of the grammar (cel-go's `maxRecursionDepth`).
pub(crate) const MAX_DEPTH: usize = 250;
/// How many nodes an expression may have when its macros are expanded. cel-go has no such limit; `optMap` doubles what it is
/// called on, so that a chain of a hundred would fill any memory.
pub(crate) const MAX_NODES: usize = 1 << 20;
/// How many characters an expression may have (cel-go's `expressionSizeCodePointLimit`).
pub(crate) const MAX_LENGTH: usize = 100_000;
