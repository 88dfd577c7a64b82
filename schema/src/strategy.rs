//! What the API server does with a custom resource before it stores it: pruning, defaulting and validation, in its
//! order.
//!
//! A [`Strategy`] is made for one version of a CRD. For each write, first [`decode`](Strategy::decode) the object, then
//! [`prepare`](Strategy::prepare) it for the [`Operation`], then [`check`](Strategy::check) it. What depends on the request
//! or on storage is left to the caller: generated names, and fields such as the uid and the resource version. [`registry`]
//! has that part for callers that store nothing.
//!
//! ```
//! use crdgen_schema::{definition::Definition, strategy::{Operation, Strategy}};
//! use serde_json::json;
//!
//! let crd = json!({
//!     "apiVersion": "apiextensions.k8s.io/v1",
//!     "kind": "CustomResourceDefinition",
//!     "metadata": {"name": "dogs.example.com"},
//!     "spec": {
//!         "group": "example.com",
//!         "scope": "Cluster",
//!         "names": {"kind": "Dog", "plural": "dogs"},
//!         "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
//!             "type": "object",
//!             "properties": {"legs": {"type": "integer", "default": 4, "maximum": 4}},
//!         }}}],
//!     },
//! });
//! let strategy = Strategy::new(&Definition::from_value(&crd).unwrap(), "v1").unwrap();
//!
//! let mut dog = json!({"apiVersion": "example.com/v1", "kind": "Dog", "metadata": {"name": "rex"}, "tails": 1});
//! assert_eq!(strategy.decode(&mut dog).unwrap(), ["tails"], "an unknown field is dropped");
//! assert_eq!(dog["legs"], 4);
//! assert!(strategy.check(&dog, Operation::Create).is_empty());
//! dog["legs"] = json!(5);
//! assert!(!strategy.check(&dog, Operation::Create).is_empty());
//! ```
//!
//! Source: `apiextensions-apiserver/pkg/registry/customresource`.

mod operation;
mod overlay;
mod prepare;
pub mod registry;
mod request;
mod scale;
#[cfg(test)]
mod tests;

use std::{
    ops::ControlFlow,
    sync::{Arc, OnceLock},
};

use serde_json::Value;

use crate::{
    defaulting::{self, Defaults},
    definition::{Definition, Scale, Scope},
    field::{Error, ErrorType, Errors, Path},
    go::{self, Struct, Type, print_json},
    list_type,
    metadata::{self, NameRule},
    pruning,
    rule::{self, Rules},
    schema::Schema,
    validation::{self, Plan, Subject},
    view::{Arena, View},
};

pub use crdgen_cel::SpareArena;
pub use operation::Operation;

/// Decodes, prepares and validates the objects of one version of a CRD.
#[allow(clippy::struct_excessive_bools, reason = "four independent facts about a version")]
#[derive(Clone, Debug)]
pub struct Strategy {
    group: String,
    api_version: String,
    kind: String,
    namespaced: bool,
    prunes: bool,
    schema: Schema,
    has_rules: bool,
    has_embedded: bool,
    /// Compiled when they are needed for the first time.
    rules: OnceLock<Arc<Rules>>,
    /// Made when they are needed for the first time.
    defaults: OnceLock<Option<Arc<Defaults>>>,
    /// Made when it is needed for the first time.
    plan: OnceLock<Arc<Plan>>,
    status_subresource: bool,
    scale: Option<Scale>,
}

/// The object cannot be decoded. The server answers with 400 and this text, before it validates anything.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(pub String);

/// What the server reads first of an object, in a struct without a name.
static TYPE_META: Struct = Struct::new("v1", "", &[go::field("apiVersion", Type::Text), go::field("kind", Type::Text)]);

fn has_embedded(schema: &Schema) -> bool {
    schema.embedded_resource || schema.children().any(has_embedded)
}

/// The kind of an object: what the server looks for before anything else.
///
/// # Errors
///
/// The object has none, or a `kind` or `apiVersion` that is not a text.
pub fn kind_of(object: &Value) -> Result<&str, DecodeError> {
    if object.is_object() {
        go::check(object, &TYPE_META)
            .map_err(|error| DecodeError(format!("couldn't get version/kind; json parse error: {error}")))?;
    }
    match object.get("kind").and_then(Value::as_str) {
        None | Some("") => Err(DecodeError(format!("Object 'Kind' is missing in '{}'", print_json(object)))),
        Some(kind) => Ok(kind),
    }
}

impl Strategy {
    /// The strategy for a version; `None` if the definition does not have it.
    pub fn new(definition: &Definition, version: &str) -> Option<Self> {
        let version = definition.versions.iter().find(|candidate| candidate.name == version)?;
        let mut schema = version.schema.clone();
        defaulting::prune_defaults(&mut schema);
        Some(Self {
            group: definition.group.clone(),
            api_version: format!("{}/{}", definition.group, version.name),
            kind: definition.names.kind.clone(),
            namespaced: definition.scope == Scope::Namespaced,
            prunes: !definition.preserve_unknown_fields,
            has_rules: rule::has_rules(&schema),
            has_embedded: has_embedded(&schema),
            rules: OnceLock::new(),
            defaults: OnceLock::new(),
            plan: OnceLock::new(),
            schema,
            status_subresource: version.status_subresource,
            scale: version.scale.clone(),
        })
    }

    /// The schema of the version. Unknown fields in its defaults have been pruned.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The paths of the version's scale, if it has one.
    pub fn scale(&self) -> Option<&Scale> {
        self.scale.as_ref()
    }

    /// Decodes an object: prunes it, drops nulls, coerces its metadata, and fills in defaults. Returns the paths of
    /// unknown fields; with `fieldValidation=Strict` the server refuses the object if there are any.
    pub fn decode(&self, object: &mut Value) -> Result<Vec<String>, DecodeError> {
        let unknown = self.prune(object)?;
        self.apply_defaults(object);
        Ok(unknown)
    }

    /// The first half of [`Strategy::decode`]: everything except defaults.
    pub fn prune(&self, object: &mut Value) -> Result<Vec<String>, DecodeError> {
        kind_of(object)?;
        match object.get("apiVersion") {
            Some(Value::Null) => {
                return Err(DecodeError(go::accessor_error(".apiVersion", &Value::Null, "string")));
            }
            Some(Value::String(text)) if text.matches('/').count() > 1 => {
                return Err(DecodeError(format!("unexpected GroupVersion string: {text}")));
            }
            _ => {}
        }
        let mut unknown = metadata::coerce(object).map_err(DecodeError)?;
        if self.is_ours(object) {
            if self.prunes {
                unknown.extend(pruning::prune_with_nulls(object, &self.schema));
            }
            if self.has_embedded {
                let embedded = metadata::coerce_embedded(object, &self.schema);
                unknown.extend(embedded.map_err(|error| DecodeError(error.to_string()))?);
            }
        }
        Ok(unknown)
    }

    /// The second half of [`Strategy::decode`]: fills in defaults.
    pub fn apply_defaults(&self, object: &mut Value) {
        if let (true, Some(defaults)) = (self.is_ours(object), self.defaults()) {
            defaults.apply(object);
        }
    }

    /// Sets the fields that a request cannot choose. A new object has no status if that is a subresource, and its generation
    /// is 1. An update keeps the old status if it is a subresource, and increments the generation if anything except metadata
    /// has changed. An update of the status takes everything else from the old object; only the managed fields stay the
    /// object's own, because they record who wrote the status.
    pub fn prepare(&self, object: &mut Value, operation: Operation<&Value>) {
        match operation {
            Operation::Create => prepare::create(object, self.status_subresource),
            Operation::Update { old } => prepare::update(object, old, self.status_subresource),
            Operation::Status { old } => prepare::status(object, old),
        }
    }

    /// Checks a decoded and prepared object. Of an update of the status only the status is checked against the schema, but
    /// duplicate items are looked for in all lists, as in kube-apiserver.
    pub fn check(&self, object: &Value, operation: Operation<&Value>) -> Errors {
        self.check_view(object.into(), operation.map(View::from))
    }

    /// [`Strategy::check`] for an object that is not JSON.
    pub fn check_view<'v>(&self, object: View<'v>, operation: Operation<View<'v>>) -> Errors {
        let arena = Self::arena();
        let arena = arena.bump();
        let conforms = !operation.is_status() && self.plan().accepts(object, arena);
        let has_fine_scale = || self.check_scale(object, false).is_empty();
        if conforms && operation.old().is_none() && has_fine_scale() && self.has_fine_head(object, false, arena) {
            return self.check_rules(object, operation, Errors::default());
        }
        self.check_all(object, operation, conforms, arena)
    }

    /// An arena for a verdict, which has its memory already if the thread has made one before.
    pub fn arena() -> SpareArena {
        crdgen_cel::Arena::spare()
    }

    /// Makes all checks, but those of the schema only if the object is not known to conform to it.
    fn check_all<'v>(
        &self,
        object: View<'v>,
        operation: Operation<View<'v>>,
        conforms: bool,
        arena: &'v Arena,
    ) -> Errors {
        let is_status = operation.is_status();
        let mut errors = self.check_type(object, arena);
        let (has_type, conforms) = (errors.is_empty(), conforms && errors.is_empty());
        if has_type {
            errors.extend(self.check_metadata(object, operation, arena));
            if let Operation::Status { old } = operation {
                errors.extend(self.check_status(object, old, arena));
            } else if !conforms {
                let subject = Subject { old: operation.old(), ..Subject::default() };
                errors.extend(validation::check(object, &self.schema, subject));
            }
            errors.extend(self.check_scale(object, is_status));
        }
        if !is_status && !conforms && self.has_embedded {
            errors.extend(metadata::validate_embedded(object, &self.schema));
        }
        // Duplicate items are not errors if the old object has duplicates anywhere.
        let had_some = |old| !list_type::validate(old, &self.schema).is_empty();
        if !conforms && !operation.old().is_some_and(had_some) {
            errors.extend(list_type::validate(object, &self.schema));
        }
        self.check_rules(object, operation, errors)
    }

    /// Whether nothing is wrong with the type and the metadata of a new object, as far as that can be seen at once.
    fn has_fine_head<'v>(&self, object: View<'v>, lacks_namespace: bool, arena: &'v Arena) -> bool {
        let Some(members) = object.as_object() else { return false };
        let (mut found, mut fine) = (0, true);
        members.each(arena, &mut |name, value| {
            let is_fine = match (name, value) {
                ("apiVersion", View::Text(text)) => text == self.api_version,
                ("kind", View::Text(text)) => text == self.kind,
                ("metadata", _) => metadata::is_fine(value, self.namespaced, lacks_namespace, arena),
                ("apiVersion" | "kind", _) => false,
                _ => return ControlFlow::Continue(()),
            };
            (found, fine) = (found + 1, is_fine);
            if fine { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        fine && found == 3
    }

    /// Whether the schema has CEL rules.
    pub fn has_rules(&self) -> bool {
        self.has_rules
    }

    /// The defaults of the schema, if it has any.
    fn defaults(&self) -> Option<&Arc<Defaults>> {
        self.defaults.get_or_init(|| Defaults::new(&self.schema).map(Arc::new)).as_ref()
    }

    /// The quick answer for objects that are fine.
    fn plan(&self) -> &Plan {
        self.plan.get_or_init(|| Arc::new(Plan::new(&self.schema, self.defaults())))
    }

    /// Whether the object is of this group and kind. Others are neither pruned nor defaulted, and validation refuses
    /// them.
    fn is_ours(&self, object: &Value) -> bool {
        let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
        let group = text("apiVersion").split_once('/').map_or("", |(group, _)| group);
        group == self.group && text("kind") == self.kind
    }

    fn check_type<'v>(&self, object: View<'v>, arena: &'v Arena) -> Errors {
        let mut errors = Errors::default();
        for (name, expected) in [("kind", &self.kind), ("apiVersion", &self.api_version)] {
            let given = object.get(name, arena).and_then(View::as_text).unwrap_or_default();
            if given != expected {
                errors.push(Error::invalid_text(name, given, format!("must be {expected}")));
            }
        }
        errors
    }

    fn check_metadata<'v>(&self, object: View<'v>, operation: Operation<View<'v>>, arena: &'v Arena) -> Errors {
        let metadata = |object: View<'v>| object.get("metadata", arena).unwrap_or(View::Null);
        let (path, given) = (Path::ROOT.child("metadata"), metadata(object));
        match operation.old() {
            None => metadata::validate(given, self.namespaced, NameRule::DnsSubdomain, &path),
            Some(old) => metadata::validate_update(given, metadata(old), &path),
        }
    }

    fn check_status<'v>(&self, object: View<'v>, old: View<'v>, arena: &'v Arena) -> Errors {
        match (object.get("status", arena), self.schema.properties.get("status")) {
            (Some(status), Some(schema)) => {
                let subject = Subject { old: old.get("status", arena), base: Some("status"), ..Subject::default() };
                validation::check(status, schema, subject)
            }
            _ => Errors::default(),
        }
    }

    fn check_scale(&self, object: View<'_>, is_status: bool) -> Errors {
        let mut errors = Errors::default();
        if let Some(scale) = &self.scale {
            if !is_status {
                scale::validate_spec(object, scale, &mut errors);
            }
            scale::validate_status(object, scale, &mut errors);
        }
        errors
    }

    /// Adds what the CEL rules find, unless certain errors were found before: then the server says that it skips them.
    fn check_rules(&self, object: View<'_>, operation: Operation<View<'_>>, mut errors: Errors) -> Errors {
        let blocks = |error: &Error| {
            use ErrorType::{NotSupported, Required, TooLong, TooMany, TypeInvalid};
            matches!(error.kind, NotSupported | Required | TooLong | TooMany | TypeInvalid)
        };
        if !self.has_rules {
            return errors;
        }
        if errors.iter().any(blocks) {
            let detail = "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation";
            errors.push(Error::invalid(Path::ROOT, &Value::Null, detail));
        } else {
            let rules = self.rules.get_or_init(|| Arc::new(Rules::new(&self.schema)));
            errors.extend(rules.check(object, &self.schema, operation.old()));
        }
        errors
    }
}
