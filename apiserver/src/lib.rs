//! An in-memory Kubernetes API server for custom resource definitions, custom resources, and all built-in kinds of
//! Kubernetes 1.36.
//!
//! In process it is a `tower::Service` for `kube::Client::new`; on a loopback port, with TLS if wanted, `kubectl` and Go's
//! clients can use it. Its answers are those of kube-apiserver v1.36: what it does not serve it refuses, and never pretends.
//! What kube-controller-manager does with owner references and namespaces has been done when a write is answered.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = crdgen_apiserver::Server::new();
//! let handle = server.serve(([127, 0, 0, 1], 0).into()).await?;
//! println!("listening on {}", handle.url());
//! handle.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! A test starts one with what it needs: see [`TestServer`].
//!
//! # Workloads
//!
//! Nothing runs here: a deployment that is created stays as it is, and a test that needs pods writes what controllers and kubelets
//! would. With [`Builder::simulate`] (`--simulate` on the command line) the server does that itself: deployments roll out, scale and
//! can be undone, stateful sets make pods and claims in order, daemon sets have a pod on each node, jobs succeed, cron jobs are on
//! time, and pods get a node, run and are ready, each phase after a time by the server's clock, which [`Builder::clock`] can set. Names,
//! owner references, conditions and reasons are those of Kubernetes; hashes in names are not. Pods are not adopted, claims are always
//! retained, daemon sets do not surge, and finished jobs are not deleted after a time.
//!
//! # Features
//!
//! - `latest` (on by default) is that of `k8s-openapi`. It takes one version of Kubernetes; a build that chooses another switches this
//!   feature off.
//! - `cli` (on by default) is the command `crdgen-apiserver`; a library does without.
//! - `client` adds `TestServer::client`, and with it a dependency on one version of `kube`. Whoever has another one uses
//!   [`Server::service`] or [`TestServer::kubeconfig`], which fit any.

#![warn(missing_debug_implementations)]

mod connection;
mod kubeconfig;
mod manifest;
mod server;
mod service;
mod test_server;
mod tls;

mod request;
mod router;

mod auth;
mod authorization;
mod discovery;
mod handler;
mod health;
mod metrics;
mod openapi;

mod admission;
mod bootstrap;
mod compaction;
mod controller;
mod registry;
mod state;
mod token;
mod user;

mod strategy;

mod crd;
mod resource;

mod kind;

mod allocation;
mod check;

mod managed_fields;
mod object;
mod patch;
mod selector;

mod store;

mod response;

mod group_resource;
mod json;
mod json_path;
mod protobuf;
mod status;
mod warnings;

pub use manifest::install::InstallError;
pub use manifest::{Manifest, ManifestError, ManifestSource};
pub use response::Body;
pub use server::{Builder, ServeError, Server, ServerHandle};
pub use service::ApiService;
pub use store::Store;
pub use test_server::{Start, StartError, TestServer};
