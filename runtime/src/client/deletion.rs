//! Deletion of one object, or of many.

use http::Method;

use super::options::Query;
use super::request::build;
use super::resource::JSON;
use super::{Client, DeleteOptions, Error, ListOptions};
use crate::kind::{KeyRef, Kind, ObjectKey};

impl<K: Kind> Client<K> {
    /// Deletes an object. If it has finalizers, it only disappears once they are removed.
    pub async fn delete<'k>(&self, key: impl Into<KeyRef<'k>>, options: &DeleteOptions) -> Result<(), Error> {
        let key = key.into();
        let path = self.object_path(key, "")?;
        let request = build(Method::DELETE, &path, &Query::new(), Some((JSON, self.deletion(options)?)))?;
        let answer = self.fetch(request).await?;
        if let Some(log) = self.log.as_ref().filter(|_| !self.dry_run) {
            let namespace = key.namespace.or(self.own_namespace());
            log.log_deletion(self.resource(), ObjectKey::new(namespace, key.name), &answer);
        }
        Ok(())
    }

    /// Deletes an object that may not exist; returns whether it did.
    pub async fn delete_opt<'k>(&self, key: impl Into<KeyRef<'k>>, options: &DeleteOptions) -> Result<bool, Error> {
        match self.delete(key, options).await {
            Err(error) if error.is_not_found() => Ok(false),
            outcome => outcome.map(|()| true),
        }
    }

    /// Deletes the objects that `selected` selects, in the client's namespace or in all of them if the kind is
    /// cluster-scoped. Of `selected` only the selectors count.
    pub async fn delete_collection(&self, selected: &ListOptions, options: &DeleteOptions) -> Result<(), Error> {
        let namespace = self.addressed_namespace(self.own_namespace())?;
        let selectors = ListOptions {
            label_selector: selected.label_selector.clone(),
            field_selector: selected.field_selector.clone(),
            ..ListOptions::default()
        };
        let (path, body) = (self.resource().path(namespace), self.deletion(options)?);
        self.fetch(build(Method::DELETE, &path, &selectors.query(), Some((JSON, body)))?).await?;
        Ok(())
    }

    /// The body of a deletion. The server reads no options from the query if there is a body.
    fn deletion(&self, options: &DeleteOptions) -> Result<Vec<u8>, Error> {
        let mut options = options.clone();
        if self.dry_run {
            options.dry_run = Some(vec!["All".to_owned()]);
        }
        serde_json::to_vec(&options).map_err(Error::Encode)
    }
}
