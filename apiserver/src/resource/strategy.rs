//! What differs between resources when they are created and updated: `rest.RESTCreateStrategy` and its siblings.
//!
//! In: an object whose body was read. Out: the object as it will be stored, and the field errors that refuse it.
//! The order of the steps is the handlers' business.

use std::fmt;

use crdgen_schema::metadata::NameRule;
use serde_json::Value;

use super::{Resource, built_in};
use crate::allocation::Allocator;
use crate::check::Field;
use crate::object::{self, meta};
use crate::request::delete_options::Propagation;
use crate::status::Result;
use crate::user::User;

/// A part of an object that can be written separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subresource {
    /// The object except its status.
    Main,
    /// `/status`
    Status,
    /// `/finalize` of a namespace.
    Finalize,
    /// `/scale`
    Scale,
    /// `/approval` of a certificate signing request.
    Approval,
    /// `/ephemeralcontainers` of a pod.
    EphemeralContainers,
    /// `/resize` of a pod.
    Resize,
    /// `/token` of a service account.
    Token,
}

impl Subresource {
    /// As `managedFields` names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Main => "",
            Self::Status => "status",
            Self::Finalize => "finalize",
            Self::Scale => "scale",
            Self::Approval => "approval",
            Self::EphemeralContainers => "ephemeralcontainers",
            Self::Resize => "resize",
            Self::Token => "token",
        }
    }

    /// Whether it writes what a write of the whole object does, as far as its own body says it.
    pub(crate) fn writes_spec(self) -> bool {
        matches!(self, Self::Main | Self::Scale)
    }

    /// The part that this subresource of a built-in kind writes; none if its objects have no such part.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Status, Self::Finalize, Self::Scale, Self::Approval, Self::EphemeralContainers, Self::Resize]
            .into_iter()
            .find(|part| part.name() == name)
    }
}

/// When the metadata of a new object is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MetadataCheck {
    /// Before all else, with the names that the kind takes: most strategies start with it.
    First,
    /// By the strategy itself, among its other errors.
    Within,
    /// Once nothing else is wrong: the strategy leaves it to `rest.BeforeCreate`, which comes after it.
    Last,
}

/// What was noticed while an object was decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// The paths of fields that the schema does not have; they are dropped.
    pub(crate) unknown: Vec<String>,
}

/// The behaviour of one kind of object. What a strategy does not say is what most built-in kinds do.
pub(crate) trait Strategy: fmt::Debug + Sync {
    /// Decodes an object from a request: drops fields that the type does not have, and fills in defaults.
    fn decode(&self, resource: &Resource, object: &mut Value) -> Result<Findings> {
        let findings = built_in::decode(resource, object)?;
        self.set_defaults(object);
        Ok(findings)
    }

    /// Fills in the defaults that depend on other fields of an object: of one that was decoded, and of one that is about to be
    /// stored, because readers would decode it again. The others are part of its type.
    fn set_defaults(&self, _object: &mut Value) {}

    /// Makes an object complete that a configuration was applied to: fills in defaults, and drops what will not be stored.
    fn complete(&self, resource: &Resource, object: &mut Value) -> Result<()> {
        self.decode(resource, object).map(drop)
    }

    /// The object that a created one is compared with for `managedFields`: an empty one.
    fn blank(&self, resource: &Resource) -> Value {
        built_in::blank(resource)
    }

    /// Sets what an object has that Go converted from an empty one: numbers that only the served version can leave out. Bookmarks of
    /// watches are such objects.
    fn fill_blank(&self, _object: &mut Value) {}

    /// The top-level fields that such a write never changes, whatever the request says.
    fn ignored(&self, resource: &Resource, subresource: Subresource) -> &'static [&'static str] {
        match subresource {
            Subresource::Status => &["spec"],
            _ if resource.status => &["status"],
            _ => &[],
        }
    }

    /// The parts of an object whose changes `metadata.generation` counts, as JSON pointers; none if it has no generation.
    fn counted(&self) -> &'static [&'static str] {
        &[]
    }

    /// Takes what an object needs of the cluster, or gives it back, before the object is prepared for its creation or its update.
    fn allocate(&self, _allocator: &mut Allocator<'_>, _object: &mut Value, _old: Option<&Value>) -> Result<()> {
        Ok(())
    }

    /// Gives back what a removed object had.
    fn release(&self, _allocator: &mut Allocator<'_>, _object: &Value) {}

    /// Sets and drops the fields that clients cannot choose.
    fn prepare_for_create(&self, resource: &Resource, object: &mut Value) {
        built_in::prepare_for_create(self.counted(), resource, object);
    }

    /// The same for an update.
    fn prepare_for_update(&self, resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        built_in::prepare_for_update(self.counted(), resource, object, old, subresource);
    }

    /// Writes down who creates an object, if its kind says so.
    fn identify(&self, _object: &mut Value, _user: &User) {}

    /// Sets the times of what an update has changed.
    fn stamp(&self, _object: &mut Value, _old: &Value, _subresource: Subresource, _time: &str) {}

    /// When the metadata of a new object is checked.
    fn metadata_check(&self) -> MetadataCheck {
        MetadataCheck::First
    }

    /// Whether finalizers must have a domain, or be those of Kubernetes itself: so in `ValidateObjectMeta` of
    /// `pkg/apis/core/validation`, and not in that of `k8s.io/apimachinery`.
    fn wants_standard_finalizers(&self) -> bool {
        true
    }

    /// Whether an update checks what became of the metadata twice: most strategies do what the registry did already.
    fn repeats_changes(&self) -> bool {
        self.metadata_check() == MetadataCheck::First
    }

    /// What names of objects look like.
    fn name_rule(&self) -> NameRule {
        NameRule::DnsSubdomain
    }

    /// Reports the field errors of a new object.
    fn validate(&self, _resource: &Resource, _object: Field<'_>) {}

    /// Reports the field errors of an update.
    fn validate_update(&self, resource: &Resource, object: Field<'_>, _old: Field<'_>, subresource: Subresource) {
        if subresource.writes_spec() {
            self.validate(resource, object);
        }
    }

    /// What the client of a write should know, although nothing is refused. Writes of the status are not asked about.
    fn warnings(&self, _object: Field<'_>, _old: Option<Field<'_>>) -> Vec<String> {
        Vec::new()
    }

    /// Refuses an object that this server could only serve wrongly.
    fn check_served(&self, _object: &Value) -> Result<()> {
        Ok(())
    }

    /// Marks an object as being deleted, at this time.
    fn mark_deleted(&self, object: &mut Value, time: &str) {
        object::set(object, "deletionTimestamp", Value::from(time));
        object::set(object, "deletionGracePeriodSeconds", Value::from(0));
        if let Some(generation) = meta(object, "generation").and_then(Value::as_i64).filter(|number| *number > 0) {
            object::set(object, "generation", Value::from(generation + 1));
        }
    }

    /// How long an object whose deletion is asked for is given to end, in seconds; `requested` is what the client wants. None if its
    /// kind ends at once.
    fn grace_period(&self, _object: &Value, _requested: Option<i64>) -> Option<i64> {
        None
    }

    /// Whether an object has finalizers of its kind, beside those in its metadata.
    fn has_own_finalizers(&self, _object: &Value) -> bool {
        false
    }

    /// What becomes of the dependents of a deleted object, if neither the request nor the object says it. Without an answer they go.
    fn default_propagation(&self) -> Option<Propagation> {
        None
    }

    /// What the client of a deletion should know that does not say what becomes of the dependents.
    fn deletion_warning(&self) -> Option<&'static str> {
        None
    }

    /// Whether a deletion may ask what becomes of the dependents.
    fn is_garbage_collected(&self) -> bool {
        true
    }

    /// Whether an update may leave out the resource version.
    fn unconditional_update(&self) -> bool {
        true
    }

    /// Whether an update of an object that does not exist creates it.
    fn create_on_update(&self) -> bool {
        false
    }

    /// The fields that selectors may use besides name and namespace.
    fn selectable(&self) -> &'static [&'static str] {
        &[]
    }

    /// Annotations that stand for fields of the server's own type. Where only the metadata of an object is shown they are missing.
    fn hidden_annotations(&self) -> &'static [&'static str] {
        &[]
    }

    /// Why selectors may not use a field, if they may use some.
    fn unselectable(&self, name: &str) -> String {
        format!("field label not supported: {name}")
    }

    /// The path of the field that a name in a field selector stands for.
    fn field_alias<'a>(&self, name: &'a str) -> &'a str {
        name
    }

    /// What a field selector compares where it is not the text of the field.
    fn selected(&self, _object: &Value, _name: &str) -> Option<String> {
        None
    }

    /// An object of this resource's version as it is stored.
    fn to_stored(&self, _resource: &Resource, object: Value) -> Value {
        object
    }

    /// A stored object in this resource's version.
    fn read_stored(&self, _resource: &Resource, object: Value) -> Value {
        object
    }

    /// The versions of the kind that its objects can be converted to, if there are several.
    fn versions(&self) -> &'static [&'static str] {
        &[]
    }

    /// An object in another one of these versions.
    fn converted(&self, object: &Value, _to: &str) -> Value {
        object.clone()
    }

    /// The conditions of a Table's row; null if it has none.
    fn row_conditions(&self, _object: &Value) -> Value {
        Value::Null
    }

    /// The cells of a Table of a built-in kind, one for each of its columns. Most have a name and a time.
    fn cells(&self, object: &Value, _now: jiff::Timestamp) -> Vec<Value> {
        vec![object["metadata"]["name"].clone(), object["metadata"]["creationTimestamp"].clone()]
    }
}
