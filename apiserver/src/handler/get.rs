//! `GET` of one object.

use http::StatusCode;

use super::Call;
use crate::request::query::parse_stored_version;
use crate::response::Reply;
use crate::status::{Result, Status};

/// Reads the object. A resource version in the query means: at least as new as this.
pub(super) fn get(call: &Call<'_>) -> Result<Reply> {
    let (store, resource) = (&call.state.store, call.resource);
    let asked = parse_stored_version(call.request.query.text("resourceVersion")).map_err(Status::unclassified)?;
    let current = store.revision();
    if asked > current {
        return Err(Status::too_large_resource_version(asked, current));
    }
    let stored = store.get(&resource.collection, &call.key()).ok_or_else(|| call.not_found())?;
    Reply::stored(&call.accept, StatusCode::OK, resource, &stored, call.state.now())
}
