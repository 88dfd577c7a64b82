//! `PUT` of an object, or of a part of it.

use http::StatusCode;

use super::{Call, decode};
use crate::registry::{self, Intent};
use crate::request::write_options::WriteOptions;
use crate::resource::strategy::Subresource;
use crate::response::Reply;
use crate::status::Result;

/// Replaces the object by the one in the body.
pub(super) async fn update(call: &Call<'_>, subresource: Subresource) -> Result<Reply> {
    let options = WriteOptions::parse(call.request, "UpdateOptions")?;
    let mut object = decode::read(call, options.field_validation)?;
    decode::check_name(&object, call.name())?;
    decode::place(&mut object, call)?;
    let written = registry::write(&call.attributes(subresource, &options), Intent::Replace(object)).await?;
    let code = if written.created { StatusCode::CREATED } else { StatusCode::OK };
    call.written(code, &written)
}
