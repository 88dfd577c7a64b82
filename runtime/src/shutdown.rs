//! Requests to end the program, made by a signal or by the program itself.
//!
//! After the first request running work is completed and no new work is started; a second request cancels it. A program
//! that does not end after a second signal is ended.
//!
//! ```
//! use crdgen_runtime::shutdown::Shutdown;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! // In a program: `Shutdown::on_signals()`, for SIGTERM and ctrl-c.
//! let shutdown = Shutdown::new();
//! let worker = tokio::spawn({
//!     let shutdown = shutdown.clone();
//!     async move { shutdown.stopping().await }
//! });
//! shutdown.trigger();
//! assert!(worker.await.is_ok() && shutdown.is_stopping());
//! # }
//! ```

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlC, ctrl_c};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long a program may take to end after the second signal.
const LAST_MOMENTS: Duration = Duration::from_secs(5);

/// A request to end, shared by all clones. There can be two requests, and none can be taken back.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    requested: Arc<AtomicBool>,
    stop: CancellationToken,
    force: CancellationToken,
}

impl Shutdown {
    /// A handle on which only [`trigger`](Self::trigger) makes requests.
    pub fn new() -> Self {
        Self::default()
    }

    /// A handle on which SIGTERM and ctrl-c make requests. Must be called within a tokio runtime, on which a task waits
    /// for the signals.
    ///
    /// Five seconds after the second signal, or at once on a third one, the process exits with status 1, whatever it is
    /// doing (controller-runtime's `SetupSignalHandler` exits on the second one, without a delay).
    pub fn on_signals() -> io::Result<Self> {
        let shutdown = Self::new();
        let (mut signals, requested) = (Signals::new()?, shutdown.clone());
        tokio::spawn(async move {
            for again in [false, true] {
                let signal = signals.next().await;
                tracing::info!(signal, again, "shutting down");
                requested.trigger();
            }
            let _ = timeout(LAST_MOMENTS, signals.next()).await;
            tracing::error!("the program did not end by itself");
            std::process::exit(1);
        });
        Ok(shutdown)
    }

    /// A handle that the requests on this one reach too. Those on the child reach nobody else.
    #[must_use]
    pub fn child(&self) -> Self {
        Self { requested: Arc::default(), stop: self.stop.child_token(), force: self.force.child_token() }
    }

    /// Requests a stop; when called again, an immediate one.
    pub fn trigger(&self) {
        // One of two that come at the same time is the second.
        let is_second = self.requested.swap(true, Ordering::SeqCst) || self.stop.is_cancelled();
        self.stop.cancel();
        if is_second {
            self.force.cancel();
        }
    }

    /// Whether a stop was requested.
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

    /// A token that the first request cancels.
    pub fn token(&self) -> CancellationToken {
        self.stop.clone()
    }
}

/// The signals that make requests. From the creation of this value on no signal is missed.
struct Signals {
    #[cfg(unix)]
    terminate: Signal,
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(windows)]
    interrupt: CtrlC,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: signal(SignalKind::terminate())?,
            #[cfg(unix)]
            interrupt: signal(SignalKind::interrupt())?,
            #[cfg(windows)]
            interrupt: ctrl_c()?,
        })
    }

    /// Waits for a signal, and returns its name.
    async fn next(&mut self) -> &'static str {
        #[cfg(unix)]
        tokio::select! {
            _ = self.terminate.recv() => return "SIGTERM",
            _ = self.interrupt.recv() => {}
        }
        #[cfg(windows)]
        self.interrupt.recv().await;
        "ctrl-c"
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

    #[test]
    fn requests_reach_children_but_no_parents() {
        let parent = Shutdown::new();
        let (stopped, left) = (parent.child(), parent.child());
        stopped.trigger();
        assert!(stopped.is_stopping() && !parent.is_stopping() && !left.is_stopping());
        parent.trigger();
        assert!(left.is_stopping() && left.forced().now_or_never().is_none());
        parent.trigger();
        assert!(left.forced().now_or_never().is_some());
    }

    #[test]
    fn of_two_requests_at_the_same_time_one_is_the_second() {
        for _ in 0..1_000 {
            let shutdown = Shutdown::new();
            std::thread::scope(|scope| {
                scope.spawn(|| shutdown.trigger());
                scope.spawn(|| shutdown.trigger());
            });
            assert!(shutdown.forced().now_or_never().is_some());
        }
    }

    /// Runs this test in a process of its own, which says after each signal what it has seen.
    #[cfg(unix)]
    #[test]
    fn a_third_signal_ends_a_process_that_hangs() {
        use std::io::{BufRead, BufReader, Write};
        use std::process::{Command, Stdio};

        const HANGS: &str = "CRDGEN_TEST_HANGS";
        if std::env::var_os(HANGS).is_some() {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            let say = |what: &str| writeln!(std::io::stderr(), "seen: {what}").unwrap();
            runtime.block_on(async {
                let shutdown = Shutdown::on_signals().unwrap();
                say("nothing");
                shutdown.stopping().await;
                say("one");
                shutdown.forced().await;
                say("two");
                std::future::pending::<()>().await;
            });
        }
        let name = "shutdown::tests::a_third_signal_ends_a_process_that_hangs";
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([name, "--exact", "--nocapture"])
            .env(HANGS, "yes")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        for expected in ["seen: nothing", "seen: one", "seen: two"] {
            assert!(lines.any(|line| line == expected), "the process has ended before {expected:?}");
            assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
        }
        assert_eq!(child.wait().unwrap().code(), Some(1));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn either_signal_counts_at_once_and_the_second_one_forces() {
        let send = |signal: &str| {
            let id = std::process::id().to_string();
            assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
        };
        let shutdown = Shutdown::on_signals().unwrap();
        send("-INT");
        shutdown.stopping().await;
        assert!(shutdown.forced().now_or_never().is_none());
        send("-TERM");
        shutdown.forced().await;
    }
}
