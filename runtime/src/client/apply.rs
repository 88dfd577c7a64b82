//! Server-side apply: says which fields an object should have, and leaves all others to whoever set them.

use http::Method;
use serde::Serialize;
use serde_json::Value;

use super::request::build;
use super::{Client, Error};
use crate::kind::{KeyRef, Kind};

const APPLY: &str = "application/apply-patch+yaml";

/// What happens if another manager has set one of the applied fields to another value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflicts {
    /// The error is a conflict, which names the fields and their managers.
    Refuse,
    /// The field is changed and taken over. Controllers should do this: they repeat their decision anyway.
    Take,
}

impl<K: Kind> Client<K> {
    /// Creates an object, or changes the fields that `wanted` has, as this client's
    /// [field manager](Self::field_manager), which it must have.
    ///
    /// `wanted` is a whole or partial object: a `K`, a type with some of its fields, or a [`Value`]. It must have a name;
    /// `apiVersion` and `kind` are filled in. Fields that an earlier call had and this one does not have are removed, unless
    /// others have set them too.
    ///
    /// ```
    /// # use crdgen_runtime::client::{self, Client, Conflicts};
    /// # use k8s_openapi::api::core::v1::ConfigMap;
    /// use serde_json::json;
    ///
    /// async fn publish(config_maps: &Client<ConfigMap>, version: &str) -> Result<ConfigMap, client::Error> {
    ///     let wanted = json!({ "metadata": { "name": "release", "namespace": "default" }, "data": { "version": version } });
    ///     config_maps.field_manager("release-controller").apply(&wanted, Conflicts::Take).await
    /// }
    /// ```
    pub async fn apply<A: Serialize + ?Sized>(&self, wanted: &A, conflicts: Conflicts) -> Result<K, Error> {
        self.apply_at("", wanted, conflicts).await
    }

    /// Like [`apply`](Self::apply), for the status subresource. The object must exist.
    pub async fn apply_status<A: Serialize + ?Sized>(&self, wanted: &A, conflicts: Conflicts) -> Result<K, Error> {
        self.apply_at("/status", wanted, conflicts).await
    }

    async fn apply_at<A: Serialize + ?Sized>(
        &self,
        subresource: &str,
        wanted: &A,
        conflicts: Conflicts,
    ) -> Result<K, Error> {
        if self.manager().is_none() {
            return Err(Error::Invalid("a client that applies needs a field manager".to_owned()));
        }
        let mut wanted = serde_json::to_value(wanted).map_err(Error::Encode)?;
        self.complete(&mut wanted)?;
        let text = |pointer: &str| wanted.pointer(pointer).and_then(Value::as_str);
        let Some(name) = text("/metadata/name") else {
            return Err(Error::Invalid("the applied object has no name".to_owned()));
        };
        let namespace = text("/metadata/namespace").or_else(|| self.own_namespace());
        let path = self.object_path(KeyRef { namespace, name }, subresource)?;
        let mut query = self.write_query();
        if conflicts == Conflicts::Take {
            query.push(("force", "true".to_owned()));
        }
        let body = serde_json::to_vec(&wanted).map_err(Error::Encode)?;
        self.written(build(Method::PATCH, &path, &query, Some((APPLY, body)))?).await
    }

    /// Fills in what the server wants to have, and leaves out what it refuses.
    fn complete(&self, wanted: &mut Value) -> Result<(), Error> {
        let Value::Object(members) = wanted else {
            return Err(Error::Invalid("what is applied must be an object".to_owned()));
        };
        members.insert("apiVersion".to_owned(), self.resource().api_version().into());
        members.insert("kind".to_owned(), self.resource().kind.clone().into());
        if let Some(Value::Object(metadata)) = members.get_mut("metadata") {
            metadata.remove("managedFields");
        }
        Ok(())
    }
}
