//! What the API server does with a custom resource before it stores it: pruning, defaulting and validation, in its
//! order.
//!
//! A [`Strategy`] is made for one version of a CRD. For each write, first [`decode`](Strategy::decode) the object, then
//! prepare it for the kind of write ([`prepare_create`](Strategy::prepare_create), …), then validate it. What depends
//! on the request or on storage is left to the caller: generated names, and fields such as the uid and the resource
//! version.
//!
//! ```
//! use crdgen_schema::{definition::Definition, strategy::Strategy};
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
//! assert!(strategy.validate(&dog).is_empty());
//! dog["legs"] = json!(5);
//! assert!(!strategy.validate(&dog).is_empty());
//! ```
//!
//! Source: `apiextensions-apiserver/pkg/registry/customresource`.

mod scale;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use crate::{
    defaulting,
    definition::{Definition, Scale, Scope},
    field::{Error, ErrorType, Errors, Path},
    go::{self, Struct, Type, print_json},
    list_type,
    metadata::{self, NameRule},
    pruning,
    schema::Schema,
    validation,
};

/// Decodes, prepares and validates the objects of one version of a CRD.
#[allow(clippy::struct_excessive_bools, reason = "four independent facts about a version")]
#[derive(Clone, Debug)]
pub struct Strategy {
    group: String,
    version: String,
    kind: String,
    namespaced: bool,
    prunes: bool,
    schema: Schema,
    has_rules: bool,
    status_subresource: bool,
    scale: Option<Scale>,
}

/// The object cannot be decoded. The server answers with 400 and this text, before it validates anything.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(pub String);

/// What the server reads first of an object, in a struct without a name.
static TYPE_META: Struct =
    Struct { name: "", fields: &[go::field("apiVersion", Type::Text), go::field("kind", Type::Text)] };

impl Strategy {
    /// The strategy for a version; `None` if the definition does not have it.
    pub fn new(definition: &Definition, version: &str) -> Option<Self> {
        let version = definition.versions.iter().find(|candidate| candidate.name == version)?;
        let mut schema = version.schema.clone();
        defaulting::prune_defaults(&mut schema);
        Some(Self {
            group: definition.group.clone(),
            version: version.name.clone(),
            kind: definition.names.kind.clone(),
            namespaced: definition.scope == Scope::Namespaced,
            prunes: !definition.preserve_unknown_fields,
            has_rules: validation::has_rules(&schema),
            schema,
            status_subresource: version.status_subresource,
            scale: version.scale.clone(),
        })
    }

    /// The schema of the version. Unknown fields in its defaults have been pruned.
    pub fn schema(&self) -> &Schema {
        &self.schema
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
        if object.is_object() {
            go::check(object, &TYPE_META)
                .map_err(|error| DecodeError(format!("couldn't get version/kind; json parse error: {error}")))?;
        }
        if object.get("kind").and_then(Value::as_str).unwrap_or_default().is_empty() {
            return Err(DecodeError(format!("Object 'Kind' is missing in '{}'", print_json(object))));
        }
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
                unknown.extend(pruning::prune(object, &self.schema));
                pruning::drop_nulls(object, &self.schema);
            }
            let embedded = metadata::coerce_embedded(object, &self.schema);
            unknown.extend(embedded.map_err(|error| DecodeError(error.to_string()))?);
        }
        Ok(unknown)
    }

    /// The second half of [`Strategy::decode`]: fills in defaults.
    pub fn apply_defaults(&self, object: &mut Value) {
        if self.is_ours(object) {
            defaulting::apply(object, &self.schema);
        }
    }

    /// Sets the fields that a create request cannot choose: removes the status if it is a subresource, and sets the
    /// generation to 1.
    pub fn prepare_create(&self, object: &mut Value) {
        if let (true, Some(members)) = (self.status_subresource, object.as_object_mut()) {
            members.remove("status");
        }
        set_generation(object, 1);
    }

    /// Sets the fields that an update request cannot choose: keeps the old status if it is a subresource, and
    /// increments the generation if anything except metadata has changed.
    pub fn prepare_update(&self, object: &mut Value, old: &Value) {
        if let (true, Some(members)) = (self.status_subresource, object.as_object_mut()) {
            match old.get("status") {
                Some(status) => members.insert("status".to_owned(), status.clone()),
                None => members.remove("status"),
            };
        }
        let generation = old["metadata"]["generation"].as_i64().unwrap_or(0);
        let changed = !is_equal_beside_metadata(object, old);
        set_generation(object, generation.saturating_add(i64::from(changed)));
    }

    /// For an update of `/status`: takes everything except the status from `old`. The object's own managed fields stay,
    /// because they record who wrote the status.
    pub fn prepare_status_update(&self, object: &mut Value, old: &Value) {
        let status = object.get_mut("status").map(Value::take);
        let managed = object.pointer_mut("/metadata/managedFields").map(Value::take);
        let mut replaced = old.clone();
        if let Some(metadata) = replaced.get_mut("metadata").and_then(Value::as_object_mut) {
            match managed {
                Some(managed) => metadata.insert("managedFields".to_owned(), managed),
                None => metadata.remove("managedFields"),
            };
        }
        if let Some(members) = replaced.as_object_mut() {
            match status {
                Some(status) => members.insert("status".to_owned(), status),
                None => members.remove("status"),
            };
        }
        *object = replaced;
    }

    /// Checks a decoded object that is about to be created. CEL rules are not evaluated (see [`Strategy::has_rules`]).
    pub fn validate(&self, object: &Value) -> Errors {
        let mut errors = self.validate_type(object);
        if errors.is_empty() {
            let path = Path::ROOT.child("metadata");
            errors.extend(metadata::validate(&object["metadata"], self.namespaced, NameRule::DnsSubdomain, &path));
            errors.extend(validation::validate(object, &self.schema));
            self.validate_scale(object, &mut errors);
        }
        errors.extend(metadata::validate_embedded(object, &self.schema));
        errors.extend(list_type::validate(object, &self.schema));
        self.report_unchecked_rules(&mut errors);
        errors
    }

    /// Checks a decoded object that is about to replace `old`.
    pub fn validate_update(&self, object: &Value, old: &Value) -> Errors {
        let mut errors = self.validate_type(object);
        if errors.is_empty() {
            let path = Path::ROOT.child("metadata");
            errors.extend(metadata::validate_update(&object["metadata"], &old["metadata"], &path));
            errors.extend(validation::validate_update(object, old, &self.schema));
            self.validate_scale(object, &mut errors);
        }
        errors.extend(metadata::validate_embedded(object, &self.schema));
        self.validate_lists_update(object, old, &mut errors);
        self.report_unchecked_rules(&mut errors);
        errors
    }

    /// Checks a decoded object whose status is about to replace that of `old`. Only the status is checked against the
    /// schema, but duplicate items are looked for in all lists, as in kube-apiserver.
    pub fn validate_status_update(&self, object: &Value, old: &Value) -> Errors {
        let mut errors = self.validate_type(object);
        if errors.is_empty() {
            let path = Path::ROOT.child("metadata");
            errors.extend(metadata::validate_update(&object["metadata"], &old["metadata"], &path));
            if let (Some(status), Some(schema)) = (object.get("status"), self.schema.properties.get("status")) {
                errors.extend(validation::validate_part_update(status, old.get("status"), schema, "status"));
            }
            if let Some(scale) = &self.scale {
                scale::validate_status(object, scale, &mut errors);
            }
        }
        self.validate_lists_update(object, old, &mut errors);
        self.report_unchecked_rules(&mut errors);
        errors
    }

    /// Whether the schema has CEL rules. They are not evaluated, so the server may refuse an object in which no errors
    /// are found here.
    pub fn has_rules(&self) -> bool {
        self.has_rules
    }

    /// Whether the object is of this group and kind. Others are neither pruned nor defaulted, and validation refuses
    /// them.
    fn is_ours(&self, object: &Value) -> bool {
        let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
        let group = text("apiVersion").split_once('/').map_or("", |(group, _)| group);
        group == self.group && text("kind") == self.kind
    }

    fn validate_type(&self, object: &Value) -> Errors {
        let mut errors = Errors::default();
        let api_version = format!("{}/{}", self.group, self.version);
        for (name, expected) in [("kind", &self.kind), ("apiVersion", &api_version)] {
            let given = object.get(name).and_then(Value::as_str).unwrap_or_default();
            if given != expected {
                errors.push(Error::invalid_text(name, given, format!("must be {expected}")));
            }
        }
        errors
    }

    fn validate_scale(&self, object: &Value, errors: &mut Errors) {
        if let Some(scale) = &self.scale {
            scale::validate_spec(object, scale, errors);
            scale::validate_status(object, scale, errors);
        }
    }

    /// Looks for duplicate items in sets and list maps. If the old object has duplicates anywhere, nothing is checked.
    fn validate_lists_update(&self, object: &Value, old: &Value, errors: &mut Errors) {
        if list_type::validate(old, &self.schema).is_empty() {
            errors.extend(list_type::validate(object, &self.schema));
        }
    }

    /// Adds the error by which the server says that it skipped CEL rules because of certain other errors.
    fn report_unchecked_rules(&self, errors: &mut Errors) {
        let blocks = |error: &Error| {
            use ErrorType::{NotSupported, Required, TooLong, TooMany, TypeInvalid};
            matches!(error.kind, NotSupported | Required | TooLong | TooMany | TypeInvalid)
        };
        if self.has_rules && errors.iter().any(blocks) {
            let detail = "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation";
            errors.push(Error::invalid(Path::ROOT, &Value::Null, detail));
        }
    }
}

fn set_generation(object: &mut Value, generation: i64) {
    let Some(members) = object.as_object_mut() else { return };
    let metadata = members.entry("metadata").or_insert_with(|| Value::Object(Map::new()));
    if let Some(metadata) = metadata.as_object_mut() {
        match generation {
            0 => metadata.remove("generation"),
            _ => metadata.insert("generation".to_owned(), Value::from(generation)),
        };
    }
}

fn is_equal_beside_metadata(object: &Value, old: &Value) -> bool {
    let beside = |value: &Value| -> Map<String, Value> {
        let members = value.as_object().into_iter().flatten().filter(|(name, _)| *name != "metadata");
        members.map(|(name, member)| (name.clone(), member.clone())).collect()
    };
    beside(object) == beside(old)
}
