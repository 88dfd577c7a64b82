//! Where each type lives.
//!
//! A struct with nested types has a module of its own, with them; it is re-exported by the module of its parent, where all
//! others live. What another shape stands for has no module: its place re-exports the other's.

use crate::model::{Group, Ident, ShapeId, Shapes};

/// Gives every shape that is emitted with nested types the path of its module.
pub(super) fn place(group: &mut Group<'_>) {
    for version in &group.versions {
        for resource in &version.resources {
            let path = [&group.module, &version.module, &resource.module].map(Ident::clone).to_vec();
            group.shapes[resource.root].module_path = Some(path);
            nested(&mut group.shapes, resource.root);
        }
    }
}

fn nested(shapes: &mut Shapes<'_>, root: ShapeId) {
    for id in shapes.emitted(root).into_iter().skip(1) {
        if shapes[id].canonical.is_some() || !shapes.has_children(id) {
            continue;
        }
        let parent = shapes[id].parent.and_then(|parent| shapes[parent].module_path.clone());
        if let Some(mut path) = parent {
            path.push(shapes[id].module.clone());
            shapes[id].module_path = Some(path);
        }
    }
}
