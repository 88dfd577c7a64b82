//! What each name of an output stands for: the model's names → the record that the output's manifest keeps.

use crate::{
    model::{Body, Group, Ident, Shape, ShapeId, Shapes, Version},
    naming::{Names, Scope, ScopeKind},
    place,
};

/// All names of all groups.
pub(crate) fn names(groups: &[Group<'_>]) -> Names {
    let mut names = Names::default();
    names.insert(ScopeKind::Groups, "all", scope(groups.iter().map(|group| (group.module.as_str(), group.name))));
    let mut accessors = Scope::new();
    for group in groups {
        for version in &group.versions {
            accessors.insert(version.accessor.as_str().to_owned(), place::root(group.name, version.name));
        }
        names.extend(of_group(group));
    }
    names.insert(ScopeKind::GroupVersions, "all", accessors);
    names
}

fn of_group(group: &Group<'_>) -> Names {
    let mut names = Names::default();
    let versions = group.versions.iter().map(|version| (version.module.as_str(), version.name));
    names.insert(ScopeKind::Versions, group.name, scope(versions));
    let documents = group.documents.iter().map(|document| (document.stem.as_str(), document.plural));
    names.insert(ScopeKind::Documents, group.name, scope(documents));
    for version in &group.versions {
        of_version(group, version, &mut names);
    }
    names
}

fn of_version(group: &Group<'_>, version: &Version<'_>, names: &mut Names) {
    let place = place::root(group.name, version.name);
    let resources = || version.resources.iter();
    let kind = |resource: &crate::model::Resource<'_>| resource.names.kind.clone();
    let modules = resources().map(|resource| (resource.module.as_str().to_owned(), kind(resource)));
    names.insert(ScopeKind::Kinds, &place, modules.collect());
    let types = resources().map(|resource| (group.shapes[resource.root].ty.clone(), kind(resource)));
    names.insert(ScopeKind::KindTypes, &place, types.collect());
    let accessors = resources().map(|resource| (resource.accessor.as_str().to_owned(), resource.names.plural.clone()));
    names.insert(ScopeKind::Accessors, &place, accessors.collect());
    names.insert(ScopeKind::Exports, &place, resources().flat_map(|resource| resource.exports.clone()).collect());
    for resource in resources() {
        for id in group.shapes.emitted(resource.root) {
            of_shape(&group.shapes, id, names);
        }
    }
}

/// What is inside of a shared shape is written at the place that it is shared with.
fn of_shape(shapes: &Shapes<'_>, id: ShapeId, names: &mut Names) {
    let shape = &shapes[id];
    if let Some(canonical) = shape.canonical {
        names.insert_same(&shape.place, &shapes[canonical].place);
        return;
    }
    match &shape.body {
        Body::Enumeration(enumeration) => {
            let variants = enumeration.variants.iter().map(|variant| (variant.name.as_str(), variant.value));
            names.insert(ScopeKind::Variants, &shape.place, scope(variants));
        }
        Body::Object(object) => {
            let fields = object.fields.iter().map(|field| (field.name.as_str(), field.key));
            names.insert(ScopeKind::Fields, &shape.place, scope(fields));
            let unknown = object.unknown.iter().map(|name| (name.as_str(), ""));
            names.insert(ScopeKind::Unknown, &shape.place, scope(unknown));
            if let Some(constructor) = &object.constructor {
                let keys = constructor.parameters.iter().map(|index| object.fields[*index].key);
                let keys = keys.fold(String::new(), |keys, key| place::child(&keys, key));
                names.insert(ScopeKind::Constructor, &shape.place, [(constructor.name.clone(), keys)].into());
            }
            let children = || shapes.children(id).map(|child| (child, &shapes[child]));
            let types = children().map(|(_, child)| (child.ty.as_str(), child.key));
            names.insert(ScopeKind::Types, &shape.place, scope(types));
            let with_module = children().filter(|(id, _)| shapes.has_children(*id));
            names.insert(ScopeKind::Modules, &shape.place, scope(with_module.map(|(_, child)| module(child))));
        }
    }
}

fn module<'s>(shape: &'s Shape<'_>) -> (&'s str, &'s str) {
    (Ident::as_str(&shape.module), shape.key)
}

fn scope<'t>(pairs: impl Iterator<Item = (&'t str, &'t str)>) -> Scope {
    pairs.map(|(name, key)| (name.to_owned(), key.to_owned())).collect()
}
