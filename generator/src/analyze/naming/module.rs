//! Names of groups, versions and kinds, and what a version's module re-exports.
//!
//! In: a model whose types have names. Out: module names; two groups, versions, kinds or CRDs that want the same place
//! are an error, since nothing in the schema says which should give way.

use std::collections::{BTreeMap, BTreeSet};

use crdgen_schema::{
    definition::Source,
    diagnostic::{Diagnostic, Diagnostics},
};

use super::{ClientNames, GroupNames, Names, ResourceNames, VersionNames, identifier, word::Level};
use crate::model::{Document, Group, Model, Resource, Version};

/// Names that a version's module defines itself.
const OF_VERSION: &[&str] = &["Clients", "Informers"];

/// Names all modules.
pub(super) fn name_modules(model: &Model, reserved: &[&str], names: &mut Names) -> Diagnostics {
    let mut naming = ModuleNaming { model, reserved, diagnostics: Diagnostics::default() };
    let (mut modules, mut accessors) = (Taken::new(), Taken::new());
    let mut groups = Vec::new();
    for group in &model.groups {
        let module = naming.module(&group.name);
        naming.claim(&mut modules, format!("the module `{module}`"), &group.name, source_of(&group.versions));
        groups.push(naming.group(group, module, &mut accessors, names));
    }
    names.groups = groups;
    naming.diagnostics
}

/// Who has a place already.
type Taken<'a> = BTreeMap<String, (String, &'a Source)>;

struct ModuleNaming<'a> {
    model: &'a Model,
    reserved: &'a [&'a str],
    diagnostics: Diagnostics,
}

impl<'a> ModuleNaming<'a> {
    fn group(&mut self, group: &'a Group, module: String, accessors: &mut Taken<'a>, names: &Names) -> GroupNames {
        let mut modules = Taken::new();
        let mut versions = Vec::new();
        for version in &group.versions {
            let source = source_of(std::slice::from_ref(version));
            let name = self.module(&version.name);
            self.claim(&mut modules, format!("the module `{name}`"), &version.name, source);
            let accessor = format!("{}_{}", identifier::stem(&module), identifier::stem(&name));
            let (accessor, whole) = (format!("the method `{accessor}`"), format!("{}/{}", group.name, version.name));
            self.claim(accessors, accessor, &whole, source);
            versions.push(self.version(version, name, names));
        }
        GroupNames { module, versions, documents: self.documents(&group.documents) }
    }

    fn documents(&mut self, documents: &'a [Document]) -> Vec<String> {
        let mut taken = Taken::new();
        let mut stems = Vec::new();
        for document in documents {
            let stem = identifier::file_stem(&document.plural);
            self.claim(&mut taken, format!("the file `{stem}.json`"), &document.plural, Some(&document.source));
            stems.push(stem);
        }
        stems
    }

    fn version(&mut self, version: &'a Version, module: String, names: &Names) -> VersionNames {
        let mut modules = Taken::new();
        let mut resources = Vec::new();
        for resource in &version.resources {
            let module = self.module(&resource.kind);
            self.claim(&mut modules, format!("the module `{module}`"), &resource.kind, Some(&resource.source));
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

    fn claim(&mut self, taken: &mut Taken<'a>, place: String, name: &str, source: Option<&'a Source>) {
        let Some(source) = source else { return };
        let Some((owner, first)) = taken.get(&place) else {
            taken.insert(place, (name.to_owned(), source));
            return;
        };
        let first = match first.position {
            Some(position) => format!("{}:{position}", first.file),
            None => first.file.clone(),
        };
        let finding = Diagnostic::error(format!("colliding names: `{owner}` and `{name}` would both be {place}"));
        let finding = finding.at(&source.file, source.position);
        self.diagnostics.push(finding.help(format!("generate them into different folders; the first is at {first}")));
    }
}

/// The method that gives the client of a kind; `new` is taken.
fn accessor(plural: &str) -> String {
    let name = identifier::field(plural, Level::Plain);
    if name == "new" { format!("{name}_") } else { name }
}

/// Where the first of the kinds was read.
fn source_of(versions: &[Version]) -> Option<&Source> {
    versions.iter().flat_map(|version| &version.resources).map(|resource| &resource.source).next()
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
