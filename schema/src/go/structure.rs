//! A Go struct as a table of its fields.
//!
//! The checks of [`check`](super::check) and the changes of [`round_trip`](super::round_trip) follow these tables.

use std::{fmt, sync::LazyLock};

use crate::schema::ListType;

/// A Go struct that is read from JSON and written as JSON.
pub struct Struct {
    /// The name of its package, as Go's errors show it: the last part of its path.
    pub package: &'static str,
    /// The name of the type, without its package.
    pub name: &'static str,
    /// Whether a value is owned and replaced as a whole when it is applied (`+structType=atomic`).
    pub atomic: bool,
    fields: Fields,
}

/// The fields of a [`Struct`], in Go's order.
enum Fields {
    Known(&'static [Field]),
    /// Read when somebody asks for them: structs may contain themselves, and most are never asked for.
    Later(LazyLock<&'static [Field], Box<dyn FnOnce() -> &'static [Field] + Send>>),
}

/// A field of a [`Struct`]: see [`field`].
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The name in JSON.
    pub name: &'static str,
    /// The type.
    pub kind: Type,
    /// Whether Go leaves the field out if it is empty: `omitempty` where the type can be empty, or `omitzero`.
    pub omit_empty: bool,
    /// What else Go's source says of the field.
    pub tags: &'static Tags,
}

/// What the source of a Go struct says of a field beside its type: in struct tags, and in comments that Kubernetes' generators
/// read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a tag of its own")]
pub struct Tags {
    /// The number of the field in protobuf messages (`protobuf:"bytes,1,…"`); 0 if it has none. The wire type follows from the
    /// Go type.
    pub protobuf: u32,
    /// The embedded structs that the field stands in, from the outermost, with a point between them: JSON knows nothing of them,
    /// but Go's errors name them.
    pub embedded: &'static str,
    /// The numbers of these structs in protobuf messages, where each is a message of its own.
    pub within: &'static [u32],
    /// How lists are merged when they are applied (`+listType`). Without it they are atomic.
    pub list: ListType,
    /// The members that identify an item of a list (`+listMapKey`).
    pub keys: &'static [&'static str],
    /// Whether a map is owned and replaced as a whole when it is applied (`+mapType=atomic`).
    pub atomic: bool,
    /// Whether each member is owned for itself although the struct is atomic elsewhere (`+structType=granular`).
    pub granular: bool,
    /// Whether a strategic merge patch merges the list or map (`patchStrategy:"merge"`) instead of replacing it.
    pub merge: bool,
    /// Whether a strategic merge patch drops the members that it does not name (`patchStrategy:"retainKeys"`).
    pub retain_keys: bool,
    /// Whether a strategic merge patch replaces the struct instead of merging its members (`patchStrategy:"replace"`).
    pub replace: bool,
    /// The member by which a strategic merge patch finds an item (`patchMergeKey`); empty if there is none.
    pub merge_key: &'static str,
    /// Whether the API's documentation calls the field required.
    pub required: bool,
    /// The default that the API's documentation shows, as JSON: that of the source (`+default`), or the zero value of what Go always
    /// writes. Empty if there is none.
    pub default: &'static str,
    /// The value that the server sets where there is none, as JSON: what its defaulting functions do whatever stands beside the field.
    /// Empty if there is none.
    pub set: &'static str,
    /// The values that the API's documentation lists (`+enum`), of a list or map for what is in it.
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
    /// `resource.Quantity`, a text such as `1.5Gi` or a number. Go writes its canonical form.
    Quantity,
    /// `intstr.IntOrString`
    IntOrString,
    /// JSON that Go keeps as it is.
    Any,
    /// A pointer, which is set even if what it points to is empty.
    Pointer(&'static Self),
    /// A slice.
    List(&'static Self),
    /// A map from texts.
    Map(&'static Self),
    /// A type that has a name of its own and else is like another, with the name as Go's errors show it: `v1.PullPolicy`.
    Named(&'static str, &'static Self),
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
        embedded: "",
        within: &[],
        list: ListType::Atomic,
        keys: &[],
        atomic: false,
        granular: false,
        merge: false,
        retain_keys: false,
        replace: false,
        merge_key: "",
        required: false,
        default: "",
        set: "",
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
    /// A struct of the given package.
    pub const fn new(package: &'static str, name: &'static str, fields: &'static [Field]) -> Self {
        Self { package, name, atomic: false, fields: Fields::Known(fields) }
    }

    /// A struct that is owned and replaced as a whole.
    pub const fn new_atomic(package: &'static str, name: &'static str, fields: &'static [Field]) -> Self {
        Self { package, name, atomic: true, fields: Fields::Known(fields) }
    }

    /// A struct whose fields are read when somebody asks for them.
    pub fn later(
        package: &'static str,
        name: &'static str,
        read: impl FnOnce() -> &'static [Field] + Send + 'static,
    ) -> Self {
        Self { package, name, atomic: false, fields: Fields::Later(LazyLock::new(Box::new(read))) }
    }

    /// The struct, owned and replaced as a whole if `atomic`.
    #[must_use]
    pub fn atomic(self, atomic: bool) -> Self {
        Self { atomic, ..self }
    }

    /// The fields, in Go's order.
    pub fn fields(&self) -> &'static [Field] {
        match &self.fields {
            Fields::Known(fields) => fields,
            Fields::Later(fields) => fields,
        }
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// The type as Go prints it.
    pub fn go_name(&self) -> String {
        format!("{}.{}", self.package, self.name)
    }
}

impl Type {
    /// The type without the name that it has beside what it is.
    pub const fn unnamed(&self) -> &Self {
        match self {
            Self::Named(_, kind) => kind.unnamed(),
            kind => kind,
        }
    }

    /// The type as Go prints it.
    pub fn go_name(&self) -> String {
        match self {
            Self::Text => "string".to_owned(),
            Self::Flag => "bool".to_owned(),
            Self::Int32 => "int32".to_owned(),
            Self::Int64 | Self::WholeNumber => "int64".to_owned(),
            Self::Float64 => "float64".to_owned(),
            Self::Bytes => "[]uint8".to_owned(),
            Self::Time => "v1.Time".to_owned(),
            Self::MicroTime => "v1.MicroTime".to_owned(),
            Self::Quantity => "resource.Quantity".to_owned(),
            Self::IntOrString => "intstr.IntOrString".to_owned(),
            Self::Any | Self::OneOf(..) => "v1.JSON".to_owned(),
            Self::Pointer(kind) => format!("*{}", kind.go_name()),
            Self::List(item) => format!("[]{}", item.go_name()),
            Self::Map(value) => format!("map[string]{}", value.go_name()),
            Self::Named(name, _) => (*name).to_owned(),
            Self::Struct(of) => of.go_name(),
        }
    }

    /// The type that Go's decoder looks for in JSON, as its errors name it: decoders of their own look for another than theirs.
    pub(super) fn decoded_name(&self) -> String {
        match self {
            Self::Time | Self::MicroTime => "string".to_owned(),
            Self::IntOrString => "int32".to_owned(),
            Self::Pointer(kind) => kind.decoded_name(),
            kind => kind.go_name(),
        }
    }
}

/// The name only: structs may contain themselves.
impl fmt::Debug for Struct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Struct({})", self.name)
    }
}
