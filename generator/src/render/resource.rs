//! The files of one kind: its own module, and one for each struct with nested types.

use std::collections::BTreeSet;

use quote::quote;

use super::{
    Context, Error, Tree, client,
    external::Scope,
    file::File,
    item,
    layout::{self, ModulePath},
    table,
};
use crate::{
    analyze::naming::ResourceNames,
    markdown::code,
    model::{Resource, ShapeId},
};

/// Where a resource stands.
pub(super) struct Place<'a> {
    pub(super) group: &'a str,
    pub(super) version: &'a str,
    pub(super) resource: &'a Resource,
    pub(super) names: &'a ResourceNames,
}

/// Renders the files of a kind.
pub(super) fn render(context: &Context<'_>, place: &Place<'_>, tree: &mut Tree) -> Result<(), Error> {
    for id in context.analysis.emitted(&context.model.shapes, place.resource.root) {
        let Some(module) = context.layout.module(id) else { continue };
        let text = if context.analysis.sharing.is_alias(id) {
            alias_file(context, place, id, module)?
        } else {
            structure_file(context, place, id, module, tree)?
        };
        tree.files.insert(layout::file(module), text);
    }
    if let (false, Some(module)) = (context.options.types_only, context.layout.module(place.resource.root)) {
        let path = format!("{}client.rs", layout::file(module).trim_end_matches("mod.rs"));
        tree.files.insert(path, client::aliases(context, place)?);
    }
    Ok(())
}

/// The file of an object with the types of its properties.
fn structure_file(
    context: &Context<'_>,
    place: &Place<'_>,
    id: ShapeId,
    module: &ModulePath,
    tree: &mut Tree,
) -> Result<String, Error> {
    let is_root = id == place.resource.root;
    let children = context.model.shapes.children(id);
    let mut file = File::of_resource(context, place.resource);
    let mut scope = Scope::new(own_names(context, place, id, &children));
    let mut tables = Vec::new();
    file.items.push(item::definition(context, id, &mut scope)?);
    tree.types += 1;
    if is_root {
        file.docs = format!("{} ({}).", code(&place.resource.kind), code(&place.resource.crd));
        file.items.push(list_alias(context, place)?);
        tables.push(table::resource(context, place.group, place.version, place.resource, place.names));
        client_exports(context, place, &mut file);
    } else {
        file.docs = format!("{} and the types of its properties.", code(&context.names(id).ty));
        tables.push(table::table(context, id));
    }
    for child in children {
        if context.analysis.sharing.is_alias(child) {
            alias_with_module(context, child, module, &mut file);
        } else if context.layout.module(child).is_some() {
            let names = context.names(child);
            file.modules.push(names.module.clone());
            file.exports.push(format!("self::{}::{}", names.module, names.ty));
        } else {
            file.items.push(item::definition(context, child, &mut scope)?);
            tables.push(table::table(context, child));
            tree.types += 1;
        }
    }
    file.items.extend(tables);
    file.imports = scope.imports();
    file.modules.sort();
    file.text("")
}

fn own_names(context: &Context<'_>, place: &Place<'_>, id: ShapeId, children: &[ShapeId]) -> BTreeSet<String> {
    let shapes = children.iter().chain([&id]).map(|id| context.names(*id).ty.clone());
    let mut names: BTreeSet<String> = shapes.collect();
    if id == place.resource.root {
        let client = &place.names.client;
        let aliases = [&place.names.list, &client.client, &client.lister, &client.informer, &client.controller];
        names.extend(aliases.into_iter().cloned());
    }
    names
}

/// The file of an object that another stands for: it has everything that the file of such an object has.
fn alias_file(context: &Context<'_>, place: &Place<'_>, id: ShapeId, module: &ModulePath) -> Result<String, Error> {
    let mut file = File::of_resource(context, place.resource);
    file.docs = format!("{} and the types of its properties.", code(&context.names(id).ty));
    alias(context, id, module, &mut file);
    for child in context.model.shapes.children(id) {
        alias_with_module(context, child, module, &mut file);
    }
    file.modules.sort();
    file.text("")
}

/// The place of a shared type keeps its name, and that of its module.
fn alias_with_module(context: &Context<'_>, id: ShapeId, from: &ModulePath, file: &mut File) {
    alias(context, id, from, file);
    let canonical = context.analysis.sharing.canonical(id);
    let (own, other) = (&context.names(id).module, &context.names(canonical).module);
    if context.layout.module(id).is_some() {
        file.modules.push(own.clone());
    } else if let (Some(home), Some(_)) =
        (context.layout.home(context.model, canonical), context.layout.module(canonical))
    {
        file.exports.push(renamed(&layout::relative(from, home).join("::"), other, own));
    }
}

fn alias(context: &Context<'_>, id: ShapeId, from: &ModulePath, file: &mut File) {
    let canonical = context.analysis.sharing.canonical(id);
    let Some(home) = context.layout.home(context.model, canonical) else { return };
    let way = layout::relative(from, home).join("::");
    file.exports.push(renamed(&way, &context.names(canonical).ty, &context.names(id).ty));
}

fn renamed(way: &str, name: &str, own: &str) -> String {
    if name == own { format!("{way}::{name}") } else { format!("{way}::{name} as {own}") }
}

fn list_alias(context: &Context<'_>, place: &Place<'_>) -> Result<String, Error> {
    let kind = &context.names(place.resource.root).ty;
    let doc = format!(" A list of {} objects.", code(&place.resource.kind));
    let (list, kind) = (item::parse(&place.names.list)?, item::parse(kind)?);
    item::layout(quote!(#[doc = #doc] pub type #list = k8s_openapi::List<#kind>;))
}

fn client_exports(context: &Context<'_>, place: &Place<'_>, file: &mut File) {
    if context.options.types_only {
        return;
    }
    let client = &place.names.client;
    file.modules.push("client".to_owned());
    file.exports.push(format!(
        "self::client::{{{}, {}, {}, {}}}",
        client.client, client.controller, client.informer, client.lister
    ));
}
