//! `DELETE` of an object or a collection.

use http::StatusCode;
use serde_json::Value;

use super::{Call, list};
use crate::object::{meta, text};
use crate::registry::{self, Attributes, Deletion};
use crate::request::accept::{Accept, Shape};
use crate::request::delete_options::DeleteOptions;
use crate::request::list_options::ListOptions;
use crate::request::write_options::WriteOptions;
use crate::resource::strategy::Subresource;
use crate::response::Reply;
use crate::status::{Details, Result, Status};

/// Deletes the object, or starts its deletion.
pub(super) async fn delete(call: &Call<'_>) -> Result<Reply> {
    let options = DeleteOptions::parse(call.request)?;
    warn(call, &options);
    let write = WriteOptions::of_deletion(&options);
    match registry::delete(&call.attributes(Subresource::Main, &write), &options).await? {
        Deletion::Done(object) if !call.resource.served.is_some_and(|served| served.returned) => {
            let mut details = Details::object(call.resource.group_resource(), call.name());
            text(&object, "uid").clone_into(&mut details.uid);
            let accept = Accept { shape: Shape::Object, ..call.accept.clone() };
            Ok(Reply::status(&accept, &Status::success(details)))
        }
        Deletion::Done(object) | Deletion::Started(object) => {
            Reply::object(&call.accept, StatusCode::OK, call.resource, &object, call.state.now())
        }
    }
}

/// Deletes every object that the query selects, and answers with a list of them as they were before.
pub(super) async fn delete_collection(call: &Call<'_>) -> Result<Reply> {
    let listing = ListOptions::parse(&call.request.query, false)?;
    let options = DeleteOptions::parse(call.request)?;
    warn(call, &options);
    let write = WriteOptions::of_deletion(&options);
    let list = list::read(call, &listing)?;
    for stored in &list.items {
        let attributes = Attributes {
            namespace: namespace_of(stored.value()),
            name: text(stored.value(), "name"),
            ..call.attributes(Subresource::Main, &write)
        };
        match registry::delete(&attributes, &options).await {
            Err(status) if status.http_code() == StatusCode::NOT_FOUND => {}
            outcome => drop(outcome?),
        }
    }
    list.reply(&call.accept, call.resource, call.state.now())
}

fn warn(call: &Call<'_>, options: &DeleteOptions) {
    if options.propagation.is_none() {
        call.warnings.extend(call.resource.strategy.deletion_warning().map(str::to_owned));
    }
}

fn namespace_of(object: &Value) -> Option<&str> {
    meta(object, "namespace").and_then(Value::as_str)
}
