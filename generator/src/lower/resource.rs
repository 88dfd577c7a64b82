//! Groups, versions and resources of a set of definitions.

use std::collections::BTreeMap;

use crdgen_schema::{
    definition::{self, Definition, Scope},
    diagnostic::Diagnostics,
};

use super::{shape::Lowering, version_priority};
use crate::{
    markdown::{code, prose},
    model::{Document, Group, Model, Resource, Version},
};

/// Builds the model of all versions of all definitions.
///
/// `labels` says what a source file is called in output; a file that it lacks keeps its own name.
pub fn lower(definitions: &[Definition], labels: &BTreeMap<String, String>) -> (Model, Diagnostics) {
    let mut by_group: BTreeMap<&str, Vec<&Definition>> = BTreeMap::new();
    for definition in definitions {
        by_group.entry(&definition.group).or_default().push(definition);
    }
    let mut model = Model::default();
    let mut diagnostics = Diagnostics::default();
    for (name, mut members) in by_group {
        members.sort_by(|a, b| (&a.names.kind, &a.names.plural).cmp(&(&b.names.kind, &b.names.plural)));
        let versions = version_names(&members)
            .into_iter()
            .map(|version| lower_version(version, &members, labels, &mut model, &mut diagnostics))
            .collect();
        let documents = members.iter().map(|definition| document(definition)).collect();
        model.groups.push(Group { name: name.to_owned(), versions, documents });
    }
    (model, diagnostics)
}

fn version_names<'a>(members: &[&'a Definition]) -> Vec<&'a str> {
    let mut names: Vec<&str> =
        members.iter().flat_map(|definition| &definition.versions).map(|version| version.name.as_str()).collect();
    names.sort_by(|a, b| version_priority::compare(a, b));
    names.dedup();
    names
}

fn lower_version(
    name: &str,
    members: &[&Definition],
    labels: &BTreeMap<String, String>,
    model: &mut Model,
    diagnostics: &mut Diagnostics,
) -> Version {
    let mut resources = Vec::new();
    for definition in members {
        let Some(index) = definition.versions.iter().position(|version| version.name == name) else { continue };
        let mut lowering = Lowering::new(&mut model.shapes, &definition.source.file, index);
        let version = &definition.versions[index];
        let root = lowering.root(&definition.names.kind, &version.schema, deprecation(version));
        diagnostics.extend(lowering.diagnostics());
        let file = labels.get(&definition.source.file).unwrap_or(&definition.source.file);
        resources.push(Resource {
            source: definition.source.clone(),
            file: file.clone(),
            crd: definition.name.clone(),
            kind: definition.names.kind.clone(),
            list_kind: definition.names.list_kind.clone(),
            plural: definition.names.plural.clone(),
            singular: definition.names.singular.clone(),
            short_names: definition.names.short_names.clone(),
            categories: definition.names.categories.clone(),
            namespaced: definition.scope == Scope::Namespaced,
            status_subresource: version.status_subresource,
            root,
        });
    }
    Version { name: name.to_owned(), resources }
}

fn deprecation(version: &definition::Version) -> Option<String> {
    if !version.deprecated {
        return None;
    }
    Some(match &version.deprecation_warning {
        Some(warning) => format!("Deprecated: {}", prose(warning)),
        None => format!("Deprecated: {} is.", code(&version.name)),
    })
}

fn document(definition: &Definition) -> Document {
    let Definition { source, names, json, .. } = definition;
    Document { source: source.clone(), plural: names.plural.clone(), json: json.clone() }
}
