//! The stable names of findings: what has changed, and how.

use std::fmt;

/// What kind of change a finding is about, printed as `maximum-tightened`. Codes do not change between releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// What has changed.
    pub subject: Subject,
    /// How.
    pub change: Change,
}

/// How a subject has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Change {
    /// It was not there before.
    Added,
    /// It is gone.
    Removed,
    /// It has another name.
    Renamed,
    /// It allows less than before.
    Tightened,
    /// It allows more than before.
    Loosened,
    /// It is another one.
    Changed,
    /// It is not accepted any more.
    Refused,
}

macro_rules! subjects {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal,)*) => {
        /// What a finding is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Subject {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Subject {
            /// The name in a code: `max-length`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

subjects! {
    /// The whole CustomResourceDefinition.
    Definition = "definition",
    /// `spec.scope`.
    Scope = "scope",
    /// `spec.group`.
    Group = "group",
    /// `spec.names.kind`.
    Kind = "kind",
    /// `spec.names.listKind`.
    ListKind = "list-kind",
    /// `spec.names.plural`.
    Plural = "plural",
    /// `spec.names.singular`.
    Singular = "singular",
    /// An entry of `spec.names.shortNames`.
    ShortName = "short-name",
    /// An entry of `spec.names.categories`.
    Category = "category",
    /// `spec.preserveUnknownFields`: whether unknown fields are pruned at all.
    Pruning = "pruning",
    /// `spec.conversion`.
    Conversion = "conversion",
    /// An entry of `spec.versions`.
    Version = "version",
    /// `served` of a version.
    ServedVersion = "served-version",
    /// Which version is stored.
    StorageVersion = "storage-version",
    /// `deprecated` and `deprecationWarning` of a version.
    Deprecation = "deprecation",
    /// `subresources.status`.
    StatusSubresource = "status-subresource",
    /// `subresources.scale`.
    ScaleSubresource = "scale-subresource",
    /// An entry of `additionalPrinterColumns`.
    PrinterColumn = "printer-column",
    /// An entry of `selectableFields`.
    SelectableField = "selectable-field",
    /// `type` and `x-kubernetes-int-or-string`.
    Type = "type",
    /// `format`.
    Format = "format",
    /// `nullable`.
    Nullable = "nullable",
    /// `default`.
    Default = "default",
    /// `enum`.
    Enum = "enum",
    /// `pattern`.
    Pattern = "pattern",
    /// `minLength`.
    MinLength = "min-length",
    /// `maxLength`.
    MaxLength = "max-length",
    /// `minimum` and `exclusiveMinimum`.
    Minimum = "minimum",
    /// `maximum` and `exclusiveMaximum`.
    Maximum = "maximum",
    /// `multipleOf`.
    MultipleOf = "multiple-of",
    /// `minItems`.
    MinItems = "min-items",
    /// `maxItems`.
    MaxItems = "max-items",
    /// `uniqueItems`.
    UniqueItems = "unique-items",
    /// `minProperties`.
    MinProperties = "min-properties",
    /// `maxProperties`.
    MaxProperties = "max-properties",
    /// An entry of `properties`.
    Property = "property",
    /// An entry of `required`.
    Required = "required",
    /// `additionalProperties`.
    AdditionalProperties = "additional-properties",
    /// `x-kubernetes-preserve-unknown-fields`.
    UnknownFields = "unknown-fields",
    /// `x-kubernetes-embedded-resource`.
    EmbeddedResource = "embedded-resource",
    /// `items`.
    Items = "items",
    /// `x-kubernetes-list-type`.
    ListType = "list-type",
    /// `x-kubernetes-list-map-keys`.
    ListMapKeys = "list-map-keys",
    /// `x-kubernetes-map-type`.
    MapType = "map-type",
    /// `allOf`.
    AllOf = "all-of",
    /// `anyOf`.
    AnyOf = "any-of",
    /// `oneOf`.
    OneOf = "one-of",
    /// `not`.
    Not = "not",
    /// An entry of `x-kubernetes-validations`: a CEL rule.
    Rule = "rule",
    /// `message`, `messageExpression`, `reason` and `fieldPath` of a rule.
    RuleMessage = "rule-message",
    /// `description` and `title`, everywhere.
    Description = "description",
    /// An object that the schemas together accept.
    Object = "object",
    /// What a member of an object holds, once it is stored.
    StoredMember = "stored-member",
    /// A name in generated Rust.
    RustName = "rust-name",
    /// A type in generated Rust.
    RustType = "rust-type",
}

impl Change {
    /// The name in a code: `tightened`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Renamed => "renamed",
            Self::Tightened => "tightened",
            Self::Loosened => "loosened",
            Self::Changed => "changed",
            Self::Refused => "refused",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.subject.name(), self.change.name())
    }
}
