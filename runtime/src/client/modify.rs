//! Changes an object on the server and repeats the change after a conflict, as every status update has to.

use kube::core::Status;
use serde_json::{Value, json};

use super::difference::{difference, transfer};
use super::resource::key_of;
use super::{Client, Error, Patch, retry_on_conflict};
use crate::kind::{Kind, ObjectKey};

impl<K: Kind> Client<K> {
    /// Applies `change` to `object` and writes what it has changed. After a conflict it reads the object again and repeats
    /// the change. If nothing has changed, nothing is written.
    ///
    /// What is written is the difference, as a JSON patch. So whatever `object` does not hold stays as it is on the server:
    /// properties of a newer CRD that `K` does not know, and what a transform has left out of a cache.
    ///
    /// `change` may run several times and should depend on nothing but its argument. If the object was deleted and
    /// another one of the same name created in between, that one is left alone, and the error is `NotFound`.
    pub async fn modify(&self, object: &K, change: impl Fn(&mut K)) -> Result<K, Error> {
        self.modify_at("", object, change).await
    }

    /// Like [`modify`](Self::modify), for the status subresource.
    pub async fn modify_status(&self, object: &K, change: impl Fn(&mut K)) -> Result<K, Error> {
        self.modify_at("/status", object, change).await
    }

    async fn modify_at(&self, subresource: &str, object: &K, change: impl Fn(&mut K)) -> Result<K, Error> {
        match self.write_difference(subresource, object, &change).await {
            Err(error) if error.is_conflict() || error.is_invalid() => {}
            outcome => return outcome,
        }
        let key = key_of(object)?;
        retry_on_conflict(|| self.modify_fresh(subresource, &key, object.meta().uid.as_deref(), &change)).await
    }

    /// Writes what `change` changes as a patch, provided that the object has still the same version.
    async fn write_difference(&self, subresource: &str, object: &K, change: &impl Fn(&mut K)) -> Result<K, Error> {
        let mut changed = object.clone();
        change(&mut changed);
        let mut operations = difference(&json_of(object)?, &json_of(&changed)?);
        if operations.is_empty() {
            return Ok(changed);
        }
        if let Some(version) = &object.meta().resource_version {
            operations.push(json!({ "op": "add", "path": "/metadata/resourceVersion", "value": version }));
        }
        self.send_patch(key_of(object)?.as_key_ref(), subresource, &Patch::Json(Value::Array(operations))).await
    }

    /// Reads the object as the server has it, and writes it back with what `change` changes. This also works where a patch
    /// does not, because the type has members (by default, say) whose parents the server does not have.
    async fn modify_fresh(
        &self,
        subresource: &str,
        key: &ObjectKey,
        uid: Option<&str>,
        change: &impl Fn(&mut K),
    ) -> Result<K, Error> {
        let (fresh, mut document) = self.get_with_document(key.as_key_ref()).await?;
        if fresh.meta().uid.as_deref() != uid {
            return Err(replaced(key));
        }
        let mut changed = fresh.clone();
        change(&mut changed);
        let (old, new) = (json_of(&fresh)?, json_of(&changed)?);
        if old == new {
            return Ok(changed);
        }
        transfer(&old, new, &mut document);
        self.put(key.as_key_ref(), subresource, &document).await
    }
}

fn json_of<K: Kind>(object: &K) -> Result<Value, Error> {
    serde_json::to_value(object).map_err(Error::Encode)
}

fn replaced(key: &ObjectKey) -> Error {
    let message = format!("{key} was deleted, and another object of this name created");
    Error::Api(Status::failure(&message, "NotFound").with_code(404).boxed())
}
