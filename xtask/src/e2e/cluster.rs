//! What the suite is run against: a server with the one node that is ready which the suite waits for. All else that it expects of a
//! cluster, the server has by itself.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use crdgen_apiserver::TestServer;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::server::Server;

/// A server, as long as this is there.
pub(super) enum Cluster {
    Embedded { server: TestServer, _threads: Runtime },
    Real { _plane: Server, kubeconfig: PathBuf },
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
        let plane = Server::real(assets, &["--controllers", "--object", &node().to_string()])?;
        let kubeconfig = folder.join("kubeconfig");
        fs::write(&kubeconfig, config(&plane).to_string())?;
        Ok(Self::Real { _plane: plane, kubeconfig })
    }

    /// The path of a kubeconfig of an administrator.
    pub(super) fn kubeconfig(&self) -> &Path {
        match self {
            Self::Embedded { server, .. } => server.kubeconfig_file(),
            Self::Real { kubeconfig, .. } => kubeconfig,
        }
    }
}

fn config(plane: &Server) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "e2e",
        "clusters": [{"name": "e2e", "cluster": {"server": plane.url, "insecure-skip-tls-verify": true}}],
        "users": [{"name": "e2e", "user": {"token": plane.token}}],
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
