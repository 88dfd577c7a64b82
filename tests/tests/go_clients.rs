//! Programs on Go's client libraries, unchanged, on the embedded API server with TLS and a token. They are tests of Go in folders of their
//! own; without Go they are skipped.

use std::{path::Path, process::Stdio};

use anyhow::{Context as _, Result, ensure};
use crdgen_apiserver::{Server, TestServer};
use tokio::process::Command;

/// Runs the tests in a folder beside this one.
async fn check(folder: &str) -> Result<()> {
    if !Command::new("go").arg("version").stdout(Stdio::null()).status().await.is_ok_and(|status| status.success()) {
        eprintln!("{folder}: skipped, Go is not installed");
        return Ok(());
    }
    let server = TestServer::start().settings(Server::builder().tls().token("secret")).await?;
    let output = Command::new("go")
        .args(["test", "-count=1", "./..."])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
        .env("KUBECONFIG", server.kubeconfig_file())
        .output()
        .await
        .context("go test cannot be started")?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    ensure!(output.status.success(), "{folder}\n{}\n{}", said(&output.stdout), said(&output.stderr));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_on_controller_runtime_is_tested_by_its_envtest() -> Result<()> {
    check("controller-runtime").await
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_on_client_go_work_in_protobuf() -> Result<()> {
    check("client-go").await
}
