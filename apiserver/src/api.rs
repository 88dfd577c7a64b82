//! The server without a transport: the state that all handlers share, and the choice of the handler for a request.
//!
//! In: a request whose body has been read. Out: a response. No function in here is asynchronous: only the body of a
//! watch waits for anything.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use http::{Method, Response};
use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::builtin::{self, DEFINITIONS, NAMESPACES};
use crate::handler::{self, Target};
use crate::request::Request;
use crate::request::accept::Accept;
use crate::request::path::{ResourcePath, Route};
use crate::resource::Resource;
use crate::resource::registry::Registry;
use crate::response::{Body, Reply};
use crate::status::Status;
use crate::store::Store;
use crate::{auth, controller, discovery};

/// The source of timestamps; tests set their own.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The settings that are switched on and off in [`crate::Builder`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// Empty and remove namespaces that are being deleted.
    pub(crate) controllers: bool,
}

/// The state of a server.
pub(crate) struct Api {
    pub(crate) store: Arc<Store>,
    pub(crate) registry: RwLock<Registry>,
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    /// The bearer token that requests must carry. Without one, every request is accepted.
    pub(crate) token: Option<String>,
    /// Held while controllers run. If two ran at once, the one with the older state of a CRD could finish last and
    /// serve it.
    pub(crate) controlling: Mutex<()>,
    /// Cancelled when the server shuts down, which ends all watches.
    pub(crate) ending: CancellationToken,
    /// Each change of this counter ends all running watches, as a broken connection would.
    pub(crate) cuts: watch::Sender<u64>,
}

impl Api {
    /// Opens the collections, makes the namespaces that every cluster has, and serves the CRDs in the store.
    pub(crate) fn start(self) -> Arc<Self> {
        let api = Arc::new(self);
        for resource in builtin::resources() {
            api.store.ensure(&resource.collection);
            api.write_registry(|registry| registry.insert(resource));
        }
        controller::namespaces::make(&api, &["default", "kube-node-lease", "kube-public", "kube-system"]);
        controller::definitions::serve_stored(&api);
        api
    }

    /// Now, by the server's clock.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Calls `read` with the registry of served resources.
    pub(crate) fn read_registry<T>(&self, read: impl FnOnce(&Registry) -> T) -> T {
        read(&self.registry.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Calls `write` with the registry, to change which resources are served.
    pub(crate) fn write_registry<T>(&self, write: impl FnOnce(&mut Registry) -> T) -> T {
        write(&mut self.registry.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// The resource of CRDs.
    pub(crate) fn definitions(&self) -> Option<Arc<Resource>> {
        self.read_registry(|registry| registry.get("apiextensions.k8s.io", "v1", "customresourcedefinitions"))
    }

    /// The resource of namespaces.
    pub(crate) fn namespaces(&self) -> Option<Arc<Resource>> {
        self.read_registry(|registry| registry.get("", "v1", "namespaces"))
    }

    /// Answers a request.
    pub(crate) fn handle(self: &Arc<Self>, request: &Request) -> Response<Body> {
        let route = Route::parse(&request.path);
        let allowed = self.token.as_ref().map_or(Ok(()), |token| auth::check(token, request, &route));
        let reply = match (allowed, &route) {
            (Err(refusal), _) => Reply::status(&Accept::fallback(request), &refusal),
            (Ok(()), Route::Resource(path)) => self.resource(request, path),
            (Ok(()), route) => discovery::answer(self, request, route),
        };
        let reply = if request.method == Method::HEAD { reply.without_body() } else { reply };
        reply.into_response()
    }

    fn resource(self: &Arc<Self>, request: &Request, path: &ResourcePath) -> Reply {
        let found = self.read_registry(|registry| registry.get(&path.group, &path.version, &path.plural));
        let Some(resource) = found else {
            return if path.group.is_empty() {
                Reply::status(&Accept::fallback(request), &Status::no_such_path())
            } else {
                Reply::page_not_found()
            };
        };
        let custom = resource.custom.is_some();
        let all = path.name.is_none() && matches!(request.method, Method::GET | Method::HEAD);
        let misplaced = path.namespace.is_some() != resource.namespaced && !(path.namespace.is_none() && all);
        if misplaced && custom {
            return Reply::page_not_found();
        }
        let target = Target { resource: &resource, path };
        let outcome = if misplaced {
            Err(if path.name.is_some() { Status::no_such_path() } else { Status::method_not_allowed() })
        } else {
            handler::dispatch(self, request, &target)
        };
        let mut reply = outcome.unwrap_or_else(|refusal| Reply::status(&Accept::fallback(request), &refusal));
        if let Some(warning) = &resource.deprecation {
            reply.warnings.insert(0, warning.clone());
        }
        self.after(request, path, &resource);
        reply
    }

    /// Runs the controllers that a write concerns.
    fn after(self: &Arc<Self>, request: &Request, path: &ResourcePath, resource: &Resource) {
        if matches!(request.method, Method::GET | Method::HEAD | Method::OPTIONS) {
            return;
        }
        let _alone = self.controlling.lock().unwrap_or_else(PoisonError::into_inner);
        if resource.collection == DEFINITIONS {
            controller::definitions::reconcile(self);
        } else if let Some(custom) = resource.custom.as_ref().filter(|custom| custom.terminating) {
            controller::definitions::finish(self, &custom.definition);
        }
        let namespace = if resource.collection == NAMESPACES { path.name.as_ref() } else { path.namespace.as_ref() };
        if let Some(namespace) = namespace.filter(|_| self.settings.controllers) {
            controller::namespaces::finish(self, namespace);
        }
    }
}
