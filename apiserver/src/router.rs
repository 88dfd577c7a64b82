//! The way of a request: who may make it, what it is about, and which handler answers it.
//!
//! In: a request whose body has been read. Out: a response.

use std::sync::Arc;

use http::{Method, Response};

use crate::handler::Asked;
use crate::kind::table;
use crate::request::Request;
use crate::request::accept::Accept;
use crate::request::info::RequestInfo;
use crate::request::path::{ResourcePath, Route};
use crate::resource::Resource;
use crate::response::{Body, Reply};
use crate::state::State;
use crate::status::{Result, Status};
use crate::warnings::Warnings;
use crate::{auth, discovery, handler};

/// Answers a request.
pub(crate) async fn answer(state: &Arc<State>, request: &Request) -> Response<Body> {
    let info = RequestInfo::of(&request.method, &request.path, &request.query);
    let warnings = Warnings::default();
    let outcome = match auth::check(state, request, &info, &warnings) {
        Err(refusal) => Err(refusal),
        Ok(user) => match &info.route {
            Route::Resource(path) => {
                resource(state, Asked { request, info: &info, user: &user }, path, &warnings).await
            }
            route => Ok(discovery::answer(state, request, route)),
        },
    };
    let mut reply = outcome.unwrap_or_else(|refusal| Reply::status(&Accept::fallback(request), &refusal));
    reply.warnings.extend(warnings.into_all());
    let reply = if request.method == Method::HEAD { reply.without_body() } else { reply };
    reply.into_response()
}

async fn resource(state: &Arc<State>, asked: Asked<'_>, path: &ResourcePath, warnings: &Warnings) -> Result<Reply> {
    let Asked { request, info, .. } = asked;
    let Some(resource) = state.resource(&path.group, &path.version, &path.plural) else {
        let is_known = path.group.is_empty() || table::resources().iter().any(|served| served.group == path.group);
        return if is_known { Err(Status::no_such_path()) } else { Ok(Reply::page_not_found()) };
    };
    if is_misplaced(&resource, path, &request.method) {
        let named = path.name.is_some();
        return match resource.custom {
            Some(_) => Ok(Reply::page_not_found()),
            None if named => Err(Status::no_such_path()),
            None => Err(Status::method_not_allowed()),
        };
    }
    if path.namespace.as_deref() == Some("") && path.name.is_some() && !has_body(&request.method) {
        return Err(Status::bad_request("Namespace parameter required."));
    }
    let now = state.now();
    state.compaction.run(&state.store, now);
    if state.controllers.is_due(now) {
        state.controllers.run(state).await;
    }
    let outcome = handler::dispatch(state, asked, path, &resource, warnings).await;
    if !info.verb.only_reads() {
        state.controllers.run(state).await;
    }
    let code = outcome.as_ref().map_or_else(|refusal| refusal.http_code(), |reply| reply.code);
    state.requests.count(request, info, path, code);
    outcome
}

/// Whether requests of this method have an object in their body, which is looked at first.
fn has_body(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

/// Whether the path has a namespace and the resource has none, or the other way round. All namespaces together can be read
/// without one.
fn is_misplaced(resource: &Resource, path: &ResourcePath, method: &Method) -> bool {
    let all = path.name.is_none() && matches!(*method, Method::GET | Method::HEAD);
    path.namespace.is_some() != resource.namespaced && !(path.namespace.is_none() && all)
}
