//! Two candidates for one lease, each behind the proxy, which are stopped and killed and come again.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use crdgen_runtime::{
    client::Client,
    leader::{LeaderElection, LeaderElector},
};
use k8s_openapi::api::coordination::v1::Lease;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{
    Bug, Check, Journal,
    line::Line,
    proxy::{Proxy, lock},
    schedule::{Time, between, choices},
};

const LEASE: &str = "leader";

/// Who leads, and what is known of former terms.
#[derive(Default)]
pub(super) struct Terms {
    leaders: Vec<String>,
    /// The number of the last term, and who led.
    last: Option<(i32, String)>,
    count: usize,
}

/// What the candidates of a world share.
#[derive(Clone)]
pub(super) struct Election {
    pub(super) proxy: Proxy,
    pub(super) direct: kube::Client,
    pub(super) namespace: String,
    pub(super) journal: Arc<Journal>,
    pub(super) seed: u64,
    pub(super) time: Time,
    pub(super) bug: Option<Bug>,
    pub(super) terms: Arc<Mutex<Terms>>,
}

/// A leader, until it is dropped.
struct Leading {
    election: Election,
    identity: String,
}

impl Election {
    /// How often there was a leader.
    pub(super) fn terms(&self) -> usize {
        lock(&self.terms).count
    }

    /// Runs one candidate, which comes again and again, until it is dropped.
    pub(super) async fn stand(self, number: u32) {
        let mut random = choices(self.seed, &format!("candidate {number}"));
        let seconds = Duration::from_secs_f64;
        // Not all have room between the deadline and the end of the lease.
        let times: [(f64, f64, f64); 3] = match self.time {
            Time::Real => [(3.0, 1.5, 0.3); 3],
            Time::Paused => [(15.0, 10.0, 2.0), (4.0, 3.5, 1.5), (4.0, 3.0, 0.5)],
        };
        let (lease, deadline, retry) = times[choices(self.seed, "times").usize(0..times.len())];
        for life in 0.. {
            let identity = format!("candidate-{number}-{life}");
            let line = match Line::new(&self.proxy, &identity, self.time) {
                Ok(line) => line,
                Err(error) => return self.journal.find(Check::Ended, &identity, format!("it cannot begin: {error:#}")),
            };
            let name = if self.bug == Some(Bug::TwoLeases) { format!("{LEASE}-{number}") } else { LEASE.to_owned() };
            let election = LeaderElection {
                identity: identity.clone(),
                lease_duration: seconds(lease),
                renew_deadline: seconds(deadline),
                retry_period: seconds(retry),
                ..LeaderElection::new(&self.namespace, &name)
            };
            let Ok(elector) = LeaderElector::new(line.client(), election) else { return };
            let stop = CancellationToken::new();
            let lazy = between(&mut random, Duration::ZERO, seconds(lease));
            let (after, is_killed) = (between(&mut random, seconds(lease), seconds(lease * 6.0)), random.bool());
            let work = |leading| self.clone().lead(identity.clone(), name.clone(), leading, lazy);
            let running = elector.run(stop.clone(), work);
            if is_killed {
                let _ = timeout(after, running).await;
                line.cut();
                self.journal.note(&identity, "is killed");
            } else {
                let stopping = async {
                    sleep(after).await;
                    stop.cancel();
                    std::future::pending::<()>().await;
                };
                tokio::select! {
                    _ = running => {}
                    () = stopping => {}
                }
            }
        }
    }

    /// The work of a leader.
    async fn lead(self, identity: String, lease: String, leading: CancellationToken, lazy: Duration) {
        let _leading = Leading::begin(&self, &identity);
        tokio::select! {
            () = leading.cancelled() => {}
            () = self.check_term(&identity, &lease) => leading.cancelled().await,
        }
        sleep(lazy).await;
    }

    /// The lease says that this is the leader, and of a term that nobody led.
    async fn check_term(&self, identity: &str, lease: &str) {
        let leases: Client<Lease> = Client::new(self.direct.clone()).namespaced(&self.namespace);
        let lease = loop {
            match leases.get(lease).await {
                Ok(lease) => break lease.spec.unwrap_or_default(),
                Err(_) => sleep(Duration::from_millis(50)).await,
            }
        };
        let number = lease.lease_transitions.unwrap_or_default();
        if lease.holder_identity.as_deref() != Some(identity) {
            let text = format!("{identity} leads, and the lease says {:?}", lease.holder_identity);
            return self.journal.find(Check::Leader, identity, text);
        }
        let last = lock(&self.terms).last.replace((number, identity.to_owned()));
        if let Some((last, other)) = last
            && last >= number
        {
            let text = format!("{identity} leads in term {number}, after {other} in term {last}");
            self.journal.find(Check::Leader, identity, text);
        }
    }
}

impl Leading {
    fn begin(election: &Election, identity: &str) -> Self {
        let mut terms = lock(&election.terms);
        let others = terms.leaders.clone();
        terms.leaders.push(identity.to_owned());
        terms.count += 1;
        drop(terms);
        election.journal.note(identity, "leads");
        if let Some(other) = others.first() {
            election.journal.find(Check::Leader, other, format!("{identity} and {other} lead at once"));
        }
        Self { election: election.clone(), identity: identity.to_owned() }
    }
}

impl Drop for Leading {
    fn drop(&mut self) {
        lock(&self.election.terms).leaders.retain(|leader| *leader != self.identity);
        self.election.journal.note(&self.identity, "leads no longer");
    }
}
