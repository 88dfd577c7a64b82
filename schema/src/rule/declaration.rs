//! What CEL knows of a schema: types, and how large values can be.
//!
//! Source: `k8s.io/apiserver/pkg/cel/common/schemas.go`, `k8s.io/apiserver/pkg/cel/types.go`.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use crdgen_cel::{Environment, Range, Sizes, Type};

use super::{
    escape::{escape, reserved_word},
    root,
};
use crate::schema::{AdditionalProperties, Schema, SchemaType};

/// The largest request that the API server reads, in bytes.
pub(super) const MAX_REQUEST: i64 = 3 << 20;
/// What a duration, a date, and a date with a time take in JSON at least or at most, in bytes.
const MIN_DURATION: i64 = 3;
const DATE: i64 = 12;
const MIN_DATE_TIME: i64 = 21;
const MAX_TIME: i64 = 32;

/// The declaration of a value.
#[derive(Debug)]
pub(super) struct Declaration {
    kind: Kind,
    /// How many characters, items or entries there can be. Objects and other scalars have none.
    max: i64,
    /// The least that the value takes in JSON, in bytes.
    pub(super) min_serialized: i64,
}

#[derive(Debug)]
enum Kind {
    Scalar(Type),
    List(Arc<Declaration>),
    Map(Arc<Declaration>),
    Object { name: Arc<str>, fields: BTreeMap<Arc<str>, Arc<Declaration>> },
}

/// What most fields are declared as, once for all of them.
struct Plain {
    flag: Arc<Declaration>,
    float: Arc<Declaration>,
    integer: Arc<Declaration>,
    text: Arc<Declaration>,
}

static PLAIN: LazyLock<Plain> = LazyLock::new(|| Plain {
    flag: Declaration::scalar(Type::Bool, 0, 4),
    float: Declaration::scalar(Type::Double, 0, 1),
    integer: Declaration::scalar(Type::Int, 0, 1),
    text: Declaration::scalar(Type::String, MAX_REQUEST - 2, 2),
});

impl Declaration {
    /// The declaration of a schema; none if rules cannot see its values. `name` is that of the type if it is an object.
    pub(super) fn new(schema: &Schema, is_root: bool, name: &str) -> Option<Arc<Self>> {
        if schema.int_or_string {
            let max = schema.constraints.max_length.map_or(MAX_REQUEST - 2, characters);
            return Some(Self::scalar(Type::Dyn, max, 1));
        }
        match schema.kind? {
            SchemaType::Array => Self::list(schema, name),
            SchemaType::Object => Self::object(schema, is_root, name),
            SchemaType::String => Some(Self::text(schema)),
            SchemaType::Boolean => Some(PLAIN.flag.clone()),
            SchemaType::Number => Some(PLAIN.float.clone()),
            SchemaType::Integer => Some(PLAIN.integer.clone()),
        }
    }

    fn scalar(found: Type, max: i64, min_serialized: i64) -> Arc<Self> {
        Arc::new(Self { kind: Kind::Scalar(found), max, min_serialized })
    }

    fn text(schema: &Schema) -> Arc<Self> {
        let max_length = schema.constraints.max_length;
        if schema.format.is_none() && max_length.is_none() && schema.enumeration.is_empty() {
            return PLAIN.text.clone();
        }
        match schema.format.as_deref() {
            Some("byte") => Self::scalar(Type::Bytes, max_length.map_or(MAX_REQUEST - 2, |max| max.max(0)), 2),
            Some("duration") => Self::scalar(Type::Duration, MAX_TIME, MIN_DURATION),
            Some("date") => Self::scalar(Type::Timestamp, DATE, DATE),
            Some("date-time") => Self::scalar(Type::Timestamp, MAX_TIME, MIN_DATE_TIME),
            _ => {
                let longest = || {
                    let texts = schema.enumeration.iter().filter_map(|value| value.as_str());
                    let longest = texts.map(str::len).max().unwrap_or(0);
                    if schema.enumeration.is_empty() {
                        MAX_REQUEST - 2
                    } else {
                        i64::try_from(longest).unwrap_or(i64::MAX)
                    }
                };
                Self::scalar(Type::String, max_length.map_or_else(longest, characters), 2)
            }
        }
    }

    fn list(schema: &Schema, name: &str) -> Option<Arc<Self>> {
        let items = schema.items.as_deref()?;
        let item = Self::new(items, items.embedded_resource, &format!("{name}.@idx"))?;
        let estimate = (MAX_REQUEST - 2) / (item.min_serialized + 1);
        let max = schema.constraints.max_items.map_or(estimate, |max| max.max(0));
        Some(Arc::new(Self { kind: Kind::List(item), max, min_serialized: 2 }))
    }

    fn object(schema: &Schema, is_root: bool, name: &str) -> Option<Arc<Self>> {
        if let Some(AdditionalProperties::Schema(values)) = &schema.additional_properties {
            let value = Self::new(values, values.embedded_resource, &format!("{name}.@elem"))?;
            let estimate = (MAX_REQUEST - 2) / (value.min_serialized + 6);
            let max = schema.constraints.max_properties.map_or(estimate, |max| max.max(0));
            return Some(Arc::new(Self { kind: Kind::Map(value), max, min_serialized: 2 }));
        }
        let (mut fields, mut min_serialized) = (BTreeMap::new(), 2);
        for (property, schema_of) in root::properties(schema, is_root) {
            let escaped = escape(property);
            // Only what may hold objects has a name, and most fields do not.
            let field_name = match schema_of.kind {
                Some(SchemaType::Object | SchemaType::Array) => {
                    format!("{name}.{}", escaped.as_deref().unwrap_or(property))
                }
                _ => String::new(),
            };
            let Some(field) = Self::new(schema_of, schema_of.embedded_resource, &field_name) else { continue };
            if schema_of.default.is_none() && schema.required.iter().any(|required| required == property) {
                min_serialized += i64::try_from(property.len()).unwrap_or(0) + field.min_serialized + 4;
            }
            if let Some(escaped) = escaped {
                fields.insert(escaped.into(), field);
            }
        }
        Some(Arc::new(Self { kind: Kind::Object { name: name.into(), fields }, max: 0, min_serialized }))
    }

    /// The declaration of a list's items or a map's values.
    pub(super) fn element(&self) -> Option<&Arc<Self>> {
        match &self.kind {
            Kind::List(element) | Kind::Map(element) => Some(element),
            _ => None,
        }
    }

    /// The declaration of a field, by its escaped name.
    pub(super) fn field(&self, escaped: &str) -> Option<&Arc<Self>> {
        match &self.kind {
            Kind::Object { fields, .. } => fields.get(escaped),
            _ => None,
        }
    }

    /// The type in CEL.
    pub(super) fn cel_type(&self) -> Type {
        match &self.kind {
            Kind::Scalar(found) => found.clone(),
            Kind::List(item) => Type::list(item.cel_type()),
            Kind::Map(value) => Type::map(Type::String, value.cel_type()),
            Kind::Object { name, .. } => Type::object(name),
        }
    }

    /// Declares all objects in this one.
    pub(super) fn declare(&self, environment: Environment) -> Environment {
        match &self.kind {
            Kind::Scalar(_) => environment,
            Kind::List(element) | Kind::Map(element) => element.declare(environment),
            Kind::Object { name, fields } => {
                // A reserved word may also be written as it is: `self.namespace`.
                let words =
                    fields.iter().filter_map(|(name, field)| Some((reserved_word(name)?.into(), field.cel_type())));
                let types = fields.iter().map(|(name, field)| (name.clone(), field.cel_type())).chain(words);
                let environment = environment.object(name, types);
                fields.values().fold(environment, |environment, field| field.declare(environment))
            }
        }
    }
}

/// How many bytes so many characters take at most.
fn characters(max_length: i64) -> i64 {
    max_length.max(0).saturating_mul(4)
}

/// Sizes of what `self` and `oldSelf` hold.
pub(super) struct DeclaredSizes<'d>(pub(super) &'d Declaration);

impl Sizes for DeclaredSizes<'_> {
    fn size(&self, path: &[Arc<str>]) -> Option<Range> {
        let mut declaration = self.0;
        for name in path.get(1..)? {
            match (&**name, &declaration.kind) {
                ("@items" | "@values", Kind::List(element) | Kind::Map(element)) => declaration = element,
                // Nothing is declared of a map's keys.
                ("@keys", Kind::Map(_)) => return Some(Range { min: 0, max: 0 }),
                (name, Kind::Object { fields, .. }) => declaration = fields.get(name)?,
                _ => return None,
            }
        }
        Some(Range { min: 0, max: u64::try_from(declaration.max).unwrap_or(0) })
    }
}
