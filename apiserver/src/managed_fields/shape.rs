//! What the fields of a value are, and what is owned of it: the value as a whole, each of its members, or each of its items.
//!
//! In: the schema of a custom resource, or the Go type of a built-in kind. Out: a [`Shape`], from which one goes on to those
//! of members and items. A value of unknown shape is described by itself: members of objects are owned one by one, lists as
//! a whole.
//! Source: `k8s.io/kube-openapi/pkg/schemaconv`, and `deduceAtom` in `sigs.k8s.io/structured-merge-diff/typed`.

use crdgen_schema::go::{Struct, Tags, Type};
use crdgen_schema::metadata::OBJECT_META;
use crdgen_schema::schema::{AdditionalProperties, ListType, Schema, SchemaType};
use serde_json::Value;

use super::path::PathElement;

/// The shape of a value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape<'a> {
    /// A value that a schema describes.
    Schema {
        schema: &'a Schema,
        /// Whether unknown members are kept, here and in everything below.
        open: bool,
        /// Whether it is the object itself, or an object in it: it has `apiVersion`, `kind` and `metadata`.
        object: bool,
    },
    /// A Go struct, with the tags of the field that it stands in.
    Struct(&'static Struct, &'static Tags),
    /// A value of another Go type.
    Go(&'static Type, &'static Tags),
    /// A value that is described by itself.
    Unknown,
    /// Such a value that is owned as a whole.
    UnknownWhole,
}

/// How the items of a list are owned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Items<'a> {
    /// All in one.
    Whole,
    /// Each one; its value identifies it.
    Set,
    /// Each one; the values of these members identify it.
    Map(Vec<&'a str>),
}

/// What a scalar may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scalar {
    Number,
    Text,
    Flag,
    Any,
}

/// What a value may be, of objects, scalars and lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kinds {
    object: bool,
    scalar: bool,
    list: bool,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Scalar,
    List,
}

impl Kinds {
    const ALL: Self = Self { object: true, scalar: true, list: true };
    const OBJECT: Self = Self { object: true, scalar: false, list: false };
    const SCALAR: Self = Self { object: false, scalar: true, list: false };
    const LIST: Self = Self { object: false, scalar: false, list: true };

    /// The kind that a value is taken for if it may be of several.
    pub(crate) fn first(self) -> Kind {
        match self {
            Self { object: true, .. } => Kind::Object,
            Self { scalar: true, .. } => Kind::Scalar,
            Self { .. } => Kind::List,
        }
    }

    /// What is left once a value is known. A value that is null, or of another kind, says nothing.
    fn narrowed(self, value: Option<&Value>) -> Self {
        match value {
            Some(Value::Object(_)) if self.object => Self::OBJECT,
            Some(Value::Array(_)) if self.list => Self::LIST,
            Some(Value::Bool(_) | Value::Number(_) | Value::String(_)) if self.scalar => Self::SCALAR,
            _ => self,
        }
    }
}

static TEXT: Type = Type::Text;

impl<'a> Shape<'a> {
    /// The shape of an object of a custom resource.
    pub(crate) fn of_object(schema: &'a Schema) -> Self {
        Self::Schema { schema, open: schema.preserve_unknown_fields, object: true }
    }

    /// The shape of a Go struct.
    pub(crate) fn of_struct(of: &'static Struct) -> Shape<'static> {
        Shape::Struct(of, &Tags::NONE)
    }

    fn of_type(kind: &'static Type, tags: &'static Tags) -> Shape<'static> {
        match kind.unnamed() {
            Type::Pointer(inner) => Self::of_type(inner, tags),
            Type::Struct(of) => Shape::Struct(of, tags),
            Type::Any if tags.atomic || matches!(kind, Type::Named("runtime.RawExtension", _)) => Shape::UnknownWhole,
            // In OpenAPI version 3 the second is one of several types, and so of none.
            Type::Any | Type::IntOrString => Shape::Unknown,
            Type::OneOf(kinds, _) if kinds.iter().any(|kind| !is_scalar(kind)) => Shape::Unknown,
            kind => Shape::Go(kind, tags),
        }
    }

    fn of_schema(self, below: &'a Schema) -> Self {
        let open = matches!(self, Self::Schema { open: true, .. });
        Self::Schema { schema: below, open: open || below.preserve_unknown_fields, object: below.embedded_resource }
    }

    /// What a value may be. If one is given, only what it can be.
    pub(crate) fn kinds(self, value: Option<&Value>) -> Kinds {
        let kinds = match self {
            Self::Unknown | Self::UnknownWhole => Kinds::ALL,
            Self::Struct(..) | Self::Go(Type::Map(_), _) => Kinds::OBJECT,
            Self::Go(Type::List(_), _) => Kinds::LIST,
            Self::Go(..) => Kinds::SCALAR,
            Self::Schema { schema, .. } => match schema.kind {
                None => Kinds::ALL,
                Some(SchemaType::Object) => Kinds::OBJECT,
                Some(SchemaType::Array) => Kinds::LIST,
                Some(_) => Kinds::SCALAR,
            },
        };
        kinds.narrowed(value)
    }

    /// Whether an object is owned as a whole.
    pub(crate) fn is_whole(self) -> bool {
        match self {
            Self::Schema { schema, .. } => schema.atomic_map,
            Self::Struct(of, tags) => (of.atomic || tags.atomic) && !tags.granular,
            Self::Go(_, tags) => tags.atomic,
            Self::Unknown => false,
            Self::UnknownWhole => true,
        }
    }

    /// The shape of a declared member.
    pub(crate) fn field(self, name: &str) -> Option<Self> {
        match self {
            Self::Schema { object: true, .. } if matches!(name, "apiVersion" | "kind") => {
                Some(Self::Go(&TEXT, &Tags::NONE))
            }
            Self::Schema { object: true, .. } if name == "metadata" => Some(Self::of_struct(&OBJECT_META)),
            Self::Schema { schema, .. } => Some(self.of_schema(schema.properties.get(name)?)),
            Self::Struct(of, _) => of.field(name).map(|field| Self::of_type(&field.kind, field.tags)),
            _ => None,
        }
    }

    /// The shape of members that are not declared; `None` if there can be none.
    pub(crate) fn others(self) -> Option<Self> {
        match self {
            Self::Schema { schema, open, object } => match &schema.additional_properties {
                Some(AdditionalProperties::Schema(below)) => Some(self.of_schema(below)),
                Some(AdditionalProperties::Any) => Some(Self::Unknown),
                None if schema.forbids_additional => None,
                None => (open || (schema.properties.is_empty() && !object)).then_some(Self::Unknown),
            },
            Self::Struct(of, _) => of.fields().is_empty().then_some(Self::Unknown),
            Self::Go(Type::Map(values), _) => Some(Self::of_type(values, &Tags::NONE)),
            Self::Go(..) => None,
            Self::Unknown | Self::UnknownWhole => Some(self),
        }
    }

    /// The shape of a member, whether it is declared or not.
    pub(crate) fn member(self, name: &str) -> Option<Self> {
        self.field(name).or_else(|| self.others())
    }

    /// How the items of a list are owned.
    pub(crate) fn items(self) -> Items<'a> {
        match self {
            Self::Schema { schema, .. } => match schema.list_type {
                Some(ListType::Set) => Items::Set,
                Some(ListType::Map) => Items::Map(schema.list_map_keys.iter().map(String::as_str).collect()),
                Some(ListType::Atomic) | None => Items::Whole,
            },
            Self::Go(_, tags) => match tags.list {
                ListType::Set => Items::Set,
                ListType::Map => Items::Map(tags.keys.to_vec()),
                ListType::Atomic => Items::Whole,
            },
            _ => Items::Whole,
        }
    }

    /// How a strategic merge patch merges the items of a list.
    pub(crate) fn patched_items(self) -> Items<'a> {
        match self {
            Self::Go(_, tags) if !tags.merge => Items::Whole,
            Self::Go(_, tags) if tags.merge_key.is_empty() => Items::Set,
            Self::Go(_, tags) => Items::Map(vec![tags.merge_key]),
            other => other.items(),
        }
    }

    /// Whether a strategic merge patch replaces the value as a whole, though it is an object.
    pub(crate) fn is_replaced(self) -> bool {
        matches!(self, Self::Struct(_, tags) | Self::Go(_, tags) if tags.replace)
    }

    /// The shape of the items of a list.
    pub(crate) fn item(self) -> Self {
        match self {
            Self::Schema { schema, .. } => {
                schema.items.as_deref().map_or(Self::UnknownWhole, |items| self.of_schema(items))
            }
            Self::Go(Type::List(items), _) => Self::of_type(items, &Tags::NONE),
            _ => Self::UnknownWhole,
        }
    }

    /// What a scalar may be.
    pub(crate) fn scalar(self) -> Scalar {
        match self {
            Self::Schema { schema, .. } => match (schema.kind, schema.format.as_deref()) {
                (Some(SchemaType::Integer | SchemaType::Number), _) => Scalar::Number,
                (Some(SchemaType::Boolean), _) => Scalar::Flag,
                (Some(SchemaType::String), None | Some("" | "byte")) => Scalar::Text,
                _ => Scalar::Any,
            },
            Self::Go(kind, _) => match kind {
                Type::Text | Type::Bytes => Scalar::Text,
                Type::Flag => Scalar::Flag,
                Type::Int32 | Type::Int64 | Type::WholeNumber | Type::Float64 => Scalar::Number,
                _ => Scalar::Any,
            },
            _ => Scalar::Any,
        }
    }

    /// The value that identifies an item which lacks the member: the default of the member. A member that
    /// Go always writes is empty by default.
    pub(crate) fn default_of(self, name: &str) -> Option<Value> {
        match self {
            Self::Schema { schema, .. } => schema.properties.get(name)?.default.as_deref().cloned(),
            Self::Struct(of, _) => {
                let field = of.field(name)?;
                match (field.kind.unnamed(), field.tags.default) {
                    (_, default) if !default.is_empty() => serde_json::from_str(default).ok(),
                    _ if field.omit_empty => None,
                    (Type::Text, _) => Some(Value::from("")),
                    (Type::Flag, _) => Some(Value::from(false)),
                    (Type::Int32 | Type::Int64 | Type::Float64, _) => Some(Value::from(0)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The shape at the end of one step; `None` if nothing is known of it.
    pub(crate) fn below(self, element: &PathElement) -> Option<Self> {
        match element {
            PathElement::Field(name) if self.kinds(None).object => self.member(name),
            PathElement::Key(_) if self.kinds(None).list => Some(self.item()),
            _ => None,
        }
    }

    /// Whether nothing is said of the members of an object but that they may be anything.
    pub(super) fn is_undeclared(self) -> bool {
        let nothing_declared = match self {
            Self::Schema { schema, object, .. } => schema.properties.is_empty() && !object,
            Self::Struct(of, _) => of.fields().is_empty(),
            _ => true,
        };
        let anything = match self.others() {
            Some(Self::Unknown) => true,
            // The members are scalars of any type.
            Some(below @ Self::Schema { .. }) => below.kinds(None).scalar && below.scalar() == Scalar::Any,
            _ => false,
        };
        nothing_declared && anything
    }
}

fn is_scalar(kind: &Type) -> bool {
    match kind.unnamed() {
        Type::Pointer(inner) => is_scalar(inner),
        Type::Any | Type::List(_) | Type::Map(_) | Type::Struct(_) | Type::OneOf(..) => false,
        _ => true,
    }
}
