//! The server's own types of `internal.txt`, where they are not what the API's types make one expect.
//!
//! In: the name of a struct. Out: the fields of its counterpart in the server, as Go's encoder writes them in errors.

use std::collections::BTreeMap;
use std::sync::LazyLock;

const TEXT: &str = include_str!("internal.txt");

/// A field of one of the server's own types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Internal {
    /// The name; empty for the metadata, whose members stand in its place.
    pub(crate) name: Name,
    /// The name of the API's field; empty if there is none.
    pub(crate) json: &'static str,
    /// Whether that stands in the struct around.
    pub(crate) is_outside: bool,
    /// Whether it is a pointer, if the API's field is none, or the other way round.
    pub(crate) is_pointer: Option<bool>,
}

/// How a field is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// Like the API's field, with a capital in front.
    Capital,
    Own(&'static str),
}

/// The fields of the counterpart of a struct, in their order; none if they are those of the struct, with capitals.
pub(crate) fn internal(path: &str) -> Option<&'static [Internal]> {
    static BLOCKS: LazyLock<BTreeMap<&str, Vec<Internal>>> = LazyLock::new(read);
    BLOCKS.get(path).map(Vec::as_slice)
}

fn read() -> BTreeMap<&'static str, Vec<Internal>> {
    let mut blocks: BTreeMap<&str, Vec<Internal>> = BTreeMap::new();
    let mut current = "";
    for line in TEXT.lines() {
        match line.strip_prefix(' ') {
            Some(line) => blocks.entry(current).or_default().push(field(line)),
            None => current = line,
        }
    }
    blocks
}

fn field(line: &'static str) -> Internal {
    let mut words = line.split(' ');
    let name = match words.next() {
        Some("=") => Name::Capital,
        own => Name::Own(own.unwrap_or_default()),
    };
    let (json, mark) = (words.next().unwrap_or_default(), words.next());
    Internal {
        name,
        json: json.trim_start_matches('^'),
        is_outside: json.starts_with('^'),
        is_pointer: mark.map(|mark| mark == "pointer"),
    }
}
