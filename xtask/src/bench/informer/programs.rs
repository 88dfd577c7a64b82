//! Builds the neutral server and the clients, once.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use super::Side;
use crate::project;

/// Our client, below the target folder.
const OURS: &str = "release/informer-bench";

/// The programs of a run.
pub(super) struct Programs {
    pub(super) server: PathBuf,
    ours: PathBuf,
    kube_rs: PathBuf,
    client_go: PathBuf,
}

impl Programs {
    pub(super) fn of(&self, client: Side) -> &Path {
        match client {
            Side::Ours => &self.ours,
            Side::KubeRs => &self.kube_rs,
            Side::ClientGo => &self.client_go,
        }
    }
}

/// Builds what is needed for these clients. The peers' sources are copied first: nothing is written beside them.
pub(super) fn build(peers: &Path, clients: &[Side]) -> Result<Programs> {
    ensure!(
        peers.join("server").is_dir(),
        "{} does not hold the neutral server: give its folder with --peers",
        peers.display()
    );
    let folder = project::target().join("informer-bench");
    let programs = Programs {
        server: folder.join("server/target/release/bserver"),
        ours: project::target().join(OURS),
        kube_rs: folder.join("kube-rs-client/target/release/kubers"),
        client_go: folder.join("client-go/gobench"),
    };
    cargo(&copied(peers, &folder, "server")?, &[])?;
    for client in clients {
        eprintln!("building {client:?}");
        match client {
            Side::Ours => {
                ours()?;
            }
            Side::KubeRs => cargo(&copied(peers, &folder, "kube-rs-client")?, &["--features", "mimalloc"])?,
            Side::ClientGo => {
                let client = copied(peers, &folder, "client-go")?;
                let mut go = Command::new("go");
                project::run(go.args(["build", "-buildvcs=false", "-o", "gobench", "."]).current_dir(client))?;
            }
        }
    }
    Ok(programs)
}

/// Builds our client, with the allocator that kube-rs is measured with, and returns its path.
pub(in crate::bench) fn ours() -> Result<PathBuf> {
    let build = ["build", "--quiet", "--release", "--package", "informer-bench", "--features", "mimalloc"];
    project::run(project::cargo().args(build))?;
    Ok(project::target().join(OURS))
}

fn cargo(folder: &Path, options: &[&str]) -> Result<()> {
    let mut cargo = project::cargo();
    cargo.args(["build", "--quiet", "--release"]).args(options).current_dir(folder);
    // A folder of its own: the workspace's settings are not the peers'.
    project::run(cargo.env("CARGO_TARGET_DIR", folder.join("target")))
}

/// Copies the sources of a program, and returns the copy.
fn copied(peers: &Path, folder: &Path, name: &str) -> Result<PathBuf> {
    let (from, to) = (peers.join(name), folder.join(name));
    copy(&from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
    let manifest = to.join("Cargo.toml");
    if manifest.exists() {
        // Not a member of the workspace above it.
        let text = fs::read_to_string(&manifest)?;
        if !text.contains("[workspace]") {
            fs::write(&manifest, text + "\n[workspace]\n")?;
        }
    }
    Ok(to)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, path) = (entry.file_name(), entry.path());
        if path.is_dir() {
            if name != "target" {
                copy(&path, &to.join(name))?;
            }
        } else {
            let (text, target) = (fs::read(&path)?, to.join(name));
            if fs::read(&target).ok().as_ref() != Some(&text) {
                fs::write(target, text)?;
            }
        }
    }
    Ok(())
}
