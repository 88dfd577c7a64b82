//! A CustomResourceDefinition as read: names, scope, versions and their schemas.
//!
//! In: one CRD document (YAML node or JSON value). Out: [`Definition`]. It does not judge what kube-apiserver would refuse,
//! only what cannot be understood.
mod cursor;
mod decode;
mod json_schema_props;
#[cfg(feature = "yaml")]
mod load;
#[cfg(all(test, feature = "yaml"))]
mod tests;
#[cfg(feature = "yaml")]
mod unquoted;

use serde_json::{Deserializer, Value};

use cursor::Report;

use crate::{
    diagnostic::{Diagnostic, Diagnostics, Position},
    node::Node,
    schema::Schema,
};

pub(crate) use json_schema_props::is_known as is_keyword;
#[cfg(feature = "yaml")]
pub use load::{Loaded, check_unique, load, read_documents};

/// One CustomResourceDefinition, `apiextensions.k8s.io/v1`.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// Where it was read from.
    pub source: Source,
    /// `metadata.name`.
    pub name: String,
    /// `spec.group`.
    pub group: String,
    /// `spec.names`.
    pub names: Names,
    /// `spec.scope`.
    pub scope: Scope,
    /// `spec.preserveUnknownFields` (legacy; `true` switches pruning off).
    pub preserve_unknown_fields: bool,
    /// `spec.versions`, in source order, at least one.
    pub versions: Vec<Version>,
    /// The whole document, nothing left out, as pretty-printed JSON text in source order, ending in a newline.
    pub json: String,
}

/// Where a document came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// The file as it was named (slashes on every system), or `<stdin>`; empty if it was not read from text.
    pub file: String,
    /// Where the document starts in it.
    pub position: Option<Position>,
}

/// `spec.names`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// `kind`.
    pub kind: String,
    /// `listKind`, defaulted to `<kind>List`.
    pub list_kind: String,
    /// `plural`.
    pub plural: String,
    /// `singular`, defaulted to the lowercased kind.
    pub singular: String,
    /// `shortNames`.
    pub short_names: Vec<String>,
    /// `categories`.
    pub categories: Vec<String>,
}

/// `spec.scope`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Cluster
    Cluster,
    /// Namespaced
    Namespaced,
}

/// One entry of `spec.versions`.
// The flags are those of the API's type.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// Where the entry starts in its source, if it was read from text.
    pub at: Option<Position>,
    /// `name`.
    pub name: String,
    /// `served`.
    pub served: bool,
    /// `storage`.
    pub storage: bool,
    /// `deprecated`.
    pub deprecated: bool,
    /// `deprecationWarning`.
    pub deprecation_warning: Option<String>,
    /// `schema.openAPIV3Schema`.
    pub schema: Schema,
    /// `subresources.status` is there.
    pub status_subresource: bool,
    /// `subresources.scale`.
    pub scale: Option<Scale>,
    /// `additionalPrinterColumns`.
    pub printer_columns: Vec<PrinterColumn>,
    /// `selectableFields`: their JSON paths.
    pub selectable_fields: Vec<String>,
}

/// `subresources.scale`: JSON paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scale {
    /// `specReplicasPath`.
    pub spec_replicas_path: String,
    /// `statusReplicasPath`.
    pub status_replicas_path: String,
    /// `labelSelectorPath`.
    pub label_selector_path: Option<String>,
}

/// One entry of `additionalPrinterColumns`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrinterColumn {
    /// Where the entry starts in its source, if it was read from text.
    pub at: Option<Position>,
    /// `name`.
    pub name: String,
    /// `type`: integer, number, string, boolean or date.
    pub kind: String,
    /// `format`.
    pub format: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `priority`: 0 is always shown, others with `-o wide`.
    pub priority: i64,
    /// `jsonPath`.
    pub json_path: String,
}

impl Definition {
    /// The definition that a JSON value stands for, a posted CRD for instance. Warnings are left out.
    pub fn from_value(document: &Value) -> Result<Self, Diagnostics> {
        let node = Node::from_value(document).map_err(|error| Diagnostics(vec![Diagnostic::from(error)]))?;
        let (definition, diagnostics) = decode::decode(Report::new(""), &node);
        definition.ok_or(diagnostics)
    }

    /// The whole document as a JSON value, read from [`Definition::json`]; null if that was replaced by what is not JSON.
    pub fn document(&self) -> Value {
        let mut reader = Deserializer::from_str(&self.json);
        // A document nests no deeper than a node, which is deeper than serde_json reads by default.
        reader.disable_recursion_limit();
        reader.into_iter().next().and_then(Result::ok).unwrap_or_default()
    }
}
