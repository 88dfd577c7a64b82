//! Whether kube-apiserver would accept a CRD.
//!
//! In: a CRD document as it is posted. Out: the errors that refuse it, in the server's words and under its paths; CEL
//! rules must compile, must not be able to cost too much, and hold for defaults.
//! Source: `apiextensions-apiserver/pkg/apis/apiextensions/validation`, `pkg/apiserver/schema`.

mod conversion;
mod custom_resource_definition;
mod default_value;
mod go_versions;
mod keyword;
mod large_pattern;
mod list_map;
mod names;
mod raw_schema;
mod refusal;
mod rule;
mod specification;
mod structural;
#[cfg(test)]
mod tests;
mod version;

use serde_json::{Value, json};

use raw_schema::RawSchema;

pub use refusal::refusals;

use crate::{
    definition::Definition,
    diagnostic::Position,
    field::{Error, Errors, Path},
    go,
    metadata::{self, NameRule},
    node::Node,
};

const STORED_VERSIONS: &str = "status.storedVersions";

/// Why a CRD is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Rejection {
    /// It is not a v1 CRD, or a member of it has the wrong type (400).
    #[error("{0}")]
    Malformed(String),
    /// It breaks rules (422).
    #[error("{0}")]
    Invalid(Errors),
}

/// What refuses a CRD, with a place if it has no path.
enum Refusal {
    Malformed(Mismatch),
    Invalid(Errors),
}

/// Why a document is malformed, and where.
struct Mismatch {
    text: String,
    position: Option<Position>,
}

impl Mismatch {
    fn at(node: &Node<'_>, text: impl Into<String>) -> Self {
        Self { text: text.into(), position: node.position }
    }
}

/// Checks a CRD that is to be created.
pub fn check(document: &Value) -> Result<(), Rejection> {
    let document = Node::from_value(document).map_err(|error| Rejection::Malformed(error.to_string()))?;
    examine(&document, None).map_err(|refusal| match refusal {
        Refusal::Malformed(mismatch) => Rejection::Malformed(mismatch.text),
        Refusal::Invalid(errors) => Rejection::Invalid(errors),
    })?;
    check_patterns(&document["spec"]["versions"]).into_result().map_err(Rejection::Invalid)
}

/// Patterns must not only be right: whoever takes the CRD enforces them.
fn check_patterns(versions: &Node<'_>) -> Errors {
    let mut errors = Errors::default();
    let path = Path::ROOT.child("spec");
    for (index, version) in versions.items().iter().enumerate() {
        let schema = RawSchema::new(&version["schema"]["openAPIV3Schema"]);
        let path = path.child("versions");
        large_pattern::check(schema, &path.index(index).child("schema").child("openAPIV3Schema"), &mut errors);
    }
    errors
}

/// Checks a document that may be decoded already.
fn examine(document: &Node<'_>, definition: Option<&Definition>) -> Result<(), Refusal> {
    go::check_node(document, &custom_resource_definition::CUSTOM_RESOURCE_DEFINITION)
        .map_err(|refused| Refusal::Malformed(Mismatch::at(refused.value, refused.text)))?;
    let text = |name: &str| document[name].as_str().unwrap_or_default();
    if text("apiVersion") != "apiextensions.k8s.io/v1" || text("kind") != "CustomResourceDefinition" {
        let (version, kind) = (text("apiVersion"), text("kind"));
        let told = format!("not an apiextensions.k8s.io/v1 CustomResourceDefinition: {version} {kind}");
        return Err(Refusal::Malformed(Mismatch::at(document, told)));
    }
    let (metadata, spec) = (metadata_of(document)?, &document["spec"]);
    let mut errors = check_metadata(&metadata, spec);
    errors.extend(specification::check(spec, definition.map_or(&[], |definition| &definition.versions)));
    errors.extend(check_stored_versions(spec));
    errors.extend(check_approval(&metadata, spec));
    if spec["preserveUnknownFields"].as_bool() == Some(true) {
        let detail =
            "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
        errors.push(Error::invalid("spec.preserveUnknownFields", &Value::Bool(true), detail));
    }
    errors.into_result().map_err(Refusal::Invalid)
}

/// The metadata as the server decodes it.
fn metadata_of(document: &Node<'_>) -> Result<Value, Refusal> {
    let metadata = &document["metadata"];
    let mut object = json!({});
    if let Some(metadata) = document.get("metadata") {
        object["metadata"] = metadata.to_value();
    }
    metadata::coerce(&mut object).map_err(|text| Refusal::Malformed(Mismatch::at(metadata, text)))?;
    let mut metadata = object["metadata"].take();
    if let Some(members) = metadata.as_object_mut() {
        // The server starts the count, whatever the request says.
        members.remove("generation");
    }
    Ok(metadata)
}

fn check_metadata(metadata: &Value, spec: &Node<'_>) -> Errors {
    let path = Path::ROOT.child("metadata");
    let mut errors = metadata::validate(metadata, false, NameRule::DnsSubdomain, &path);
    let text = |node: &Node<'_>| node.as_str().unwrap_or_default().to_owned();
    let required = format!("{}.{}", text(&spec["names"]["plural"]), text(&spec["group"]));
    for member in ["name", "generateName"] {
        let name = metadata[member].as_str().unwrap_or_default();
        if !name.is_empty() && name != required {
            errors.push(Error::invalid_text(path.child(member), name, "must be spec.names.plural+\".\"+spec.group"));
        }
    }
    errors
}

/// The server records the first storage version, and wants every one recorded.
fn check_stored_versions(spec: &Node<'_>) -> Errors {
    let path = STORED_VERSIONS;
    let versions = spec["versions"].items().iter();
    let versions: Vec<(&str, bool)> = versions
        .map(|version| (version["name"].as_str().unwrap_or_default(), version["storage"].as_bool() == Some(true)))
        .collect();
    let Some((first, _)) = versions.iter().find(|(_, storage)| *storage) else {
        return Errors(vec![Error::invalid(path, &Value::Null, "must have at least one stored version")]);
    };
    let mut errors = Errors::default();
    let mut found = false;
    for (name, storage) in &versions {
        // The second of two versions of one name is not recorded.
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
fn check_approval(metadata: &Value, spec: &Node<'_>) -> Option<Error> {
    const ANNOTATION: &str = "api-approved.kubernetes.io";
    const SEE: &str = "see https://github.com/kubernetes/enhancements/pull/1111";
    let group = spec["group"].as_str().unwrap_or_default();
    let protected = ["k8s.io", "kubernetes.io"]
        .iter()
        .any(|domain| group.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    if !protected {
        return None;
    }
    let (parent, start) = (Path::ROOT.child("metadata"), "protected groups must have approval annotation");
    let annotations = parent.child("annotations");
    let path = annotations.key(ANNOTATION);
    match metadata["annotations"][ANNOTATION].as_str().unwrap_or_default() {
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
