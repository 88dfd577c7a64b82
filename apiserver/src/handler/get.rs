//! `GET` of one object.

use std::sync::Arc;

use http::StatusCode;

use super::Target;
use crate::api::Api;
use crate::request::Request;
use crate::request::accept::Accept;
use crate::request::query::parse_stored_version;
use crate::response::Reply;
use crate::status::{Result, Status};

/// Reads the object. A resource version in the query means: at least as new as this.
pub(super) fn get(api: &Arc<Api>, request: &Request, target: &Target<'_>) -> Result<Reply> {
    let accept = Accept::negotiate(request, target.resource)?;
    let asked = parse_stored_version(request.query.text("resourceVersion")).map_err(Status::unclassified)?;
    let current = api.store.revision();
    if asked > current {
        return Err(Status::too_large_resource_version(asked, current));
    }
    let stored = api.store.get(&target.resource.collection, &target.key()).ok_or_else(|| target.not_found())?;
    Reply::object(&accept, StatusCode::OK, target.resource, &target.resource.read(&stored), api.now())
}
