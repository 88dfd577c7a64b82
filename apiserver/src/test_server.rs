//! A server for one test: started with what the test needs, gone when it is dropped.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::pin::Pin;

use serde::Serialize;
use tempfile::NamedTempFile;

use crate::manifest::install::InstallError;
use crate::manifest::{Manifest, ManifestError, ManifestSource};
use crate::server::{Builder, ServeError, Server, ServerHandle};

/// An API server on a free port of the loopback interface, for one test. Dropping it ends it.
///
/// ```
/// use crdgen_apiserver::TestServer;
/// use serde_json::json;
///
/// const CRD: &str = "
/// apiVersion: apiextensions.k8s.io/v1
/// kind: CustomResourceDefinition
/// metadata: {name: things.example.com}
/// spec:
///   group: example.com
///   scope: Namespaced
///   names: {plural: things, kind: Thing}
///   versions:
///   - name: v1
///     served: true
///     storage: true
///     schema:
///       openAPIV3Schema:
///         type: object
///         properties: {spec: {type: object, properties: {size: {type: integer}}}}
/// ";
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let thing = json!({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"}, "spec": {"size": 1}});
/// let server = TestServer::start().crd(CRD).object(&thing).await?;
/// assert!(server.url().starts_with("http://127.0.0.1:"));
///
/// // More can be added while it runs; what the server refuses is an error.
/// let wrong = json!({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "b"}, "spec": {"size": "x"}});
/// assert!(server.object(&wrong).await.is_err());
/// # Ok(())
/// # }
/// ```
///
/// Clients reach it by [`kubeconfig`](TestServer::kubeconfig) or [`kubeconfig_file`](TestServer::kubeconfig_file) over its port,
/// or in process, without a connection, by the feature `client`: `TestServer::client` is a `kube::Client`. With another version of
/// kube, hand `server.server().service()` to `kube::Client::new`.
#[derive(Debug)]
pub struct TestServer {
    server: Running,
    handle: ServerHandle,
    /// The file is there from the start, so that asking for its path cannot fail.
    kubeconfig: NamedTempFile,
}

/// Ends the server when it is dropped, also for clients in process.
#[derive(Debug)]
struct Running(Server);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.shutdown();
    }
}

/// What a [`TestServer`] is to be started with; `.await` starts it.
#[must_use = "the server starts when this is awaited"]
pub struct Start {
    builder: Builder,
    manifests: Vec<Manifest>,
    failed: Option<ManifestError>,
}

/// A test server could not be started with what it was to have.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// A definition or an object could not be read.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The server refused a definition or an object.
    #[error(transparent)]
    Install(#[from] InstallError),
    /// It could not listen.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// Its kubeconfig could not be written.
    #[error("cannot write the kubeconfig: {0}")]
    Kubeconfig(#[from] io::Error),
}

impl Start {
    /// Installs custom resource definitions: a text of YAML or JSON, a value, or the path of a file or folder. Whatever else is
    /// in it is left out.
    pub fn crd(mut self, source: impl ManifestSource) -> Self {
        let definitions = source.manifests().map(definitions);
        self.take(definitions);
        self
    }

    /// Installs an object: anything that serializes to one, such as a type of `k8s_openapi`, a generated type, or a JSON value.
    pub fn object(mut self, object: &impl Serialize) -> Self {
        self.take(Manifest::of(object));
        self
    }

    /// Installs objects of any kinds: a text of YAML or JSON, a value, or the path of a file or folder.
    pub fn objects(mut self, source: impl ManifestSource) -> Self {
        self.take(source.manifests());
        self
    }

    /// Uses these settings instead of the defaults: a token, TLS, a clock, a store.
    pub fn settings(mut self, builder: Builder) -> Self {
        self.builder = builder;
        self
    }

    fn take(&mut self, manifests: Result<Vec<Manifest>, ManifestError>) {
        match manifests {
            Ok(manifests) => self.manifests.extend(manifests),
            Err(error) => drop(self.failed.get_or_insert(error)),
        }
    }

    async fn start(self) -> Result<TestServer, StartError> {
        if let Some(error) = self.failed {
            return Err(error.into());
        }
        let server = self.builder.build();
        server.install(self.manifests).await?;
        let handle = server.serve(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
        let kubeconfig = tempfile::Builder::new().prefix("kubeconfig-").suffix(".json").tempfile()?;
        std::fs::write(kubeconfig.path(), handle.kubeconfig())?;
        Ok(TestServer { server: Running(server), handle, kubeconfig })
    }
}

impl IntoFuture for Start {
    type Output = Result<TestServer, StartError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.start())
    }
}

impl TestServer {
    /// Says what to start a server with; awaiting it starts the server: `TestServer::start().await?`.
    pub fn start() -> Start {
        Start { builder: Server::builder(), manifests: Vec::new(), failed: None }
    }

    /// Installs custom resource definitions, as [`Start::crd`] does.
    ///
    /// # Errors
    ///
    /// They cannot be read, or the server refuses one.
    pub async fn crd(&self, source: impl ManifestSource) -> Result<(), StartError> {
        Ok(self.server.0.install(definitions(source.manifests()?)).await?)
    }

    /// Installs an object, as [`Start::object`] does.
    ///
    /// # Errors
    ///
    /// It has no kind or name, or the server refuses it.
    pub async fn object(&self, object: &impl Serialize) -> Result<(), StartError> {
        let manifests = Manifest::of(object)?;
        Ok(self.server.0.install(manifests).await?)
    }

    /// A client that asks the server in process, without a connection.
    ///
    /// ```
    /// use crdgen_apiserver::TestServer;
    /// use k8s_openapi::api::core::v1::ConfigMap;
    /// use kube::Api;
    /// use kube::api::ObjectMeta;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let metadata = ObjectMeta { name: Some("settings".to_owned()), ..ObjectMeta::default() };
    /// let server = TestServer::start().object(&ConfigMap { metadata, ..ConfigMap::default() }).await?;
    /// let maps: Api<ConfigMap> = Api::default_namespaced(server.client());
    /// assert!(maps.get("settings").await?.metadata.uid.is_some());
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "client")]
    pub fn client(&self) -> kube::Client {
        kube::Client::new(self.server.0.service(), "default")
    }

    /// The server, to disturb it: forget its history, cut its watches, look into its store.
    pub fn server(&self) -> &Server {
        &self.server.0
    }

    /// The base of all its URLs.
    pub fn url(&self) -> String {
        self.handle.url()
    }

    /// The text of a kubeconfig that reaches the server. It is JSON, which is YAML.
    pub fn kubeconfig(&self) -> String {
        self.handle.kubeconfig()
    }

    /// The path of a file with the kubeconfig, for programs that read one. It vanishes with the server.
    pub fn kubeconfig_file(&self) -> &Path {
        self.kubeconfig.path()
    }

    /// Ends the server and waits for running requests. Dropping it ends it, too, without waiting.
    pub async fn shutdown(self) {
        self.server.0.shutdown();
        self.handle.shutdown().await;
    }
}

fn definitions(mut manifests: Vec<Manifest>) -> Vec<Manifest> {
    manifests.retain(Manifest::is_definition);
    manifests
}

impl fmt::Debug for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start")
            .field("builder", &self.builder)
            .field("manifests", &self.manifests.len())
            .finish_non_exhaustive()
    }
}
