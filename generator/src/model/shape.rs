//! Shapes: the objects and enums that become named types, held in one arena and referred to by [`ShapeId`].

use super::Rule;

/// Refers to a shape of the same [`Shapes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShapeId(usize);

/// All shapes of a model, parents before children.
#[derive(Clone, Debug, Default)]
pub struct Shapes(Vec<Shape>);

/// An object or an enum, at its place in a schema.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The object that has the property; none for a resource's root.
    pub parent: Option<ShapeId>,
    /// The property, as the schema spells it; the kind for a resource's root.
    pub key: String,
    /// Whether the property holds many of them, in an array or a map.
    pub collection: bool,
    /// What its own schema says about it.
    pub docs: Docs,
    /// What it is.
    pub body: Body,
}

/// An object or an enum.
#[derive(Clone, Debug)]
pub enum Body {
    /// An object with known properties.
    Object(Object),
    /// The values of a string enum, in source order.
    Enumeration(Vec<String>),
}

/// An object with known properties.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// Its properties, in source order.
    pub fields: Vec<Field>,
    /// Whether unknown properties are kept as well.
    pub unknown: bool,
}

/// One property of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// The JSON key.
    pub key: String,
    /// What its schema says about it.
    pub docs: Docs,
    /// Whether the key must be there: `required`, and without a default.
    pub required: bool,
    /// Whether `null` is a value of its own.
    pub nullable: bool,
    /// Whether the API server fills it in when it is absent.
    pub defaulted: bool,
    /// The type of its value.
    pub ty: Type,
    /// Constraints on its value.
    pub rules: Vec<Rule>,
}

/// Documentation, not yet escaped for Rust.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Docs {
    /// The schema's own words.
    pub description: Option<String>,
    /// One sentence a constraint, in Markdown.
    pub notes: Vec<String>,
}

/// The type of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// A string.
    String,
    /// An integer of 64 bits.
    Int64,
    /// An integer of 32 bits.
    Int32,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// An integer or a string.
    IntOrString,
    /// Any JSON.
    Any,
    /// An object in which nothing is kept.
    Empty,
    /// Kubernetes' own metadata.
    ObjectMeta,
    /// An array.
    Array(Box<Self>),
    /// An object with any keys.
    Map(Box<Self>),
    /// An item of an array or a value of a map that may be null.
    Nullable(Box<Self>),
    /// An object or an enum with a place of its own.
    Shape(ShapeId),
    /// A type of `k8s_openapi`: its path below the crate, such as `api::core::v1::Toleration`.
    Kubernetes(&'static str),
}

impl Shapes {
    /// Adds a shape.
    pub fn push(&mut self, shape: Shape) -> ShapeId {
        self.0.push(shape);
        ShapeId(self.0.len() - 1)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = ShapeId> + use<> {
        (0..self.0.len()).map(ShapeId)
    }

    /// The shapes that are the types of an object's properties, in their order.
    pub fn children(&self, id: ShapeId) -> Vec<ShapeId> {
        match &self[id].body {
            Body::Object(object) => object.fields.iter().filter_map(|field| field.ty.shape()).collect(),
            Body::Enumeration(_) => Vec::new(),
        }
    }
}

impl std::ops::Index<ShapeId> for Shapes {
    type Output = Shape;

    fn index(&self, id: ShapeId) -> &Shape {
        &self.0[id.0]
    }
}

impl std::ops::IndexMut<ShapeId> for Shapes {
    fn index_mut(&mut self, id: ShapeId) -> &mut Shape {
        &mut self.0[id.0]
    }
}

impl ShapeId {
    /// Its position among all, for tables that run beside [`Shapes`].
    pub fn index(self) -> usize {
        self.0
    }
}

impl Type {
    /// The one shape in it, if there is one.
    pub fn shape(&self) -> Option<ShapeId> {
        match self {
            Self::Shape(id) => Some(*id),
            Self::Array(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.shape(),
            _ => None,
        }
    }

    /// The same type with another in the place of its shape.
    #[must_use]
    pub fn with_leaf(&self, leaf: Self) -> Self {
        match self {
            Self::Array(inner) => Self::Array(Box::new(inner.with_leaf(leaf))),
            Self::Map(inner) => Self::Map(Box::new(inner.with_leaf(leaf))),
            Self::Nullable(inner) => Self::Nullable(Box::new(inner.with_leaf(leaf))),
            _ => leaf,
        }
    }
}
