//! A server that is measured: a process of its own, and what belongs to it.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context, Result, ensure};

use super::client::Client;
use crate::server::Server;

/// A server; dropping it ends it.
pub(super) struct Subject {
    pub(super) name: &'static str,
    pub(super) server: Server,
    /// From the start of its processes to its first 200 for `/readyz`.
    pub(super) ready: Duration,
}

impl Subject {
    /// The embedded server, in release.
    pub(super) fn embedded() -> Result<Self> {
        Self::of("embedded", Server::embedded("release/crdgen-apiserver", "bench-token", &["--tls"])?)
    }

    /// kube-apiserver with etcd, from a folder with both.
    pub(super) fn real(assets: &Path) -> Result<Self> {
        Self::of("real", Server::real(assets, &[])?)
    }

    fn of(name: &'static str, server: Server) -> Result<Self> {
        let mut subject = Self { name, server, ready: Duration::ZERO };
        let mut client = Client::new(&subject)?;
        while client.get("/readyz").is_err() {
            ensure!(subject.server.started.elapsed() < Duration::from_secs(90), "{name}: it is not ready after 90 s");
            std::thread::sleep(Duration::from_micros(200));
        }
        subject.ready = subject.server.started.elapsed();
        Ok(subject)
    }

    /// What its processes hold in memory, in bytes. What only started a control plane does not count.
    pub(super) fn memory(&self) -> Result<f64> {
        let children = children(self.server.id())?;
        let own = [self.server.id()];
        let processes = if children.is_empty() { &own[..] } else { &children };
        processes.iter().map(|process| resident(&process.to_string())).sum()
    }
}

/// What a process holds in memory, in bytes.
pub(super) fn resident(process: &str) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).context("Linux alone tells memory")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kilobytes * 1024.0)
}

fn children(parent: u32) -> Result<Vec<u32>> {
    let mut found = Vec::new();
    for task in fs::read_dir(format!("/proc/{parent}/task"))? {
        let text = fs::read_to_string(task?.path().join("children"))?;
        found.extend(text.split_whitespace().filter_map(|id| id.parse::<u32>().ok()));
    }
    Ok(found)
}
