//! Read, change, write, and again on a conflict: the loop of every status update, written once.

use kube::core::Status;

use super::{Client, Error, Kind, ObjectKey, retry_on_conflict};

impl<K: Kind> Client<K> {
    /// Applies `change` to `object` and writes it; after a conflict, to what the server has by then.
    ///
    /// `change` may run several times, and should depend on nothing but its argument. An object that was deleted and
    /// created again in between is left alone: that is `NotFound`.
    pub async fn modify(&self, object: &K, change: impl Fn(&mut K)) -> Result<K, Error> {
        self.modify_at("", object, change).await
    }

    /// As [`modify`](Self::modify), for the status subresource.
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
