//! What a version's module re-exports of each kind: its type, the types of its properties, and its aliases.
//!
//! In: a group whose types are final: a property that has turned out to be Kubernetes' own has none to re-export. Out:
//! the same, with the re-exports of each kind.

use super::Context;
use crate::{
    model::{ALIASES, Group, Resource, Shapes},
    naming::Naming,
    options::Options,
    place,
};

/// Decides it for all versions of a group.
pub(crate) fn export<'a>(group: &mut Group<'a>, context: &Context<'a>) {
    let naming = Naming::new(&context.input.names, context.options);
    for version in &mut group.versions {
        let group_version = place::root(group.name, version.name);
        of_version(&mut version.resources, &group.shapes, &group_version, &naming, context.options);
    }
}

/// What a name stands for begins with the plural name: `databases`, `databases/spec`, `databases+Client`.
fn of_version(
    resources: &mut [Resource<'_>],
    shapes: &Shapes<'_>,
    group_version: &str,
    naming: &Naming<'_>,
    options: &Options,
) {
    let kinds: Vec<&str> = resources.iter().map(|resource| resource.names.plural.as_str()).collect();
    let mut all = Vec::new();
    for resource in &*resources {
        let (root, plural) = (&shapes[resource.root], &resource.names.plural);
        all.push((root.ty.clone(), plural.clone()));
        let children = shapes.children(resource.root).map(|id| &shapes[id]);
        all.extend(children.map(|child| (child.ty.clone(), format!("{plural}/{}", child.key))));
        let aliases = if options.types_only() { &[][..] } else { &ALIASES[..] };
        let derived = ["List"].iter().chain(aliases);
        all.extend(derived.map(|suffix| (format!("{}{suffix}", root.ty), format!("{plural}+{suffix}"))));
    }
    let exports = naming.exports(group_version, &kinds, &all);
    for resource in resources {
        let is_own = |owner: &str| owner.split(['/', '+']).next() == Some(&resource.names.plural);
        resource.exports = exports.iter().filter(|(_, owner)| is_own(owner)).copied().cloned().collect();
    }
}
