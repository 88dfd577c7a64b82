//! `POST` to a collection.

use http::StatusCode;

use super::{Call, decode};
use crate::registry::{self, Intent};
use crate::request::write_options::WriteOptions;
use crate::resource::strategy::Subresource;
use crate::response::Reply;
use crate::status::Result;

/// Creates the object in the body.
pub(super) async fn create(call: &Call<'_>) -> Result<Reply> {
    let options = WriteOptions::parse(call.request, "CreateOptions")?;
    let mut object = decode::read(call, options.field_validation)?;
    decode::place(&mut object, call)?;
    let attributes = call.attributes(Subresource::Main, &options);
    let written = registry::write(&attributes, Intent::Create(object)).await?;
    call.written(StatusCode::CREATED, &written)
}
