//! kubectl, unchanged, on the embedded API server: the one on `PATH`, and the one that `cargo xtask envtest` builds.
//!
//! `transcripts/` holds what was typed and what was printed. The transcripts were recorded with a real kube-apiserver, and where
//! `KUBEBUILDER_ASSETS` is set they run on it, too: so both servers answer the same.

mod normal;
mod session;
mod transcript;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use crdgen_apiserver::{Server, TestServer};
use futures::future;
use session::Place;
use tests::control_plane::ControlPlane;
use transcript::{Needs, Transcript};

/// The environment variable that has transcripts written anew where the answers differ.
const UPDATE: &str = "CRDGEN_UPDATE_GOLDENS";

/// How long each phase of a simulated pod takes: short, and long enough for one to be seen.
const PHASE: Duration = Duration::from_millis(50);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kubectl/transcripts")
}

fn definitions() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/crds")
}

/// The transcripts that `wanted` picks; `CRDGEN_TRANSCRIPT` names the only one to run while one works on it.
fn transcripts(wanted: impl Fn(&Needs) -> bool) -> Result<Vec<Transcript>> {
    let only = std::env::var("CRDGEN_TRANSCRIPT").ok();
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder())? {
        let transcript = Transcript::read(&entry?.path())?;
        if wanted(&transcript.needs) && only.as_ref().is_none_or(|only| *only == transcript.name) {
            found.push(transcript);
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// The kubectl on `PATH`.
fn on_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("kubectl")).find(|program| program.is_file())
}

/// The kubectl of `KUBEBUILDER_ASSETS`.
fn of_assets() -> Option<PathBuf> {
    let program = Path::new(&std::env::var_os("KUBEBUILDER_ASSETS")?).join("kubectl");
    program.is_file().then_some(program)
}

/// Runs transcripts side by side, and reports all that differs in any of them.
async fn run(place: &Place, wanted: impl Fn(&Needs) -> bool) -> Result<Vec<String>> {
    let mut transcripts = transcripts(wanted)?;
    let reports = future::join_all(transcripts.iter_mut().map(|transcript| place.replay(transcript))).await;
    let reports = reports.into_iter().collect::<Result<Vec<_>>>()?;
    if std::env::var_os(UPDATE).is_some() {
        ensure!(std::env::var_os("CI").is_none(), "transcripts are not written anew where CI is set");
        transcripts.iter().try_for_each(|transcript| transcript.write(&folder()))?;
        return Ok(Vec::new());
    }
    Ok(reports.into_iter().flatten().collect())
}

fn expect_none(differences: &[String]) -> Result<()> {
    ensure!(differences.is_empty(), "{}\n{} answers differ", differences.join("\n"), differences.len());
    Ok(())
}

/// Runs all transcripts on embedded servers of this kubectl's own: one as it is, and one that simulates workloads.
async fn on_embedded(kubectl: &Path) -> Result<()> {
    let plain = Server::builder().tls().token("secret");
    let simulated = Server::builder().tls().token("secret").simulate(PHASE);
    let (plain, simulated) = future::try_join(start(plain), start(simulated)).await?;
    let place = Place::new(kubectl, plain.kubeconfig_file())?;
    let simulation = Place::new(kubectl, simulated.kubeconfig_file())?;
    let (differences, more) = future::try_join(
        run(&place, |needs| *needs != Needs::Simulation),
        run(&simulation, |needs| *needs == Needs::Simulation),
    )
    .await?;
    expect_none(&[differences, more].concat())
}

async fn start(settings: crdgen_apiserver::Builder) -> Result<TestServer> {
    Ok(TestServer::start().settings(settings).crd(definitions()).await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kubectl_on_the_path_works_on_the_embedded_server() -> Result<()> {
    let Some(kubectl) = on_path() else {
        eprintln!("kubectl on PATH: skipped, there is none");
        return Ok(());
    };
    on_embedded(&kubectl).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_current_kubectl_works_on_the_embedded_server() -> Result<()> {
    let Some(kubectl) = of_assets() else {
        eprintln!("a current kubectl: skipped, KUBEBUILDER_ASSETS has none (cargo xtask envtest builds it)");
        return Ok(());
    };
    on_embedded(&kubectl).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_transcripts_are_what_a_real_server_answers() -> Result<()> {
    let test = "kubectl on a real server";
    let Some(plane) = ControlPlane::start_with_controllers_where_built(test).await? else { return Ok(()) };
    let kubectl = of_assets().or_else(on_path).context("there is no kubectl")?;
    let real = Place::new(&kubectl, &plane.kubeconfig())?;
    real.install(&definitions()).await?;
    let has_controllers = plane.has_controllers();
    let wanted = |needs: &Needs| match needs {
        Needs::Nothing => true,
        Needs::Controllers => has_controllers,
        Needs::Simulation => false,
    };
    expect_none(&run(&real, wanted).await?)
}
