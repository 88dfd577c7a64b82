//! The control plane that `KUBEBUILDER_ASSETS` provides.

#[tokio::test]
async fn a_real_kube_apiserver_starts() -> anyhow::Result<()> {
    let Some(plane) = tests::control_plane::ControlPlane::start_if_provided("a_real_kube_apiserver_starts").await? else {
        return Ok(());
    };
    let version = plane.client().await?.apiserver_version().await?;
    assert!(version.git_version.starts_with("v1."), "{version:?}");
    Ok(())
}
