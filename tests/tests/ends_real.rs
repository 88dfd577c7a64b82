//! Deleted owners, definitions and namespaces leave the same behind on the embedded server as on a real kube-apiserver with
//! kube-controller-manager. The events that the real garbage collector writes about owners in other namespaces are not compared: the
//! embedded server writes none.

use anyhow::{Result, ensure};
use crdgen_apiserver::Server;
use futures::future::try_join_all;
use tests::{
    control_plane::ControlPlane,
    ends::{Cluster, scenarios},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deletions_leave_the_same_behind_as_on_a_real_control_plane() -> Result<()> {
    let test = "deletions_leave_the_same_behind_as_on_a_real_control_plane";
    let Some(plane) = ControlPlane::start_with_controllers_if_provided(test).await? else { return Ok(()) };
    let real = Cluster::new(plane.client().await?);
    let embedded = Cluster::new(kube::Client::new(Server::new().service(), "default"));
    for cluster in [&real, &embedded] {
        cluster.prepare().await.map_err(|error| error.context(plane.controllers_log()))?;
    }
    let scenarios = scenarios::all();
    // The real controllers take their time, but for everything at once.
    let real_ends = try_join_all(scenarios.iter().map(|scenario| real.run(scenario))).await?;
    real.settle().await?;
    let mut ends = Vec::new();
    for scenario in &scenarios {
        ends.push(embedded.run(scenario).await?.snapshot().await?);
    }
    let found = real_ends.iter().zip(&ends).map(|(real, expected)| real.until_same(expected));
    let found = try_join_all(found).await?;
    let differences = scenarios.iter().zip(found.iter().zip(&ends)).filter(|(_, (found, end))| found != end);
    let differences: Vec<String> = differences
        .map(|(scenario, (found, end))| format!("{}\nreal: {found:#?}\nembedded: {end:#?}", scenario.name))
        .collect();
    ensure!(differences.is_empty(), "{}", differences.join("\n\n"));
    Ok(())
}
