//! Validates the metadata of a new object, and of an update.
//!
//! In: coerced metadata (see [`super::coerce`]). Out: field errors in the server's words.

use serde_json::Value;

use crate::{
    field::{Error, ErrorType, Errors, Path},
    go::{is_printable, print_array, print_json, print_object},
    name,
};

/// The largest size of all annotations of an object together, in bytes.
const ANNOTATIONS_LIMIT: usize = 256 * 1024;
/// The longest name of a field manager, in characters.
const MANAGER_LIMIT: usize = 128;
/// The longest name of a subresource in managed fields, in bytes.
const SUBRESOURCE_LIMIT: usize = 256;

/// An object can have one owner that is its controller. Every further one is an error, and this is the most that are
/// reported: each of these errors prints all owner references.
const MAX_CONTROLLER_ERRORS: usize = 10;

/// Which names a kind of object may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameRule {
    /// A DNS subdomain: the names of custom resources.
    DnsSubdomain,
    /// Anything that can be a segment of a URL path: the names of embedded resources.
    PathSegment,
}

/// Checks the metadata of a new object. If it is `namespaced` it must have a namespace, else it must not.
pub fn validate(metadata: &Value, namespaced: bool, rule: NameRule, path: &Path<'_>) -> Errors {
    let mut errors = Errors::default();
    let generate_name = text(metadata, "generateName");
    if !generate_name.is_empty() {
        errors.extend(invalid(&path.child("generateName"), generate_name, rule.faults(generate_name, true)));
    }
    match text(metadata, "name") {
        "" => errors.push(Error::required(path.child("name"), "name or generateName is required")),
        given => errors.extend(invalid(&path.child("name"), given, rule.faults(given, false))),
    }
    let namespace_path = path.child("namespace");
    match (text(metadata, "namespace"), namespaced) {
        ("", true) => errors.push(Error::required(namespace_path, "")),
        (namespace, true) => errors.extend(invalid(&namespace_path, namespace, name::dns_label(namespace))),
        ("", false) => {}
        (_, false) => errors.push(Error::forbidden(namespace_path, "not allowed on this type")),
    }
    if let Some(generation) = metadata.get("generation").filter(|generation| generation.as_i64() < Some(0)) {
        errors.push(Error::invalid(path.child("generation"), generation, "must be greater than or equal to 0"));
    }
    validate_common(metadata, path, &mut errors);
    validate_finalizers(metadata, &path.child("finalizers"), &mut errors);
    validate_managed_fields(metadata, &path.child("managedFields"), &mut errors);
    errors
}

/// Checks metadata that replaces `old`. As in kube-apiserver, the names of finalizers are checked only when an object
/// is created.
pub fn validate_update(metadata: &Value, old: &Value, path: &Path<'_>) -> Errors {
    let mut errors = Errors::default();
    if !text(old, "deletionTimestamp").is_empty() {
        let old: Vec<&str> = texts(old, "finalizers").collect();
        let mut added: Vec<String> =
            texts(metadata, "finalizers").filter(|text| !old.contains(text)).map(|text| format!("{text:?}")).collect();
        added.sort();
        added.dedup();
        if !added.is_empty() {
            let detail = "no new finalizers can be added if the object is being deleted, found new finalizers";
            errors
                .push(Error::forbidden(path.child("finalizers"), format!("{detail} []string{{{}}}", added.join(", "))));
        }
    }
    if text(metadata, "resourceVersion").is_empty() {
        errors.push(Error::invalid_text(path.child("resourceVersion"), "", "must be specified for an update"));
    }
    let generation = |metadata: &Value| metadata.get("generation").and_then(Value::as_i64).unwrap_or(0);
    if generation(metadata) < generation(old) {
        let value = Value::from(generation(metadata));
        errors.push(Error::invalid(path.child("generation"), &value, "must not be decremented"));
    }
    for name in ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"] {
        let value = metadata.get(name);
        if value != old.get(name) {
            let empty = if matches!(name, "name" | "namespace" | "uid") { Value::from("") } else { Value::Null };
            errors.push(Error::invalid(path.child(name), value.unwrap_or(&empty), "field is immutable"));
        }
    }
    validate_common(metadata, path, &mut errors);
    validate_managed_fields(metadata, &path.child("managedFields"), &mut errors);
    errors
}

impl NameRule {
    /// The faults of a name, or of a prefix (`generateName`) to which the server adds random characters.
    fn faults(self, text: &str, is_prefix: bool) -> Vec<String> {
        match self {
            Self::PathSegment if is_prefix => {
                let found = ["/", "%"].into_iter().filter(|part| text.contains(part));
                found.map(|part| format!("may not contain '{part}'")).collect()
            }
            Self::PathSegment => name::path_segment(text),
            // A prefix may end in a dash. Go allows that by replacing the last two bytes with an `a` before the check.
            Self::DnsSubdomain if is_prefix && text.len() > 1 && text.ends_with('-') && text.is_ascii() => {
                name::dns_subdomain(&(text[..text.len() - 2].to_owned() + "a"))
            }
            Self::DnsSubdomain => name::dns_subdomain(text),
        }
    }
}

/// The checks of every write: labels, annotations and owners.
fn validate_common(metadata: &Value, path: &Path<'_>, errors: &mut Errors) {
    let labels_path = path.child("labels");
    for (key, value) in members(metadata, "labels") {
        errors.extend(invalid(&labels_path, key, name::label_key(key)));
        errors.extend(invalid(&labels_path, value, name::label_value(value)));
    }
    let annotations_path = path.child("annotations");
    let mut size = 0_usize;
    for (key, value) in members(metadata, "annotations") {
        errors.extend(invalid(&annotations_path, key, name::label_key(&key.to_lowercase())));
        size = size.saturating_add(key.len()).saturating_add(value.len());
    }
    if size > ANNOTATIONS_LIMIT {
        errors.push(Error::too_long(annotations_path, 256 * 1024));
    }
    validate_owners(metadata, &path.child("ownerReferences"), errors);
}

/// Checks the owner references. Like those of Kubernetes, the paths of these errors have no index.
fn validate_owners(metadata: &Value, path: &Path<'_>, errors: &mut Errors) {
    let owners = metadata.get("ownerReferences").and_then(Value::as_array);
    let mut controller: Option<String> = None;
    let mut reported = 0;
    for owner in owners.into_iter().flatten() {
        let api_version = text(owner, "apiVersion");
        let version = match api_version.split_once('/') {
            None => api_version,
            Some((_, version)) if !version.contains('/') => version,
            Some(_) => "",
        };
        if version.is_empty() {
            errors.push(Error::invalid_text(path.child("apiVersion"), api_version, "version must not be empty"));
        }
        for name in ["kind", "name", "uid"].into_iter().filter(|name| text(owner, name).is_empty()) {
            errors.push(Error::invalid_text(path.child(name), "", "must not be empty"));
        }
        if api_version == "v1" && text(owner, "kind") == "Event" {
            let detail = "/v1, Kind=Event is disallowed from being an owner";
            errors.push(Error::new(ErrorType::Invalid, path, print_owner(owner), detail));
        }
        if owner.get("controller").and_then(Value::as_bool) == Some(true) {
            let current = format!("{}/{}", text(owner, "kind"), text(owner, "name"));
            match &controller {
                None => controller = Some(current),
                Some(_) if reported == MAX_CONTROLLER_ERRORS => {}
                Some(first) => {
                    reported += 1;
                    let detail = format!(
                        "Only one reference can have Controller set to true. Found \"true\" in references for {first} and {current}"
                    );
                    let printed = print_array(owners.into_iter().flatten().map(print_owner));
                    errors.push(Error::new(ErrorType::Invalid, path, printed, detail));
                }
            }
        }
    }
}

/// An owner reference, printed as Go prints its struct.
fn print_owner(owner: &Value) -> String {
    let texts = ["apiVersion", "kind", "name", "uid"].map(|name| (name, print_json(&Value::from(text(owner, name)))));
    let flag = |name| Some((name, print_json(owner.get(name).filter(|flag| flag.is_boolean())?)));
    print_object(texts.into_iter().chain(["controller", "blockOwnerDeletion"].into_iter().filter_map(flag)))
}

fn validate_finalizers(metadata: &Value, path: &Path<'_>, errors: &mut Errors) {
    const CONFLICT: [&str; 2] = ["orphan", "foregroundDeletion"];
    let finalizers: Vec<&str> = texts(metadata, "finalizers").collect();
    for finalizer in &finalizers {
        errors.extend(invalid(path, finalizer, name::label_key(finalizer)));
    }
    if CONFLICT.iter().all(|finalizer| finalizers.contains(finalizer)) {
        let detail = format!("finalizer {} and {} cannot be both set", CONFLICT[0], CONFLICT[1]);
        errors.push(Error::invalid(path, &metadata["finalizers"], detail));
    }
}

fn validate_managed_fields(metadata: &Value, path: &Path<'_>, errors: &mut Errors) {
    let entries = metadata.get("managedFields").and_then(Value::as_array);
    for (index, entry) in entries.into_iter().flatten().enumerate() {
        let path = path.index(index);
        let operation = text(entry, "operation");
        if !matches!(operation, "Apply" | "Update") {
            errors.push(Error::invalid_text(path.child("operation"), operation, "must be `Apply` or `Update`"));
        }
        let fields_type = text(entry, "fieldsType");
        if !matches!(fields_type, "" | "FieldsV1") {
            errors.push(Error::invalid_text(path.child("fieldsType"), fields_type, "must be `FieldsV1`"));
        }
        let manager = text(entry, "manager");
        if manager.chars().count() > MANAGER_LIMIT {
            errors.push(Error::too_long(path.child("manager"), 128));
        }
        if let Some(c) = manager.chars().find(|c| !is_printable(*c)) {
            let detail =
                format!("should not contain non-printable characters: {}", print_json(&Value::from(c.to_string())));
            errors.push(Error::invalid_text(path.child("manager"), manager, detail));
        }
        if text(entry, "subresource").len() > SUBRESOURCE_LIMIT {
            errors.push(Error::too_long(path.child("subresource"), 256));
        }
    }
}

fn invalid(path: &Path<'_>, text: &str, faults: Vec<String>) -> Vec<Error> {
    faults.into_iter().map(|fault| Error::invalid_text(path, text, fault)).collect()
}

fn text<'v>(metadata: &'v Value, name: &str) -> &'v str {
    metadata.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn texts<'v>(metadata: &'v Value, name: &str) -> impl Iterator<Item = &'v str> {
    metadata.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn members<'v>(metadata: &'v Value, name: &str) -> impl Iterator<Item = (&'v str, &'v str)> {
    let members = metadata.get(name).and_then(Value::as_object).into_iter().flatten();
    members.map(|(key, value)| (key.as_str(), value.as_str().unwrap_or_default()))
}
