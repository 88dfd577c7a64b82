//! Changes an object on the server and repeats the change after a conflict, as every status update has to.

use kube::core::Status;

use super::{Client, Error, retry_on_conflict};
use crate::kind::{Kind, ObjectKey};

impl<K: Kind> Client<K> {
    /// Applies `change` to `object` and writes the result. After a conflict it reads the object again and repeats the
    /// change.
    ///
    /// The whole object is written, as `K` holds it. If the CRD in the cluster is newer than `K`, properties that `K` does not
    /// know are not in it, and the server drops them, as it does for Go clients. Where several versions of a program
    /// work on the same objects, write with [`patch`](Self::patch), which sends nothing but what it changes.
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
        let mut copy = object.clone();
        change(&mut copy);
        match self.replace(&copy, subresource).await {
            Err(error) if error.is_conflict() => {}
            outcome => return outcome,
        }
        let key = ObjectKey::of(object).ok_or_else(|| Error::Invalid("the object has no name".to_owned()))?;
        retry_on_conflict(|| async {
            let mut fresh = self.get(&key).await?;
            if fresh.meta().uid != object.meta().uid {
                return Err(replaced(&key));
            }
            change(&mut fresh);
            self.replace(&fresh, subresource).await
        })
        .await
    }
}

fn replaced(key: &ObjectKey) -> Error {
    let message = format!("{key} was deleted, and another object of this name created");
    Error::Api(Status::failure(&message, "NotFound").with_code(404).boxed())
}
