//! The root module, and those of groups and versions.

use super::{Context, Tree, client, file::File, lints, path, resource};
use crate::{
    markdown::code,
    model::{Group, Ident, Version},
    options::Options,
    place,
};

/// Renders the root module. It has no `//!`, so that it can be included.
pub(super) fn root(groups: &[Group<'_>], options: &Options, tree: &mut Tree<'_>) {
    let mut file = File::of_many(options);
    file.modules = groups.iter().map(|group| group.module.clone()).collect();
    if !options.types_only() {
        let module = Ident::new(client::CLIENTSET.to_owned());
        file.exports.push((format!("self::{module}"), vec!["Clientset".to_owned(), "Informers".to_owned()]));
        file.modules.push(module);
        tree.files.insert(format!("{}.rs", client::CLIENTSET), client::clientset(groups, options).into());
    }
    let head = format!(
        "{}::modules! {{\n    // Lints tripped by unused items, and by names, types and docs that come from the schemas.\n    \
         #![allow(\n        {},\n    )]\n\n",
        options.runtime(),
        lints::occurring(groups, options).join(", ")
    );
    tree.files.insert("mod.rs".to_owned(), file.root_text(&head).into());
}

/// Renders the files of a group.
pub(super) fn render<'a>(context: Context<'_, 'a>) -> Tree<'a> {
    let mut tree = Tree::default();
    let group = context.group;
    for document in &group.documents {
        let path = format!("{}/{}.json", group.module.as_str(), document.stem);
        tree.files.insert(path, document.json.into());
    }
    let mut file = File::of_many(context.options);
    file.docs = vec![format!("API group {}.", code(group.name))];
    for version in &group.versions {
        file.modules.push(version.module.clone());
        render_version(context, version, &mut tree);
    }
    tree.files.insert(path::file(std::slice::from_ref(&group.module)), file.text().into());
    tree
}

fn render_version(context: Context<'_, '_>, version: &Version<'_>, tree: &mut Tree<'_>) {
    let mut file = File::of_many(context.options);
    let kinds: Vec<String> = version.resources.iter().map(|resource| code(&resource.names.kind)).collect();
    let what = code(&place::root(context.group.name, version.name));
    file.docs = crate::markdown::fold(&format!("API version {what}: {}.", kinds.join(", ")));
    for kind in &version.resources {
        resource::render(context, version, kind, tree);
        file.modules.push(kind.module.clone());
        file.exports.push((format!("self::{}", kind.module), kind.exports.keys().cloned().collect()));
    }
    if !context.options.types_only() {
        file.items = client::of_version(context, version);
    }
    let module = [context.group.module.clone(), version.module.clone()];
    tree.files.insert(path::file(&module), file.text().into());
}
