//! The metrics of leader elections: client-go's `leader_election_*`.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::NameLabels;

pub(super) struct Families {
    status: Family<NameLabels, Gauge>,
    slow: Family<NameLabels, Counter>,
}

/// The metrics of one candidate.
pub(crate) struct LeaderMetrics {
    status: Gauge,
    slow: Counter,
}

/// Is held by those who lead.
pub(crate) struct Leading(Gauge);

impl Families {
    pub(super) fn register(registry: &mut Registry) -> Self {
        let families = Self { status: Family::default(), slow: Family::default() };
        let status = "Whether this candidate leads";
        registry.register("leader_election_master_status", status, families.status.clone());
        let slow = "How often the lease had to be read before it was renewed";
        registry.register("leader_election_slowpath", slow, families.slow.clone());
        families
    }

    pub(super) fn of(&self, name: &str) -> LeaderMetrics {
        let labels = NameLabels { name: name.to_owned() };
        LeaderMetrics {
            status: self.status.get_or_create(&labels).clone(),
            slow: self.slow.get_or_create(&labels).clone(),
        }
    }
}

impl LeaderMetrics {
    /// Says that this candidate leads, until what it returns is dropped.
    pub(crate) fn leading(&self) -> Leading {
        self.status.set(1);
        Leading(self.status.clone())
    }

    pub(crate) fn renewed_slowly(&self) {
        self.slow.inc();
    }
}

impl Drop for Leading {
    fn drop(&mut self) {
        self.0.set(0);
    }
}
