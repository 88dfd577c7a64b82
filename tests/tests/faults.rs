//! Faults between controllers and an API server break nothing, and the search for what they break finds it.

use std::time::Duration;

use tests::{
    control_plane,
    faults::{
        Bug, Check, Fault,
        run::{Plan, embedded, real},
    },
};

fn plan(seed: u64, bug: Option<Bug>) -> Plan {
    let seconds = if bug == Some(Bug::GoesRound) { 1 } else { 300 };
    let each = if bug.is_some() { 100 } else { 300 };
    Plan { seed, faults: 1, time: None, each, threads: 1, patience: Duration::from_secs(seconds), bug }
}

#[test]
fn faults_on_an_embedded_server_break_nothing() -> anyhow::Result<()> {
    let report = embedded(plan(1, None))?;
    assert!(report.findings.is_empty(), "{report}");
    assert!(report.worlds == 1 && report.total() >= 300 && report.children > 0 && report.terms > 0, "{report}");
    for fault in [Fault::EventCut, Fault::WatchSilent, Fault::AnswerLost, Fault::DeadConnection, Fault::WatchGone] {
        assert!(report.faults.contains_key(&fault), "no {fault:?}: {report}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_on_a_real_server_break_nothing() -> anyhow::Result<()> {
    let Some(assets) = control_plane::assets("faults_on_a_real_server_break_nothing") else { return Ok(()) };
    // Several worlds share the server.
    let report = real(Plan { each: 40, ..plan(1, None) }, &assets).await?;
    assert!(report.findings.is_empty(), "{report}");
    assert!(report.total() >= 300 && report.children > 0, "{report}");
    Ok(())
}

/// A world with a bug, of one of a few seeds, has a finding of the check that is meant to find it.
fn is_found(bug: Bug, check: Check) -> anyhow::Result<()> {
    for seed in 1..20 {
        let findings = embedded(plan(seed, Some(bug)))?.findings;
        if findings.iter().any(|finding| finding.check == check) {
            let finding = findings.iter().find(|finding| finding.check == check).map(ToString::to_string);
            assert!(finding.is_some_and(|text| text.starts_with(&format!("seed {seed} ")) && text.lines().count() > 2));
            return Ok(());
        }
    }
    panic!("{bug:?} is not found by {check:?}")
}

#[test]
fn a_handler_that_misses_a_deletion_is_found() -> anyhow::Result<()> {
    is_found(Bug::HandlerMissesDeletion, Check::HandlerOrder)
}

#[test]
fn a_handler_that_misses_the_last_states_is_found() -> anyhow::Result<()> {
    is_found(Bug::HandlerFallsAsleep, Check::HandlerEnd)
}

#[test]
fn events_that_are_lost_on_the_way_are_found() -> anyhow::Result<()> {
    is_found(Bug::LostEvents, Check::Cache)
}

#[test]
fn events_that_come_again_are_found() -> anyhow::Result<()> {
    is_found(Bug::RepeatedEvents, Check::HandlerOrder)
}

#[test]
fn two_workers_on_one_key_are_found() -> anyhow::Result<()> {
    is_found(Bug::TwoWorkers, Check::OneWorker)
}

#[test]
fn a_generation_that_is_not_reconciled_is_found() -> anyhow::Result<()> {
    is_found(Bug::ForgottenGeneration, Check::Forgotten)
}

#[test]
fn a_deletion_that_is_not_cleaned_up_after_is_found() -> anyhow::Result<()> {
    is_found(Bug::ForgottenDeletion, Check::CleanUp)
}

#[test]
fn a_child_that_is_created_twice_is_found() -> anyhow::Result<()> {
    is_found(Bug::CreatedTwice, Check::Once)
}

#[test]
fn two_leaders_are_found() -> anyhow::Result<()> {
    is_found(Bug::TwoLeases, Check::Leader)
}

#[test]
fn a_controller_that_ends_by_itself_is_found() -> anyhow::Result<()> {
    is_found(Bug::StopsEarly, Check::Ended)
}

#[test]
fn a_world_that_goes_round_in_circles_is_found() -> anyhow::Result<()> {
    is_found(Bug::GoesRound, Check::Stuck)
}
