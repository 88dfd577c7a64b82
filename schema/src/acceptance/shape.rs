//! The types of a CRD's members, as Go decodes them.
//!
//! In: a document as it is posted. Out: the first member of a wrong type, in document order as Go's decoder reports it and in its
//! words. `null` reads as absent everywhere, and members that the types lack do not count.
//! Source: `apiextensions-apiserver/pkg/apis/apiextensions/v1`.

use super::Mismatch;
use crate::{
    format::Format,
    metadata::go_kind,
    node::{Content, Node},
};

/// A struct of Go: its name, and its members.
struct Struct(&'static str, &'static [(&'static str, Kind)]);

/// The type of a member.
enum Kind {
    Text,
    Flag,
    Int32,
    Int64,
    Number,
    /// Base64.
    Bytes,
    Any,
    Object(&'static Struct),
    List(&'static Kind),
    Map(&'static Kind),
    SchemaOrBool,
    /// What is neither an object nor an array is taken for neither, without an error.
    SchemaOrList(&'static Kind),
}

use Kind::{Bytes, Flag, Int32, Int64, List, Map, Number, Object, SchemaOrBool, SchemaOrList, Text};

static CUSTOM_RESOURCE_DEFINITION: Struct = Struct(
    "CustomResourceDefinition",
    &[("apiVersion", Text), ("kind", Text), ("spec", Object(&SPEC)), ("status", Object(&STATUS))],
);
static SPEC: Struct = Struct(
    "CustomResourceDefinitionSpec",
    &[
        ("group", Text),
        ("names", Object(&NAMES)),
        ("scope", Text),
        ("versions", List(&Object(&VERSION))),
        ("conversion", Object(&CONVERSION)),
        ("preserveUnknownFields", Flag),
    ],
);
static NAMES: Struct = Struct(
    "CustomResourceDefinitionNames",
    &[
        ("plural", Text),
        ("singular", Text),
        ("shortNames", List(&Text)),
        ("kind", Text),
        ("listKind", Text),
        ("categories", List(&Text)),
    ],
);
static STATUS: Struct = Struct(
    "CustomResourceDefinitionStatus",
    &[
        ("conditions", List(&Object(&CONDITION))),
        ("acceptedNames", Object(&NAMES)),
        ("storedVersions", List(&Text)),
        ("observedGeneration", Int64),
    ],
);
static CONDITION: Struct = Struct(
    "CustomResourceDefinitionCondition",
    &[
        ("type", Text),
        ("status", Text),
        ("lastTransitionTime", Text),
        ("reason", Text),
        ("message", Text),
        ("observedGeneration", Int64),
    ],
);
static CONVERSION: Struct = Struct("CustomResourceConversion", &[("strategy", Text), ("webhook", Object(&WEBHOOK))]);
static WEBHOOK: Struct =
    Struct("WebhookConversion", &[("clientConfig", Object(&CLIENT_CONFIG)), ("conversionReviewVersions", List(&Text))]);
static CLIENT_CONFIG: Struct =
    Struct("WebhookClientConfig", &[("url", Text), ("service", Object(&SERVICE)), ("caBundle", Bytes)]);
static SERVICE: Struct =
    Struct("ServiceReference", &[("namespace", Text), ("name", Text), ("path", Text), ("port", Int32)]);
static VERSION: Struct = Struct(
    "CustomResourceDefinitionVersion",
    &[
        ("name", Text),
        ("served", Flag),
        ("storage", Flag),
        ("deprecated", Flag),
        ("deprecationWarning", Text),
        ("schema", Object(&VALIDATION)),
        ("subresources", Object(&SUBRESOURCES)),
        ("additionalPrinterColumns", List(&Object(&COLUMN))),
        ("selectableFields", List(&Object(&SELECTABLE_FIELD))),
    ],
);
static VALIDATION: Struct = Struct("CustomResourceValidation", &[("openAPIV3Schema", Object(&SCHEMA))]);
static SUBRESOURCES: Struct =
    Struct("CustomResourceSubresources", &[("status", Object(&EMPTY)), ("scale", Object(&SCALE))]);
static EMPTY: Struct = Struct("CustomResourceSubresourceStatus", &[]);
static SCALE: Struct = Struct(
    "CustomResourceSubresourceScale",
    &[("specReplicasPath", Text), ("statusReplicasPath", Text), ("labelSelectorPath", Text)],
);
static COLUMN: Struct = Struct(
    "CustomResourceColumnDefinition",
    &[("name", Text), ("type", Text), ("format", Text), ("description", Text), ("priority", Int32), ("jsonPath", Text)],
);
static SELECTABLE_FIELD: Struct = Struct("SelectableField", &[("jsonPath", Text)]);
/// `default`, `enum`'s items and `example` may be anything.
static SCHEMA: Struct = Struct(
    "JSONSchemaProps",
    &[
        ("id", Text),
        ("$schema", Text),
        ("$ref", Text),
        ("description", Text),
        ("type", Text),
        ("format", Text),
        ("title", Text),
        ("maximum", Number),
        ("exclusiveMaximum", Flag),
        ("minimum", Number),
        ("exclusiveMinimum", Flag),
        ("maxLength", Int64),
        ("minLength", Int64),
        ("pattern", Text),
        ("maxItems", Int64),
        ("minItems", Int64),
        ("uniqueItems", Flag),
        ("multipleOf", Number),
        ("enum", List(&Kind::Any)),
        ("maxProperties", Int64),
        ("minProperties", Int64),
        ("required", List(&Text)),
        ("items", SchemaOrList(&Object(&SCHEMA))),
        ("allOf", List(&Object(&SCHEMA))),
        ("oneOf", List(&Object(&SCHEMA))),
        ("anyOf", List(&Object(&SCHEMA))),
        ("not", Object(&SCHEMA)),
        ("properties", Map(&Object(&SCHEMA))),
        ("additionalProperties", SchemaOrBool),
        ("patternProperties", Map(&Object(&SCHEMA))),
        ("dependencies", Map(&SchemaOrList(&Text))),
        ("additionalItems", SchemaOrBool),
        ("definitions", Map(&Object(&SCHEMA))),
        ("externalDocs", Object(&EXTERNAL_DOCS)),
        ("nullable", Flag),
        ("x-kubernetes-preserve-unknown-fields", Flag),
        ("x-kubernetes-embedded-resource", Flag),
        ("x-kubernetes-int-or-string", Flag),
        ("x-kubernetes-list-map-keys", List(&Text)),
        ("x-kubernetes-list-type", Text),
        ("x-kubernetes-map-type", Text),
        ("x-kubernetes-validations", List(&Object(&RULE))),
    ],
);
static EXTERNAL_DOCS: Struct = Struct("ExternalDocumentation", &[("description", Text), ("url", Text)]);
static RULE: Struct = Struct(
    "ValidationRule",
    &[
        ("rule", Text),
        ("message", Text),
        ("messageExpression", Text),
        ("reason", Text),
        ("fieldPath", Text),
        ("optionalOldSelf", Flag),
    ],
);

/// Checks a whole document; its metadata is left to [`crate::metadata::coerce`].
pub(super) fn check(document: &Node<'_>) -> Result<(), Mismatch> {
    let mut place = Place { owner: CUSTOM_RESOURCE_DEFINITION.0, path: Vec::new() };
    check_struct(document, &CUSTOM_RESOURCE_DEFINITION, &mut place)
}

/// Where a value stands: the struct around it, and the names of the members that lead to it.
struct Place {
    owner: &'static str,
    path: Vec<&'static str>,
}

fn check_struct(value: &Node<'_>, of: &Struct, place: &mut Place) -> Result<(), Mismatch> {
    let Content::Mapping(members) = &value.content else { return mismatch(value, place, &format!("v1.{}", of.0)) };
    let owner = std::mem::replace(&mut place.owner, of.0);
    for member in members.members() {
        if let Some((name, kind)) = of.1.iter().find(|(name, _)| *name == member.name) {
            place.path.push(name);
            check_value(&member.value, kind, place)?;
            place.path.pop();
        }
    }
    place.owner = owner;
    Ok(())
}

fn check_value(value: &Node<'_>, kind: &Kind, place: &mut Place) -> Result<(), Mismatch> {
    let expected = match (kind, &value.content) {
        (_, Content::Null) | (Kind::Any, _) | (Text, Content::String(_)) | (Flag | SchemaOrBool, Content::Bool(_)) => {
            return Ok(());
        }
        (Object(of), _) => return check_struct(value, of, place),
        (List(kind) | SchemaOrList(kind), Content::Sequence(items)) => {
            return items.iter().try_for_each(|item| check_value(item, kind, place));
        }
        (Map(kind), Content::Mapping(members)) => {
            return members.members().iter().try_for_each(|member| check_value(&member.value, kind, place));
        }
        (SchemaOrBool | SchemaOrList(_), Content::Mapping(_)) => return check_struct(value, &SCHEMA, place),
        (SchemaOrList(_), _)
        | (Number, Content::Int(_) | Content::Uint(_) | Content::Float(_))
        | (Int64, Content::Int(_)) => return Ok(()),
        (Int32, Content::Int(number)) if i32::try_from(*number).is_ok() => return Ok(()),
        (Bytes, Content::String(text)) if text.is_empty() || is_base64(text) => return Ok(()),
        (Bytes, Content::String(_)) => return Err(Mismatch::at(value, "illegal base64 data")),
        (SchemaOrBool, _) => return Err(Mismatch::at(value, "boolean or JSON schema expected")),
        _ => go_type(kind),
    };
    mismatch(value, place, &expected)
}

/// The type as Go names it.
fn go_type(kind: &Kind) -> String {
    match kind {
        Text => "string".to_owned(),
        Flag => "bool".to_owned(),
        Int32 => "int32".to_owned(),
        Int64 => "int64".to_owned(),
        Number => "float64".to_owned(),
        Bytes => "[]uint8".to_owned(),
        Object(of) => format!("v1.{}", of.0),
        List(item) => format!("[]{}", go_type(item)),
        Map(value) => format!("map[string]{}", go_type(value)),
        Kind::Any | SchemaOrBool | SchemaOrList(_) => "v1.JSON".to_owned(),
    }
}

/// Go skips line breaks in base64.
fn is_base64(text: &str) -> bool {
    Format::Byte.matches(&text.replace(['\n', '\r'], ""))
}

fn mismatch(value: &Node<'_>, place: &Place, expected: &str) -> Result<(), Mismatch> {
    let (found, owner, path) = (go_kind(&value.to_value()), place.owner, place.path.join("."));
    let text = format!("json: cannot unmarshal {found} into Go struct field {owner}.{path} of type {expected}");
    Err(Mismatch::at(value, text))
}
