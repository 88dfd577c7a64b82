//! What the suite is run against: a server with the one node that is ready which the suite waits for. All else that it expects of a
//! cluster, the server has by itself.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Stdio},
};

use anyhow::{Context, Result};
use crdgen_apiserver::TestServer;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::project;

/// A server, as long as this is there.
pub(super) enum Cluster {
    Embedded { server: TestServer, _threads: Runtime },
    Real { plane: Child, kubeconfig: PathBuf },
}

impl Cluster {
    /// Starts the embedded server.
    pub(super) fn embedded() -> Result<Self> {
        let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let server = threads.block_on(async {
            let server = TestServer::start().object(&node()).await?;
            // A new node is tainted until somebody says that it is ready.
            server.object(&node()).await.map(|()| server)
        })?;
        Ok(Self::Embedded { server, _threads: threads })
    }

    /// Starts a real control plane from a folder with its programs; its kubeconfig is in `folder`.
    pub(super) fn real(assets: &Path, folder: &Path) -> Result<Self> {
        let mut plane = project::cargo();
        plane.args(["run", "--quiet", "--package", "tests", "--bin", "control-plane", "--"]).arg(assets);
        plane.args(["--controllers", "--object", &node().to_string()]);
        let mut plane = plane.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
        let output = plane.stdout.take().context("the control plane prints nothing")?;
        let line = BufReader::new(output).lines().next().context("the control plane did not start")??;
        let (url, token) = line.split_once(' ').context("the control plane prints its URL and a token")?;
        let kubeconfig = folder.join("kubeconfig");
        fs::write(&kubeconfig, config(url, token).to_string())?;
        Ok(Self::Real { plane, kubeconfig })
    }

    /// The path of a kubeconfig of an administrator.
    pub(super) fn kubeconfig(&self) -> &Path {
        match self {
            Self::Embedded { server, .. } => server.kubeconfig_file(),
            Self::Real { kubeconfig, .. } => kubeconfig,
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Self::Real { plane, .. } = self {
            // It runs until its input ends.
            drop(plane.stdin.take());
            let _ = plane.wait();
        }
    }
}

fn config(url: &str, token: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "e2e",
        "clusters": [{"name": "e2e", "cluster": {"server": url, "insecure-skip-tls-verify": true}}],
        "users": [{"name": "e2e", "user": {"token": token}}],
        "contexts": [{"name": "e2e", "context": {"cluster": "e2e", "user": "e2e"}}],
    })
}

fn node() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Node", "metadata": {"name": "node"}, "spec": {"taints": []},
        "status": {
            "conditions": [{"type": "Ready", "status": "True"}],
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
        },
    })
}
