//! The fields of `metav1.ObjectMeta`, as a table.
//!
//! Source: `apimachinery/pkg/apis/meta/v1/types.go`.

use crate::go::{
    Struct, Tags,
    Type::{self, Any, Flag, List, Map, Named, Pointer, Struct as Nested, Text, Time, WholeNumber},
    field,
};
use crate::schema::ListType;

/// `types.UID`
const UID: Type = Named("types.UID", &Text);

/// `metav1.ObjectMeta`, the metadata of every object.
pub static OBJECT_META: Struct = Struct::new(
    "v1",
    "ObjectMeta",
    &[
        field("name", Text),
        field("generateName", Text),
        field("namespace", Text),
        field("selfLink", Text),
        field("uid", UID),
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
);

static OWNER_REFERENCES: Tags =
    Tags { list: ListType::Map, keys: &["uid"], merge: true, merge_key: "uid", ..Tags::NONE };

static FINALIZERS: Tags = Tags { list: ListType::Set, merge: true, ..Tags::NONE };

static OWNER_REFERENCE: Struct = Struct::new_atomic(
    "v1",
    "OwnerReference",
    &[
        field("apiVersion", Text).always(),
        field("kind", Text).always(),
        field("name", Text).always(),
        field("uid", UID).always(),
        field("controller", Pointer(&Flag)),
        field("blockOwnerDeletion", Pointer(&Flag)),
    ],
);

static MANAGED_FIELDS_ENTRY: Struct = Struct::new(
    "v1",
    "ManagedFieldsEntry",
    &[
        field("manager", Text),
        field("operation", Named("v1.ManagedFieldsOperationType", &Text)),
        field("apiVersion", Text),
        field("time", Pointer(&Time)),
        field("fieldsType", Text),
        field("fieldsV1", Any),
        field("subresource", Text),
    ],
);
