//! Validates the metadata of a new object, and of an update.
//!
//! In: coerced metadata (see [`super::coerce`]). Out: field errors in the server's words.

use std::{borrow::Cow, ops::ControlFlow};

use crate::{
    field::{Error, ErrorType, Errors, Path},
    go::{is_printable, print_array, print_json, print_object},
    name,
    view::{Arena, View},
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
    /// A DNS label: the names of namespaces.
    DnsLabel,
    /// A DNS label that starts with a letter.
    Dns1035Label,
    /// Anything that can be a segment of a URL path: the names of embedded resources.
    PathSegment,
}

/// Checks the metadata of a new object. If it is `namespaced` it must have a namespace, else it must not.
pub fn validate<'v>(metadata: impl Into<View<'v>>, namespaced: bool, rule: NameRule, path: &Path<'_>) -> Errors {
    let (mut errors, arena) = (Errors::default(), Arena::new());
    let metadata = Members { view: metadata.into(), arena: &arena };
    let generate_name = metadata.text("generateName");
    if !generate_name.is_empty() {
        errors.extend(invalid(&path.child("generateName"), generate_name, rule.faults(generate_name, true)));
    }
    match metadata.text("name") {
        "" => errors.push(Error::required(path.child("name"), "name or generateName is required")),
        given => errors.extend(invalid(&path.child("name"), given, rule.faults(given, false))),
    }
    let namespace_path = path.child("namespace");
    match (metadata.text("namespace"), namespaced) {
        ("", true) => errors.push(Error::required(namespace_path, "")),
        (namespace, true) => errors.extend(invalid(&namespace_path, namespace, name::dns_label(namespace))),
        ("", false) => {}
        (_, false) => errors.push(Error::forbidden(namespace_path, "not allowed on this type")),
    }
    let generation = metadata.generation();
    if generation < 0 {
        errors.push(Error::invalid(path.child("generation"), &generation.into(), "must be greater than or equal to 0"));
    }
    validate_common(metadata, path, &mut errors);
    validate_finalizers(metadata, &path.child("finalizers"), &mut errors);
    validate_managed_fields(metadata, &path.child("managedFields"), &mut errors);
    errors
}

/// Whether nothing is wrong with the metadata of a new object that has a name, as far as that can be seen by looking at each
/// member once. [`validate`] has the last word about what does not pass.
pub(crate) fn is_fine<'v>(metadata: View<'v>, namespaced: bool, lacks_namespace: bool, arena: &'v Arena) -> bool {
    let Some(members) = metadata.as_object() else { return false };
    let (mut has_name, mut has_namespace, mut fine) = (false, lacks_namespace || !namespaced, true);
    members.each(arena, &mut |name, value| {
        let passes = |check: fn(Members<'_>, &Path<'_>, &mut Errors)| {
            let mut errors = Errors::default();
            check(Members { view: metadata, arena }, &Path::ROOT, &mut errors);
            errors.is_empty()
        };
        fine = match (name, value) {
            ("name", View::Text(text)) => {
                has_name = true;
                name::dns_subdomain(text).is_empty()
            }
            ("namespace", View::Text(text)) => {
                has_namespace = true;
                namespaced && name::dns_label(text).is_empty()
            }
            ("generation", View::Int(generation)) => generation >= 0,
            ("labels", _) => passes(validate_labels),
            ("annotations", _) => passes(validate_annotations),
            ("ownerReferences", _) => passes(validate_owners),
            ("finalizers", _) => passes(validate_finalizers),
            ("managedFields", _) => passes(validate_managed_fields),
            ("name" | "namespace" | "generation" | "generateName", _) => false,
            _ => true,
        };
        if fine { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    fine && has_name && has_namespace
}

/// Checks metadata that replaces `old`. As in kube-apiserver, the names of finalizers are checked only when an object
/// is created.
pub fn validate_update<'v>(metadata: impl Into<View<'v>>, old: impl Into<View<'v>>, path: &Path<'_>) -> Errors {
    let (mut errors, arena) = (Errors::default(), Arena::new());
    let of = |view| Members { view, arena: &arena };
    let (metadata, old) = (of(metadata.into()), of(old.into()));
    if !old.text("deletionTimestamp").is_empty() {
        let old: Vec<&str> = old.texts("finalizers").collect();
        let mut added: Vec<String> =
            metadata.texts("finalizers").filter(|text| !old.contains(text)).map(|text| format!("{text:?}")).collect();
        added.sort();
        added.dedup();
        if !added.is_empty() {
            let detail = "no new finalizers can be added if the object is being deleted, found new finalizers";
            errors
                .push(Error::forbidden(path.child("finalizers"), format!("{detail} []string{{{}}}", added.join(", "))));
        }
    }
    if metadata.text("resourceVersion").is_empty() {
        errors.push(Error::invalid_text(path.child("resourceVersion"), "", "must be specified for an update"));
    }
    let generation = metadata.generation();
    if generation < old.generation() {
        errors.push(Error::invalid(path.child("generation"), &generation.into(), "must not be decremented"));
    }
    for name in ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"] {
        let same = match (metadata.get(name), old.get(name)) {
            (Some(value), Some(old)) => value.is_same(old, &arena),
            (value, old) => value.is_none() && old.is_none(),
        };
        if !same {
            let empty = if matches!(name, "name" | "namespace" | "uid") { View::Text("") } else { View::Null };
            let value = metadata.get(name).unwrap_or(empty).to_json();
            errors.push(Error::invalid(path.child(name), &value, "field is immutable"));
        }
    }
    validate_common(metadata, path, &mut errors);
    validate_managed_fields(metadata, &path.child("managedFields"), &mut errors);
    errors
}

impl NameRule {
    /// The faults of a name, or of a prefix (`generateName`) to which the server adds random characters.
    fn faults(self, text: &str, is_prefix: bool) -> Vec<String> {
        let check = match self {
            Self::PathSegment if is_prefix => {
                let found = ["/", "%"].into_iter().filter(|part| text.contains(part));
                return found.map(|part| format!("may not contain '{part}'")).collect();
            }
            Self::PathSegment => return name::path_segment(text),
            Self::DnsSubdomain => name::dns_subdomain,
            Self::DnsLabel => name::dns_label,
            Self::Dns1035Label => name::dns_1035_label,
        };
        if is_prefix { check(&name::as_prefix(text)) } else { check(text) }
    }
}

/// The checks of every write: labels, annotations and owners.
fn validate_common(metadata: Members<'_>, path: &Path<'_>, errors: &mut Errors) {
    validate_labels(metadata, &path.child("labels"), errors);
    validate_annotations(metadata, &path.child("annotations"), errors);
    validate_owners(metadata, &path.child("ownerReferences"), errors);
}

fn validate_labels(metadata: Members<'_>, path: &Path<'_>, errors: &mut Errors) {
    metadata.each_text("labels", &mut |key, value| {
        errors.extend(invalid(path, key, name::label_key(key)));
        errors.extend(invalid(path, value, name::label_value(value)));
    });
}

fn validate_annotations(metadata: Members<'_>, path: &Path<'_>, errors: &mut Errors) {
    let mut size = 0_usize;
    metadata.each_text("annotations", &mut |key, value| {
        let is_lowercase = key.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
        let lowercase = if is_lowercase { Cow::Borrowed(key) } else { Cow::Owned(key.to_lowercase()) };
        errors.extend(invalid(path, key, name::label_key(&lowercase)));
        size = size.saturating_add(key.len()).saturating_add(value.len());
    });
    if size > ANNOTATIONS_LIMIT {
        errors.push(Error::too_long(path, 256 * 1024));
    }
}

/// Checks the owner references. Like those of Kubernetes, the paths of these errors have no index.
fn validate_owners(metadata: Members<'_>, path: &Path<'_>, errors: &mut Errors) {
    let mut controller: Option<String> = None;
    let mut reported = 0;
    for owner in metadata.items("ownerReferences") {
        let api_version = owner.text("apiVersion");
        let version = match api_version.split_once('/') {
            None => api_version,
            Some((_, version)) if !version.contains('/') => version,
            Some(_) => "",
        };
        if version.is_empty() {
            errors.push(Error::invalid_text(path.child("apiVersion"), api_version, "version must not be empty"));
        }
        for name in ["kind", "name", "uid"].into_iter().filter(|name| owner.text(name).is_empty()) {
            errors.push(Error::invalid_text(path.child(name), "", "must not be empty"));
        }
        if api_version == "v1" && owner.text("kind") == "Event" {
            let detail = "/v1, Kind=Event is disallowed from being an owner";
            errors.push(Error::new(ErrorType::Invalid, path, print_owner(owner), detail));
        }
        if matches!(owner.get("controller"), Some(View::Bool(true))) {
            let current = format!("{}/{}", owner.text("kind"), owner.text("name"));
            match &controller {
                None => controller = Some(current),
                Some(_) if reported == MAX_CONTROLLER_ERRORS => {}
                Some(first) => {
                    reported += 1;
                    let detail = format!(
                        "Only one reference can have Controller set to true. Found \"true\" in references for {first} and {current}"
                    );
                    let printed = print_array(metadata.items("ownerReferences").map(print_owner));
                    errors.push(Error::new(ErrorType::Invalid, path, printed, detail));
                }
            }
        }
    }
}

/// An owner reference, printed as Go prints its struct.
fn print_owner(owner: Members<'_>) -> String {
    let texts = ["apiVersion", "kind", "name", "uid"].map(|name| (name, print_json(&owner.text(name).into())));
    let flag = |name| match owner.get(name) {
        Some(View::Bool(flag)) => Some((name, flag.to_string())),
        _ => None,
    };
    print_object(texts.into_iter().chain(["controller", "blockOwnerDeletion"].into_iter().filter_map(flag)))
}

fn validate_finalizers(metadata: Members<'_>, path: &Path<'_>, errors: &mut Errors) {
    const CONFLICT: [&str; 2] = ["orphan", "foregroundDeletion"];
    let finalizers: Vec<&str> = metadata.texts("finalizers").collect();
    for finalizer in &finalizers {
        errors.extend(invalid(path, finalizer, name::label_key(finalizer)));
    }
    if CONFLICT.iter().all(|finalizer| finalizers.contains(finalizer)) {
        let detail = format!("finalizer {} and {} cannot be both set", CONFLICT[0], CONFLICT[1]);
        let given = metadata.get("finalizers").unwrap_or(View::Null).to_json();
        errors.push(Error::invalid(path, &given, detail));
    }
}

fn validate_managed_fields(metadata: Members<'_>, path: &Path<'_>, errors: &mut Errors) {
    for (index, entry) in metadata.items("managedFields").enumerate() {
        let path = path.index(index);
        let operation = entry.text("operation");
        if !matches!(operation, "Apply" | "Update") {
            errors.push(Error::invalid_text(path.child("operation"), operation, "must be `Apply` or `Update`"));
        }
        let fields_type = entry.text("fieldsType");
        if !matches!(fields_type, "" | "FieldsV1") {
            errors.push(Error::invalid_text(path.child("fieldsType"), fields_type, "must be `FieldsV1`"));
        }
        let manager = entry.text("manager");
        if manager.chars().count() > MANAGER_LIMIT {
            errors.push(Error::too_long(path.child("manager"), 128));
        }
        if let Some(c) = manager.chars().find(|c| !is_printable(*c)) {
            let detail = format!("should not contain non-printable characters: {}", print_json(&c.to_string().into()));
            errors.push(Error::invalid_text(path.child("manager"), manager, detail));
        }
        if entry.text("subresource").len() > SUBRESOURCE_LIMIT {
            errors.push(Error::too_long(path.child("subresource"), 256));
        }
    }
}

fn invalid(path: &Path<'_>, text: &str, faults: Vec<String>) -> Vec<Error> {
    faults.into_iter().map(|fault| Error::invalid_text(path, text, fault)).collect()
}

/// Metadata, or an object in it. What is not there, or of another type, is empty.
#[derive(Clone, Copy)]
struct Members<'v> {
    view: View<'v>,
    arena: &'v Arena,
}

impl<'v> Members<'v> {
    fn get(self, name: &str) -> Option<View<'v>> {
        self.view.get(name, self.arena)
    }

    fn text(self, name: &str) -> &'v str {
        self.get(name).and_then(View::as_text).unwrap_or_default()
    }

    fn generation(self) -> i64 {
        if let Some(View::Int(generation)) = self.get("generation") { generation } else { 0 }
    }

    fn items(self, name: &str) -> impl Iterator<Item = Self> {
        let list = self.get(name).unwrap_or(View::Null);
        list.items(self.arena).map(move |view| Self { view, ..self })
    }

    fn texts(self, name: &str) -> impl Iterator<Item = &'v str> {
        self.items(name).filter_map(|item| item.view.as_text())
    }

    fn each_text(self, name: &str, take: &mut dyn FnMut(&'v str, &'v str)) {
        let Some(members) = self.get(name).and_then(View::as_object) else { return };
        members.each(self.arena, &mut |key, value| {
            take(key, value.as_text().unwrap_or_default());
            ControlFlow::Continue(())
        });
    }
}
