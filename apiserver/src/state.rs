//! What all requests share: the objects, the resources that are served, and the settings of the server.

use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::admission::Chain;
use crate::allocation::Ports;
use crate::compaction::Compaction;
use crate::controller::Controllers;
use crate::metrics::Requests;
use crate::openapi::Documents;
use crate::request::budget::Budget;
use crate::resource::Resource;
use crate::resource::catalog::Catalog;
use crate::store::Store;
use crate::strategy;
use crate::tls::Tls;
use crate::token::Signer;

/// The built-in resources, which all servers of a process share.
static BUILT_IN: LazyLock<Vec<Arc<Resource>>> = LazyLock::new(strategy::resources);

/// The source of timestamps; tests set their own.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The settings that are switched on and off in [`crate::Builder`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// Empty and remove namespaces that are being deleted.
    pub(crate) controllers: bool,
    /// Serve with TLS.
    pub(crate) tls: bool,
    /// Serve shards of collections.
    pub(crate) shards: bool,
    /// Let workloads seem to run, with so much time from one phase of a pod to the next.
    pub(crate) simulate: Option<SignedDuration>,
}

/// The state of a server.
pub(crate) struct State {
    pub(crate) store: Arc<Store>,
    pub(crate) compaction: Compaction,
    pub(crate) catalog: RwLock<Catalog>,
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    /// What makes the tokens of service accounts.
    pub(crate) signer: Signer,
    /// The bearer token that requests must carry. Without one, every request is accepted.
    pub(crate) token: Option<String>,
    /// What the server needs for TLS, if it was asked for it, or why it could not be made.
    pub(crate) tls: Option<Result<Tls, String>>,
    pub(crate) admission: Chain,
    /// The ports of nodes that services have.
    pub(crate) ports: Ports,
    pub(crate) controllers: Controllers,
    pub(crate) requests: Requests,
    /// What all request bodies together may take.
    pub(crate) bodies: Budget,
    /// The `OpenAPI` documents that somebody asked for.
    pub(crate) documents: Documents,
    /// Cancelled when the server shuts down, which ends all watches.
    pub(crate) ending: CancellationToken,
    /// Each change of this counter ends all running watches, as a broken connection would.
    pub(crate) cuts: watch::Sender<u64>,
}

impl State {
    /// A server over a store that serves the built-in resources.
    pub(crate) fn new(store: Arc<Store>, settings: Settings, clock: Clock, token: Option<String>) -> Self {
        let mut catalog = Catalog::default();
        for resource in BUILT_IN.iter() {
            store.ensure(&resource.collection);
            catalog.insert(resource.clone());
        }
        Self {
            store,
            compaction: Compaction::default(),
            catalog: RwLock::new(catalog),
            settings,
            clock,
            signer: Signer::default(),
            token,
            tls: settings.tls.then(|| Tls::generate().map_err(|error| error.to_string())),
            admission: Chain::default(),
            ports: Ports::default(),
            controllers: Controllers::default(),
            requests: Requests::default(),
            bodies: Budget::default(),
            documents: Documents::default(),
            ending: CancellationToken::new(),
            cuts: watch::Sender::new(0),
        }
    }

    /// Now, by the server's clock.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// The authority of the server's certificate, as PEM; empty without TLS.
    pub(crate) fn authority(&self) -> &str {
        match &self.tls {
            Some(Ok(tls)) => &tls.authority,
            _ => "",
        }
    }

    /// Calls `read` with the catalog of served resources.
    pub(crate) fn read_catalog<T>(&self, read: impl FnOnce(&Catalog) -> T) -> T {
        read(&self.catalog.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Calls `write` with the catalog, to change which resources are served.
    pub(crate) fn write_catalog<T>(&self, write: impl FnOnce(&mut Catalog) -> T) -> T {
        write(&mut self.catalog.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// A resource that is served.
    pub(crate) fn resource(&self, group: &str, version: &str, plural: &str) -> Option<Arc<Resource>> {
        self.read_catalog(|catalog| catalog.get(group, version, plural))
    }
}

#[cfg(test)]
mod tests {
    use crate::Server;

    #[test]
    fn servers_share_what_is_built_in() {
        let (one, other) = (Server::new(), Server::new());
        let resource = |server: &Server| server.state().resource("", "v1", "configmaps").unwrap();
        assert!(std::sync::Arc::ptr_eq(&resource(&one), &resource(&other)));
    }
}
