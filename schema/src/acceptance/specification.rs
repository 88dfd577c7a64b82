//! `spec` as a whole: group, scope, and what the versions must have in common.
//!
//! In: `spec`. Out: field errors. What all versions share is reported under `spec` itself, as the server reports it: it
//! keeps equal schemas, subresources, columns and selectable fields once.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{conversion, internal, names, raw_schema::RawSchema, version};
use crate::{
    field::{Error, ErrorType, Errors, Path},
    name,
};

/// A check of something that versions have, given the schema beside it and the path.
type Check = fn(&Value, &Value, &Path<'_>, &mut Errors);

/// Checks `spec`.
pub(super) fn check(spec: &Value) -> Errors {
    let path = Path::ROOT.child("spec");
    let mut errors = Errors::default();
    check_group_and_scope(spec, &path, &mut errors);
    names::check(&spec["names"], &path.child("names"), &mut errors);
    let versions: Vec<&Value> = spec["versions"].as_array().into_iter().flatten().collect();
    check_versions(&versions, &path, &mut errors);
    check_schemas(&versions, &path, &mut errors);
    check_shared(&versions, &path, &mut errors);
    conversion::check(spec, &path, &mut errors);
    if spec["preserveUnknownFields"] == true && versions.iter().any(|version| has_default(version)) {
        let detail = "must be false in order to use defaults in the schema";
        errors.push(Error::invalid(path.child("preserveUnknownFields"), &Value::Bool(true), detail));
    }
    errors
}

fn check_group_and_scope(spec: &Value, path: &Path<'_>, errors: &mut Errors) {
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
            errors.push(Error::not_supported(path.child("scope"), &Value::from(other), &["Cluster", "Namespaced"]));
        }
    }
}

fn check_versions(versions: &[&Value], path: &Path<'_>, errors: &mut Errors) {
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
    let storage = versions.iter().filter(|version| version["storage"] == true).count();
    let faults = [
        (unique, "must contain unique version names"),
        (storage == 1, "must have exactly one version marked as storage version"),
    ];
    for (_, detail) in faults.into_iter().filter(|(holds, _)| !holds) {
        errors.push(Error::new(ErrorType::Invalid, versions_path, internal::print_versions(versions), detail));
    }
}

/// Schemas: once if all versions have the same, else one by one.
fn check_schemas(versions: &[&Value], path: &Path<'_>, errors: &mut Errors) {
    let has_status = |version: &Value| version["subresources"]["status"].is_object();
    let schemas: Vec<&Value> = versions.iter().map(|version| schema_of(version)).collect();
    let (versions_path, validation) = (path.child("versions"), path.child("validation"));
    for index in (0..versions.len()).filter(|index| schemas[*index].is_null()) {
        let version = versions_path.index(index);
        errors.push(Error::required(version.child("schema").child("openAPIV3Schema"), ""));
    }
    match schemas.split_first() {
        Some((first, others)) if others.iter().all(|other| other == first) => {
            let any_status = versions.iter().any(|version| has_status(version));
            version::check_schema(first, any_status, &validation, errors);
        }
        _ => {
            for (index, schema) in schemas.iter().enumerate() {
                let version = versions_path.index(index);
                version::check_schema(schema, has_status(versions[index]), &version.child("schema"), errors);
            }
        }
    }
}

/// Subresources, columns and selectable fields: each once if all versions have the same.
fn check_shared(versions: &[&Value], path: &Path<'_>, errors: &mut Errors) {
    let versions_path = path.child("versions");
    let shares_schema = versions.windows(2).all(|pair| schema_of(pair[0]) == schema_of(pair[1]));
    let checks: [(&str, Check); 3] = [
        ("subresources", version::check_subresources),
        ("additionalPrinterColumns", version::check_columns),
        ("selectableFields", version::check_selectable_fields),
    ];
    for (name, check) in checks {
        let shared = versions.windows(2).all(|pair| pair[0][name] == pair[1][name]);
        // The schema is looked for beside the rest only: what is kept once does not find one that is kept by version.
        let schema = |version| if shared == shares_schema { schema_of(version) } else { &Value::Null };
        match versions.first() {
            Some(first) if shared => check(&first[name], schema(first), &path.child(name), errors),
            _ => {
                for (index, version) in versions.iter().enumerate() {
                    let path = versions_path.index(index);
                    check(&version[name], schema(version), &path.child(name), errors);
                }
            }
        }
    }
}

fn schema_of(version: &Value) -> &Value {
    &version["schema"]["openAPIV3Schema"]
}

fn has_default(version: &Value) -> bool {
    RawSchema(&version["schema"]["openAPIV3Schema"]).any(|node| node.get("default").is_some())
}
