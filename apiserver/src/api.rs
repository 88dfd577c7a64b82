//! The server without a transport: what all handlers share, and which handler takes a request.
//!
//! In: a request that was read. Out: a response. Nothing in here waits: only the bodies of watches do.

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
use crate::response::status::Status;
use crate::response::{Body, Reply};
use crate::store::Store;
use crate::{auth, controller, discovery};

/// Where times come from.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What the builder decided.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// CRDs with validation rules are served without them, with a warning.
    pub(crate) ignore_validation_rules: bool,
    /// Deleted namespaces are emptied and removed.
    pub(crate) controllers: bool,
}

/// The state of a server.
pub(crate) struct Api {
    pub(crate) store: Arc<Store>,
    pub(crate) registry: RwLock<Registry>,
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    /// The only credentials accepted; none accepts everyone.
    pub(crate) token: Option<String>,
    /// Held while the controllers are at work: two at once could serve an older state of a CRD last.
    pub(crate) controlling: Mutex<()>,
    /// Cancelled when the server ends; ends all watches.
    pub(crate) ending: CancellationToken,
    /// Counts up when all watches are to be cut.
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

    /// Looks something up among the served resources.
    pub(crate) fn read_registry<T>(&self, read: impl FnOnce(&Registry) -> T) -> T {
        read(&self.registry.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes what is served.
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

    /// What the cluster's controllers do once something was written.
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
