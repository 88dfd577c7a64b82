//! Names of types, and of the modules of what is nested in them.
//!
//! In: an object that has a name. Out: the names of the objects and enums that are its properties' types. All of them,
//! and the object itself, live in one module.

use super::{
    Names, ShapeNames,
    assignment::{Claim, assign},
    identifier,
    word::Level,
};
use crate::model::{ShapeId, Shapes};

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

/// What a kind's own module calls its aliases; a root property's type keeps away from them.
const KIND_SUFFIXES: &[&str] = &["Client", "Controller", "Informer", "List", "Lister"];

/// Names a resource's root.
pub(super) fn name_root(shapes: &Shapes, root: ShapeId, names: &mut Names) {
    let ty = identifier::kind(&shapes[root].key);
    names.shapes.insert(root, ShapeNames { ty, ..ShapeNames::default() });
}

/// Names the types of an object's properties, and their modules.
pub(super) fn name_children(shapes: &Shapes, parent: ShapeId, reserved_modules: &[&str], names: &mut Names) {
    let children = shapes.children(parent);
    let parent_ty = names.shapes.get(&parent).map(|names| names.ty.clone()).unwrap_or_default();
    let is_root = shapes[parent].parent.is_none();
    let claims: Vec<Claim<'_>> =
        children.iter().map(|id| Claim { text: &shapes[*id].key, natural: !shapes[*id].collection }).collect();
    let types =
        assign(&claims, |index, level| type_name(shapes, children[index], level, &parent_ty), |name| name == parent_ty);
    let modules = assign(
        &claims,
        |index, level| module_name(&shapes[children[index]].key, level, is_root, reserved_modules),
        |_| false,
    );
    for ((id, ty), module) in children.into_iter().zip(types).zip(modules) {
        names.shapes.insert(id, ShapeNames { ty, module, ..ShapeNames::default() });
    }
}

/// The name a shape has where nothing collides.
pub(in crate::analyze) fn local_name(shapes: &Shapes, id: ShapeId) -> String {
    let shape = &shapes[id];
    let name = identifier::ty(&shape.key, shape.collection, Level::Singular);
    match shape.parent.map(|parent| &shapes[parent]) {
        Some(parent) if parent.parent.is_none() => format!("{}{name}", parent.key),
        _ => name,
    }
}

/// The parent's name comes in front of a name that means something else in the parent's module.
fn type_name(shapes: &Shapes, id: ShapeId, level: Level, parent_ty: &str) -> String {
    let shape = &shapes[id];
    let name = identifier::ty(&shape.key, shape.collection, level);
    let in_root = shape.parent.is_some_and(|parent| shapes[parent].parent.is_none());
    let reserved = name == parent_ty || RESERVED.binary_search(&name.as_str()).is_ok();
    match (in_root, reserved) {
        (true, _) if KIND_SUFFIXES.contains(&name.as_str()) => format!("{parent_ty}{parent_ty}{name}"),
        (true, _) | (_, true) => format!("{parent_ty}{name}"),
        (false, false) => name,
    }
}

/// A resource's folder holds `client.rs`; elsewhere only crates that output refers to are avoided.
fn module_name(key: &str, level: Level, is_root: bool, reserved: &[&str]) -> String {
    let name = identifier::module(key, level);
    if is_root && name == "client" || reserved.contains(&name.as_str()) { format!("{name}_") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_names_are_sorted_for_the_search() {
        assert!(RESERVED.is_sorted());
    }
}
