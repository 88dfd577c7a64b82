//! Whether kube-apiserver would accept a CRD.
//!
//! [`check`] judges a CRD that is created or replaces an old one, and gives the errors that refuse it, in the server's words and
//! under its paths. CEL rules must compile, must not be able to cost too much, and hold for defaults.
//!
//! ```
//! use crdgen_schema::{acceptance::{self, Rejection}, strategy::Operation};
//! use serde_json::json;
//!
//! let old = json!({
//!     "apiVersion": "apiextensions.k8s.io/v1",
//!     "kind": "CustomResourceDefinition",
//!     "metadata": {"name": "dogs.example.com", "resourceVersion": "1"},
//!     "spec": {
//!         "group": "example.com",
//!         "scope": "Cluster",
//!         "names": {"kind": "Dog", "plural": "dogs"},
//!         "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object"}}}],
//!     },
//! });
//! assert_eq!(acceptance::check(&old, Operation::Create), Ok(()));
//!
//! let mut new = old.clone();
//! new["spec"]["versions"][0]["name"] = json!("v2");
//! let Err(Rejection::Invalid(errors)) = acceptance::check(&new, Operation::Update { old: &old }) else { panic!() };
//! assert_eq!(errors.iter().next().unwrap().field, "status.storedVersions[0]", "objects may be stored as v1");
//! ```
//!
//! Source: `apiextensions-apiserver/pkg/apis/apiextensions/validation`, `pkg/apiserver/schema`.

mod approval;
mod ca_bundle;
mod conversion;
mod custom_resource_definition;
mod default_value;
mod go_versions;
mod immutable;
mod keyword;
mod large_pattern;
mod list_map;
mod names;
mod raw_schema;
mod refusal;
mod requirements;
mod rule;
mod selectable_fields;
mod specification;
mod stored_crd;
mod stored_versions;
mod structural;
#[cfg(test)]
mod tests;
mod version;

use serde_json::{Value, json};

use raw_schema::RawSchema;
use requirements::Requirements;
use stored_crd::StoredCrd;
use version::VersionSchema;

pub use refusal::refusals;
pub use requirements::SchemaRequirements;

use crate::{
    definition::{Definition, Version},
    diagnostic::Position,
    field::{Error, Errors, Path},
    go,
    metadata::{self, NameRule},
    node::{Node, TooDeep},
    strategy::Operation,
};

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

impl From<TooDeep> for Rejection {
    fn from(error: TooDeep) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// Checks a CRD that is created, or replaces an old one.
///
/// The status of a new CRD does not count, nor does that of an update: the server keeps the old one and adds the storage version
/// to `status.storedVersions`. An update of the status keeps the old spec. As for objects, what depends on storage is left to the
/// caller: an update needs the `resourceVersion` and the other metadata that the server sets. The old CRD is not judged; what it
/// did not satisfy is not demanded of the new one either.
///
/// # Errors
///
/// Why the server would refuse it.
pub fn check(document: &Value, operation: Operation<&Value>) -> Result<(), Rejection> {
    let document = Node::from_value(document)?;
    let old = operation.old().map(Node::from_value).transpose()?;
    let operation = match &old {
        None => Operation::Create,
        Some(old) => operation.map(|_| old),
    };
    examine(&document, None, operation).map_err(|refusal| match refusal {
        Refusal::Malformed(mismatch) => Rejection::Malformed(mismatch.text),
        Refusal::Invalid(errors) => Rejection::Invalid(errors),
    })?;
    if matches!(operation, Operation::Status { .. }) {
        return Ok(());
    }
    check_patterns(&document["spec"]["versions"]).into_result().map_err(Rejection::Invalid)
}

/// Checks a schema by itself, as if all versions of a CRD had it; paths start at `spec.validation.openAPIV3Schema`. `has_status`
/// says whether the status is a subresource, which restricts the root.
///
/// # Errors
///
/// Why the server would refuse it.
pub fn check_schema(schema: &Value, has_status: bool, required: SchemaRequirements) -> Result<(), Rejection> {
    let schema = Node::from_value(schema)?;
    go::check_node(&schema, &custom_resource_definition::SCHEMA)
        .map_err(|refused| Rejection::Malformed(refused.text))?;
    let mut errors = Errors::default();
    let (schema, path) = (VersionSchema { posted: &schema, decoded: None }, Path::ROOT.child("spec"));
    version::check_schema(schema, has_status, required, &path.child("validation"), &mut errors);
    errors.into_result().map_err(Rejection::Invalid)
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
fn examine(
    document: &Node<'_>,
    definition: Option<&Definition>,
    operation: Operation<&Node<'_>>,
) -> Result<(), Refusal> {
    go::check_node(document, &custom_resource_definition::CUSTOM_RESOURCE_DEFINITION)
        .map_err(|refused| Refusal::Malformed(Mismatch::at(refused.value, refused.text)))?;
    let text = |name: &str| document[name].as_str().unwrap_or_default();
    if text("apiVersion") != "apiextensions.k8s.io/v1" || text("kind") != "CustomResourceDefinition" {
        let (version, kind) = (text("apiVersion"), text("kind"));
        let told = format!("not an apiextensions.k8s.io/v1 CustomResourceDefinition: {version} {kind}");
        return Err(Refusal::Malformed(Mismatch::at(document, told)));
    }
    let metadata = metadata_of(document)?;
    let decoded = definition.map_or(&[][..], |definition| &definition.versions);
    let errors = match operation {
        Operation::Create => check_creation(&document["spec"], &metadata, decoded),
        Operation::Update { old } => check_update(document, &metadata, old, &metadata_of(old)?),
        Operation::Status { old } => check_status(&document["status"], &metadata, &metadata_of(old)?),
    };
    errors.into_result().map_err(Refusal::Invalid)
}

fn check_creation(spec: &Node<'_>, metadata: &Value, decoded: &[Version]) -> Errors {
    let mut errors = check_metadata(metadata, spec);
    errors.extend(specification::check(spec, decoded, &Requirements::of_creation()));
    let stored = stored_versions::after_write(Vec::new(), spec);
    errors.extend(stored_versions::check(&stored, spec["versions"].items()));
    errors.extend(approval::check(group_of(spec), metadata, None));
    errors.extend(check_unknown_fields(spec));
    errors
}

fn check_update(document: &Node<'_>, metadata: &Value, old: &Node<'_>, old_metadata: &Value) -> Errors {
    let (spec, old) = (&document["spec"], StoredCrd::new(old));
    let mut errors = metadata::validate_update(metadata, old_metadata, &Path::ROOT.child("metadata"));
    errors.extend(specification::check(spec, &[], &Requirements::of_update(document, old)));
    errors.extend(immutable::check(spec, old));
    names::check_accepted(old.accepted_names(), &Path::ROOT.child("status").child("acceptedNames"), &mut errors);
    let stored = stored_versions::after_write(old.stored_versions(), spec);
    errors.extend(stored_versions::check(&stored, spec["versions"].items()));
    errors.extend(approval::check(group_of(spec), metadata, Some(old_metadata)));
    if !old.keeps_unknown_fields() {
        errors.extend(check_unknown_fields(spec));
    }
    errors
}

fn check_status(status: &Node<'_>, metadata: &Value, old_metadata: &Value) -> Errors {
    let mut errors = metadata::validate_update(metadata, old_metadata, &Path::ROOT.child("metadata"));
    names::check_accepted(&status["acceptedNames"], &Path::ROOT.child("status").child("acceptedNames"), &mut errors);
    errors
}

fn group_of<'n>(spec: &'n Node<'_>) -> &'n str {
    spec["group"].as_str().unwrap_or_default()
}

/// A CRD cannot begin to keep unknown fields.
fn check_unknown_fields(spec: &Node<'_>) -> Option<Error> {
    let detail =
        "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead";
    let keeps = spec["preserveUnknownFields"].as_bool() == Some(true);
    keeps.then(|| Error::invalid("spec.preserveUnknownFields", &Value::Bool(true), detail))
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
        // The server counts, whatever the request says.
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
