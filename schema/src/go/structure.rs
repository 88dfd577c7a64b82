//! A Go struct as a table of its fields.
//!
//! The checks of [`check`](super::check) and the changes of [`round_trip`](super::round_trip) follow these tables.

use std::fmt;

use crate::schema::ListType;

/// A Go struct that is read from JSON and written as JSON.
pub struct Struct {
    /// The name of the type, without its package.
    pub name: &'static str,
    /// Whether a value is owned and replaced as a whole when it is applied (`+structType=atomic`).
    pub atomic: bool,
    /// The fields, in Go's order.
    pub fields: &'static [Field],
}

/// A field of a [`Struct`]: see [`field`].
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name in JSON.
    pub name: &'static str,
    /// The type.
    pub kind: Type,
    /// Whether Go leaves the field out if it is empty (`omitempty`).
    pub omit_empty: bool,
    /// What else Go's source says of the field.
    pub tags: &'static Tags,
}

/// What the source of a Go struct says of a field beside its type: in struct tags, and in comments that Kubernetes' generators
/// read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a tag of its own")]
pub struct Tags {
    /// The number of the field in protobuf messages (`protobuf:"bytes,1,…"`); 0 if it has none.
    pub protobuf: u32,
    /// How lists are merged when they are applied (`+listType`). Without it they are atomic.
    pub list: ListType,
    /// The members that identify an item of a list (`+listMapKey`).
    pub keys: &'static [&'static str],
    /// Whether a map is owned and replaced as a whole when it is applied (`+mapType=atomic`).
    pub atomic: bool,
    /// Whether a strategic merge patch merges the list or map (`patchStrategy:"merge"`) instead of replacing it.
    pub merge: bool,
    /// Whether a strategic merge patch drops the members that it does not name (`patchStrategy:"retainKeys"`).
    pub retain_keys: bool,
    /// The member by which a strategic merge patch finds an item (`patchMergeKey`); empty if there is none.
    pub merge_key: &'static str,
    /// Whether the API's documentation calls the field required.
    pub required: bool,
    /// The default (`+default`), as JSON; empty if there is none.
    pub default: &'static str,
    /// The values that the API's documentation lists (`+enum`).
    pub values: &'static [&'static str],
}

/// The Go type of a value.
#[derive(Clone, Copy, Debug)]
pub enum Type {
    /// `string`
    Text,
    /// `bool`
    Flag,
    /// `int32`
    Int32,
    /// `int64`
    Int64,
    /// `int64` in a struct that the server decodes from JSON that it has written itself: a client may write 1 as `1.0`.
    WholeNumber,
    /// `float64`
    Float64,
    /// `[]byte`, which is base64 in JSON.
    Bytes,
    /// `metav1.Time`
    Time,
    /// `metav1.MicroTime`, which always has six digits of a second.
    MicroTime,
    /// JSON that Go keeps as it is.
    Any,
    /// A pointer, which is set even if what it points to is empty.
    Pointer(&'static Self),
    /// A slice.
    List(&'static Self),
    /// A map from texts.
    Map(&'static Self),
    /// A struct. Go never leaves it out: `omitempty` means nothing to it.
    Struct(&'static Struct),
    /// A type with a decoder of its own that takes JSON of several kinds, and the error about any other. Without an error,
    /// other JSON is taken for none.
    OneOf(&'static [Self], Option<&'static str>),
}

/// A field that Go leaves out if it is empty.
pub const fn field(name: &'static str, kind: Type) -> Field {
    Field { name, kind, omit_empty: true, tags: &Tags::NONE }
}

impl Tags {
    /// A field of which nothing is said.
    pub const NONE: Self = Self {
        protobuf: 0,
        list: ListType::Atomic,
        keys: &[],
        atomic: false,
        merge: false,
        retain_keys: false,
        merge_key: "",
        required: false,
        default: "",
        values: &[],
    };
}

impl Field {
    /// The field without `omitempty`: Go always writes it.
    #[must_use]
    pub const fn always(self) -> Self {
        Self { omit_empty: false, ..self }
    }

    /// The field with what Go's source says of it.
    #[must_use]
    pub const fn tagged(self, tags: &'static Tags) -> Self {
        Self { tags, ..self }
    }
}

impl Struct {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Type {
    /// The type as Go's errors name it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Text | Self::Time | Self::MicroTime => "string".to_owned(),
            Self::Flag => "bool".to_owned(),
            Self::Int32 => "int32".to_owned(),
            Self::Int64 | Self::WholeNumber => "int64".to_owned(),
            Self::Float64 => "float64".to_owned(),
            Self::Bytes => "[]uint8".to_owned(),
            Self::Pointer(kind) => kind.name(),
            Self::List(item) => format!("[]{}", item.name()),
            Self::Map(value) => format!("map[string]{}", value.name()),
            Self::Struct(of) => format!("v1.{}", of.name),
            Self::Any | Self::OneOf(..) => "v1.JSON".to_owned(),
        }
    }
}

/// The name only: structs may contain themselves.
impl fmt::Debug for Struct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Struct({})", self.name)
    }
}
