//! The scale subresource, and the deletion of many objects.

use http::Method;
use k8s_openapi::api::autoscaling::v1::Scale;
use serde_json::json;

use super::request::{build, fetch};
use super::resource::JSON;
use super::{Client, DeleteOptions, Error, ListOptions, Patch};
use crate::kind::{ApiResource, KeyRef, Kind};

impl<K: Kind> Client<K> {
    /// Reads how many replicas an object asks for and has.
    pub async fn get_scale<'k>(&self, key: impl Into<KeyRef<'k>>) -> Result<Scale, Error> {
        let path = self.object_path(key.into(), "/scale")?;
        self.scale(build(Method::GET, &path, &Vec::new(), None)?).await
    }

    /// Sets how many replicas an object asks for, whatever its kind calls them.
    pub async fn set_scale<'k>(&self, key: impl Into<KeyRef<'k>>, replicas: i32) -> Result<Scale, Error> {
        let path = self.object_path(key.into(), "/scale")?;
        let change = Patch::Merge(json!({ "spec": { "replicas": replicas } }));
        let body = serde_json::to_vec(change.value()).map_err(Error::Encode)?;
        self.scale(build(Method::PATCH, &path, &self.write_query(), Some((change.content_type(), body)))?).await
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
        fetch(self.connection(), build(Method::DELETE, &path, &selectors.query(), Some((JSON, body)))?).await?;
        Ok(())
    }

    async fn scale(&self, request: http::Request<bytes::Bytes>) -> Result<Scale, Error> {
        let scales: Client<Scale> = self.of_kind(ApiResource::of::<Scale>());
        let answer = fetch(self.connection(), request).await?;
        scales.decoded(&answer)
    }
}
