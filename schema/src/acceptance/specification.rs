//! `spec` as a whole: group, scope, and what the versions must have in common.
//!
//! In: `spec`. Out: field errors. What all versions share is reported under `spec` itself, as the server reports it: it
//! keeps equal schemas, subresources, columns and selectable fields once.

use std::collections::BTreeSet;

use super::{
    conversion, go_versions, names,
    raw_schema::RawSchema,
    requirements::{Requirements, SchemaRequirements},
    selectable_fields,
    stored_crd::have_same,
    version::{self, VersionSchema},
};
use crate::{
    definition::Version,
    field::{Error, ErrorType, Errors, Path},
    name,
    node::Node,
};

/// A check of something that versions have, given the path.
type Check = fn(&Node<'_>, &Path<'_>, &mut Errors);

/// Checks `spec`, whose versions may be decoded already; else `decoded` is empty.
pub(super) fn check(spec: &Node<'_>, decoded: &[Version], required: &Requirements) -> Errors {
    let path = Path::ROOT.child("spec");
    let mut errors = Errors::default();
    check_group_and_scope(spec, &path, &mut errors);
    names::check(&spec["names"], &path.child("names"), &mut errors);
    let versions = spec["versions"].items();
    check_versions(&spec["versions"], &path, &mut errors);
    let keeps = spec["preserveUnknownFields"].as_bool() == Some(true);
    let any =
        |test: fn(RawSchema<'_>) -> bool| versions.iter().any(|version| RawSchema::new(schema_of(version)).any(test));
    let has_defaults = keeps && any(|schema| schema.get("default").is_some());
    if has_defaults {
        let detail = "must be false in order to use defaults in the schema";
        errors.push(Error::invalid(path.child("preserveUnknownFields"), &true.into(), detail));
    }
    // What prunes, fills in defaults or has extensions of Kubernetes works with structural schemas only.
    let structural = required.schema.structural || !keeps || has_defaults || any(has_extension);
    check_presence(versions, required, keeps, &path, &mut errors);
    let schemas = Schemas { versions, decoded, required, structural };
    schemas.check(&path, &mut errors);
    check_shared(versions, &path, &mut errors);
    check_selectable_fields(versions, required, &path, &mut errors);
    conversion::check(spec, required, &path, &mut errors);
    errors
}

/// Whether a schema, without those in it, has an extension that only structural schemas may have.
fn has_extension(schema: RawSchema<'_>) -> bool {
    let flags = ["x-kubernetes-embedded-resource", "x-kubernetes-int-or-string"];
    let values = ["x-kubernetes-preserve-unknown-fields", "x-kubernetes-list-type"];
    let lists = ["x-kubernetes-list-map-keys", "x-kubernetes-validations"];
    flags.into_iter().any(|name| schema.flag(name))
        || values.into_iter().any(|name| schema.get(name).is_some())
        || lists.into_iter().any(|name| !schema.items_of(name).is_empty())
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

fn check_versions(node: &Node<'_>, path: &Path<'_>, errors: &mut Errors) {
    let (versions, versions_path) = (node.items(), path.child("versions"));
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
        errors.push(Error::new(ErrorType::Invalid, versions_path, go_versions::print(node), detail));
    }
}

/// Versions have schemas.
fn check_presence(versions: &[Node<'_>], required: &Requirements, keeps: bool, path: &Path<'_>, errors: &mut Errors) {
    let versions_path = path.child("versions");
    for (index, version) in versions.iter().enumerate().filter(|(_, version)| schema_of(version).is_null()) {
        let path = versions_path.index(index);
        let path = path.child("schema");
        let path = path.child("openAPIV3Schema");
        if required.schema_in_every_version {
            errors.push(Error::required(path, ""));
        } else if !keeps && version["served"].as_bool() == Some(true) {
            errors.push(Error::required(path, "because otherwise all fields are pruned"));
        }
    }
}

/// The schemas of all versions.
struct Schemas<'a> {
    versions: &'a [Node<'a>],
    decoded: &'a [Version],
    required: &'a Requirements,
    structural: bool,
}

impl Schemas<'_> {
    /// Checks them: once if all versions have the same, else one by one.
    fn check(&self, path: &Path<'_>, errors: &mut Errors) {
        let has_status = |version: &Node<'_>| version["subresources"]["status"].is_mapping();
        let versions_path = path.child("versions");
        let is_shared = have_same(self.versions, "schema");
        for (index, version) in self.versions.iter().enumerate() {
            let decoded = self.decoded.get(index).map(|version| &version.schema);
            let schema = VersionSchema { posted: schema_of(version), decoded };
            let required = self.required.of_version(version["name"].as_str().unwrap_or_default());
            let required = SchemaRequirements { structural: self.structural, ..required };
            if is_shared {
                let any_status = self.versions.iter().any(has_status);
                version::check_schema(schema, any_status, required, &path.child("validation"), errors);
                break;
            }
            let path = versions_path.index(index);
            version::check_schema(schema, has_status(version), required, &path.child("schema"), errors);
        }
    }
}

/// Subresources and columns: each once if all versions have the same.
fn check_shared(versions: &[Node<'_>], path: &Path<'_>, errors: &mut Errors) {
    let checks: [(&str, Check); 2] =
        [("subresources", version::check_subresources), ("additionalPrinterColumns", version::check_columns)];
    let versions_path = path.child("versions");
    for (name, check) in checks {
        let is_shared = have_same(versions, name);
        for (index, version) in versions.iter().enumerate() {
            if is_shared {
                check(&version[name], &path.child(name), errors);
                break;
            }
            check(&version[name], &versions_path.index(index).child(name), errors);
        }
    }
}

/// Selectable fields find the schema that is kept beside them only: what all versions share does not find a schema that each
/// version has of its own, nor the other way round.
fn check_selectable_fields(versions: &[Node<'_>], required: &Requirements, path: &Path<'_>, errors: &mut Errors) {
    const NAME: &str = "selectableFields";
    let (is_shared, shares_schema) = (have_same(versions, NAME), have_same(versions, "schema"));
    let versions_path = path.child("versions");
    for (index, version) in versions.iter().enumerate() {
        let (fields, schema) = (&version[NAME], schema_of(version));
        let version_path = versions_path.index(index);
        let (path, key) =
            if is_shared { (path, "") } else { (&version_path, version["name"].as_str().unwrap_or_default()) };
        let path = path.child(NAME);
        if !fields.items().is_empty() && (is_shared != shares_schema || schema.is_null()) {
            let detail = if is_shared {
                "may only be set when validations.schema is included"
            } else {
                "may only be set when `version.schema.openAPIV3Schema` is not included"
            };
            errors.push(Error::invalid_text(path, "", detail));
        } else {
            let may_be_many = required.allows_many_selectable_fields(key);
            selectable_fields::check(fields, schema, may_be_many, &path, errors);
        }
        if is_shared {
            break;
        }
    }
}

fn schema_of<'n>(version: &'n Node<'n>) -> &'n Node<'n> {
    &version["schema"]["openAPIV3Schema"]
}
