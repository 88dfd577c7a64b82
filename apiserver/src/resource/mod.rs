//! A resource as data: its names, its verbs and subresources, and the strategy by which its objects are written.
//!
//! In: definitions, built-in or posted. Out: [`Resource`]s, found in the [`catalog::Catalog`].

pub(crate) mod built_in;
pub(crate) mod catalog;
pub(crate) mod gated;
pub(crate) mod ownership;
pub(crate) mod strategy;
pub(crate) mod versions;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crdgen_schema::definition::{Definition, PrinterColumn, Scale, Scope, Version};
use crdgen_schema::go::{Struct, Type};
use crdgen_schema::schema::Schema;
use crdgen_schema::strategy as strategy_rules;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::group_resource::{GroupResource, api_version};
use crate::kind::table::Served;
use crate::object::text;
use crate::store::Stored;
use strategy::Strategy;

/// One version of one resource.
#[derive(Debug)]
pub(crate) struct Resource {
    /// Empty for the core API.
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) plural: String,
    pub(crate) singular: String,
    pub(crate) kind: String,
    pub(crate) list_kind: String,
    pub(crate) namespaced: bool,
    pub(crate) short_names: Vec<String>,
    pub(crate) categories: Vec<String>,
    /// Where its objects are stored; shared by all versions.
    pub(crate) collection: String,
    pub(crate) schema: Schema,
    /// The Go struct of a built-in kind.
    pub(crate) structure: Option<&'static Struct>,
    /// The same as a type.
    pub(crate) kind_type: Option<&'static Type>,
    /// What discovery and tables show of a built-in kind.
    pub(crate) served: Option<&'static Served>,
    /// The schema as the definition has it, for `/openapi`. Built-in kinds have their struct instead.
    pub(crate) published: Value,
    /// Pruning, defaulting and validation by the schema of a custom resource.
    pub(crate) rules: Option<Arc<strategy_rules::Strategy>>,
    /// The same for every version of the definition, served or not: an object may be stored in any of them.
    pub(crate) versions: Arc<BTreeMap<String, Arc<strategy_rules::Strategy>>>,
    pub(crate) status: bool,
    pub(crate) scale: Option<Scale>,
    pub(crate) columns: Vec<PrinterColumn>,
    /// The fields that selectors may use besides name and namespace, as JSON paths.
    pub(crate) selectable: Vec<String>,
    /// The warning for requests to this version, if it is deprecated.
    pub(crate) deprecation: Option<String>,
    /// The resource of the storage version, if this is not it.
    pub(crate) storage: Option<Arc<Resource>>,
    /// Objects stored after this revision were written under this very schema and are read without conversion.
    pub(crate) since: u64,
    /// The CRD it comes from.
    pub(crate) custom: Option<Custom>,
    /// The hash of its part of the `OpenAPI` document, once somebody asked for it.
    pub(crate) published_hash: OnceLock<Vec<u8>>,
    /// Cancelled when the resource is no longer served, or was replaced by another state of its CRD. This ends its
    /// watches.
    pub(crate) gone: CancellationToken,
    pub(crate) strategy: &'static dyn Strategy,
}

/// What there is to know about the CRD of a custom resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Custom {
    /// `metadata.name` of the CRD.
    pub(crate) definition: String,
    /// Whether the CRD is being deleted, so that nothing can be created.
    pub(crate) terminating: bool,
}

impl Resource {
    /// The resource of one version of a definition, whose document is `document`.
    pub(crate) fn of(
        definition: &Definition,
        document: &Value,
        version: &Version,
        strategy: &'static dyn Strategy,
    ) -> Self {
        let names = &definition.names;
        Self {
            group: definition.group.clone(),
            version: version.name.clone(),
            plural: names.plural.clone(),
            singular: names.singular.clone(),
            kind: names.kind.clone(),
            list_kind: names.list_kind.clone(),
            namespaced: definition.scope == Scope::Namespaced,
            short_names: names.short_names.clone(),
            categories: names.categories.clone(),
            collection: format!("{}/{}", definition.group, names.plural),
            schema: version.schema.clone(),
            published: published(document, version),
            status: version.status_subresource,
            scale: version.scale.clone(),
            columns: version.printer_columns.clone(),
            selectable: version.selectable_fields.clone(),
            ..Self::bare(strategy)
        }
    }

    /// A built-in resource.
    pub(crate) fn built_in(
        served: &'static Served,
        structure: &'static Struct,
        strategy: &'static dyn Strategy,
    ) -> Self {
        let owned = |names: &[&str]| names.iter().copied().map(str::to_owned).collect();
        Self {
            group: served.group.to_owned(),
            version: served.version.to_owned(),
            plural: served.plural.to_owned(),
            singular: served.singular.to_owned(),
            kind: served.kind.to_owned(),
            list_kind: served.list_kind.to_owned(),
            namespaced: served.namespaced,
            short_names: owned(&served.short_names),
            categories: owned(&served.categories),
            collection: format!("{}/{}", served.group, served.plural),
            structure: Some(structure),
            kind_type: Some(Box::leak(Box::new(Type::Struct(structure)))),
            served: Some(served),
            status: served.subresources.iter().any(|subresource| subresource.name == "status"),
            scale: served.subresources.iter().any(|subresource| subresource.name == "scale").then(|| Scale {
                spec_replicas_path: ".spec.replicas".to_owned(),
                status_replicas_path: ".status.replicas".to_owned(),
                label_selector_path: None,
            }),
            selectable: owned(strategy.selectable()),
            ..Self::bare(strategy)
        }
    }

    /// A resource without a name, a schema or anything else.
    fn bare(strategy: &'static dyn Strategy) -> Self {
        Self {
            group: String::new(),
            version: String::new(),
            plural: String::new(),
            singular: String::new(),
            kind: String::new(),
            list_kind: String::new(),
            namespaced: false,
            short_names: Vec::new(),
            categories: Vec::new(),
            collection: String::new(),
            schema: Schema::default(),
            structure: None,
            kind_type: None,
            served: None,
            published: Value::Null,
            rules: None,
            versions: Arc::default(),
            status: false,
            scale: None,
            columns: Vec::new(),
            selectable: Vec::new(),
            deprecation: None,
            storage: None,
            since: 0,
            custom: None,
            published_hash: OnceLock::new(),
            gone: CancellationToken::new(),
            strategy,
        }
    }

    /// Its name without the version.
    pub(crate) fn group_resource(&self) -> GroupResource<'_> {
        GroupResource { group: &self.group, resource: &self.plural }
    }

    /// `GROUP/VERSION`
    pub(crate) fn api_version(&self) -> String {
        api_version(&self.group, &self.version)
    }

    /// Go's name of the type that the server works with, whatever the version of a built-in resource.
    pub(crate) fn go_type(&self) -> String {
        let package = if self.group.is_empty() { "core" } else { self.group.split('.').next().unwrap_or_default() };
        format!("{package}.{}", self.kind)
    }

    /// The resource of the version that is stored.
    pub(crate) fn stored(&self) -> &Self {
        self.storage.as_deref().unwrap_or(self)
    }

    /// Whether clients of this version read a stored object exactly as it is stored.
    pub(crate) fn is_current(&self, stored: &Stored) -> bool {
        let is_whole = || !self.has_default_status() || stored.value().get("status").is_some();
        self.storage.is_none() && stored.revision > self.since && is_whole()
    }

    /// A stored object as clients of this version read it.
    pub(crate) fn read<'a>(&self, stored: &'a Stored) -> Cow<'a, Value> {
        if self.is_current(stored) {
            Cow::Borrowed(stored.value())
        } else {
            Cow::Owned(self.strategy.read_stored(self, stored.value().clone()))
        }
    }

    /// The same, for one who keeps it.
    pub(crate) fn take(&self, stored: Stored) -> Value {
        if self.is_current(&stored) {
            stored.into_value()
        } else {
            self.strategy.read_stored(self, stored.into_value())
        }
    }

    /// An object that a dry run would have stored, as clients of this version would read it.
    pub(crate) fn read_unstored(&self, object: Value) -> Value {
        let is_whole = !self.has_default_status() || object.get("status").is_some();
        if is_whole { object } else { self.strategy.read_stored(self, object) }
    }

    /// Whether a status that an object lacks has a default. Objects are stored with all defaults except this one: the status is taken
    /// away from new objects after they got their defaults. Readers see it all the same.
    fn has_default_status(&self) -> bool {
        let has_default =
            |schema: &Schema| schema.properties.get("status").is_some_and(|status| status.default.is_some());
        self.status && self.custom.is_some() && has_default(&self.schema)
    }

    /// The namespace of an object; `None` if the resource is cluster-scoped.
    pub(crate) fn namespace_of<'a>(&self, object: &'a Value) -> Option<&'a str> {
        self.namespaced.then(|| text(object, "namespace"))
    }

    /// Whether lists may be selected by a field.
    pub(crate) fn check_selectable(&self, name: &str) -> Result<(), String> {
        let known = match name {
            "metadata.name" => true,
            "metadata.namespace" => self.namespaced || self.custom.is_none(),
            _ => self.selectable.iter().any(|path| path.trim_start_matches('.') == name),
        };
        if known {
            Ok(())
        } else if self.custom.is_none() && self.selectable.is_empty() {
            Err(format!("{name:?} is not a known field selector: only \"metadata.name\", \"metadata.namespace\""))
        } else {
            Err(self.strategy.unselectable(name))
        }
    }

    /// The value that a field selector compares.
    pub(crate) fn field(&self, object: &Value, name: &str) -> String {
        if let Some(selected) = self.strategy.selected(object, name) {
            return selected;
        }
        let name = self.strategy.field_alias(name);
        let found = name.split('.').try_fold(object, |value, part| value.get(part));
        match found {
            Some(Value::String(text)) => text.clone(),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
            _ => String::new(),
        }
    }

    /// Every verb of the resource, as discovery lists them.
    pub(crate) fn verbs(&self) -> &[&'static str] {
        const CUSTOM: [&str; 8] = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
        self.served.map_or(&CUSTOM, |served| &served.verbs)
    }
}

fn published(document: &Value, version: &Version) -> Value {
    let versions = document["spec"]["versions"].as_array();
    let found = versions.into_iter().flatten().find(|candidate| candidate["name"] == version.name.as_str());
    found.map_or(Value::Null, |found| found["schema"]["openAPIV3Schema"].clone())
}
