//! The files of one kind: its own module, and one for each struct with nested types.

use std::{collections::BTreeSet, fmt::Write as _};

use super::{
    Context, Tree, client,
    file::File,
    import::Imports,
    item, path,
    table::{self, Origin},
};
use crate::{
    markdown::code,
    model::{ALIASES, Ident, Resource, ShapeId, Version},
};

/// Renders the files of a kind.
pub(super) fn render(context: Context<'_, '_>, version: &Version<'_>, resource: &Resource<'_>, tree: &mut Tree<'_>) {
    for id in context.group.shapes.emitted(resource.root) {
        let shape = &context.group.shapes[id];
        if let Some(module) = shape.module_path.as_deref() {
            let text = module_file(context, version, resource, id, module, tree);
            tree.files.insert(path::file(module), text.into());
        }
    }
    if let (false, Some(module)) = (context.options.types_only(), &context.group.shapes[resource.root].module_path) {
        let mut module = module.clone();
        module.push(Ident::new("client".to_owned()));
        tree.files.insert(path::file(&module), client::aliases(context, resource).into());
    }
}

/// The file of an object with the types of its properties.
fn module_file(
    context: Context<'_, '_>,
    version: &Version<'_>,
    resource: &Resource<'_>,
    id: ShapeId,
    module: &[Ident],
    tree: &mut Tree<'_>,
) -> String {
    let shapes = &context.group.shapes;
    let root = &shapes[resource.root].ty;
    // A resource's module is three levels deep.
    let origin = Origin { root, levels: module.len().saturating_sub(3) };
    let mut file = File::of_crd(context.options, resource.file, resource.crd);
    let mut imports = Imports::new(own_names(context, resource, id));
    let mut tables = Vec::new();
    file.items.push(item::definition(context, id, &mut imports));
    tree.types += 1;
    if id == resource.root {
        file.items.push(list_alias(resource, root));
        tables.push(table::of_resource(context, version, resource, &mut imports));
        client_exports(context, root, &mut file);
    } else {
        tables.extend(table::of_shape(context, id, origin, &mut imports));
    }
    for child in shapes.children(id) {
        if shapes[child].canonical.is_some() {
            re_export(context, resource, child, module, &mut file, tree);
        } else if shapes[child].module_path.is_some() {
            let child = &shapes[child];
            file.modules.push(child.module.clone());
            file.exports.push((format!("self::{}", child.module), vec![child.ty.clone()]));
        } else {
            file.items.push(item::definition(context, child, &mut imports));
            tables.extend(table::of_shape(context, child, origin, &mut imports));
            tree.types += 1;
        }
    }
    file.docs = docs(context, resource, id);
    file.items.extend(tables);
    file.imports = imports.into_paths();
    file.text()
}

/// What the module holds.
fn docs(context: Context<'_, '_>, resource: &Resource<'_>, id: ShapeId) -> Vec<String> {
    let shapes = &context.group.shapes;
    let ty = &shapes[id].ty;
    let mut line = if id == resource.root {
        format!("The kind {} ({})", code(&resource.names.kind), code(resource.crd))
    } else {
        format!("[`{ty}`]")
    };
    let children: Vec<String> = shapes.children(id).map(|child| format!("[`{}`]", shapes[child].ty)).collect();
    if !children.is_empty() {
        let _ = write!(line, " and the types of its properties: {}", children.join(", "));
    }
    line.push('.');
    crate::markdown::fold(&line)
}

/// The types that the file has itself, whatever it imports.
fn own_names(context: Context<'_, '_>, resource: &Resource<'_>, id: ShapeId) -> BTreeSet<String> {
    let shapes = &context.group.shapes;
    let mut names: BTreeSet<String> = shapes.children(id).chain([id]).map(|id| shapes[id].ty.clone()).collect();
    if id == resource.root {
        names.extend(["List"].iter().chain(&ALIASES).map(|suffix| format!("{}{suffix}", shapes[id].ty)));
    }
    names
}

/// The place of a shared type keeps its name, and that of its module. If the type has another name at its home, the module
/// is a file of its own: the home's module has that name, too, and here it could come to stand for something else.
fn re_export(
    context: Context<'_, '_>,
    resource: &Resource<'_>,
    id: ShapeId,
    from: &[Ident],
    file: &mut File,
    tree: &mut Tree<'_>,
) {
    let shapes = &context.group.shapes;
    let canonical = shapes.canonical(id);
    let Some(home) = shapes.home(canonical) else { return };
    let (own, other) = (&shapes[id], &shapes[canonical]);
    match &other.module_path {
        None => file.exports.push((path::relative(from, home), vec![renamed(&other.ty, &own.ty)])),
        Some(_) if other.ty == own.ty => {
            let names = vec![own.ty.clone(), renamed(&other.module.to_string(), &own.module.to_string())];
            file.exports.push((path::relative(from, home), names));
        }
        Some(inside) => {
            let module = [from, std::slice::from_ref(&own.module)].concat();
            let text = renamed_file(context, resource, id, path::relative(&module, inside));
            tree.files.insert(path::file(&module), text.into());
            file.modules.push(own.module.clone());
            file.exports.push((format!("self::{}", own.module), vec![own.ty.clone()]));
        }
    }
}

/// The file of an object whose type is that of another place, with another name. `home` leads to that place's module.
fn renamed_file(context: Context<'_, '_>, resource: &Resource<'_>, id: ShapeId, home: String) -> String {
    let shapes = &context.group.shapes;
    let canonical = shapes.canonical(id);
    let mut names = vec![renamed(&shapes[canonical].ty, &shapes[id].ty)];
    for child in shapes.children(canonical) {
        names.push(shapes[child].ty.clone());
        if shapes.has_children(child) {
            names.push(shapes[child].module.to_string());
        }
    }
    let mut file = File::of_crd(context.options, resource.file, resource.crd);
    file.docs = docs(context, resource, id);
    file.exports.push((home, names));
    file.text()
}

fn renamed(name: &str, own: &str) -> String {
    if name == own { name.to_owned() } else { format!("{name} as {own}") }
}

fn list_alias(resource: &Resource<'_>, kind: &str) -> String {
    let doc = format!("A list of {} objects.", code(&resource.names.kind));
    format!("/// {doc}\npub type {kind}List = k8s_openapi::List<{kind}>;\n")
}

fn client_exports(context: Context<'_, '_>, kind: &str, file: &mut File) {
    if context.options.types_only() {
        return;
    }
    file.modules.push(Ident::new("client".to_owned()));
    let names = ALIASES.iter().map(|suffix| format!("{kind}{suffix}")).collect();
    file.exports.push(("self::client".to_owned(), names));
}
