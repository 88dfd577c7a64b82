//! The handlers of requests for objects and collections, one file for each verb.
//!
//! In: a request under [`Call`]. Out: a [`Reply`], or the `Status` that refuses the request.

mod apply;
mod binding;
mod create;
mod decode;
mod delete;
mod eviction;
mod freshness;
mod get;
mod list;
mod patch;
mod proxy;
mod review;
mod scale;
mod scale_fields;
mod token;
mod update;
mod watch;

use std::sync::Arc;

use http::{Method, StatusCode};

use crate::kind::table::Served;
use crate::object;
use crate::registry::{Attributes, Written};
use crate::request::Request;
use crate::request::accept::Accept;
use crate::request::info::{RequestInfo, Verb};
use crate::request::list_options::ListOptions;
use crate::request::path::ResourcePath;
use crate::request::write_options::WriteOptions;
use crate::resource::Resource;
use crate::resource::strategy::Subresource;
use crate::response::Reply;
use crate::selector::Selector;
use crate::state::State;
use crate::status::{Result, Status};
use crate::strategy::service::SERVICES;
use crate::strategy::{ACCOUNTS, NODES, PODS};
use crate::user::User;
use crate::warnings::Warnings;

/// A request, and who makes it.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Request,
    pub(crate) info: &'a RequestInfo,
    pub(crate) user: &'a User,
}

/// A request that has found its resource.
pub(crate) struct Call<'a> {
    pub(crate) state: &'a Arc<State>,
    pub(crate) request: &'a Request,
    pub(crate) user: &'a User,
    pub(crate) path: &'a ResourcePath,
    pub(crate) resource: &'a Arc<Resource>,
    /// How the client wants the answer.
    pub(crate) accept: Accept,
    pub(crate) warnings: &'a Warnings,
}

/// What a handler is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Get,
    List,
    Watch,
    Create,
    Update(Subresource),
    Patch(Subresource),
    Delete,
    DeleteCollection,
    GetScale,
    UpdateScale,
    PatchScale,
    Bind,
    Evict,
    /// A question is answered.
    Answer,
    /// A request for a node.
    ProxyNode,
    /// A service account gets a token.
    CreateToken,
}

impl Action {
    /// Whether the answer may be a table: kube-apiserver has none of what is answered and not stored.
    fn has_tables(self) -> bool {
        !matches!(self, Self::Bind | Self::Evict | Self::Answer | Self::CreateToken)
    }
}

/// Hands a request to the handler of its verb.
pub(crate) async fn dispatch(
    state: &Arc<State>,
    asked: Asked<'_>,
    path: &ResourcePath,
    resource: &Arc<Resource>,
    warnings: &Warnings,
) -> Result<Reply> {
    let Asked { request, info, user } = asked;
    let action = action(request, info, path, resource);
    // What is not served has no version that could be old; but custom resources are asked for their version first.
    if let Some(warning) = resource.deprecation.as_ref().filter(|_| action.is_ok() || resource.custom.is_some()) {
        warnings.add(warning.as_str());
    }
    let action = action?;
    if matches!(action, Action::Patch(_) | Action::PatchScale) {
        patch::check_media_type(request, resource)?;
    }
    let accept = Accept::negotiate(request, resource, action.has_tables())?;
    let call = Call { state, request, user, path, resource, accept, warnings };
    freshness::wait(&call, action).await;
    match action {
        Action::Get => get::get(&call),
        Action::List => list::list(&call),
        Action::Watch => watch::watch(&call),
        Action::Create => create::create(&call).await,
        Action::Update(subresource) => update::update(&call, subresource).await,
        Action::Patch(subresource) => patch::patch(&call, subresource).await,
        Action::Delete => delete::delete(&call).await,
        Action::DeleteCollection => delete::delete_collection(&call).await,
        Action::GetScale => scale::get(&call),
        Action::UpdateScale => scale::update(&call).await,
        Action::PatchScale => scale::patch(&call).await,
        Action::Bind => binding::bind(&call),
        Action::Evict => eviction::evict(&call).await,
        Action::Answer => review::create(&call),
        Action::ProxyNode => proxy::node(&call),
        Action::CreateToken => token::create(&call),
    }
}

/// What a request of a resource does, or why it cannot.
fn action(request: &Request, info: &RequestInfo, path: &ResourcePath, resource: &Resource) -> Result<Action> {
    let (method, custom) = (&request.method, resource.custom.is_some());
    if path.watch {
        return if method == Method::GET { Ok(Action::Watch) } else { Err(Status::method_not_allowed()) };
    }
    if path.deeper && !custom && path.subresource.as_deref() != Some("proxy") {
        return Err(Status::no_such_path());
    }
    if let Some(subresource) = &path.subresource {
        return subresource_action(method, path, resource, subresource);
    }
    if let Some(name) = &path.name {
        check_segment(name)?;
    }
    let named = path.name.is_some();
    if resource.verbs() == ["create"] {
        return match (&info.verb, named) {
            (Verb::Create, false) if resource.kind == "Binding" => Ok(Action::Bind),
            (Verb::Create, false) => Ok(Action::Answer),
            (_, false) => Err(Status::method_not_allowed()),
            (_, true) => Err(Status::no_such_path()),
        };
    }
    match info.verb {
        _ if method == Method::HEAD && !custom => Err(Status::method_not_allowed()),
        Verb::Get => Ok(Action::Get),
        Verb::Watch => Ok(Action::Watch),
        Verb::List => Ok(Action::List),
        Verb::Create if custom || !named => Ok(Action::Create),
        Verb::Update if named => Ok(Action::Update(Subresource::Main)),
        Verb::Patch if named => Ok(Action::Patch(Subresource::Main)),
        Verb::Update | Verb::Patch if custom => Err(Status::bad_request("name must be provided")),
        Verb::Delete => Ok(Action::Delete),
        Verb::DeleteCollection if resource.verbs().contains(&"deletecollection") => Ok(Action::DeleteCollection),
        _ if custom => Err(unsupported(resource, &method.as_str().to_lowercase())),
        _ => Err(Status::method_not_allowed()),
    }
}

fn subresource_action(method: &Method, path: &ResourcePath, resource: &Resource, subresource: &str) -> Result<Action> {
    let custom = resource.custom.is_some();
    match (subresource, resource.collection.as_str()) {
        ("binding", PODS) if method == Method::POST => return Ok(Action::Bind),
        ("eviction", PODS) if method == Method::POST => return Ok(Action::Evict),
        ("token", ACCOUNTS) if method == Method::POST => return Ok(Action::CreateToken),
        ("token", ACCOUNTS) => return Err(Status::method_not_allowed()),
        ("proxy", NODES) => return Ok(Action::ProxyNode),
        ("proxy", SERVICES) => {
            return Err(Status::not_found(resource.group_resource(), path.name.as_deref().unwrap_or_default()));
        }
        _ => {}
    }
    let part = match (subresource, resource.served) {
        ("status", None) if resource.status => Subresource::Status,
        ("scale", None) if resource.scale.is_some() => Subresource::Scale,
        (_, Some(served)) => built_in_part(method, served, subresource)?,
        _ => return Err(Status::not_found(resource.group_resource(), path.name.as_deref().unwrap_or_default())),
    };
    match (method, part) {
        (&Method::GET | &Method::HEAD, Subresource::Scale) => Ok(Action::GetScale),
        (&Method::GET | &Method::HEAD, _) => Ok(Action::Get),
        (&Method::PUT, Subresource::Scale) => Ok(Action::UpdateScale),
        (&Method::PATCH, Subresource::Scale) => Ok(Action::PatchScale),
        (&Method::PUT, part) => Ok(Action::Update(part)),
        (&Method::PATCH, part) => Ok(Action::Patch(part)),
        _ if !custom => Err(Status::method_not_allowed()),
        (&Method::POST, _) => Err(unsupported(resource, "create")),
        (method, _) => Err(unsupported(resource, &method.as_str().to_lowercase())),
    }
}

/// The part of a built-in kind that its subresource writes, if it takes the method.
fn built_in_part(method: &Method, served: &Served, name: &str) -> Result<Subresource> {
    let subresource = served.subresources.iter().find(|subresource| subresource.name == name);
    let subresource = subresource.ok_or_else(Status::no_such_path)?;
    let part = Subresource::named(name).ok_or_else(Status::method_not_allowed)?;
    let verb = match *method {
        Method::GET => "get",
        Method::PUT => "update",
        Method::PATCH => "patch",
        _ => "",
    };
    if subresource.verbs.contains(&verb) { Ok(part) } else { Err(Status::method_not_allowed()) }
}

fn unsupported(resource: &Resource, action: &str) -> Box<Status> {
    Status::method_not_supported(resource.group_resource(), action)
}

fn check_segment(name: &str) -> Result<()> {
    match crdgen_schema::name::path_segment(name).first() {
        Some(why) => Err(Status::bad_request(format!("Name parameter invalid: {name:?}: {why}"))),
        None => Ok(()),
    }
}

impl Call<'_> {
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

    /// What the options of a list or watch select.
    pub(crate) fn selector(&self, options: &ListOptions) -> Result<Selector> {
        let selector = Selector::parse(options, self.resource)?;
        if self.state.settings.shards { selector.with_shard(options) } else { Ok(selector) }
    }

    /// The answer to a write.
    pub(crate) fn written(&self, code: StatusCode, written: &Written) -> Result<Reply> {
        match &written.text {
            Some(text) if self.accept.is_plain_text() => Ok(Reply::line(code, text)),
            _ => Reply::object(&self.accept, code, self.resource, &written.object, self.state.now()),
        }
    }

    /// The 404 for the object that the path names.
    pub(crate) fn not_found(&self) -> Box<Status> {
        Status::not_found(self.resource.group_resource(), self.name())
    }

    /// The write that this request asks for.
    pub(crate) fn attributes<'a>(&'a self, subresource: Subresource, options: &'a WriteOptions) -> Attributes<'a> {
        Attributes {
            state: self.state,
            resource: self.resource,
            namespace: self.path.namespace.as_deref(),
            name: self.name(),
            subresource,
            options,
            warnings: self.warnings,
            user: self.user,
        }
    }
}
