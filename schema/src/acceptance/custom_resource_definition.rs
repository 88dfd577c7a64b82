//! `v1.CustomResourceDefinition`, and the structs that it is made of.
//!
//! Tables of their fields. The metadata is left out: [`crate::metadata::coerce`] decodes it.
//! Source: `apiextensions-apiserver/pkg/apis/apiextensions/v1`.

use crate::go::{
    Struct,
    Type::{self, Any, Bytes, Flag, Float64, Int32, Int64, List, Map, OneOf, Pointer, Struct as Nested, Text, Time},
    field,
};

pub(super) static CUSTOM_RESOURCE_DEFINITION: Struct = Struct::new(
    "v1",
    "CustomResourceDefinition",
    &[
        field("apiVersion", Text),
        field("kind", Text),
        field("spec", Nested(&SPEC)).always(),
        field("status", Nested(&STATUS)),
    ],
);
static SPEC: Struct = Struct::new(
    "v1",
    "CustomResourceDefinitionSpec",
    &[
        field("group", Text).always(),
        field("names", Nested(&NAMES)).always(),
        field("scope", Text).always(),
        field("versions", List(&Nested(&VERSION))).always(),
        field("conversion", Pointer(&Nested(&CONVERSION))),
        field("preserveUnknownFields", Flag),
    ],
);
static NAMES: Struct = Struct::new(
    "v1",
    "CustomResourceDefinitionNames",
    &[
        field("plural", Text).always(),
        field("singular", Text),
        field("shortNames", List(&Text)),
        field("kind", Text).always(),
        field("listKind", Text),
        field("categories", List(&Text)),
    ],
);
static STATUS: Struct = Struct::new(
    "v1",
    "CustomResourceDefinitionStatus",
    &[
        field("conditions", List(&Nested(&CONDITION))).always(),
        field("acceptedNames", Nested(&NAMES)).always(),
        field("storedVersions", List(&Text)).always(),
        field("observedGeneration", Int64),
    ],
);
static CONDITION: Struct = Struct::new(
    "v1",
    "CustomResourceDefinitionCondition",
    &[
        field("type", Text).always(),
        field("status", Text).always(),
        field("lastTransitionTime", Time),
        field("reason", Text),
        field("message", Text),
        field("observedGeneration", Int64),
    ],
);
static CONVERSION: Struct = Struct::new(
    "v1",
    "CustomResourceConversion",
    &[field("strategy", Text).always(), field("webhook", Pointer(&Nested(&WEBHOOK)))],
);
static WEBHOOK: Struct = Struct::new(
    "v1",
    "WebhookConversion",
    &[field("clientConfig", Pointer(&Nested(&CLIENT_CONFIG))), field("conversionReviewVersions", List(&Text)).always()],
);
static CLIENT_CONFIG: Struct = Struct::new(
    "v1",
    "WebhookClientConfig",
    &[field("url", Pointer(&Text)), field("service", Pointer(&Nested(&SERVICE))), field("caBundle", Bytes)],
);
static SERVICE: Struct = Struct::new(
    "v1",
    "ServiceReference",
    &[
        field("namespace", Text).always(),
        field("name", Text).always(),
        field("path", Pointer(&Text)),
        field("port", Pointer(&Int32)),
    ],
);
pub(super) static VERSION: Struct = Struct::new(
    "v1",
    "CustomResourceDefinitionVersion",
    &[
        field("name", Text).always(),
        field("served", Flag).always(),
        field("storage", Flag).always(),
        field("deprecated", Flag),
        field("deprecationWarning", Pointer(&Text)),
        field("schema", Pointer(&Nested(&VALIDATION))),
        field("subresources", Pointer(&Nested(&SUBRESOURCES))),
        field("additionalPrinterColumns", List(&Nested(&COLUMN))),
        field("selectableFields", List(&Nested(&SELECTABLE_FIELD))),
    ],
);
static VALIDATION: Struct =
    Struct::new("v1", "CustomResourceValidation", &[field("openAPIV3Schema", Pointer(&Nested(&SCHEMA)))]);
static SUBRESOURCES: Struct = Struct::new(
    "v1",
    "CustomResourceSubresources",
    &[field("status", Pointer(&Nested(&EMPTY))), field("scale", Pointer(&Nested(&SCALE)))],
);
static EMPTY: Struct = Struct::new("v1", "CustomResourceSubresourceStatus", &[]);
static SCALE: Struct = Struct::new(
    "v1",
    "CustomResourceSubresourceScale",
    &[
        field("specReplicasPath", Text).always(),
        field("statusReplicasPath", Text).always(),
        field("labelSelectorPath", Pointer(&Text)),
    ],
);
static COLUMN: Struct = Struct::new(
    "v1",
    "CustomResourceColumnDefinition",
    &[
        field("name", Text).always(),
        field("type", Text).always(),
        field("format", Text),
        field("description", Text),
        field("priority", Int32),
        field("jsonPath", Text).always(),
    ],
);
static SELECTABLE_FIELD: Struct = Struct::new("v1", "SelectableField", &[field("jsonPath", Text).always()]);
/// `JSONSchemaPropsOrBool`
static SCHEMA_OR_FLAG: Type = OneOf(&[Flag, Nested(&SCHEMA)], Some("boolean or JSON schema expected"));
/// `JSONSchemaPropsOrArray`
static SCHEMA_OR_SCHEMAS: Type = OneOf(&[Nested(&SCHEMA), List(&Nested(&SCHEMA))], None);
/// `JSONSchemaPropsOrStringArray`
static SCHEMA_OR_TEXTS: Type = OneOf(&[Nested(&SCHEMA), List(&Text)], None);
pub(super) static SCHEMA: Struct = Struct::new(
    "v1",
    "JSONSchemaProps",
    &[
        field("id", Text),
        field("$schema", Text),
        field("$ref", Pointer(&Text)),
        field("description", Text),
        field("type", Text),
        field("format", Text),
        field("title", Text),
        field("default", Any),
        field("maximum", Pointer(&Float64)),
        field("exclusiveMaximum", Flag),
        field("minimum", Pointer(&Float64)),
        field("exclusiveMinimum", Flag),
        field("maxLength", Pointer(&Int64)),
        field("minLength", Pointer(&Int64)),
        field("pattern", Text),
        field("maxItems", Pointer(&Int64)),
        field("minItems", Pointer(&Int64)),
        field("uniqueItems", Flag),
        field("multipleOf", Pointer(&Float64)),
        field("enum", List(&Any)),
        field("maxProperties", Pointer(&Int64)),
        field("minProperties", Pointer(&Int64)),
        field("required", List(&Text)),
        field("items", Pointer(&SCHEMA_OR_SCHEMAS)),
        field("allOf", List(&Nested(&SCHEMA))),
        field("oneOf", List(&Nested(&SCHEMA))),
        field("anyOf", List(&Nested(&SCHEMA))),
        field("not", Pointer(&Nested(&SCHEMA))),
        field("properties", Map(&Nested(&SCHEMA))),
        field("additionalProperties", Pointer(&SCHEMA_OR_FLAG)),
        field("patternProperties", Map(&Nested(&SCHEMA))),
        field("dependencies", Map(&SCHEMA_OR_TEXTS)),
        field("additionalItems", Pointer(&SCHEMA_OR_FLAG)),
        field("definitions", Map(&Nested(&SCHEMA))),
        field("example", Any),
        field("externalDocs", Pointer(&Nested(&EXTERNAL_DOCS))),
        field("nullable", Flag),
        field("x-kubernetes-preserve-unknown-fields", Pointer(&Flag)),
        field("x-kubernetes-embedded-resource", Flag),
        field("x-kubernetes-int-or-string", Flag),
        field("x-kubernetes-list-map-keys", List(&Text)),
        field("x-kubernetes-list-type", Pointer(&Text)),
        field("x-kubernetes-map-type", Pointer(&Text)),
        field("x-kubernetes-validations", List(&Nested(&RULE))),
    ],
);
static EXTERNAL_DOCS: Struct =
    Struct::new("v1", "ExternalDocumentation", &[field("description", Text), field("url", Text)]);
static RULE: Struct = Struct::new(
    "v1",
    "ValidationRule",
    &[
        field("rule", Text).always(),
        field("message", Text),
        field("messageExpression", Text),
        field("reason", Pointer(&Text)),
        field("fieldPath", Text),
        field("optionalOldSelf", Pointer(&Flag)),
    ],
);
