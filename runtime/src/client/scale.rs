//! The scale subresource.

use http::Method;
use k8s_openapi::api::autoscaling::v1::Scale;
use serde_json::json;

use super::request::build;
use super::{Client, Error, Patch};
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

    async fn scale(&self, request: http::Request<bytes::Bytes>) -> Result<Scale, Error> {
        let scales: Client<Scale> = self.of_kind(ApiResource::of::<Scale>());
        let answer = self.fetch(request).await?;
        scales.decoded(&answer)
    }
}
