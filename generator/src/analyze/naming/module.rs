//! Names of groups, versions and kinds, and what a version's module re-exports.
//!
//! In: a model whose types have names. Out: module names; two groups, versions or kinds that want the same module are
//! an error, since nothing in the schema says which should give way.

use std::collections::{BTreeMap, BTreeSet};

use crdgen_schema::diagnostic::{Diagnostic, Diagnostics};

use super::{ClientNames, GroupNames, Names, ResourceNames, VersionNames, identifier, word::Level};
use crate::model::{Group, Model, Resource, Version};

/// Names that a version's module defines itself.
const OF_VERSION: &[&str] = &["Clients", "Informers"];

/// Names all modules.
pub(super) fn name_modules(model: &Model, reserved: &[&str], names: &mut Names) -> Diagnostics {
    let mut naming = ModuleNaming { model, reserved, diagnostics: Diagnostics::default() };
    let mut taken = BTreeMap::new();
    let mut groups = Vec::new();
    for group in &model.groups {
        let module = naming.module(&group.name);
        naming.claim(&mut taken, &module, &group.name, &file_of(group));
        groups.push(naming.group(group, module, names));
    }
    names.groups = groups;
    naming.diagnostics
}

struct ModuleNaming<'a> {
    model: &'a Model,
    reserved: &'a [&'a str],
    diagnostics: Diagnostics,
}

impl ModuleNaming<'_> {
    fn group(&mut self, group: &Group, module: String, names: &Names) -> GroupNames {
        let mut taken = BTreeMap::new();
        let mut versions = Vec::new();
        for version in &group.versions {
            let module = self.module(&version.name);
            self.claim(&mut taken, &module, &version.name, &file_of(group));
            versions.push(self.version(version, module, names));
        }
        let documents = group.documents.iter().map(|document| identifier::file_stem(&document.plural)).collect();
        GroupNames { module, versions, documents }
    }

    fn version(&mut self, version: &Version, module: String, names: &Names) -> VersionNames {
        let mut taken = BTreeMap::new();
        let mut resources = Vec::new();
        for resource in &version.resources {
            let module = self.module(&resource.kind);
            self.claim(&mut taken, &module, &resource.kind, &resource.file);
            resources.push(self.resource(resource, module, names));
        }
        drop_shadowed_exports(&mut resources, version, names);
        VersionNames { module, resources }
    }

    fn resource(&self, resource: &Resource, module: String, names: &Names) -> ResourceNames {
        let kind = names.shapes.get(&resource.root).map(|names| names.ty.clone()).unwrap_or_default();
        let children = self.model.shapes.children(resource.root).into_iter();
        let mut exports: Vec<String> = children.filter_map(|id| Some(names.shapes.get(&id)?.ty.clone())).collect();
        let list = format!("{kind}List");
        let client = ClientNames {
            client: format!("{kind}Client"),
            lister: format!("{kind}Lister"),
            informer: format!("{kind}Informer"),
            controller: format!("{kind}Controller"),
        };
        exports.extend([kind, list.clone()]);
        ResourceNames {
            module,
            accessor: accessor(&resource.plural),
            list,
            document: identifier::file_stem(&resource.plural),
            exports,
            client_exports: Vec::new(),
            client,
        }
    }

    fn module(&self, text: &str) -> String {
        let name = identifier::module(text, Level::Plain);
        if self.reserved.contains(&name.as_str()) { format!("{name}_") } else { name }
    }

    fn claim(&mut self, taken: &mut BTreeMap<String, String>, module: &str, name: &str, file: &str) {
        let Some(owner) = taken.insert(module.to_owned(), name.to_owned()) else { return };
        let message = format!("colliding names: `{owner}` and `{name}` would both be the module `{module}`");
        let finding = Diagnostic::error(message).at(file, None);
        self.diagnostics.push(finding.help("generate them into different folders"));
    }
}

/// The method that gives the client of a kind; `new` is taken.
fn accessor(plural: &str) -> String {
    let name = identifier::field(plural, Level::Plain);
    if name == "new" { format!("{name}_") } else { name }
}

fn file_of(group: &Group) -> String {
    let resources = group.versions.iter().flat_map(|version| &version.resources);
    resources.map(|resource| resource.file.clone()).next().unwrap_or_default()
}

/// A kind's own name wins over what another kind derives from its name; of two derived names the first wins. What loses
/// is still to be had from its kind's module.
fn drop_shadowed_exports(resources: &mut [ResourceNames], version: &Version, names: &Names) {
    let kind_of = |resource: &Resource| names.shapes.get(&resource.root).map(|names| names.ty.clone());
    let kinds: BTreeSet<String> = version.resources.iter().filter_map(kind_of).collect();
    let mut seen: BTreeSet<String> = OF_VERSION.iter().map(|&name| name.to_owned()).collect();
    for (resource, names) in version.resources.iter().zip(resources) {
        let own = kind_of(resource);
        let ClientNames { client, lister, informer, controller } = names.client.clone();
        names.client_exports = vec![client, controller, informer, lister];
        for exports in [&mut names.exports, &mut names.client_exports] {
            exports.retain(|name| (own.as_ref() == Some(name) || !kinds.contains(name)) && seen.insert(name.clone()));
            exports.sort();
        }
    }
}
