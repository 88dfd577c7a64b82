//! Finalizers: an object is only deleted once its finalizers are removed, so no deletion is missed.

use serde_json::json;

use crate::client::{Client, Error, Patch, key_of, retry_on_conflict};
use crate::kind::{Kind, ObjectKey};

/// What is to be done for an object with a finalizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The object is there, and has the finalizer: bring the world in line with it.
    Reconcile,
    /// The object is being deleted: clean up, then call [`remove`].
    CleanUp,
    /// The object is being deleted, and this finalizer is gone: nothing is left to do.
    Gone,
}

/// Adds the finalizer `name` to an object that is not being deleted, and says what is to be done.
///
/// Call it first in each reconciliation, before anything is made that must be cleaned up after:
///
/// ```
/// # use crdgen_runtime::{client, controller::{Action, Context}, finalizer::{self, Step}};
/// # use k8s_openapi::api::core::v1::ConfigMap;
/// const FINALIZER: &str = "databases.example.com/backups";
///
/// async fn reconcile(object: &ConfigMap, context: &Context<ConfigMap>) -> Result<Action, client::Error> {
///     match finalizer::ensure(context.client(), object, FINALIZER).await? {
///         Step::Reconcile => { /* … */ }
///         Step::CleanUp => {
///             // …
///             finalizer::remove(context.client(), object, FINALIZER).await?;
///         }
///         Step::Gone => {}
///     }
///     Ok(Action::Done)
/// }
/// ```
pub async fn ensure<K: Kind>(client: &Client<K>, object: &K, name: &str) -> Result<Step, Error> {
    let has = has(object, name);
    match (object.meta().deletion_timestamp.is_some(), has) {
        (true, true) => Ok(Step::CleanUp),
        (true, false) => Ok(Step::Gone),
        (false, true) => Ok(Step::Reconcile),
        (false, false) => {
            // Only if the object has not changed since: it may be on its way out by now, and then a finalizer cannot be
            // added any more.
            let mut finalizers = object.meta().finalizers.clone().unwrap_or_default();
            finalizers.push(name.to_owned());
            write(client, object, &finalizers).await?;
            Ok(Step::Reconcile)
        }
    }
}

/// Removes the finalizer `name`, if the object still has it. Finalizers that others add or remove meanwhile stay as they
/// are. If the object is gone, or another one has its name by now, nothing happens.
pub async fn remove<K: Kind>(client: &Client<K>, object: &K, name: &str) -> Result<(), Error> {
    let Some(key) = ObjectKey::of(object) else { return Ok(()) };
    let removed = match write(client, object, &without(object, name)).await {
        Err(error) if error.is_conflict() => {
            retry_on_conflict(|| async {
                let fresh = client.get(&key).await?;
                if fresh.meta().uid != object.meta().uid || !has(&fresh, name) {
                    return Ok(());
                }
                write(client, &fresh, &without(&fresh, name)).await
            })
            .await
        }
        outcome => outcome,
    };
    match removed {
        Err(error) if error.is_not_found() => Ok(()),
        outcome => outcome,
    }
}

fn has<K: Kind>(object: &K, name: &str) -> bool {
    object.meta().finalizers.iter().flatten().any(|finalizer| finalizer == name)
}

fn without<K: Kind>(object: &K, name: &str) -> Vec<String> {
    let finalizers = object.meta().finalizers.iter().flatten();
    finalizers.filter(|finalizer| *finalizer != name).cloned().collect()
}

/// Sets the finalizers of an object that has not changed since it was read.
async fn write<K: Kind>(client: &Client<K>, object: &K, finalizers: &[String]) -> Result<(), Error> {
    let meta = object.meta();
    let patch = json!({
        "metadata": { "finalizers": finalizers, "resourceVersion": meta.resource_version, "uid": meta.uid }
    });
    client.patch(&key_of(object)?, &Patch::Merge(patch)).await.map(drop)
}
