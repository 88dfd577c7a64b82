//! A server that is measured: a process of its own, and what belongs to it.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use super::client::Client;
use crate::project;

const TOKEN: &str = "bench-token";

/// A server; dropping it ends it.
pub(super) struct Subject {
    pub(super) name: &'static str,
    pub(super) url: String,
    pub(super) token: String,
    /// From the start of its processes to its first 200 for `/readyz`.
    pub(super) ready: Duration,
    process: Child,
}

impl Subject {
    /// The embedded server, in release.
    pub(super) fn embedded() -> Result<Self> {
        let mut server = Command::new(project::target().join("release/crdgen-apiserver"));
        server.args(["--port", "0", "--tls", "--token", TOKEN]);
        Self::start("embedded", server)
    }

    /// kube-apiserver with etcd, from a folder with both.
    pub(super) fn real(assets: &Path) -> Result<Self> {
        let mut plane = Command::new(project::target().join("debug/control-plane"));
        plane.arg(assets);
        Self::start("real", plane)
    }

    /// Its first line is its URL and, if that is not ours, a token.
    fn start(name: &'static str, mut command: Command) -> Result<Self> {
        let started = Instant::now();
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let output = process.stdout.take().context("no output")?;
        let line = BufReader::new(output).lines().next().with_context(|| format!("{name}: it did not start"))??;
        let (url, token) = line.split_once(' ').unwrap_or((&line, TOKEN));
        let mut subject = Self { name, url: url.to_owned(), token: token.to_owned(), ready: Duration::ZERO, process };
        let client = Client::new(&subject);
        while client.get("/readyz").is_err() {
            ensure!(started.elapsed() < Duration::from_secs(90), "{name}: it is not ready after 90 s");
            std::thread::sleep(Duration::from_micros(200));
        }
        subject.ready = started.elapsed();
        Ok(subject)
    }

    /// What its processes hold in memory, in bytes. What only started a control plane does not count.
    pub(super) fn memory(&self) -> Result<f64> {
        let children = children(self.process.id())?;
        let own = [self.process.id()];
        let processes = if children.is_empty() { &own[..] } else { &children };
        processes.iter().map(|process| resident(&process.to_string())).sum()
    }
}

impl Drop for Subject {
    fn drop(&mut self) {
        // A control plane ends with its input.
        drop(self.process.stdin.take());
        if self.name == "embedded" {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
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
