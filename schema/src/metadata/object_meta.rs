//! The fields of `metav1.ObjectMeta`, as a table.
//!
//! Source: `apimachinery/pkg/apis/meta/v1/types.go`.

use crate::go::{
    Struct, Tags,
    Type::{Any, Flag, List, Map, Pointer, Struct as Nested, Text, Time, WholeNumber},
    field,
};
use crate::schema::ListType;

/// `metav1.ObjectMeta`, the metadata of every object.
pub static OBJECT_META: Struct = Struct {
    name: "ObjectMeta",
    atomic: false,
    fields: &[
        field("name", Text),
        field("generateName", Text),
        field("namespace", Text),
        field("selfLink", Text),
        field("uid", Text),
        field("resourceVersion", Text),
        field("generation", WholeNumber),
        field("creationTimestamp", Time),
        field("deletionTimestamp", Pointer(&Time)),
        field("deletionGracePeriodSeconds", Pointer(&WholeNumber)),
        field("labels", Map(&Text)),
        field("annotations", Map(&Text)),
        field("ownerReferences", List(&Nested(&OWNER_REFERENCE))).tagged(&OWNER_REFERENCES),
        field("finalizers", List(&Text)).tagged(&FINALIZERS),
        field("managedFields", List(&Nested(&MANAGED_FIELDS_ENTRY))),
    ],
};

static OWNER_REFERENCES: Tags =
    Tags { list: ListType::Map, keys: &["uid"], merge: true, merge_key: "uid", ..Tags::NONE };

static FINALIZERS: Tags = Tags { list: ListType::Set, merge: true, ..Tags::NONE };

static OWNER_REFERENCE: Struct = Struct {
    name: "OwnerReference",
    atomic: true,
    fields: &[
        field("apiVersion", Text).always(),
        field("kind", Text).always(),
        field("name", Text).always(),
        field("uid", Text).always(),
        field("controller", Pointer(&Flag)),
        field("blockOwnerDeletion", Pointer(&Flag)),
    ],
};

static MANAGED_FIELDS_ENTRY: Struct = Struct {
    name: "ManagedFieldsEntry",
    atomic: false,
    fields: &[
        field("manager", Text),
        field("operation", Text),
        field("apiVersion", Text),
        field("time", Pointer(&Time)),
        field("fieldsType", Text),
        field("fieldsV1", Any),
        field("subresource", Text),
    ],
};
