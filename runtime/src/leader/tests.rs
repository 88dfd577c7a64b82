//! The cases of client-go's `leaderelection_test.go` and `healthzadaptor_test.go`, and a search for two leaders.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::testing::{LeaseServer, Reply, connection_with, within};

mod terms;

/// What happens to a request instead of what was asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    Refused,
    /// It is done, but the answer is lost.
    AnswerLost,
}

/// A candidate whose requests `fault` may spoil and delay.
fn candidate(
    server: &LeaseServer,
    identity: &str,
    fault: impl Fn() -> (Option<Fault>, Duration) + Send + Sync + 'static,
) -> LeaderElector {
    let server = server.clone();
    let (connection, _) = connection_with(move |request, body| {
        let (fault, delay) = fault();
        let mut reply = match fault {
            Some(Fault::Refused) => Reply::json(500, &json!({})),
            Some(Fault::AnswerLost) => {
                server.answer(request, body);
                Reply::json(500, &json!({}))
            }
            None => server.answer(request, body),
        };
        reply.delay = delay;
        reply
    });
    let election = LeaderElection { identity: identity.to_owned(), ..LeaderElection::new("ns", "lease") };
    LeaderElector::new(connection, election).unwrap()
}

fn no_fault() -> (Option<Fault>, Duration) {
    (None, Duration::ZERO)
}

/// Runs a candidate whose work says when it leads, and ends with that.
fn run(elector: LeaderElector) -> (Leadership, CancellationToken, JoinHandle<Result<(), Error>>) {
    let (leadership, stop) = (elector.leadership(), CancellationToken::new());
    let task = tokio::spawn(elector.run(stop.clone(), |leading| async move { leading.cancelled().await }));
    (leadership, stop, task)
}

#[tokio::test(start_paused = true)]
async fn a_candidate_is_measured_under_the_name_of_its_lease() {
    let (server, metrics) = (LeaseServer::default(), crate::metrics::Metrics::new());
    let refused = Arc::new(AtomicBool::new(false));
    let faults = Arc::clone(&refused);
    let fault = move || (faults.swap(false, Ordering::Relaxed).then_some(Fault::Refused), Duration::ZERO);
    let shows = |line: &str| metrics.encode().lines().any(|found| found == line);
    let elector = candidate(&server, "a", fault).metrics(&metrics);
    assert!(shows(r#"leader_election_master_status{name="lease"} 0"#));
    let (leadership, stop, task) = run(elector);
    while !leadership.is_leader() {
        sleep(Duration::from_secs(1)).await;
    }
    assert!(shows(r#"leader_election_master_status{name="lease"} 1"#));
    refused.store(true, Ordering::Relaxed);
    sleep(Duration::from_secs(3)).await;
    assert!(shows(r#"leader_election_slowpath_total{name="lease"} 1"#));
    stop.cancel();
    task.await.unwrap().unwrap();
    assert!(shows(r#"leader_election_master_status{name="lease"} 0"#));
}

#[test]
fn settings_that_allow_two_leaders_are_refused() {
    // TestLeaderElectionConfigValidation
    let good = LeaderElection::new("ns", "lease");
    assert_eq!(good.check(), Ok(()));
    let seconds = Duration::from_secs;
    for (bad, expected) in [
        (LeaderElection { lease_duration: seconds(10), ..good.clone() }, Invalid::LeaseDuration),
        (LeaderElection { renew_deadline: seconds(2), ..good.clone() }, Invalid::RenewDeadline),
        (LeaderElection { retry_period: Duration::ZERO, ..good.clone() }, Invalid::RetryPeriod),
        (LeaderElection { identity: String::new(), ..good.clone() }, Invalid::Empty),
    ] {
        assert_eq!(bad.check(), Err(expected));
    }
    assert_ne!(good.identity, LeaderElection::new("ns", "lease").identity);
}

#[tokio::test(start_paused = true)]
async fn the_first_candidate_creates_the_lease_and_renews_it_without_reading_it() {
    // TestTryAcquireOrRenewLeases: "acquire from no object"; TestFastPathLeaderElection
    let server = LeaseServer::default();
    let (leadership, stop, task) = run(candidate(&server, "a", no_fault));
    sleep(Duration::from_secs(9)).await;
    assert!(leadership.is_leader() && leadership.slow_renewals() == 0);
    let spec = server.spec();
    assert_eq!(
        (&spec["holderIdentity"], &spec["leaseDurationSeconds"], &spec["leaseTransitions"]),
        (&json!("a"), &json!(15), &json!(0))
    );
    assert_ne!(spec["acquireTime"], Value::Null);
    stop.cancel();
    within(task).await.unwrap().unwrap();
    let spec = server.spec();
    assert_eq!((&spec["holderIdentity"], &spec["leaseDurationSeconds"]), (&json!(""), &json!(1)));
}

#[tokio::test(start_paused = true)]
async fn another_candidate_waits_for_the_whole_lease_by_its_own_clock() {
    // TestTryAcquireOrRenewLeases: "don't acquire from led, acked", "acquire from led object with the lease duration"
    let server = LeaseServer::default();
    let (_, _, first) = run(candidate(&server, "a", no_fault));
    sleep(Duration::from_secs(5)).await;
    first.abort();
    // Its clock is a year ahead, which must not matter.
    server.change(|lease| lease["spec"]["renewTime"] = json!("2035-01-01T00:00:00.000000Z"));
    let started = Instant::now();
    let (leadership, _stop, _task) = run(candidate(&server, "b", no_fault));
    while !leadership.is_leader() {
        sleep(Duration::from_millis(100)).await;
    }
    let waited = started.elapsed().as_secs_f64();
    assert!((15.0..15.2).contains(&waited), "it looks when the lease runs out: {waited}");
    assert_eq!(server.spec()["leaseTransitions"], json!(1));
}

#[tokio::test(start_paused = true)]
async fn the_lease_of_a_dead_leader_passes_on_within_its_duration_and_a_retry_period() {
    for tenths in 0..20 {
        let server = LeaseServer::default();
        let (_, _, first) = run(candidate(&server, "a", no_fault));
        sleep(Duration::from_secs(1)).await;
        let (leadership, _stop, _task) = run(candidate(&server, "b", no_fault));
        sleep(Duration::from_secs(30) + Duration::from_millis(200 * tenths)).await;
        first.abort();
        let died = Instant::now();
        while !leadership.is_leader() {
            sleep(Duration::from_millis(10)).await;
        }
        let waited = died.elapsed().as_secs_f64();
        assert!((13.0..17.0).contains(&waited), "{waited}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_given_up_is_taken_at_the_next_look() {
    // TestReleaseLeaseLeases, TestReleaseMethodCallsGet
    let server = LeaseServer::default();
    let (_, stop, first) = run(candidate(&server, "a", no_fault));
    sleep(Duration::from_secs(1)).await;
    let (leadership, _stop, _task) = run(candidate(&server, "b", no_fault));
    sleep(Duration::from_secs(30)).await;
    assert!(!leadership.is_leader() && leadership.leader() == "a");
    stop.cancel();
    within(first).await.unwrap().unwrap();
    sleep(Duration::from_secs(5)).await;
    assert!(leadership.is_leader());
}

#[tokio::test(start_paused = true)]
async fn the_lease_is_given_up_after_the_work_has_ended_and_renewed_until_then() {
    // TestReleaseOnCancellation_Leases
    let server = LeaseServer::default();
    let elector = candidate(&server, "a", no_fault);
    let stop = CancellationToken::new();
    let task = tokio::spawn(elector.run(stop.clone(), |leading| async move {
        leading.cancelled().await;
        sleep(Duration::from_mins(1)).await;
    }));
    sleep(Duration::from_secs(1)).await;
    stop.cancel();
    sleep(Duration::from_secs(59)).await;
    assert_eq!(server.spec()["holderIdentity"], json!("a"));
    within(task).await.unwrap().unwrap();
    assert_eq!(server.spec()["holderIdentity"], json!(""));
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_cannot_renew_stops_its_work_at_the_deadline_and_drops_it_with_the_lease() {
    let server = LeaseServer::default();
    let broken = Arc::new(AtomicBool::new(false));
    let elector = candidate(&server, "a", {
        let broken = Arc::clone(&broken);
        move || (broken.load(Ordering::SeqCst).then_some(Fault::Refused), Duration::ZERO)
    });
    let cancelled = Arc::new(Mutex::new(None));
    let leadership = elector.leadership();
    let task = tokio::spawn(elector.run(CancellationToken::new(), {
        let cancelled = Arc::clone(&cancelled);
        |leading: CancellationToken| async move {
            leading.cancelled().await;
            *cancelled.lock().unwrap() = Some(Instant::now());
            std::future::pending::<()>().await;
        }
    }));
    sleep(Duration::from_millis(2_500)).await;
    broken.store(true, Ordering::SeqCst);
    let last_renewal = Instant::now() - Duration::from_millis(500);
    let outcome = within(task).await.unwrap();
    assert!(matches!(outcome, Err(Error::Lost(_))), "{outcome:?}");
    let since = |at: Instant| (at - last_renewal + Duration::from_millis(500)).as_secs();
    assert_eq!(since(cancelled.lock().unwrap().unwrap()), 10);
    assert_eq!(since(Instant::now()), 15);
    assert!(leadership.is_healthy(Duration::from_secs(1)));
    sleep(Duration::from_secs(5)).await;
    assert!(!leadership.is_healthy(Duration::from_secs(1)), "TestLeaderElectionHealthChecker");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_late_does_not_prolong_the_deadline() {
    let server = LeaseServer::default();
    let requests = AtomicUsize::new(0);
    // The lease is looked for, created and renewed. That answer takes so long that less than a pause is left.
    let elector = candidate(&server, "a", move || match requests.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => no_fault(),
        2 => (None, Duration::from_millis(9_500)),
        _ => (Some(Fault::Refused), Duration::ZERO),
    });
    let began = Instant::now();
    let cancelled = Arc::new(Mutex::new(None));
    let noted = Arc::clone(&cancelled);
    let work = |leading: CancellationToken| async move {
        leading.cancelled().await;
        *noted.lock().unwrap() = Some(began.elapsed().as_secs_f64());
    };
    let outcome = within(elector.run(CancellationToken::new(), work)).await;
    assert!(matches!(outcome, Err(Error::Lost(_))), "{outcome:?}");
    let cancelled = cancelled.lock().unwrap().unwrap();
    assert!((10.0..10.1).contains(&cancelled), "{cancelled}: ten seconds after the renewal was asked for");
}

#[tokio::test(start_paused = true)]
async fn work_that_ends_by_itself_gives_the_lease_up() {
    let server = LeaseServer::default();
    let outcome = within(candidate(&server, "a", no_fault).run(CancellationToken::new(), |_| async {})).await;
    assert!(matches!(outcome, Err(Error::WorkEnded(_))), "{outcome:?}");
    assert_eq!(server.spec()["holderIdentity"], json!(""));
}

/// Whatever fails and however long it takes, there are never two leaders, and there is one most of the time.
#[tokio::test(start_paused = true)]
async fn there_are_never_two_leaders() {
    use rand::rngs::SmallRng;
    use rand::{RngExt as _, SeedableRng as _};
    for seed in 0..10 {
        let server = LeaseServer::default();
        let random = Arc::new(Mutex::new(SmallRng::seed_from_u64(seed)));
        let (leaders, terms) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut candidates = Vec::new();
        for number in 0..3 {
            let (server, random) = (server.clone(), Arc::clone(&random));
            let (leaders, terms) = (Arc::clone(&leaders), Arc::clone(&terms));
            candidates.push(tokio::spawn(async move {
                for term in 0.. {
                    let faults = Arc::clone(&random);
                    let elector = candidate(&server, &format!("{number}-{term}"), move || {
                        let mut random = faults.lock().unwrap();
                        let fault = match random.random_range(0..10) {
                            0 | 1 => Some(Fault::Refused),
                            2 => Some(Fault::AnswerLost),
                            _ => None,
                        };
                        (fault, Duration::from_millis(random.random_range(0..3_000)))
                    });
                    let jitter = Arc::clone(&random);
                    let mut elector = elector;
                    elector.random = Box::new(move || jitter.lock().unwrap().random::<f64>());
                    let (leaders, terms) = (Arc::clone(&leaders), Arc::clone(&terms));
                    let lazy = Duration::from_secs(random.lock().unwrap().random_range(0..20));
                    let stop = CancellationToken::new();
                    let _ = elector
                        .run(stop, |leading| async move {
                            let _leads = Leads::begin(&leaders);
                            terms.fetch_add(1, Ordering::SeqCst);
                            leading.cancelled().await;
                            sleep(lazy).await;
                        })
                        .await;
                }
            }));
        }
        sleep(Duration::from_hours(1)).await;
        assert!(!candidates.iter().any(JoinHandle::is_finished), "seed {seed}: there were two leaders");
        candidates.iter().for_each(JoinHandle::abort);
        let terms = terms.load(Ordering::SeqCst);
        assert!(terms > 3, "seed {seed}: {terms} terms in an hour");
    }
}

/// Counts the leaders, also those that are dropped in the middle.
struct Leads(Arc<AtomicUsize>);

impl Leads {
    fn begin(leaders: &Arc<AtomicUsize>) -> Self {
        assert_eq!(leaders.fetch_add(1, Ordering::SeqCst), 0, "there are two leaders");
        Self(Arc::clone(leaders))
    }
}

impl Drop for Leads {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
