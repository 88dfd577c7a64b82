//! What generated Rust says, from its text alone: the proof must not trust the record that the generator keeps itself.
//!
//! In: the files of an output. Out: a [`Tree`] of modules, and what each public name in it stands for.

mod duplicate;
mod file;
mod meaning;
mod path;
mod place;
mod table;
#[cfg(test)]
mod tests;
mod tree;

pub(crate) use file::{File, What};
pub(crate) use path::Mentions;
pub(crate) use table::{Constructor, Key, Table};
pub(crate) use tree::{Entity, Tree};
