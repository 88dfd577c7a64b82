//! The Database controller on a real kube-apiserver: the same scenarios, the same outcome.

use tests::{control_plane::ControlPlane, scenario};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_controller_does_the_same_on_a_real_kube_apiserver() -> anyhow::Result<()> {
    let test = "the_controller_does_the_same_on_a_real_kube_apiserver";
    let Some(plane) = ControlPlane::start_if_provided(test).await? else { return Ok(()) };
    scenario::all(&plane.client().await?).await
}
