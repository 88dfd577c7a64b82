//! The types of expressions.

use std::{fmt, sync::Arc};

/// The type of an expression, as the checker knows it.
///
/// `Display` writes it as cel-go does in messages: `map(string, list(int))`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Anything: checked when the expression is evaluated.
    Dyn,
    /// The type of `null`.
    Null,
    /// `true` and `false`.
    Bool,
    /// A signed integer of 64 bits.
    Int,
    /// An unsigned integer of 64 bits.
    Uint,
    /// A float of 64 bits.
    Double,
    /// A text.
    String,
    /// Bytes.
    Bytes,
    /// A length of time.
    Duration,
    /// A point in time.
    Timestamp,
    /// A list with items of one type.
    List(Arc<Self>),
    /// A map with keys of one type and values of one type.
    Map(Arc<(Self, Self)>),
    /// The type of a type, which may be known.
    Type(Option<Arc<Self>>),
    /// A type of a library, such as `optional_type(int)` or `net.IP`.
    Opaque(Arc<str>, Arc<[Self]>),
    /// A structure with fields, which the environment declares under this name.
    Object(Arc<str>),
    /// Stands for any one type in the signature of a function.
    Parameter(Arc<str>),
    /// A type that is still to be found out.
    Variable(u32),
    /// The type of what is wrong, so that nothing else is reported about it.
    Error,
}

/// The name that optional values have as a type.
pub(crate) const OPTIONAL: &str = "optional_type";

impl Type {
    /// A list of items of a type.
    pub fn list(item: Self) -> Self {
        Self::List(Arc::new(item))
    }

    /// A map from keys of a type to values of a type.
    pub fn map(key: Self, value: Self) -> Self {
        Self::Map(Arc::new((key, value)))
    }

    /// A type that a library or an environment gives a name.
    pub fn opaque(name: &str) -> Self {
        Self::Opaque(name.into(), Arc::new([]))
    }

    /// A structure that the environment declares.
    pub fn object(name: &str) -> Self {
        Self::Object(name.into())
    }

    /// A value that may be missing.
    pub fn optional(value: Self) -> Self {
        Self::Opaque(OPTIONAL.into(), Arc::new([value]))
    }

    /// The type of a type.
    pub(crate) fn of_type(inner: Self) -> Self {
        Self::Type(Some(Arc::new(inner)))
    }

    /// What an optional type holds.
    pub(crate) fn unwrapped(&self) -> Option<&Self> {
        match self {
            Self::Opaque(name, parameters) if &**name == OPTIONAL => parameters.first(),
            _ => None,
        }
    }

    /// The types within this one.
    pub(crate) fn parameters(&self) -> Vec<&Self> {
        match self {
            Self::List(item) | Self::Type(Some(item)) => vec![item],
            Self::Map(entry) => vec![&entry.0, &entry.1],
            Self::Opaque(_, parameters) => parameters.iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The same type with `replace` applied to the types directly within.
    pub(crate) fn map_parameters(&self, mut replace: impl FnMut(&Self) -> Self) -> Self {
        match self {
            Self::List(item) => Self::list(replace(item)),
            Self::Type(Some(inner)) => Self::of_type(replace(inner)),
            Self::Map(entry) => Self::map(replace(&entry.0), replace(&entry.1)),
            Self::Opaque(name, parameters) => Self::Opaque(name.clone(), parameters.iter().map(replace).collect()),
            other => other.clone(),
        }
    }

    /// The name that values of this type have for `type(x)`.
    pub fn runtime_name(&self) -> &str {
        match self {
            Self::Dyn => "dyn",
            Self::Null => "null_type",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint => "uint",
            Self::Double => "double",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Duration => "google.protobuf.Duration",
            Self::Timestamp => "google.protobuf.Timestamp",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Type(_) => "type",
            Self::Opaque(name, _) | Self::Object(name) | Self::Parameter(name) => name,
            Self::Variable(_) | Self::Error => "!error!",
        }
    }

    /// Whether this is a type as it stands: nothing within must be checked at run time.
    pub(crate) fn is_certain(&self) -> bool {
        !matches!(self, Self::Dyn | Self::Parameter(_) | Self::Variable(_) | Self::Error)
            && self.parameters().into_iter().all(Self::is_certain)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => return f.write_str("null"),
            Self::Duration => return f.write_str("duration"),
            Self::Timestamp => return f.write_str("timestamp"),
            Self::Variable(number) => return write!(f, "_var{number}"),
            _ => f.write_str(self.runtime_name())?,
        }
        let parameters = self.parameters();
        for (index, parameter) in parameters.iter().enumerate() {
            write!(f, "{}{parameter}", if index == 0 { "(" } else { ", " })?;
        }
        if parameters.is_empty() { Ok(()) } else { f.write_str(")") }
    }
}
