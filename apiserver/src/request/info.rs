//! What a request asks for, in Kubernetes' terms: a verb, and what the path names.
//!
//! Source: `k8s.io/apiserver/pkg/endpoints/request.RequestInfoFactory`.

use http::Method;

use super::query::Query;

use super::path::{ResourcePath, Route};

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestInfo {
    /// What is to be done.
    pub(crate) verb: Verb,
    /// With what.
    pub(crate) route: Route,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    /// `GET` of an object.
    Get,
    /// `GET` of a collection.
    List,
    /// `GET` of the changes of a collection.
    Watch,
    /// `POST`
    Create,
    /// `PUT`
    Update,
    /// `PATCH`
    Patch,
    /// `DELETE` of an object.
    Delete,
    /// `DELETE` of a collection.
    DeleteCollection,
    /// Any other method, or any method of a path that is not that of a resource, in lower case.
    Other(String),
}

impl RequestInfo {
    /// Reads the path and the method of a request.
    pub(crate) fn of(method: &Method, path: &str, query: &Query) -> Self {
        let route = Route::parse(path);
        let verb = match &route {
            Route::Resource(path) => verb(method, path, query),
            _ => Verb::Other(method.as_str().to_lowercase()),
        };
        Self { verb, route }
    }
}

fn verb(method: &Method, path: &ResourcePath, query: &Query) -> Verb {
    let named = path.name.is_some();
    match *method {
        Method::GET | Method::HEAD if path.watch => Verb::Watch,
        Method::GET | Method::HEAD if named => Verb::Get,
        Method::GET | Method::HEAD if query.flag("watch").unwrap_or(false) => Verb::Watch,
        Method::GET | Method::HEAD => Verb::List,
        Method::POST => Verb::Create,
        Method::PUT => Verb::Update,
        Method::PATCH => Verb::Patch,
        Method::DELETE if named => Verb::Delete,
        Method::DELETE => Verb::DeleteCollection,
        ref other => Verb::Other(other.as_str().to_lowercase()),
    }
}

impl Verb {
    /// As authorization names it.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Watch => "watch",
            Self::Create => "create",
            Self::Update => "update",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::DeleteCollection => "deletecollection",
            Self::Other(name) => name,
        }
    }

    /// Whether it changes nothing.
    pub(crate) fn only_reads(&self) -> bool {
        matches!(self, Self::Get | Self::List | Self::Watch)
    }
}
