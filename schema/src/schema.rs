//! The structural schema of a CRD version as a plain tree.
//!
//! This is the data that every later stage reads: what the CRD says, with nothing derived from it. Field names are those
//! of `apiextensions.k8s.io/v1` `JSONSchemaProps`; what few schemas have is in groups, and takes no room in the others.

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use serde_json::{Number, Value};

use crate::{diagnostic::Position, sparse::Sparse};

/// Schemas by the names of members, in source order. They are looked up for every member of every object, so their hash is fast.
pub type Properties = IndexMap<String, Schema, RandomState>;

/// One node of an OpenAPI v3 structural schema (`JSONSchemaProps`).
// The flags are those of the API's type.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schema {
    /// Where the node starts in its source, if it was read from text.
    pub at: Option<Position>,
    /// `type`; absent for int-or-string, preserve-unknown-fields and inside combinators.
    pub kind: Option<SchemaType>,
    /// `title`.
    pub title: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `format`, as written.
    pub format: Option<String>,
    /// `nullable`.
    pub nullable: bool,
    /// `default`.
    pub default: Option<Box<Value>>,
    /// `enum`; empty if absent.
    pub enumeration: Sparse<Vec<Value>>,
    /// Keywords that limit scalars, lengths or counts.
    pub constraints: Sparse<Constraints>,
    /// `properties`, in source order.
    pub properties: Sparse<Properties>,
    /// `required`, in source order.
    pub required: Vec<String>,
    /// `additionalProperties`.
    pub additional_properties: Option<AdditionalProperties>,
    /// `additionalProperties: false`: a member that is not declared is an error. It is not pruned, for the keyword is there.
    pub forbids_additional: bool,
    /// `items`.
    pub items: Option<Box<Schema>>,
    /// Keywords with schemas for the same value.
    pub branches: Sparse<Branches>,
    /// `x-kubernetes-int-or-string: true`.
    pub int_or_string: bool,
    /// `x-kubernetes-preserve-unknown-fields: true`.
    pub preserve_unknown_fields: bool,
    /// `x-kubernetes-embedded-resource: true`.
    pub embedded_resource: bool,
    /// `x-kubernetes-list-type`.
    pub list_type: Option<ListType>,
    /// `x-kubernetes-list-map-keys`.
    pub list_map_keys: Sparse<Vec<String>>,
    /// `x-kubernetes-map-type: atomic`.
    pub atomic_map: bool,
    /// `x-kubernetes-validations`.
    pub validations: Sparse<Vec<ValidationRule>>,
}

impl Schema {
    /// The schema that `additionalProperties` gives, if it gives one.
    pub fn additional_schema(&self) -> Option<&Self> {
        match &self.additional_properties {
            Some(AdditionalProperties::Schema(schema)) => Some(schema),
            Some(AdditionalProperties::Any) | None => None,
        }
    }

    /// [`Schema::additional_schema`], to be changed.
    pub fn additional_schema_mut(&mut self) -> Option<&mut Self> {
        given(&mut self.additional_properties)
    }

    /// The schema of the member of that name, whether it is declared or not; `None` if nothing is said about its value.
    pub fn member(&self, name: &str) -> Option<&Self> {
        self.properties.get(name).or_else(|| self.additional_schema())
    }

    /// The schemas of all values that a value of this schema may hold: its properties, items and additional properties.
    /// Schemas for the same value are [`branches`](Self::branches).
    pub fn children(&self) -> impl Iterator<Item = &Self> {
        self.properties.values().chain(self.items.as_deref()).chain(self.additional_schema())
    }

    /// [`Schema::children`], to be changed.
    pub fn children_mut(&mut self) -> impl Iterator<Item = &mut Self> {
        let properties = self.properties.written_mut().into_iter().flat_map(Properties::values_mut);
        let additional = given(&mut self.additional_properties);
        properties.chain(self.items.as_deref_mut()).chain(additional)
    }
}

/// The schema in `additionalProperties`.
fn given(additional: &mut Option<AdditionalProperties>) -> Option<&mut Schema> {
    match additional {
        Some(AdditionalProperties::Schema(schema)) => Some(schema),
        Some(AdditionalProperties::Any) | None => None,
    }
}

/// Keywords of a [`Schema`] that limit scalars, lengths or counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Constraints {
    /// `pattern`, as written (RE2).
    pub pattern: Option<String>,
    /// `minLength`, in code points.
    pub min_length: Option<i64>,
    /// `maxLength`, in code points.
    pub max_length: Option<i64>,
    /// `minimum`.
    pub minimum: Option<Number>,
    /// `exclusiveMinimum`: a boolean in OpenAPI v3.0.
    pub exclusive_minimum: bool,
    /// `maximum`.
    pub maximum: Option<Number>,
    /// `exclusiveMaximum`.
    pub exclusive_maximum: bool,
    /// `multipleOf`.
    pub multiple_of: Option<Number>,
    /// `minItems`.
    pub min_items: Option<i64>,
    /// `maxItems`.
    pub max_items: Option<i64>,
    /// `uniqueItems` (only `false` is allowed in a CRD).
    pub unique_items: bool,
    /// `minProperties`.
    pub min_properties: Option<i64>,
    /// `maxProperties`.
    pub max_properties: Option<i64>,
}

/// Keywords of a [`Schema`] with schemas for the same value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Branches {
    /// `allOf`.
    pub all_of: Vec<Schema>,
    /// `anyOf`.
    pub any_of: Vec<Schema>,
    /// `oneOf`.
    pub one_of: Vec<Schema>,
    /// `not`.
    pub not: Option<Box<Schema>>,
}

impl Branches {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Schema> {
        [&self.all_of, &self.any_of, &self.one_of].into_iter().flatten().chain(self.not.as_deref())
    }

    /// All of them, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Schema> {
        let Self { all_of, any_of, one_of, not } = self;
        all_of.iter_mut().chain(any_of).chain(one_of).chain(not.as_deref_mut())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }
}

/// `type` of a [`Schema`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaType {
    /// `array`
    Array,
    /// `boolean`
    Boolean,
    /// `integer`
    Integer,
    /// `number`
    Number,
    /// `object`
    Object,
    /// `string`
    String,
}

/// `additionalProperties` of a [`Schema`].
#[derive(Clone, Debug, PartialEq)]
pub enum AdditionalProperties {
    /// `true`: any value, whose own content is pruned. (`false` is [`Schema::forbids_additional`].)
    Any,
    /// A schema for every value.
    Schema(Box<Schema>),
}

/// `x-kubernetes-list-type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListType {
    /// `atomic`
    Atomic,
    /// `map`: unique by `x-kubernetes-list-map-keys`.
    Map,
    /// `set`: unique items.
    Set,
}

/// One entry of `x-kubernetes-validations`: a CEL rule, as written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ValidationRule {
    /// Where the entry starts in its source, if it was read from text.
    pub at: Option<Position>,
    /// `rule`: the CEL expression.
    pub rule: String,
    /// `message`.
    pub message: Option<String>,
    /// `messageExpression`.
    pub message_expression: Option<String>,
    /// `reason`.
    pub reason: Option<String>,
    /// `fieldPath`.
    pub field_path: Option<String>,
    /// `optionalOldSelf`.
    pub optional_old_self: Option<bool>,
}

impl SchemaType {
    /// The type of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "array" => Self::Array,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "object" => Self::Object,
            "string" => Self::String,
            _ => return None,
        })
    }

    /// The name in a schema.
    pub fn name(self) -> &'static str {
        match self {
            Self::Array => "array",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Object => "object",
            Self::String => "string",
        }
    }
}

impl ListType {
    /// The list type of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "atomic" => Self::Atomic,
            "map" => Self::Map,
            "set" => Self::Set,
            _ => return None,
        })
    }
}
