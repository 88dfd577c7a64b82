//! `spec` as a whole: group, scope, and what the versions must have in common.
//!
//! In: `spec`. Out: field errors. What all versions share is reported under `spec` itself, as the server reports it: it
//! keeps equal schemas, subresources, columns and selectable fields once.

use std::collections::BTreeSet;

use super::{
    conversion, go_versions, names,
    version::{self, VersionSchema},
};
use crate::{
    definition::Version,
    field::{Error, ErrorType, Errors, Path},
    name,
    node::Node,
};

/// A check of something that versions have, given the schema beside it and the path.
type Check = fn(&Node<'_>, &Node<'_>, &Path<'_>, &mut Errors);

/// Checks `spec`, whose versions may be decoded already; else `decoded` is empty.
pub(super) fn check(spec: &Node<'_>, decoded: &[Version]) -> Errors {
    let path = Path::ROOT.child("spec");
    let mut errors = Errors::default();
    check_group_and_scope(spec, &path, &mut errors);
    names::check(&spec["names"], &path.child("names"), &mut errors);
    let versions = spec["versions"].items();
    check_versions(versions, &path, &mut errors);
    let share_schema = are_same(versions.iter().map(schema_of));
    check_schemas(versions, decoded, share_schema, &path, &mut errors);
    check_shared(versions, share_schema, &path, &mut errors);
    conversion::check(spec, &path, &mut errors);
    let keeps = spec["preserveUnknownFields"].as_bool() == Some(true);
    if keeps && versions.iter().any(|version| version::has_any(schema_of(version), "default")) {
        let detail = "must be false in order to use defaults in the schema";
        errors.push(Error::invalid(path.child("preserveUnknownFields"), &true.into(), detail));
    }
    errors
}

fn check_group_and_scope(spec: &Node<'_>, path: &Path<'_>, errors: &mut Errors) {
    let group = spec["group"].as_str().unwrap_or_default();
    let faults = name::dns_subdomain(group);
    if group.is_empty() {
        errors.push(Error::required(path.child("group"), ""));
    } else if !faults.is_empty() {
        errors.push(Error::invalid_text(path.child("group"), group, faults.join(",")));
    } else if !group.contains('.') {
        errors.push(Error::invalid_text(path.child("group"), group, "should be a domain with at least one dot"));
    }
    match spec["scope"].as_str().unwrap_or_default() {
        "" => errors.push(Error::required(path.child("scope"), "")),
        "Cluster" | "Namespaced" => {}
        other => {
            errors.push(Error::not_supported(path.child("scope"), &other.into(), &["Cluster", "Namespaced"]));
        }
    }
}

fn check_versions(versions: &[Node<'_>], path: &Path<'_>, errors: &mut Errors) {
    let versions_path = path.child("versions");
    let mut seen = BTreeSet::new();
    let mut unique = true;
    for (index, version) in versions.iter().enumerate() {
        let path = versions_path.index(index);
        let name = version["name"].as_str().unwrap_or_default();
        unique &= seen.insert(name);
        let faults = name::dns_1035_label(name);
        if !faults.is_empty() {
            errors.push(Error::invalid_text(path.child("name"), name, faults.join(",")));
            if index == 0 && !name.is_empty() {
                // The server also keeps the first name as the version of old.
                errors.push(Error::invalid_text("spec.version", name, faults.join(",")));
            }
        }
        version::check_deprecation(version, &path, errors);
    }
    let storage = versions.iter().filter(|version| version["storage"].as_bool() == Some(true)).count();
    let faults = [
        (unique, "must contain unique version names"),
        (storage == 1, "must have exactly one version marked as storage version"),
    ];
    for (_, detail) in faults.into_iter().filter(|(holds, _)| !holds) {
        errors.push(Error::new(ErrorType::Invalid, versions_path, go_versions::print(versions), detail));
    }
}

/// Schemas: once if all versions have the same, else one by one.
fn check_schemas(versions: &[Node<'_>], decoded: &[Version], share_schema: bool, path: &Path<'_>, errors: &mut Errors) {
    let has_status = |version: &Node<'_>| version["subresources"]["status"].is_mapping();
    let versions_path = path.child("versions");
    for (index, _) in versions.iter().enumerate().filter(|(_, version)| schema_of(version).is_null()) {
        let path = versions_path.index(index);
        errors.push(Error::required(path.child("schema").child("openAPIV3Schema"), ""));
    }
    for (index, version) in versions.iter().enumerate() {
        let decoded = decoded.get(index).map(|version| &version.schema);
        let schema = VersionSchema { posted: schema_of(version), decoded };
        if share_schema {
            let any_status = versions.iter().any(has_status);
            version::check_schema(schema, any_status, &path.child("validation"), errors);
            break;
        }
        version::check_schema(schema, has_status(version), &versions_path.index(index).child("schema"), errors);
    }
}

/// Subresources, columns and selectable fields: each once if all versions have the same.
fn check_shared(versions: &[Node<'_>], share_schema: bool, path: &Path<'_>, errors: &mut Errors) {
    let versions_path = path.child("versions");
    let checks: [(&str, Check); 3] = [
        ("subresources", version::check_subresources),
        ("additionalPrinterColumns", version::check_columns),
        ("selectableFields", version::check_selectable_fields),
    ];
    for (name, check) in checks {
        let share = are_same(versions.iter().map(|version| &version[name]));
        // The schema is looked for beside the rest only: what is kept once does not find one that is kept by version.
        for (index, version) in versions.iter().enumerate() {
            let schema = if share == share_schema { schema_of(version) } else { &Node::NULL };
            if share {
                check(&version[name], schema, &path.child(name), errors);
                break;
            }
            check(&version[name], schema, &versions_path.index(index).child(name), errors);
        }
    }
}

/// Whether all are the same value.
fn are_same<'n>(nodes: impl Iterator<Item = &'n Node<'n>> + Clone) -> bool {
    nodes.clone().zip(nodes.skip(1)).all(|(node, next)| node.is_same_value(next))
}

fn schema_of<'n>(version: &'n Node<'n>) -> &'n Node<'n> {
    &version["schema"]["openAPIV3Schema"]
}
