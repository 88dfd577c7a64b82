//! The messages that a Go struct consists of: its own fields, and those of embedded structs in messages of their own.

use crdgen_schema::go::{Field, Struct};

/// A part of a message.
#[derive(Clone, Copy)]
pub(super) enum Part {
    /// A field.
    Field(&'static Field),
    /// An embedded struct, whose fields have these numbers before their own.
    Embedded(&'static [u32]),
}

/// The parts of the message at `within`, which is empty for that of the struct itself, by their numbers.
pub(super) fn parts(of: &Struct, within: &[u32]) -> Vec<(u32, Part)> {
    let depth = within.len();
    let mut parts: Vec<(u32, Part)> = Vec::new();
    for field in of.fields().iter().filter(|field| field.tags.protobuf != 0) {
        let path = field.tags.within;
        if !path.starts_with(within) {
            continue;
        }
        match path.get(depth) {
            None => parts.push((field.tags.protobuf, Part::Field(field))),
            Some(number) if parts.iter().any(|(known, _)| known == number) => {}
            Some(number) => parts.push((*number, Part::Embedded(&path[..=depth]))),
        }
    }
    parts.sort_by_key(|(number, _)| *number);
    parts
}
