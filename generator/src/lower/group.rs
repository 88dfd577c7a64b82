//! The versions and resources of a group.

use crdgen_schema::{
    definition::{self, Definition, Scope},
    diagnostic::Diagnostics,
};

use super::{shape::Lowering, version_priority};
use crate::{
    generate::Input,
    markdown::{code, prose},
    model::{Document, Exports, Group, Ident, Resource, Shapes, Version},
    naming::Naming,
    options::Options,
    place,
};

/// What lowering reads besides the definitions of its group.
pub(crate) struct Context<'a> {
    /// All that was read.
    pub(crate) input: &'a Input<'a>,
    /// How code is generated.
    pub(crate) options: &'a Options,
    /// Whether to warn of members that want the same name.
    pub(crate) tell_contests: bool,
}

/// Builds the model of all versions of a group's definitions. Its module has a name already.
pub(crate) fn lower<'a>(
    name: &'a str,
    module: Ident,
    mut members: Vec<&'a Definition>,
    context: &Context<'a>,
) -> (Group<'a>, Diagnostics) {
    members.sort_by(|a, b| (&a.names.kind, &a.names.plural).cmp(&(&b.names.kind, &b.names.plural)));
    let mut naming = Naming::new(&context.input.names, context.options);
    let mut diagnostics = Diagnostics::default();
    let plurals: Vec<&str> = members.iter().map(|definition| definition.names.plural.as_str()).collect();
    let stems = naming.documents(name, &plurals);
    let documents: Vec<Document<'a>> =
        members.iter().zip(stems).map(|(definition, stem)| document(definition, stem)).collect();
    let mut group = Group { name, module, versions: Vec::new(), documents, shapes: Shapes::default() };
    let versions = version_names(&members, context.options);
    let modules = naming.versions(name, &versions);
    for (version, module) in versions.into_iter().zip(modules) {
        let version = lower_version(version, module, &members, &mut group, &mut naming, &mut diagnostics, context);
        group.versions.push(version);
    }
    diagnostics.extend(naming.diagnostics(context.tell_contests));
    (group, diagnostics)
}

fn document(definition: &Definition, stem: String) -> Document<'_> {
    Document { plural: &definition.names.plural, stem, json: &definition.json }
}

/// The versions that any of the definitions has, and that the settings do not leave out.
fn version_names<'a>(members: &[&'a Definition], options: &Options) -> Vec<&'a str> {
    let wanted = |definition: &&'a Definition| {
        let definition: &'a Definition = definition;
        definition.versions.iter().filter(|version| !options.skips(&definition.name, &version.name))
    };
    let mut names: Vec<&str> = members.iter().flat_map(wanted).map(|version| version.name.as_str()).collect();
    names.sort_by(|a, b| version_priority::compare(a, b));
    names.dedup();
    names
}

fn lower_version<'a>(
    name: &'a str,
    module: Ident,
    members: &[&'a Definition],
    group: &mut Group<'a>,
    naming: &mut Naming<'a>,
    diagnostics: &mut Diagnostics,
    context: &Context<'a>,
) -> Version<'a> {
    let group_version = place::root(group.name, name);
    let members: Vec<(&'a Definition, usize)> = members
        .iter()
        .filter(|definition| !context.options.skips(&definition.name, name))
        .filter_map(|&definition| {
            Some((definition, definition.versions.iter().position(|version| version.name == name)?))
        })
        .collect();
    let kinds: Vec<&str> = members.iter().map(|(definition, _)| definition.names.kind.as_str()).collect();
    let plurals: Vec<&str> = members.iter().map(|(definition, _)| definition.names.plural.as_str()).collect();
    let roots: Vec<String> = members.iter().map(|(definition, _)| place::root(&definition.name, name)).collect();
    let modules = naming.kinds(&group_version, &kinds);
    let types = naming.kind_types(&group_version, &kinds, &roots);
    let accessors = naming.accessors(&group_version, &plurals);
    let mut resources = Vec::new();
    for ((((definition, index), module), ty), accessor) in members.into_iter().zip(modules).zip(types).zip(accessors) {
        let version = &definition.versions[index];
        let mut lowering = Lowering::new(&mut group.shapes, naming, context.options, definition, index);
        let root = lowering.root(ty, deprecation(&definition.names.kind, version));
        diagnostics.extend(lowering.diagnostics());
        let document = group.documents.iter().find(|document| document.plural == definition.names.plural);
        resources.push(Resource {
            file: context.input.label(&definition.source.file),
            crd: &definition.name,
            names: &definition.names,
            namespaced: definition.scope == Scope::Namespaced,
            status_subresource: version.status_subresource,
            module,
            accessor,
            document: document.map(|document| document.stem.clone()).unwrap_or_default(),
            exports: Exports::new(),
            root,
        });
    }
    // The clientset names its methods once all groups are known, and re-exports are named once all types are.
    Version { name, module, accessor: Ident::default(), resources }
}

fn deprecation(kind: &str, version: &definition::Version) -> Option<String> {
    if !version.deprecated {
        return None;
    }
    Some(match &version.deprecation_warning {
        Some(warning) => format!("Deprecated: {}", prose(warning)),
        None => format!("Deprecated: {} of {} is deprecated.", code(&version.name), code(kind)),
    })
}
