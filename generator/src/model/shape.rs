//! Shapes: the objects and enums that become named types, held in one arena and referred to by [`ShapeId`].

use super::{Constraint, Ident};

/// Refers to a shape of the same [`Shapes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ShapeId(usize);

/// All shapes of a group, parents before children.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shapes<'a>(Vec<Shape<'a>>);

/// An object or an enum, at its place in a schema.
#[derive(Clone, Debug)]
pub(crate) struct Shape<'a> {
    /// The object that has the property; none for a resource's root.
    pub(crate) parent: Option<ShapeId>,
    /// The property, as the schema spells it; the kind for a resource's root.
    pub(crate) key: &'a str,
    /// Whether the property holds many of them, in an array or a map.
    pub(crate) collection: bool,
    /// Its place: the CRD's name, the version, and the way from the schema's root, such as
    /// `databases.example.com/v1/spec/listeners/*`.
    pub(crate) place: String,
    /// The name of the type.
    pub(crate) ty: String,
    /// The module for what is nested in it.
    pub(crate) module: Ident,
    /// What its own schema says about it.
    pub(crate) docs: Docs<'a>,
    /// What it is.
    pub(crate) body: Body<'a>,
    /// The equal shape that is emitted in its place, if there is one.
    pub(crate) canonical: Option<ShapeId>,
    /// The module that holds its nested types, from the root of the output, if it is emitted and has any.
    pub(crate) module_path: Option<Vec<Ident>>,
}

/// An object or an enum.
#[derive(Clone, Debug)]
pub(crate) enum Body<'a> {
    /// An object with known properties.
    Object(Object<'a>),
    /// A string with an `enum`.
    Enumeration(Enumeration<'a>),
}

/// An object with known properties.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object<'a> {
    /// Its properties, in source order.
    pub(crate) fields: Vec<Field<'a>>,
    /// The field that keeps unknown properties, if they are kept.
    pub(crate) unknown: Option<Ident>,
    /// Whether it has a `Default`: nothing but a resource's metadata is required. All others have `new`.
    pub(crate) has_default: bool,
    /// What makes one of what is required, if anything is.
    pub(crate) constructor: Option<Constructor>,
    /// Which of its fields are those of a Kubernetes condition, if it is one.
    pub(crate) condition: Option<ConditionFields>,
}

/// A function that takes what is required.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Constructor {
    /// Its name: `new`, if that has never stood for other parameters.
    pub(crate) name: String,
    /// The fields that it takes, by their positions, in the order of the parameters.
    pub(crate) parameters: Vec<usize>,
}

/// The fields of a condition, by their positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConditionFields(pub(crate) Vec<(&'static str, usize)>);

/// A string with an `enum`.
#[derive(Clone, Debug)]
pub(crate) struct Enumeration<'a> {
    /// Its values, in source order.
    pub(crate) variants: Vec<Variant<'a>>,
    /// Whether other values are refused on reading.
    pub(crate) closed: bool,
}

/// One value of an enum.
#[derive(Clone, Debug)]
pub(crate) struct Variant<'a> {
    /// The value.
    pub(crate) value: &'a str,
    /// The variant.
    pub(crate) name: String,
}

/// One property of an object.
#[derive(Clone, Debug)]
pub(crate) struct Field<'a> {
    /// The JSON key.
    pub(crate) key: &'a str,
    /// The field.
    pub(crate) name: Ident,
    /// What its schema says about it.
    pub(crate) docs: Docs<'a>,
    /// Whether the key must be there: `required`, and without a default.
    pub(crate) required: bool,
    /// Whether `null` is a value of its own.
    pub(crate) nullable: bool,
    /// Whether the API server fills it in when it is absent.
    pub(crate) defaulted: bool,
    /// The type of its value.
    pub(crate) ty: Type,
    /// Constraints on its value.
    pub(crate) constraints: Vec<Constraint<'a>>,
}

/// Documentation, not yet escaped for Rust.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Docs<'a> {
    /// The schema's own words.
    pub(crate) description: Option<&'a str>,
    /// One sentence a constraint, in Markdown.
    pub(crate) notes: Vec<String>,
}

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Type {
    /// A string.
    String,
    /// A string in a format that has a type.
    Formatted(Format),
    /// A quantity: an integer, or a string such as `500m`.
    Quantity,
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
    /// A type that the settings name, by its whole path.
    Existing(String),
}

/// A format of strings whose values have a type in the runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Format {
    /// `date-time`
    DateTime,
    /// `date`
    Date,
    /// `duration`
    Duration,
    /// `byte`
    Bytes,
    /// `ipv4`, `ipv6`
    Ip,
    /// `cidr`
    Cidr,
}

impl<'a> Shapes<'a> {
    /// Adds a shape.
    pub(crate) fn push(&mut self, shape: Shape<'a>) -> ShapeId {
        self.0.push(shape);
        ShapeId(self.0.len() - 1)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// All ids, in order.
    pub(crate) fn ids(&self) -> impl DoubleEndedIterator<Item = ShapeId> + use<> {
        (0..self.0.len()).map(ShapeId)
    }

    /// The shapes that are the types of an object's properties, in their order.
    pub(crate) fn children(&self, id: ShapeId) -> impl Iterator<Item = ShapeId> + '_ {
        let fields = match &self[id].body {
            Body::Object(object) => object.fields.as_slice(),
            Body::Enumeration(_) => &[],
        };
        fields.iter().filter_map(|field| field.ty.shape())
    }

    /// Whether types are nested in it.
    pub(crate) fn has_children(&self, id: ShapeId) -> bool {
        self.children(id).next().is_some()
    }

    /// The shape that is emitted in the place of `id`: itself, unless it is shared.
    pub(crate) fn canonical(&self, id: ShapeId) -> ShapeId {
        self[id].canonical.unwrap_or(id)
    }

    /// The shapes of a resource that are mentioned in its output, parents before children: itself and what is in it, but
    /// nothing inside of a shape that another one stands for.
    pub(crate) fn emitted(&self, root: ShapeId) -> Vec<ShapeId> {
        let mut found = vec![root];
        let mut next = 0;
        while let Some(&id) = found.get(next) {
            next += 1;
            if self[id].canonical.is_none() {
                found.extend(self.children(id));
            }
        }
        found
    }

    /// The module from which a shape's type can be had.
    pub(crate) fn home(&self, id: ShapeId) -> Option<&[Ident]> {
        self[self[id].parent.unwrap_or(id)].module_path.as_deref()
    }
}

impl<'a> std::ops::Index<ShapeId> for Shapes<'a> {
    type Output = Shape<'a>;

    fn index(&self, id: ShapeId) -> &Shape<'a> {
        &self.0[id.0]
    }
}

impl std::ops::IndexMut<ShapeId> for Shapes<'_> {
    fn index_mut(&mut self, id: ShapeId) -> &mut Self::Output {
        &mut self.0[id.0]
    }
}

impl ShapeId {
    /// Its position among all, for tables that run beside [`Shapes`].
    pub(crate) fn index(self) -> usize {
        self.0
    }
}

impl Type {
    /// The one shape in it, if there is one.
    pub(crate) fn shape(&self) -> Option<ShapeId> {
        match self {
            Self::Shape(id) => Some(*id),
            Self::Array(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.shape(),
            _ => None,
        }
    }

    /// The same type with another in the place of its shape.
    #[must_use]
    pub(crate) fn with_leaf(&self, leaf: Self) -> Self {
        match self {
            Self::Array(inner) => Self::Array(Box::new(inner.with_leaf(leaf))),
            Self::Map(inner) => Self::Map(Box::new(inner.with_leaf(leaf))),
            Self::Nullable(inner) => Self::Nullable(Box::new(inner.with_leaf(leaf))),
            _ => leaf,
        }
    }
}
