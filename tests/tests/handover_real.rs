//! Two replicas of the Database controller on a real kube-apiserver, whose leader is killed for some seconds;
//! `cargo xtask handover` does that for longer.

use std::time::Duration;

use tests::{
    control_plane::ControlPlane,
    handover::{Plan, run},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_replica_takes_over_in_time_and_there_are_never_two() -> anyhow::Result<()> {
    let test = "another_replica_takes_over_in_time_and_there_are_never_two";
    let Some(plane) = ControlPlane::start_if_provided(test).await? else { return Ok(()) };
    let program = (env!("CARGO_BIN_EXE_handover").into(), vec!["replica".to_owned()]);
    let plan = Plan { program, duration: Duration::from_secs(15), seed: 1 };
    let report = run(&plane, &plan, |_| {}).await?;
    anyhow::ensure!(report.findings().is_empty(), "{report:?}");
    Ok(())
}
