//! [`LeaderElector`]: waits for the lease, works while it holds it, and gives it up.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::config::{Invalid, LeaderElection};
use super::record::Observed;
use crate::client::{self, Client};
use crate::kind::KeyRef;
use crate::metrics::{LeaderMetrics, Metrics};

/// A candidate looks after these parts of a retry period: not all candidates at once, and the last in time.
const LOOK: (f64, f64) = (0.4, 0.9);

/// Why an election ended although nobody asked it to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The settings would allow two leaders, or none.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The lease could not be renewed in time. Another candidate may lead by now, so the program should end.
    #[error("the lease {0} could not be renewed in time")]
    Lost(String),
    /// The work ended by itself.
    #[error("the work of the leader ended although it still held the lease {0}")]
    WorkEnded(String),
}

/// A candidate of an election.
pub struct LeaderElector {
    client: Client<Lease>,
    election: LeaderElection,
    shared: Arc<Shared>,
    metrics: Option<LeaderMetrics>,
    /// Numbers between zero and one.
    pub(crate) random: Box<dyn Fn() -> f64 + Send + Sync>,
}

/// What a candidate knows, for probes and metrics. Cheap to clone.
#[derive(Clone)]
pub struct Leadership {
    identity: Arc<str>,
    lease_duration: Duration,
    shared: Arc<Shared>,
}

struct Shared {
    observed: Mutex<Observed>,
    leader: watch::Sender<String>,
    slow_renewals: AtomicU64,
    /// Cancelled when the lease was held and not renewed in time.
    lost: CancellationToken,
}

impl LeaderElector {
    /// A candidate, which does nothing yet.
    pub fn new(connection: kube::Client, election: LeaderElection) -> Result<Self, Error> {
        election.check()?;
        let client = Client::new(connection).namespaced(&election.namespace);
        let shared = Shared {
            observed: Mutex::default(),
            leader: watch::Sender::new(String::new()),
            slow_renewals: AtomicU64::new(0),
            lost: CancellationToken::new(),
        };
        let random = Box::new(rand::random::<f64>);
        Ok(Self { client, election, shared: Arc::new(shared), metrics: None, random })
    }

    /// Measures this candidate, under the name of the lease.
    #[must_use]
    pub fn metrics(self, metrics: &Metrics) -> Self {
        Self { metrics: Some(metrics.leader(&self.election.name)), ..self }
    }

    /// Begins with what was seen of the lease already: so a candidate that comes late does not wait for the whole lease again.
    #[must_use]
    pub(crate) fn observed(self, observed: Observed) -> Self {
        *self.lock() = observed;
        self
    }

    /// What this candidate knows.
    pub fn leadership(&self) -> Leadership {
        Leadership {
            identity: Arc::from(&*self.election.identity),
            lease_duration: self.election.lease_duration,
            shared: Arc::clone(&self.shared),
        }
    }

    /// Waits for the lease, then calls `work` and renews the lease while that runs.
    ///
    /// When `stop` is cancelled, or the lease could not be renewed within the renew deadline, the token that `work` got is
    /// cancelled. After a stop its end is waited for, then the lease is given up, and only then may another candidate
    /// start. After a loss it is waited for until the lease has run out, and then dropped: there are never two leaders.
    pub async fn run<F, Fut>(self, stop: CancellationToken, work: F) -> Result<(), Error>
    where
        F: FnOnce(CancellationToken) -> Fut,
        Fut: Future<Output = ()>,
    {
        tokio::select! {
            biased;
            () = stop.cancelled() => return Ok(()),
            () = self.acquire() => {}
        }
        let _status = self.metrics.as_ref().map(LeaderMetrics::leading);
        let leading = CancellationToken::new();
        let mut work = std::pin::pin!(work(leading.clone()));
        let outcome = tokio::select! {
            biased;
            () = stop.cancelled() => Ok(()),
            () = self.renew() => Err(Error::Lost(self.name())),
            () = &mut work => {
                self.release().await;
                return Err(Error::WorkEnded(self.name()));
            }
        };
        leading.cancel();
        if outcome.is_ok() {
            // Renewed to the end: the work may take its time.
            let ended = tokio::select! {
                () = &mut work => true,
                () = self.renew() => false,
            };
            if ended {
                self.release().await;
                return Ok(());
            }
        }
        let over = Instant::now() + self.election.lease_duration.saturating_sub(self.age());
        if timeout_at(over, work).await.is_err() {
            tracing::error!(lease = self.name(), "the work of the former leader did not end in time, and is dropped");
        }
        outcome.and(Err(Error::Lost(self.name())))
    }

    /// Tries to become the leader until it is.
    async fn acquire(&self) {
        tracing::info!(lease = self.name(), identity = self.election.identity, "waiting for the lease");
        loop {
            match timeout(self.election.renew_deadline, self.try_to_hold()).await {
                Ok(Ok(true)) => break,
                Ok(Ok(false)) => {}
                Ok(Err(error)) => tracing::warn!(lease = self.name(), %error, "the lease cannot be acquired"),
                Err(_) => tracing::warn!(lease = self.name(), "the API server does not answer in time"),
            }
            // Looks more often than client-go, which waits one to 2.2 periods, and when the lease runs out: so the lease
            // of a leader that died passes on within its duration and one period.
            let next_look = self.election.retry_period.mul_f64(LOOK.0 + (LOOK.1 - LOOK.0) * (self.random)());
            let left = self.lock().left().unwrap_or(next_look);
            sleep(left.min(next_look)).await;
        }
        tracing::info!(lease = self.name(), identity = self.election.identity, "leading");
    }

    /// Renews the lease until that has not succeeded within the renew deadline.
    async fn renew(&self) {
        loop {
            let renewed = async {
                loop {
                    match self.try_to_hold().await {
                        Ok(true) => return,
                        Ok(false) => tracing::warn!(lease = self.name(), "another candidate holds the lease"),
                        Err(error) => tracing::warn!(lease = self.name(), %error, "the lease cannot be renewed"),
                    }
                    sleep(self.election.retry_period).await;
                }
            };
            if timeout(self.left(), renewed).await.is_err() {
                tracing::error!(lease = self.name(), "the lease was not renewed in time");
                self.shared.lost.cancel();
                return;
            }
            // An answer may come late: the pause does not go beyond the deadline either.
            sleep(self.election.retry_period.min(self.left())).await;
        }
    }

    /// The time that is left to renew the lease.
    fn left(&self) -> Duration {
        self.election.renew_deadline.saturating_sub(self.age())
    }

    /// One attempt to acquire or renew the lease. False if another candidate holds it.
    async fn try_to_hold(&self) -> Result<bool, client::Error> {
        let renewal = {
            let observed = self.lock();
            let is_mine = observed.holder() == self.election.identity;
            (is_mine && observed.is_valid()).then(|| observed.claim(&self.election))
        };
        // The leader knows the lease as it wrote it: it need not read it first.
        if let Some(renewal) = renewal {
            let asked = Instant::now();
            match self.client.update(&renewal).await {
                Ok(lease) => {
                    self.note(|observed| observed.claimed(lease, asked));
                    return Ok(true);
                }
                Err(error) => {
                    tracing::debug!(lease = self.name(), %error, "reading the lease before it is renewed");
                    self.shared.slow_renewals.fetch_add(1, Ordering::Relaxed);
                    if let Some(metrics) = &self.metrics {
                        metrics.renewed_slowly();
                    }
                }
            }
        }
        let Some(lease) = self.client.get_opt(self.key()).await? else {
            let claim = Observed::default().claim(&self.election);
            let asked = Instant::now();
            return self.held(self.client.create(&claim).await, asked);
        };
        self.note(|observed| observed.see(lease));
        let claim = {
            let observed = self.lock();
            let holder = observed.holder();
            let others = !holder.is_empty() && holder != self.election.identity;
            if others && observed.is_valid() {
                return Ok(false);
            }
            observed.claim(&self.election)
        };
        let asked = Instant::now();
        self.held(self.client.update(&claim).await, asked)
    }

    /// Whether a claim that was `asked` for then made this candidate the holder. A conflict means that another one was faster.
    fn held(&self, written: Result<Lease, client::Error>, asked: Instant) -> Result<bool, client::Error> {
        match written {
            Ok(lease) => {
                self.note(|observed| observed.claimed(lease, asked));
                Ok(true)
            }
            Err(error) if error.is_conflict() || error.is_already_exists() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Gives the lease up, if it is still this candidate's.
    async fn release(&self) {
        if !self.election.release_on_stop {
            return;
        }
        let released = timeout(self.election.renew_deadline, async {
            let lease = self.client.get(self.key()).await?;
            self.note(|observed| observed.see(lease));
            let released = {
                let observed = self.lock();
                observed.release().filter(|_| observed.holder() == self.election.identity)
            };
            match released {
                Some(lease) => self.client.update(&lease).await.map(|lease| self.note(|observed| observed.see(lease))),
                None => Ok(()),
            }
        });
        match released.await {
            Ok(Ok(())) => tracing::info!(lease = self.name(), "the lease is given up"),
            Ok(Err(error)) => tracing::warn!(lease = self.name(), %error, "the lease cannot be given up"),
            Err(_) => tracing::warn!(lease = self.name(), "the lease cannot be given up in time"),
        }
    }

    /// Notes what was seen of the lease, and who leads.
    fn note(&self, see: impl FnOnce(&mut Observed)) {
        let mut observed = self.lock();
        see(&mut observed);
        let holder = observed.holder().to_owned();
        drop(observed);
        self.shared.leader.send_if_modified(|leader| {
            let is_new = *leader != holder;
            if is_new {
                tracing::info!(lease = self.name(), leader = holder, "there is a new leader");
                *leader = holder;
            }
            is_new
        });
    }

    /// The time since this candidate asked for its last claim.
    fn age(&self) -> Duration {
        self.lock().claim_age().unwrap_or(Duration::MAX)
    }

    fn key(&self) -> KeyRef<'_> {
        (self.election.namespace.as_str(), self.election.name.as_str()).into()
    }

    fn name(&self) -> String {
        self.key().to_string()
    }

    fn lock(&self) -> MutexGuard<'_, Observed> {
        self.shared.observed.lock()
    }
}

impl Leadership {
    /// Whether this candidate holds the lease, as far as it knows.
    pub fn is_leader(&self) -> bool {
        *self.shared.leader.borrow() == *self.identity
    }

    /// The identity of the leader; empty while there is none, or none is known.
    pub fn leader(&self) -> String {
        self.shared.leader.borrow().clone()
    }

    /// Waits until there is another leader than now.
    pub async fn changed(&self) {
        // Fails only if the elector is gone, and then nothing changes any more.
        let _ = self.shared.leader.subscribe().changed().await;
    }

    /// Waits until this candidate has held the lease and could not renew it within the renew deadline. That may also happen
    /// after a stop, while the work takes its time: it should end before the lease runs out.
    pub async fn lost(&self) {
        self.shared.lost.cancelled().await;
    }

    /// Whether all is well: a leader that has not renewed its lease for longer than its duration and `tolerance` should have
    /// ended, and hangs (client-go's `HealthzAdaptor`).
    pub fn is_healthy(&self, tolerance: Duration) -> bool {
        let age = self.shared.observed.lock().claim_age().unwrap_or_default();
        !self.is_leader() || age <= self.lease_duration.saturating_add(tolerance)
    }

    /// How often the lease had to be read before it was renewed (`leader_election_slowpath_total`).
    pub fn slow_renewals(&self) -> u64 {
        self.shared.slow_renewals.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for LeaderElector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeaderElector").field("election", &self.election).finish_non_exhaustive()
    }
}

impl fmt::Debug for Leadership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leadership")
            .field("identity", &self.identity)
            .field("leader", &self.leader())
            .finish_non_exhaustive()
    }
}
