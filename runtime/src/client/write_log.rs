//! Notes what a client has written, for those who wait until a cache shows it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize;

use crate::kind::{ApiResource, ObjectKey};

/// Is called after each write that succeeded.
pub(crate) trait WriteLog: Send + Sync {
    /// An object was created or changed, and now has this resource version.
    fn wrote(&self, resource: &ApiResource, key: ObjectKey, version: &str);

    /// An object is gone.
    fn deleted(&self, resource: &ApiResource, key: ObjectKey, uid: Option<&str>);
}

/// The answer to a deletion: a `Status` with the UID if the object is gone, the object if its finalizers must run first.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    metadata: Metadata,
    details: Details,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata {
    uid: Option<String>,
    resource_version: Option<String>,
    deletion_timestamp: Option<String>,
    finalizers: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    uid: Option<String>,
}

impl dyn WriteLog {
    /// Notes a write by the object that the server answered with. An object that is being deleted is gone with its last
    /// finalizer, unless it still has time to end.
    pub(super) fn log_write(&self, resource: &ApiResource, key: ObjectKey, object: &ObjectMeta) {
        let finalizers = object.finalizers.as_ref().is_some_and(|finalizers| !finalizers.is_empty());
        let has_time = object.deletion_grace_period_seconds.is_some_and(|seconds| seconds > 0);
        if object.deletion_timestamp.is_some() && !finalizers && !has_time {
            self.deleted(resource, key, object.uid.as_deref());
        } else if let Some(version) = &object.resource_version {
            self.wrote(resource, key, version);
        }
    }

    /// Notes a deletion by its answer.
    pub(super) fn log_deletion(&self, resource: &ApiResource, key: ObjectKey, answer: &[u8]) {
        let Ok(Answer { metadata, details }) = serde_json::from_slice(answer) else { return };
        let remains =
            metadata.deletion_timestamp.is_some() && metadata.finalizers.is_some_and(|those| !those.is_empty());
        match metadata.resource_version.filter(|_| remains) {
            Some(version) => self.wrote(resource, key, &version),
            None => self.deleted(resource, key, details.uid.or(metadata.uid).as_deref()),
        }
    }
}
