//! The query of creations, updates and patches: `metav1.CreateOptions` and its siblings.
//!
//! In: a query. Out: [`WriteOptions`], or the `Status` that kube-apiserver refuses them with.
//! Source: `k8s.io/apimachinery/pkg/apis/meta/v1/validation`.

use crdgen_schema::field;
use serde_json::{Value, json};

use super::Request;
use super::delete_options::DeleteOptions;
use crate::status::{Result, Status};

/// The options of a write.
#[derive(Clone, Debug)]
pub(crate) struct WriteOptions {
    /// `dryRun=All`: everything is done except storing the object.
    pub(crate) dry_run: bool,
    /// The name of the writer in `managedFields`.
    pub(crate) manager: String,
    /// What to do about unknown and duplicate fields.
    pub(crate) field_validation: FieldValidation,
}

/// `fieldValidation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FieldValidation {
    /// Fields are dropped silently.
    Ignore,
    /// Fields are dropped with a `Warning` header; the default.
    Warn,
    /// The request is refused.
    Strict,
}

impl WriteOptions {
    /// Reads and checks the query of a request; `kind` is `CreateOptions`, `UpdateOptions` or `PatchOptions`.
    pub(crate) fn parse(request: &Request, kind: &str) -> Result<Self> {
        let query = &request.query;
        let mut errors = Vec::new();
        let force = query.flag("force");
        let dry_run = query.all("dryRun");
        let manager = query.text("fieldManager");
        let validation = query.text("fieldValidation");
        if kind == "PatchOptions" && request.content_type().as_deref() != Some("application/apply-patch+yaml") {
            if force.is_some() {
                errors.push(field::Error::forbidden("force", "may not be specified for non-apply patch"));
            }
        } else if kind == "PatchOptions" && manager.is_empty() {
            errors.push(field::Error::required("fieldManager", "is required for apply patch"));
        }
        errors.extend(manager_errors(manager));
        errors.extend(dry_run_errors(&dry_run));
        let field_validation = match validation {
            "Ignore" => FieldValidation::Ignore,
            "Strict" => FieldValidation::Strict,
            "" | "Warn" => FieldValidation::Warn,
            other => {
                let value = Value::String(other.to_owned());
                errors.push(field::Error::not_supported("fieldValidation", &value, &["", "Ignore", "Strict", "Warn"]));
                FieldValidation::Warn
            }
        };
        if !errors.is_empty() {
            return Err(Status::invalid_options(kind, &errors));
        }
        Ok(Self {
            dry_run: !dry_run.is_empty(),
            manager: if manager.is_empty() { request.default_manager() } else { manager.to_owned() },
            field_validation,
        })
    }
}

impl WriteOptions {
    /// The options of a deletion, as far as it has any.
    pub(crate) fn of_deletion(options: &DeleteOptions) -> Self {
        Self { dry_run: options.dry_run, ..Self::by("") }
    }

    /// The options of a write that a part of the server makes itself.
    pub(crate) fn by(manager: &str) -> Self {
        Self { dry_run: false, manager: manager.to_owned(), field_validation: FieldValidation::Ignore }
    }
}

/// `ValidateDryRun`.
pub(crate) fn dry_run_errors(values: &[String]) -> Option<field::Error> {
    let unknown = values.iter().any(|value| value != "All");
    unknown.then(|| field::Error::not_supported("dryRun", &json!(values), &["All"]))
}

/// `ValidateFieldManager`.
fn manager_errors(manager: &str) -> Vec<field::Error> {
    let mut errors = Vec::new();
    if manager.len() > 128 {
        errors.push(field::Error::too_long("fieldManager", 128));
    }
    for (index, character) in manager.char_indices() {
        if character.is_control() {
            let why = format!("invalid character {character:?} (at position {index})");
            errors.push(field::Error::invalid_text("fieldManager", manager, why));
        }
    }
    errors
}
