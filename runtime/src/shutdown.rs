//! The end of the program, asked for by a signal or by the program itself.
//!
//! The first request stops intake and lets running work end; a second one breaks that off.

use std::io;

use tokio::signal::ctrl_c;
use tokio_util::sync::CancellationToken;

/// A request to end, shared by all clones. Requests are counted up to two and never taken back.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    stop: CancellationToken,
    force: CancellationToken,
}

impl Shutdown {
    /// A request that only [`trigger`](Self::trigger) makes.
    pub fn new() -> Self {
        Self::default()
    }

    /// A request made by SIGTERM or ctrl-c. Must be called within a tokio runtime; a task listens until it ends.
    pub fn on_signals() -> io::Result<Self> {
        let shutdown = Self::new();
        let (terminate, requested) = (Terminate::new()?, shutdown.clone());
        tokio::spawn(async move {
            let mut terminate = terminate;
            while !requested.force.is_cancelled() {
                let signal = tokio::select! {
                    () = terminate.received() => "SIGTERM",
                    interrupt = ctrl_c() => if interrupt.is_ok() { "ctrl-c" } else { return },
                };
                tracing::info!(signal, again = requested.is_stopping(), "shutting down");
                requested.trigger();
            }
        });
        Ok(shutdown)
    }

    /// Asks to stop; the second time, to stop at once.
    pub fn trigger(&self) {
        if self.stop.is_cancelled() {
            self.force.cancel();
        }
        self.stop.cancel();
    }

    /// Whether a stop was asked for.
    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Waits for the first request.
    pub async fn stopping(&self) {
        self.stop.cancelled().await;
    }

    /// Waits for the second request.
    pub async fn forced(&self) {
        self.force.cancelled().await;
    }

    /// The first request as a token, to stop other things by.
    pub fn token(&self) -> CancellationToken {
        self.stop.clone()
    }
}

/// SIGTERM, where there is such a thing.
struct Terminate {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
}

impl Terminate {
    fn new() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    async fn received(&mut self) {
        #[cfg(unix)]
        self.signal.recv().await;
        #[cfg(not(unix))]
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::Shutdown;

    #[test]
    fn the_first_request_stops_and_the_second_one_forces() {
        let shutdown = Shutdown::new();
        assert!(shutdown.stopping().now_or_never().is_none());
        shutdown.trigger();
        assert!(shutdown.stopping().now_or_never().is_some());
        assert!(shutdown.forced().now_or_never().is_none(), "a single request leaves time to drain");
        shutdown.clone().trigger();
        assert!(shutdown.forced().now_or_never().is_some());
    }
}
