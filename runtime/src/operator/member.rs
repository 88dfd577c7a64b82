//! What an operator runs: controllers and tasks, each as a future that ends after a shutdown request.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::controller::{Controller, Reconciler};
use crate::kind::Kind;
use crate::metrics::Metrics;
use crate::sharding::Seat;
use crate::shutdown::Shutdown;

/// How long a task may take after a shutdown request, as long as a controller's default.
const PATIENCE: Duration = Duration::from_secs(30);

/// Any error of a member.
pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A controller or a task.
pub(super) struct Member {
    pub(super) name: Arc<str>,
    pub(super) is_task: bool,
    run: Box<dyn FnOnce(Surroundings) -> BoxFuture<'static, Result<(), Failure>> + Send>,
}

/// What a member runs in.
pub(super) struct Surroundings {
    pub(super) shutdown: Shutdown,
    /// Cancelled when the work may begin.
    pub(super) begin: CancellationToken,
    pub(super) metrics: Metrics,
    /// The place of a controller among those that work on shards.
    pub(super) seat: Option<Seat>,
}

impl Member {
    /// A controller. Its caches are filled before it may begin.
    pub(super) fn controller<K: Kind, R: Reconciler<K>>(controller: Controller<K, R>) -> Self {
        let name = Arc::from(controller.name());
        let run = |Surroundings { shutdown, begin, metrics, seat }| -> BoxFuture<'static, _> {
            Box::pin(async move {
                let controller = controller.measured_by(&metrics).seated(seat);
                controller.run_after(&shutdown, begin.cancelled_owned()).await.map_err(Failure::from)
            })
        };
        Self { name, is_task: false, run: Box::new(run) }
    }

    /// A task, which gets a token that a shutdown request cancels.
    pub(super) fn task<F, Fut, E>(name: &str, task: F) -> Self
    where
        F: FnOnce(CancellationToken) -> Fut + Send + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Failure>,
    {
        let label: Arc<str> = Arc::from(name);
        let name = Arc::clone(&label);
        let run = |Surroundings { shutdown, begin, .. }| -> BoxFuture<'static, _> {
            Box::pin(async move {
                tokio::select! {
                    biased;
                    () = shutdown.stopping() => return Ok(()),
                    () = begin.cancelled() => {}
                }
                let too_late = async {
                    shutdown.stopping().await;
                    let _ = timeout(PATIENCE, shutdown.forced()).await;
                };
                tokio::select! {
                    ended = task(shutdown.token()) => ended.map_err(Into::into),
                    () = too_late => {
                        tracing::warn!(task = %label, "the task did not end in time, and is dropped");
                        Ok(())
                    }
                }
            })
        };
        Self { name, is_task: true, run: Box::new(run) }
    }

    /// Runs until a shutdown was requested, or to the end.
    pub(super) async fn run(self, surroundings: Surroundings) -> Result<(), Failure> {
        (self.run)(surroundings).await
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
