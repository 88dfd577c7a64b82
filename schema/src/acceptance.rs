//! Whether kube-apiserver would accept a CRD.
//!
//! In: a CRD document as it is posted. Out: the errors that refuse it, in the server's words and under its paths. CEL rules are
//! checked for their shape only: they are neither compiled, nor is their cost estimated, nor are defaults checked against them.
//! Source: `apiextensions-apiserver/pkg/apis/apiextensions/validation`, `pkg/apiserver/schema`.

mod conversion;
mod default_value;
mod field_path;
mod internal;
mod keyword;
mod list_map;
mod names;
mod raw_schema;
mod rule;
mod shape;
mod specification;
mod structural;
#[cfg(test)]
mod tests;
mod version;

use serde_json::Value;

use crate::{
    field::{Error, Errors, Path},
    metadata::{self, NameRule},
};

/// Why a CRD is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Rejection {
    /// It is no v1 CRD, or a member of it has the wrong type (400).
    #[error("{0}")]
    Malformed(String),
    /// It breaks rules (422).
    #[error("{0}")]
    Invalid(Errors),
}

/// Checks a CRD that is to be created.
pub fn check(document: &Value) -> Result<(), Rejection> {
    shape::check(document).map_err(Rejection::Malformed)?;
    let text = |name: &str| document[name].as_str().unwrap_or_default();
    if text("apiVersion") != "apiextensions.k8s.io/v1" || text("kind") != "CustomResourceDefinition" {
        let (version, kind) = (text("apiVersion"), text("kind"));
        let told = format!("not an apiextensions.k8s.io/v1 CustomResourceDefinition: {version} {kind}");
        return Err(Rejection::Malformed(told));
    }
    let mut coerced = document.clone();
    metadata::coerce(&mut coerced).map_err(Rejection::Malformed)?;
    if let Some(metadata) = coerced["metadata"].as_object_mut() {
        // The server starts the count, whatever the request says.
        metadata.remove("generation");
    }
    let mut errors = check_metadata(&coerced);
    errors.extend(specification::check(&coerced["spec"]));
    errors.extend(check_stored_versions(&coerced["spec"]));
    errors.extend(check_approval(&coerced));
    if coerced["spec"]["preserveUnknownFields"] == true {
        let detail =
            "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
        errors.push(Error::invalid("spec.preserveUnknownFields", &Value::Bool(true), detail));
    }
    errors.into_result().map_err(Rejection::Invalid)
}

fn check_metadata(document: &Value) -> Errors {
    let path = Path::ROOT.child("metadata");
    let mut errors = metadata::validate(&document["metadata"], false, NameRule::DnsSubdomain, &path);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let spec = &document["spec"];
    let required = format!("{}.{}", text(&spec["names"]["plural"]), text(&spec["group"]));
    for member in ["name", "generateName"] {
        let name = text(&document["metadata"][member]);
        if !name.is_empty() && name != required {
            errors.push(Error::invalid_text(path.child(member), &name, "must be spec.names.plural+\".\"+spec.group"));
        }
    }
    errors
}

/// The server records the first storage version, and wants every one recorded.
fn check_stored_versions(spec: &Value) -> Errors {
    let path = "status.storedVersions";
    let versions = spec["versions"].as_array().into_iter().flatten();
    let versions: Vec<(&str, bool)> =
        versions.map(|version| (version["name"].as_str().unwrap_or_default(), version["storage"] == true)).collect();
    let Some((first, _)) = versions.iter().find(|(_, storage)| *storage) else {
        return Errors(vec![Error::invalid(path, &Value::Null, "must have at least one stored version")]);
    };
    let mut errors = Errors::default();
    let mut found = false;
    for (name, storage) in &versions {
        // A name that is there twice is found once.
        let recorded = name == first && !found;
        found |= recorded;
        if *storage && !recorded {
            let stored = Value::from(vec![*first]);
            errors.push(Error::invalid(path, &stored, format!("must have the storage version {name}")));
        }
    }
    errors
}

/// Kubernetes' own groups need an approval.
fn check_approval(document: &Value) -> Option<Error> {
    const ANNOTATION: &str = "api-approved.kubernetes.io";
    const SEE: &str = "see https://github.com/kubernetes/enhancements/pull/1111";
    let group = document["spec"]["group"].as_str().unwrap_or_default();
    let protected = ["k8s.io", "kubernetes.io"]
        .iter()
        .any(|domain| group.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    if !protected {
        return None;
    }
    let (metadata, start) = (Path::ROOT.child("metadata"), "protected groups must have approval annotation");
    let annotations = metadata.child("annotations");
    let path = annotations.key(ANNOTATION);
    match document["metadata"]["annotations"][ANNOTATION].as_str().unwrap_or_default() {
        "" => Some(Error::required(path, format!("{start} \"{ANNOTATION}\", {SEE}"))),
        given if given.starts_with("unapproved") || is_url_with_host(given) => None,
        given => {
            let either = "with either a URL or a reason starting with \"unapproved\"";
            Some(Error::invalid_text(path, given, format!("{start} \"{ANNOTATION}\" {either}, {SEE}")))
        }
    }
}

fn is_url_with_host(text: &str) -> bool {
    let host = text.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
    !host.is_empty() && crate::format::Format::Uri.matches(text)
}
