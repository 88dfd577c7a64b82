//! The handlers of requests for objects and collections, one file for each verb.
//!
//! In: a request and its [`Target`]. Out: a [`Reply`], or the `Status` that refuses the request.

pub(crate) mod admission;
mod create;
pub(crate) mod delete;
mod get;
mod list;
mod patch;
mod scale;
mod update;
mod watch;
pub(crate) mod write;

use std::sync::Arc;

use http::Method;

use crate::api::Api;
use crate::object;
use crate::request::Request;
use crate::request::accept::Accept;
use crate::request::path::ResourcePath;
use crate::resource::Resource;
use crate::resource::strategy::Subresource;
use crate::response::Reply;
use crate::status::{Result, Status};

/// What a request is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    pub(crate) resource: &'a Arc<Resource>,
    pub(crate) path: &'a ResourcePath,
}

impl Target<'_> {
    /// The object's name; a collection has none.
    pub(crate) fn name(&self) -> &str {
        self.path.name.as_deref().unwrap_or_default()
    }

    /// The key of the object that the path names.
    pub(crate) fn key(&self) -> String {
        object::key(self.path.namespace.as_deref(), self.name())
    }

    /// What all keys of the collection start with.
    pub(crate) fn prefix(&self) -> String {
        self.path.namespace.as_ref().map_or_else(String::new, |namespace| format!("{namespace}/"))
    }

    /// The 404 for the object that the path names.
    pub(crate) fn not_found(&self) -> Box<Status> {
        Status::not_found(self.resource.group_resource(), self.name())
    }
}

/// Hands a request to the handler of its verb.
pub(crate) fn dispatch(api: &Arc<Api>, request: &Request, target: &Target<'_>) -> Result<Reply> {
    if target.path.watch {
        let read = request.method == Method::GET;
        return if read { watch::watch(api, request, target) } else { Err(Status::method_not_allowed()) };
    }
    if target.path.deeper && target.resource.custom.is_none() {
        return Err(Status::no_such_path());
    }
    if let Some(subresource) = &target.path.subresource {
        return subresource_verb(api, request, target, subresource);
    }
    let custom = target.resource.custom.is_some();
    if let Some(name) = &target.path.name {
        check_segment(name)?;
    }
    match (&request.method, target.path.name.is_some()) {
        (&Method::HEAD, _) if !custom => Err(Status::method_not_allowed()),
        (&Method::GET | &Method::HEAD, true) => get::get(api, request, target),
        (&Method::GET | &Method::HEAD, false) if request.query.flag("watch").unwrap_or(false) => {
            watch::watch(api, request, target)
        }
        (&Method::GET | &Method::HEAD, false) => list::list(api, request, target),
        (&Method::POST, named) if custom || !named => create::create(api, request, target),
        (&Method::PUT, true) => update::update(api, request, target, Subresource::Main),
        (&Method::PATCH, true) => patch::patch(api, request, target, Subresource::Main),
        (&Method::PUT | &Method::PATCH, false) if custom => Err(Status::bad_request("name must be provided")),
        (&Method::DELETE, true) => delete::delete(api, request, target),
        (&Method::DELETE, false) if target.resource.verbs().contains(&"deletecollection") => {
            delete::delete_collection(api, request, target)
        }
        _ if custom => {
            Err(Status::method_not_supported(target.resource.group_resource(), &request.method.as_str().to_lowercase()))
        }
        _ => Err(Status::method_not_allowed()),
    }
}

fn subresource_verb(api: &Arc<Api>, request: &Request, target: &Target<'_>, subresource: &str) -> Result<Reply> {
    let part = match subresource {
        "status" if target.resource.status => Subresource::Status,
        "scale" if target.resource.scale.is_some() => Subresource::Scale,
        "finalize" if target.resource.plural == "namespaces" && request.method == Method::PUT => Subresource::Finalize,
        _ if target.resource.custom.is_some() => return Err(target.not_found()),
        _ => return Err(Status::no_such_path()),
    };
    match (&request.method, part) {
        (&Method::GET | &Method::HEAD, Subresource::Scale) => {
            scale::get(api, target, &Accept::negotiate(request, target.resource)?)
        }
        (&Method::GET | &Method::HEAD, _) => get::get(api, request, target),
        (&Method::PUT, Subresource::Scale) => scale::update(api, request, target),
        (&Method::PATCH, Subresource::Scale) => scale::patch(api, request, target),
        (&Method::PUT, part) => update::update(api, request, target, part),
        (&Method::PATCH, part) => patch::patch(api, request, target, part),
        _ if target.resource.custom.is_none() => Err(Status::method_not_allowed()),
        (&Method::POST, _) => Err(Status::method_not_supported(target.resource.group_resource(), "create")),
        (method, _) => {
            Err(Status::method_not_supported(target.resource.group_resource(), &method.as_str().to_lowercase()))
        }
    }
}

fn check_segment(name: &str) -> Result<()> {
    match crdgen_schema::name::path_segment(name).first() {
        Some(why) => Err(Status::bad_request(format!("Name parameter invalid: {name:?}: {why}"))),
        None => Ok(()),
    }
}
