//! A write that comes with its owners: a configuration that is applied, which creates the object if there is none.
//!
//! Source: `Store.Update` with `forceAllowCreate`.

use serde_json::Value;

use super::{Apply, Attributes, Written, create, update};
use crate::object::text;
use crate::request::query;
use crate::status::{Details, Result, Status};

/// Writes what `apply` makes of the stored object, or of nothing. Where no update creates anything, only whole objects are created.
pub(super) async fn apply(attributes: &Attributes<'_>, apply: &Apply<'_>) -> Result<Written> {
    loop {
        let existed = attributes.stored().is_some();
        let creates = attributes.creates_on_apply();
        let result = if existed || !creates {
            update::update(attributes, &|current| apply(Some(current))).await
        } else {
            create_applied(attributes, apply(None)?).await
        };
        match result {
            // Somebody else created or deleted the object in between.
            Err(status)
                if matches!(status.reason, "AlreadyExists" | "NotFound")
                    && creates
                    && attributes.stored().is_some() != existed => {}
            result => return result,
        }
    }
}

async fn create_applied(attributes: &Attributes<'_>, mut object: Value) -> Result<Written> {
    let uid = text(&object, "uid");
    if !uid.is_empty() {
        let why = format!("uid mismatch: the provided object specified uid {uid}, and no existing object was found");
        return Err(Status::conflict(Details::object(attributes.resource.group_resource(), attributes.name), &why));
    }
    query::parse_resource_version(text(&object, "resourceVersion")).map_err(Status::unclassified)?;
    let version = create::take_version(&mut object);
    let written = create::create_owned(attributes, object).await?;
    Ok(create::with_version(attributes, written, version))
}
