//! Owner references.

use serde_json::Value;

use crate::object::meta;

/// `metav1.OwnerReference`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct OwnerReference {
    pub(super) uid: String,
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) name: String,
    /// Whether an owner that is deleted in the foreground waits for the dependent.
    pub(super) blocks: bool,
}

/// The owner references of an object.
pub(super) fn of(object: &Value) -> Vec<OwnerReference> {
    let list = meta(object, "ownerReferences").and_then(Value::as_array);
    list.into_iter().flatten().map(read).collect()
}

fn read(reference: &Value) -> OwnerReference {
    let text = |name: &str| reference[name].as_str().unwrap_or_default().to_owned();
    OwnerReference {
        uid: text("uid"),
        api_version: text("apiVersion"),
        kind: text("kind"),
        name: text("name"),
        blocks: reference["blockOwnerDeletion"] == true,
    }
}
