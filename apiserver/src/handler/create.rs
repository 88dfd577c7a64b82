//! `POST` to a collection.

use std::sync::Arc;

use http::StatusCode;

use super::{Target, admission, write};
use crate::api::Api;
use crate::request::Request;
use crate::request::accept::Accept;
use crate::request::write_options::WriteOptions;
use crate::response::Reply;
use crate::status::Result;

/// Creates the object in the body.
pub(super) fn create(api: &Arc<Api>, request: &Request, target: &Target<'_>) -> Result<Reply> {
    let accept = Accept::negotiate(request, target.resource)?;
    let options = WriteOptions::parse(request, "CreateOptions")?;
    let mut admitted = admission::read(request, target.resource, options.field_validation)?;
    admission::place(&mut admitted.object, target)?;
    let warnings = admitted.warnings.clone();
    let written = write::create(api, target, admitted.object, &options, admitted.warnings)
        .map_err(|refusal| refusal.warn(&warnings))?;
    let mut reply = Reply::object(&accept, StatusCode::CREATED, target.resource, &written.object, api.now())?;
    reply.warnings = written.warnings;
    Ok(reply)
}
