//! The root module, and those of groups and versions.

use super::{
    Context, Error, Tree, client,
    file::File,
    resource::{self, Place},
};
use crate::{
    analyze::naming::{GroupNames, VersionNames, stem},
    markdown::code,
    model::{Group, Version},
};

/// On the modules of the root file, which is the only one that a user's tools format and that no attribute reaches from
/// above.
const ATTRIBUTES: &str = "#[rustfmt::skip]
#[allow(
    clippy::doc_markdown, clippy::module_inception, clippy::option_option, clippy::struct_excessive_bools,
    clippy::type_complexity, clippy::zero_sized_map_values
)]
";

/// Why they are there.
const REASON: &str =
    "// Descriptions, types and nesting are the schemas' own, and the files have a layout of their own.\n";

/// Renders everything, from the root down. The root file has no `//!`, so that it can be included.
pub(super) fn root(context: &Context<'_>, tree: &mut Tree) -> Result<(), Error> {
    let mut file = File::of_many(context);
    file.remark(REASON);
    for (group, names) in context.model.groups.iter().zip(&context.analysis.names.groups) {
        file.modules.push(names.module.clone());
        render_group(context, group, names, tree)?;
    }
    if !context.options.types_only {
        file.modules.push(client::CLIENTSET.to_owned());
        file.exports.push(format!("self::{}::{{Clientset, Informers}}", client::CLIENTSET));
        tree.files.insert(format!("{}.rs", client::CLIENTSET), client::clientset(context)?);
    }
    file.modules.sort();
    tree.files.insert("mod.rs".to_owned(), file.text(ATTRIBUTES)?);
    Ok(())
}

fn render_group(context: &Context<'_>, group: &Group, names: &GroupNames, tree: &mut Tree) -> Result<(), Error> {
    let folder = stem(&names.module);
    for (document, name) in group.documents.iter().zip(&names.documents) {
        tree.files.insert(format!("{folder}/{name}.json"), document.json.clone());
    }
    let mut file = File::of_many(context);
    file.docs = format!("API group {}.", code(&group.name));
    for (version, version_names) in group.versions.iter().zip(&names.versions) {
        file.modules.push(version_names.module.clone());
        render_version(context, group, version, names, version_names, tree)?;
    }
    file.modules.sort();
    tree.files.insert(format!("{folder}/mod.rs"), file.text("")?);
    Ok(())
}

fn render_version(
    context: &Context<'_>,
    group: &Group,
    version: &Version,
    group_names: &GroupNames,
    names: &VersionNames,
    tree: &mut Tree,
) -> Result<(), Error> {
    let mut file = File::of_many(context);
    file.docs = format!("API version {}.", code(&format!("{}/{}", group.name, version.name)));
    for (resource, resource_names) in version.resources.iter().zip(&names.resources) {
        let place = Place { group: &group.name, version: &version.name, resource, names: resource_names };
        resource::render(context, &place, tree)?;
        file.modules.push(resource_names.module.clone());
        let mut exports = resource_names.exports.clone();
        if !context.options.types_only {
            exports.extend(resource_names.client_exports.iter().cloned());
        }
        exports.sort();
        if !exports.is_empty() {
            file.exports.push(format!("self::{}::{{{}}}", resource_names.module, exports.join(", ")));
        }
    }
    file.modules.sort();
    if !context.options.types_only {
        file.items.extend(client::of_version(context, group, version, names)?);
    }
    let folder = format!("{}/{}", stem(&group_names.module), stem(&names.module));
    tree.files.insert(format!("{folder}/mod.rs"), file.text("")?);
    Ok(())
}
