//! The structs of `structs.txt`, by name.
//!
//! In: a name such as `core/v1.Pod`. Out: its struct, which is made when somebody first asks for it and lives as long as the
//! program. Its fields are read later still: structs may contain themselves.

use std::sync::{LazyLock, OnceLock};

use crdgen_schema::go::Struct;

use super::field;

pub(super) const TEXT: &str = include_str!("structs.txt");

/// A struct's part of the text.
#[derive(Debug)]
struct Block {
    name: &'static str,
    atomic: bool,
    union: &'static str,
    fields: &'static str,
    made: OnceLock<&'static Struct>,
}

/// All blocks in the order of their names, which is that of the text.
static BLOCKS: LazyLock<Vec<Block>> = LazyLock::new(|| blocks(TEXT));

/// The struct of that name.
pub(crate) fn structure(name: &str) -> Option<&'static Struct> {
    let at = BLOCKS.binary_search_by(|block| block.name.cmp(name)).ok()?;
    let block = BLOCKS.get(at)?;
    Some(block.made.get_or_init(|| Box::leak(Box::new(make(block)))))
}

/// The name by which a struct of the table is found, such as `core/v1.Pod`.
pub(crate) fn path(of: &Struct) -> Option<&'static str> {
    let is = |block: &&Block| block.made.get().is_some_and(|made| std::ptr::eq(*made, of));
    BLOCKS.iter().find(is).map(|block| block.name)
}

/// A struct of which only one field is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Union {
    /// The field that says which one; empty if there is none.
    pub(crate) discriminator: &'static str,
    fields: &'static str,
}

impl Union {
    /// The fields of which one is set, each with its name in the discriminator.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.fields.split(',').filter_map(|field| field.split_once(':'))
    }
}

/// The union that a struct is, if it is one.
pub(crate) fn union(path: &str) -> Option<Union> {
    let at = BLOCKS.binary_search_by(|block| block.name.cmp(path)).ok()?;
    let (discriminator, fields) = BLOCKS.get(at)?.union.split_once(',')?;
    Some(Union { discriminator, fields })
}

/// The names of all structs.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    BLOCKS.iter().map(|block| block.name)
}

fn blocks(mut text: &'static str) -> Vec<Block> {
    let mut blocks = Vec::new();
    while let Some((head, rest)) = text.split_once('\n') {
        let end = field_lines(rest);
        let mut marks = head.split(' ');
        let name = marks.next().unwrap_or_default();
        let mut block = Block { name, atomic: false, union: "", fields: &rest[..end], made: OnceLock::new() };
        for mark in marks {
            match mark.strip_prefix("union=") {
                Some(union) => block.union = union,
                None => block.atomic = mark == "atomic",
            }
        }
        blocks.push(block);
        text = &rest[end..];
    }
    blocks
}

/// How long the lines are that start with a blank.
fn field_lines(text: &str) -> usize {
    let mut length = 0;
    for line in text.split_inclusive('\n').take_while(|line| line.starts_with(' ')) {
        length += line.len();
    }
    length
}

fn make(block: &'static Block) -> Struct {
    let (path, name) = block.name.rsplit_once('.').unwrap_or(("", block.name));
    let read = move || -> &'static [_] {
        block.fields.lines().filter_map(|line| field::read(line, path)).collect::<Vec<_>>().leak()
    };
    Struct::later(go_package(path), name, read).atomic(block.atomic)
}

/// The name of a package: the last part of its path.
pub(super) fn go_package(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
