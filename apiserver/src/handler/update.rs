//! `PUT` of an object, or of its status.

use std::sync::Arc;

use http::StatusCode;
use serde_json::Value;

use super::{Target, admission, write};
use crate::api::Api;
use crate::object;
use crate::request::Request;
use crate::request::accept::Accept;
use crate::request::write_options::WriteOptions;
use crate::resource::strategy::Subresource;
use crate::response::Reply;
use crate::status::Result;

/// Replaces the object by the one in the body.
pub(super) fn update(
    api: &Arc<Api>,
    request: &Request,
    target: &Target<'_>,
    subresource: Subresource,
) -> Result<Reply> {
    let accept = Accept::negotiate(request, target.resource)?;
    let options = WriteOptions::parse(request, "UpdateOptions")?;
    let mut admitted = admission::read(request, target.resource, options.field_validation)?;
    admission::check_name(&admitted.object, target.name())?;
    admission::place(&mut admitted.object, target)?;
    let (object, warnings) = (admitted.object, admitted.warnings);
    let exists = api.store.get(&target.resource.collection, &target.key()).is_some();
    let written = if !exists && subresource == Subresource::Main && target.resource.strategy.create_on_update() {
        write::create(api, target, without_version(object), &options, warnings)?
    } else {
        write::update(api, target, &options, subresource, |current| {
            admission::check_uid(target, &object, current)?;
            Ok((object.clone(), warnings.clone()))
        })?
    };
    let code = if written.created { StatusCode::CREATED } else { StatusCode::OK };
    let mut reply = Reply::object(&accept, code, target.resource, &written.object, api.now())?;
    reply.warnings = written.warnings;
    Ok(reply)
}

fn without_version(mut object: Value) -> Value {
    object::set(&mut object, "resourceVersion", Value::Null);
    object
}
