//! An API server as a process of its own: the embedded one, or a real control plane.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result};

use crate::project;

/// A running server; dropping it ends it.
pub(crate) struct Server {
    pub(crate) url: String,
    /// The token of an administrator.
    pub(crate) token: String,
    /// When its process was started.
    pub(crate) started: Instant,
    process: Child,
    /// Whether the process ends by itself once its input does, and with it what it started.
    ends_with_input: bool,
}

impl Server {
    /// The program `crdgen-apiserver` below the target folder, on a free port, with more arguments.
    pub(crate) fn embedded(program: &str, token: &str, arguments: &[&str]) -> Result<Self> {
        let mut server = Command::new(project::target().join(program));
        server.args(["--port", "0", "--token", token]).args(arguments);
        Self::start(server, Some(token))
    }

    /// kube-apiserver with etcd from a folder with both, and what more arguments of the program `control-plane` ask for.
    pub(crate) fn real(assets: &Path, arguments: &[&str]) -> Result<Self> {
        project::run(project::cargo().args(["build", "--quiet", "--package", "tests", "--bin", "control-plane"]))?;
        let mut plane = Command::new(project::target().join("debug/control-plane"));
        plane.arg(assets).args(arguments);
        Self::start(plane, None)
    }

    /// Its first line is its URL and, if it chose the token, that.
    fn start(mut command: Command, token: Option<&str>) -> Result<Self> {
        let program = command.get_program().display().to_string();
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let started = Instant::now();
        let mut process = command.spawn().with_context(|| format!("cannot start {program}"))?;
        let output = process.stdout.take().with_context(|| format!("{program} prints nothing"))?;
        let mut server =
            Self { url: String::new(), token: String::new(), started, process, ends_with_input: token.is_none() };
        let line = BufReader::new(output).lines().next().with_context(|| format!("{program} did not start"))??;
        let (url, own) = line.split_once(' ').unwrap_or((&line, ""));
        (server.url, server.token) = (url.to_owned(), token.unwrap_or(own).to_owned());
        Ok(server)
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        if !self.ends_with_input {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}
