//! The checks behind a probe, and the text of its answer, which is that of kube-apiserver's `healthz`.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crate::factory::SharedInformerFactory;
use crate::informer::Ended;
use crate::leader::Leadership;
use crate::sharding::Partition;
use crate::shutdown::Shutdown;

/// For how much longer than its lease a leader may go without renewing before it is taken to hang, as in
/// kube-controller-manager.
const LEASE_TOLERANCE: Duration = Duration::from_secs(20);

/// What is wrong, if anything is.
type Check = Box<dyn Fn() -> Result<(), String> + Send + Sync>;

/// Named checks, all of which must pass.
#[derive(Default)]
pub(super) struct Checks {
    checks: Vec<(String, Check)>,
}

/// The answer to a probe.
pub(super) struct Answer {
    pub(super) passed: bool,
    pub(super) text: String,
}

impl Checks {
    pub(super) fn add(&mut self, name: &str, check: impl Fn() -> Result<(), String> + Send + Sync + 'static) {
        self.checks.push((name.to_owned(), Box::new(check)));
    }

    /// Makes all checks. `probe` is what the answer calls them together. What is wrong stands in it; what is fine only
    /// if it is `verbose`.
    pub(super) fn answer(&self, probe: &str, verbose: bool) -> Answer {
        let mut list = String::new();
        let mut passed = true;
        for (name, check) in &self.checks {
            // Writing to a string cannot fail.
            let _ = match make(check) {
                Ok(()) => writeln!(list, "[+]{name} ok"),
                Err(problem) => {
                    passed = false;
                    writeln!(list, "[-]{name} failed: {problem}")
                }
            };
        }
        let text = match (passed, verbose) {
            (true, false) => "ok".to_owned(),
            (true, true) => format!("{list}{probe} check passed\n"),
            (false, _) => format!("{list}{probe} check failed\n"),
        };
        Answer { passed, text }
    }

    /// Makes one check. None if there is none of that name.
    pub(super) fn answer_one(&self, name: &str) -> Option<Answer> {
        let (_, check) = self.checks.iter().find(|(present, _)| present == name)?;
        Some(match make(check) {
            Ok(()) => Answer { passed: true, text: "ok".to_owned() },
            Err(problem) => Answer { passed: false, text: format!("{problem}\n") },
        })
    }
}

/// A check that panics has not passed.
fn make(check: &Check) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(check)).unwrap_or_else(|panic| Err(crate::panic::message(&*panic).to_owned()))
}

/// No informer has failed.
pub(super) fn informers_live(factory: SharedInformerFactory) -> impl Fn() -> Result<(), String> {
    move || {
        let health = factory.health();
        fine(
            health
                .iter()
                .filter(|(_, health)| health.ended == Some(Ended::Failed))
                .map(|(name, health)| health.complaint(name)),
        )
    }
}

/// All informers are complete, but for those that were stopped.
pub(super) fn informers_synced(factory: SharedInformerFactory) -> impl Fn() -> Result<(), String> {
    move || {
        let health = factory.health();
        let wanted = health.iter().filter(|(_, health)| health.ended != Some(Ended::Stopped));
        fine(wanted.filter(|(_, health)| !health.is_good()).map(|(name, health)| health.complaint(name)))
    }
}

/// No shutdown was requested.
pub(super) fn not_stopping(shutdown: Shutdown) -> impl Fn() -> Result<(), String> {
    move || if shutdown.is_stopping() { Err("shutting down".to_owned()) } else { Ok(()) }
}

/// A leader renews its lease in time.
pub(super) fn lease_renewed(leadership: Leadership) -> impl Fn() -> Result<(), String> {
    move || {
        let healthy = leadership.is_healthy(LEASE_TOLERANCE);
        if healthy { Ok(()) } else { Err("the lease was not renewed in time".to_owned()) }
    }
}

/// The leases of the shards that are held are renewed in time.
pub(super) fn shards_renewed(partition: Partition) -> impl Fn() -> Result<(), String> {
    move || {
        let healthy = partition.is_healthy(LEASE_TOLERANCE);
        if healthy { Ok(()) } else { Err("the lease of a shard was not renewed in time".to_owned()) }
    }
}

fn fine(complaints: impl Iterator<Item = String>) -> Result<(), String> {
    let complaints: Vec<_> = complaints.collect();
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join(", ")) }
}
