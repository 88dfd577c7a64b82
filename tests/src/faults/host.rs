//! The server of a world: an embedded one of its own, or a real one that it shares.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use crdgen_apiserver::Server;
use crdgen_runtime::client::connect_with;
use tokio::time::sleep;

use super::{Fault, Journal, Tally, proxy::lock};
use crate::{control_plane::ControlPlane, interference::Plug};

/// A server that can be disturbed.
pub(super) enum Host {
    Embedded(Embedded),
    Real(kube::Client),
}

/// An embedded server, which can be restarted.
pub(super) struct Embedded {
    plug: Plug,
    server: Mutex<Server>,
    /// How many seconds its clock is ahead.
    ahead: Arc<AtomicI64>,
}

impl Host {
    /// An embedded server.
    pub(super) fn embedded() -> Self {
        let (plug, ahead) = (Plug::default(), Arc::default());
        let server = start(Server::builder(), &ahead);
        plug.put(Some(kube::Client::new(server.service(), "default")));
        Self::Embedded(Embedded { plug, server: Mutex::new(server), ahead })
    }

    /// A real server.
    pub(super) async fn real(plane: &ControlPlane) -> anyhow::Result<Self> {
        Ok(Self::Real(connect_with(&plane.kubeconfig()).await?))
    }

    /// A client of the server, past the proxy.
    pub(super) fn direct(&self) -> kube::Client {
        match self {
            Self::Embedded(embedded) => embedded.plug.connection(),
            Self::Real(client) => client.clone(),
        }
    }

    /// Disturbs the server in the way that `choice` says, if it is this world's alone.
    pub(super) async fn disturb(&self, choice: u32, away: Duration, journal: &Journal, tally: &Tally) {
        let Self::Embedded(embedded) = self else { return };
        let fault = match choice % 8 {
            0..3 => {
                lock(&embedded.server).compact();
                Fault::Compacted
            }
            3..6 => {
                lock(&embedded.server).disconnect_watches();
                Fault::Disconnected
            }
            6 => {
                embedded.ahead.store(i64::from(choice % 7200) - 3600, Ordering::SeqCst);
                Fault::ClockStep
            }
            _ => {
                embedded.restart(away).await;
                Fault::ServerKilled
            }
        };
        tally.add(fault);
        journal.note("", format!("{fault:?}"));
    }

    /// Ends a server that is this world's alone.
    pub(super) fn end(&self) {
        if let Self::Embedded(embedded) = self {
            lock(&embedded.server).shutdown();
        }
    }
}

impl Embedded {
    /// Ends the server, and starts another one with its objects after a while.
    async fn restart(&self, away: Duration) {
        self.plug.put(None);
        let store = {
            let server = lock(&self.server);
            server.shutdown();
            server.store()
        };
        sleep(away).await;
        let server = start(Server::builder().store(store), &self.ahead);
        self.plug.put(Some(kube::Client::new(server.service(), "default")));
        *lock(&self.server) = server;
    }
}

fn start(builder: crdgen_apiserver::Builder, ahead: &Arc<AtomicI64>) -> Server {
    let ahead = Arc::clone(ahead);
    let clock = move || {
        let seconds = ahead.load(Ordering::SeqCst);
        let (now, step) = (SystemTime::now(), Duration::from_secs(seconds.unsigned_abs()));
        if seconds < 0 { now - step } else { now + step }
    };
    builder.clock(clock).build()
}
