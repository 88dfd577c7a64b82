//! The settings of a leader election, and what must hold between them.

use std::collections::BTreeMap;
use std::time::Duration;

/// The renew deadline must be longer than so many retry periods, as in client-go.
const ATTEMPTS: f64 = 1.2;

/// Who takes part in which election, and its times. The defaults are client-go's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaderElection {
    /// The namespace of the lease.
    pub namespace: String,
    /// The name of the lease.
    pub name: String,
    /// What this candidate is called. No other may have the same; by default the host's name and a random number.
    pub identity: String,
    /// How long the others wait after the last renewal that they have seen. Kubernetes stores whole seconds.
    pub lease_duration: Duration,
    /// How long the leader tries to renew before it gives up. Shorter than the lease, so that it has stopped by the time
    /// that another one may start.
    pub renew_deadline: Duration,
    /// How often the leader renews, and the others look.
    pub retry_period: Duration,
    /// Whether the leader gives the lease up when it is stopped, so that the next one need not wait.
    pub release_on_stop: bool,
    /// Labels that every claim gives to the lease, besides those that it has.
    pub labels: BTreeMap<String, String>,
}

/// Settings that would allow two leaders, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The lease must outlast the attempts to renew it.
    #[error("the lease duration must be longer than the renew deadline")]
    LeaseDuration,
    /// There must be time for several attempts.
    #[error("the renew deadline must be longer than 1.2 times the retry period")]
    RenewDeadline,
    /// The server stores whole seconds.
    #[error("the lease duration must be at least a second")]
    TooShort,
    /// The retry period is zero.
    #[error("the retry period must not be zero")]
    RetryPeriod,
    /// The namespace, the name or the identity is empty.
    #[error("the namespace, the name and the identity must not be empty")]
    Empty,
}

impl LeaderElection {
    /// An election by the lease of this name, with an identity that nobody else has.
    pub fn new(namespace: &str, name: &str) -> Self {
        let host = std::env::var("HOSTNAME").unwrap_or_else(|_| "candidate".to_owned());
        Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            identity: format!("{host}_{:016x}", rand::random::<u64>()),
            lease_duration: Duration::from_secs(15),
            renew_deadline: Duration::from_secs(10),
            retry_period: Duration::from_secs(2),
            release_on_stop: true,
            labels: BTreeMap::new(),
        }
    }

    /// Checks what client-go's `NewLeaderElector` checks.
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        if self.lease_duration <= self.renew_deadline {
            Err(Invalid::LeaseDuration)
        } else if self.retry_period.is_zero() {
            Err(Invalid::RetryPeriod)
        } else if self.renew_deadline <= self.retry_period.mul_f64(ATTEMPTS) {
            Err(Invalid::RenewDeadline)
        } else if self.lease_duration < Duration::from_secs(1) {
            Err(Invalid::TooShort)
        } else if self.namespace.is_empty() || self.name.is_empty() || self.identity.is_empty() {
            Err(Invalid::Empty)
        } else {
            Ok(())
        }
    }
}
