//! How a term begins, goes on and is known to others.

use super::*;

/// A lease that somebody holds, as `kubectl` shows it.
fn held(server: &LeaseServer, holder: &str) {
    let spec = json!({
        "holderIdentity": holder, "leaseDurationSeconds": 15, "leaseTransitions": 3,
        "acquireTime": "2020-01-01T00:00:00.000001Z", "renewTime": "2020-01-01T00:00:00.000001Z",
    });
    server.put(json!({ "metadata": { "name": "lease", "namespace": "ns", "resourceVersion": "7" }, "spec": spec }));
}

#[tokio::test(start_paused = true)]
async fn a_candidate_that_holds_the_lease_already_leads_at_once_and_goes_on_with_its_term() {
    // TestTryAcquireOrRenewLeases: "renew already acquired object"; TestLeaseSpecToLeaderElectionRecordRoundTrip
    let server = LeaseServer::default();
    held(&server, "a");
    let started = Instant::now();
    let (leadership, _stop, _task) = run(candidate(&server, "a", no_fault));
    while !leadership.is_leader() {
        sleep(Duration::from_millis(1)).await;
    }
    assert!(started.elapsed() < Duration::from_secs(1));
    sleep(Duration::from_secs(5)).await;
    let spec = server.spec();
    assert_eq!((&spec["leaseTransitions"], &spec["acquireTime"]), (&json!(3), &json!("2020-01-01T00:00:00.000001Z")));
    assert_ne!(spec["renewTime"], spec["acquireTime"]);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_nobody_holds_is_taken_at_once_and_the_term_is_counted() {
    // TestTryAcquireOrRenewLeases: "acquire from unled object"
    let server = LeaseServer::default();
    held(&server, "");
    let (leadership, _stop, _task) = run(candidate(&server, "a", no_fault));
    sleep(Duration::from_secs(1)).await;
    assert!(leadership.is_leader());
    let spec = server.spec();
    assert_eq!(spec["leaseTransitions"], json!(4));
    assert_ne!(spec["acquireTime"], json!("2020-01-01T00:00:00.000001Z"));
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_is_tried_again_with_the_lease_as_it_is() {
    // TestFastPathLeaderElection: "Fallback to slow path after fast path fails"
    let server = LeaseServer::default();
    let (leadership, _stop, _task) = run(candidate(&server, "a", no_fault));
    sleep(Duration::from_secs(1)).await;
    assert_eq!(leadership.slow_renewals(), 0);
    // Somebody adds a label: the leader does not know this version of the lease.
    server.change(|lease| {
        lease["metadata"]["resourceVersion"] = json!("somebody's");
        lease["metadata"]["labels"] = json!({ "team": "red" });
    });
    sleep(Duration::from_secs(20)).await;
    assert!(leadership.is_leader());
    assert_eq!(leadership.slow_renewals(), 1);
    assert_eq!(server.all()["lease"]["metadata"]["labels"], json!({ "team": "red" }));
}

#[tokio::test(start_paused = true)]
async fn every_candidate_learns_of_each_new_leader() {
    let server = LeaseServer::default();
    let (first, stop, _first_task) = run(candidate(&server, "a", no_fault));
    assert_eq!((first.leader().as_str(), first.is_leader()), ("", false));
    let changed = first.clone();
    within(async move { changed.changed().await }).await;
    assert_eq!(first.leader(), "a");
    let (second, _stop, _task) = run(candidate(&server, "b", no_fault));
    within(second.changed()).await;
    assert_eq!((second.leader().as_str(), second.is_leader()), ("a", false));
    stop.cancel();
    while !second.is_leader() {
        within(second.changed()).await;
    }
    assert_eq!(second.leader(), "b");
}

#[tokio::test(start_paused = true)]
async fn candidates_do_not_look_at_the_lease_all_at_once() {
    let server = LeaseServer::default();
    held(&server, "somebody");
    let asked = Arc::new(Mutex::new(Vec::new()));
    let started = Instant::now();
    let looks = Arc::clone(&asked);
    let (_, _stop, _task) = run(candidate(&server, "a", move || {
        looks.lock().unwrap().push(started.elapsed());
        no_fault()
    }));
    sleep(Duration::from_secs(14)).await;
    let asked = asked.lock().unwrap();
    assert!(asked.len() > 2, "{asked:?}");
    let pauses: Vec<Duration> = asked.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
    let range = Duration::from_millis(800)..Duration::from_millis(1_802);
    assert!(pauses.iter().all(|pause| range.contains(pause)), "{pauses:?}");
    assert!(pauses.windows(2).any(|pair| pair[0] != pair[1]), "{pauses:?}");
}

#[tokio::test(start_paused = true)]
async fn a_stop_before_the_term_ends_the_waiting_and_calls_nothing() {
    let server = LeaseServer::default();
    held(&server, "somebody");
    let stop = CancellationToken::new();
    let task =
        tokio::spawn(candidate(&server, "a", no_fault).run(stop.clone(), |_| async { panic!("it never leads") }));
    sleep(Duration::from_secs(5)).await;
    stop.cancel();
    within(task).await.unwrap().unwrap();
    assert_eq!(server.spec()["holderIdentity"], json!("somebody"));
}
