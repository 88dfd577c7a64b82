//! A life of the controller: from nothing, behind the proxy, until it is stopped or killed.

use std::{sync::Arc, time::Duration};

use crdgen_generated::api::example_com::v1alpha1::Database;
use crdgen_runtime::{
    controller::{self, Controller},
    factory::SharedInformerFactory,
    informer::{HandlerOptions, SharedInformer},
    queue::ExponentialRateLimiter,
    reflector::{BackoffConfig, ReflectorConfig},
    shutdown::Shutdown,
};
use k8s_openapi::api::core::v1::ConfigMap;
use tokio::task::JoinHandle;

use super::{
    Bug, Journal,
    attempts::Attempts,
    line::Line,
    proxy::Proxy,
    reconciler::{TOUCHED, Witness, Work},
    schedule::Time,
    spectator::Spectator,
};

/// What one handler and one cache must agree on with the server in the end.
pub(super) struct Spectated<K: crdgen_runtime::Kind> {
    pub(super) informer: SharedInformer<K>,
    pub(super) spectator: Spectator,
    /// The selector of the objects.
    pub(super) selector: Option<String>,
}

/// A controller that runs, with informers and handlers beside it.
pub(super) struct Life {
    pub(super) line: Line,
    pub(super) witness: Arc<Witness>,
    pub(super) databases: Vec<Spectated<Database>>,
    pub(super) children: Spectated<ConfigMap>,
    factory: SharedInformerFactory,
    shutdown: Shutdown,
    running: JoinHandle<Result<(), controller::Error>>,
}

/// What lives share.
#[derive(Clone)]
pub(super) struct Birth {
    pub(super) proxy: Proxy,
    pub(super) namespace: String,
    pub(super) journal: Arc<Journal>,
    pub(super) attempts: Arc<Attempts>,
    pub(super) bug: Option<Bug>,
    pub(super) time: Time,
    /// Short delays instead of the default ones.
    pub(super) hurries: bool,
}

impl Birth {
    /// Starts a controller.
    pub(super) fn begin(&self, number: u32) -> anyhow::Result<Life> {
        let line = Line::new(&self.proxy, &format!("controller-{number}"), self.time)?;
        let mut reflector = ReflectorConfig::default();
        if self.hurries {
            let (initial, max) = (Duration::from_millis(10), Duration::from_millis(300));
            reflector.backoff = BackoffConfig { initial, max, ..BackoffConfig::default() };
        }
        let factory = SharedInformerFactory::new(line.client()).namespaced(&self.namespace).reflector(reflector);
        let touched = format!("{TOUCHED}=1");
        let databases = vec![
            self.spectate("typed", factory.informer(), None)?,
            self.spectate("compact", factory.compact().informer(), None)?,
            self.spectate("labelled", factory.labelled(&touched).informer(), Some(touched.clone()))?,
        ];
        let children = self.spectate("children", factory.informer::<ConfigMap>(), None)?;
        let (journal, attempts) = (Arc::clone(&self.journal), Arc::clone(&self.attempts));
        let witness = Arc::new(Witness::new(journal, attempts, children.informer.lister(), self.bug));
        let limiter = ExponentialRateLimiter::new(Duration::from_millis(5), Duration::from_millis(500));
        let controller = Controller::new("faults", &factory, Work(Arc::clone(&witness)))
            .owns::<ConfigMap>()
            .workers(3)
            .rate_limiter(limiter)
            .cache_sync_timeout(Duration::from_hours(24));
        let shutdown = Shutdown::new();
        let stop = shutdown.clone();
        if self.bug == Some(Bug::StopsEarly) {
            databases[0].informer.stop();
        }
        let running = tokio::spawn(async move { controller.run(&stop).await });
        Ok(Life { line, witness, databases, children, factory, shutdown, running })
    }

    fn spectate<K: crdgen_runtime::Kind>(
        &self,
        name: &'static str,
        informer: SharedInformer<K>,
        selector: Option<String>,
    ) -> anyhow::Result<Spectated<K>> {
        let spectator = Spectator::new(name, Arc::clone(&self.journal), self.bug);
        informer.add_handler(spectator.clone(), HandlerOptions::default())?;
        Ok(Spectated { informer, spectator, selector })
    }
}

impl Life {
    /// Whether the controller has ended, although nobody asked it to.
    pub(super) fn has_ended(&self) -> bool {
        self.running.is_finished()
    }

    /// Ends it without a word: no task goes on, and no connection stays.
    pub(super) async fn kill(self) {
        self.line.cut();
        self.running.abort();
        let _ = self.running.await;
        self.factory.shutdown().await;
    }

    /// Stops it properly.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        self.shutdown.trigger();
        self.running.await??;
        self.factory.shutdown().await;
        self.line.cut();
        Ok(())
    }
}
