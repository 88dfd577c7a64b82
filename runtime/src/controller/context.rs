//! [`Context`], which holds what a reconciler works with.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::Serialize;
use serde_json::{Value, json};

use crate::client::{Client, Conflicts, Error, WriteLog};
use crate::events::{EventRecorder, EventType};
use crate::kind::{ApiResource, Kind, StaticKind};
use crate::lister::Lister;
use crate::owner::reference_to;

/// The client, cache and event recorder of a controller, for one call of its reconciler.
///
/// What is written through it is known to be the controller's own: the key has its next turn when the caches show it, and
/// none on its account.
pub struct Context<K: Kind> {
    shared: Arc<Shared<K>>,
    /// Where the writes of this call are noted.
    log: Option<Arc<dyn WriteLog>>,
    client: OnceLock<Client<K>>,
}

/// What all calls have in common.
pub(super) struct Shared<K: Kind> {
    pub(super) client: Client<K>,
    pub(super) lister: Lister<K>,
    pub(super) recorder: EventRecorder,
}

impl<K: Kind> Context<K> {
    /// A context for calling a reconciler without a controller, in a test for example.
    pub fn new(client: Client<K>, lister: Lister<K>, recorder: EventRecorder) -> Self {
        Self { shared: Arc::new(Shared { client, lister, recorder }), log: None, client: OnceLock::new() }
    }

    /// The context of one call.
    pub(super) fn of_turn(shared: Arc<Shared<K>>, log: Arc<dyn WriteLog>) -> Self {
        Self { shared, log: Some(log), client: OnceLock::new() }
    }

    /// The client, for writes and for reads that must not come from the cache. Its field manager is the controller's name.
    pub fn client(&self) -> &Client<K> {
        self.client.get_or_init(|| self.logged(self.shared.client.clone()))
    }

    /// A client of another kind, with the same connection and field manager.
    pub fn client_of<W: StaticKind>(&self) -> Client<W> {
        self.logged(self.shared.client.of_kind(ApiResource::of::<W>()))
    }

    /// A client of another kind that is only known at run time.
    pub fn client_of_resource<W: Kind>(&self, resource: ApiResource) -> Client<W> {
        self.logged(self.shared.client.of_kind(resource))
    }

    /// Applies an object that belongs to `owner`: in its namespace, deleted with it, and taken over from whoever else has set
    /// the same fields. `wanted` is as for [`Client::apply`].
    ///
    /// ```
    /// # use crdgen_runtime::{client, controller::Context};
    /// # use k8s_openapi::api::{apps::v1::Deployment, core::v1::ConfigMap};
    /// use serde_json::json;
    ///
    /// async fn publish(deployment: &Deployment, context: &Context<Deployment>) -> Result<ConfigMap, client::Error> {
    ///     let settings = json!({ "metadata": { "name": "settings" }, "data": { "level": "info" } });
    ///     context.apply_owned(deployment, &settings).await
    /// }
    /// ```
    pub async fn apply_owned<W: StaticKind>(&self, owner: &K, wanted: &Value) -> Result<W, Error> {
        let Some(reference) = reference_to(owner, self.shared.client.resource()) else {
            return Err(Error::Invalid("an owner needs a name and a UID".to_owned()));
        };
        let mut wanted = wanted.clone();
        if let Some(metadata) = wanted.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert("ownerReferences".to_owned(), json!([reference]));
        }
        let client = self.client_of::<W>();
        let client = match &owner.meta().namespace {
            Some(namespace) => client.namespaced(namespace),
            None => client,
        };
        client.apply(&wanted, Conflicts::Take).await
    }

    /// Applies the status of `object`, taking over what others have set of it. Returns whether there was something to do:
    /// nothing is sent if `object` has this status already.
    pub async fn apply_status<S: Serialize>(&self, object: &K, status: &S) -> Result<bool, Error> {
        let status = serde_json::to_value(status).map_err(Error::Encode)?;
        if serde_json::to_value(object).map_err(Error::Encode)?.get("status") == Some(&status) {
            return Ok(false);
        }
        let meta = object.meta();
        let metadata = json!({ "namespace": meta.namespace, "name": meta.name, "uid": meta.uid });
        self.client().apply_status(&json!({ "metadata": metadata, "status": status }), Conflicts::Take).await?;
        Ok(true)
    }

    /// The lister, which reads from the cache.
    pub fn lister(&self) -> &Lister<K> {
        &self.shared.lister
    }

    /// The event recorder, which can publish events about objects of any kind.
    pub fn recorder(&self) -> &EventRecorder {
        &self.shared.recorder
    }

    /// Publishes an event about `object`; see [`EventRecorder::publish`].
    pub fn publish(&self, object: &K, event_type: EventType, reason: &str, action: &str, note: &str)
    where
        K: StaticKind,
    {
        self.shared.recorder.publish(object, event_type, reason, action, note);
    }

    fn logged<W: Kind>(&self, client: Client<W>) -> Client<W> {
        match &self.log {
            Some(log) => client.logging(Arc::clone(log)),
            None => client,
        }
    }
}

impl<K: Kind> fmt::Debug for Context<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("client", &self.shared.client)
            .field("lister", &self.shared.lister)
            .finish_non_exhaustive()
    }
}
