//! Names of types.
//!
//! In: a shape whose parent has a name. Out: its type's name at a level.

use super::{case, word::Level};
use crate::model::{ALIASES, ShapeId, Shapes};

/// Types that generated files use by their short names, and those of the prelude, sorted. A property's type never has
/// one of these names: what a file means by them must not depend on its schema.
const RESERVED: &[&str] = &[
    "AsMut",
    "AsRef",
    "BTreeMap",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Empty",
    "Eq",
    "Err",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Hash",
    "IntOrString",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "List",
    "None",
    "Number",
    "ObjectMeta",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Send",
    "Sized",
    "SmallMap",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Value",
    "Vec",
];

/// The name a shape has where nothing collides.
pub(crate) fn local_name(shapes: &Shapes<'_>, id: ShapeId) -> String {
    let shape = &shapes[id];
    let name = case::ty(shape.key, shape.collection, Level::Singular);
    match shape.parent.map(|parent| &shapes[parent]) {
        Some(parent) if parent.parent.is_none() => format!("{}{name}", parent.key),
        _ => name,
    }
}

/// The parent's name comes in front of a name that means something else in the parent's module; in a kind's module it
/// always does, and keeps away from the kind's list and aliases.
pub(super) fn type_name(shapes: &Shapes<'_>, id: ShapeId, level: Level) -> String {
    let shape = &shapes[id];
    let name = case::ty(shape.key, shape.collection, level);
    let Some(parent) = shape.parent.map(|parent| &shapes[parent]) else { return name };
    let reserved = name == parent.ty || RESERVED.binary_search(&name.as_str()).is_ok();
    match (parent.parent.is_none(), reserved) {
        (true, _) if name == "List" || ALIASES.contains(&name.as_str()) => format!("{0}{0}{name}", parent.ty),
        (true, _) | (_, true) => format!("{}{name}", parent.ty),
        (false, false) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_names_are_sorted_for_the_search() {
        assert!(RESERVED.is_sorted());
    }
}
