//! A real kube-apiserver and etcd on loopback, by the envtest convention: `KUBEBUILDER_ASSETS` names the folder
//! that holds the programs (`cargo xtask envtest` builds them). Tests that ask for it get kube-controller-manager, too.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

/// The token of an administrator.
pub const TOKEN: &str = "admin-token";

const CONTROLLER_MANAGER: &str = "kube-controller-manager";

/// How long the control plane may take to become ready.
const READY_WITHIN: Duration = Duration::from_secs(90);

/// The controllers that run in kube-controller-manager, if a test asks for it: those whose work the embedded server does itself.
const CONTROLLERS: &str = "namespace-controller,garbage-collector-controller,serviceaccount-controller,\
    root-ca-certificate-publisher-controller";

/// A program without which there is no control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// kube-apiserver.
    ApiServer,
    /// etcd.
    Etcd,
}

/// A running control plane; dropping it ends its programs and removes its state.
pub struct ControlPlane {
    controllers: Option<Child>,
    apiserver: Child,
    etcd: Child,
    folder: TempDir,
    port: u16,
    etcd_port: u16,
}

/// The folder that `KUBEBUILDER_ASSETS` names. If it names none, this says on standard error that the test is skipped.
pub fn assets(test: &str) -> Option<PathBuf> {
    let assets = std::env::var_os("KUBEBUILDER_ASSETS").map(PathBuf::from);
    if assets.is_none() {
        eprintln!("{test}: skipped, KUBEBUILDER_ASSETS is not set (cargo xtask envtest builds what it names)");
    }
    assets
}

impl ControlPlane {
    /// Starts one if `KUBEBUILDER_ASSETS` is set, else says on standard error that the test is skipped.
    ///
    /// # Errors
    /// The programs cannot be started, or are not ready in time.
    pub async fn start_if_provided(test: &str) -> Result<Option<Self>> {
        match assets(test) {
            Some(assets) => Self::start(&assets).await.map(Some),
            None => Ok(None),
        }
    }

    /// Starts one with kube-controller-manager if `KUBEBUILDER_ASSETS` has it, else says on standard error that the test is skipped.
    ///
    /// # Errors
    /// The programs cannot be started, or are not ready in time.
    pub async fn start_with_controllers_if_provided(test: &str) -> Result<Option<Self>> {
        let assets = std::env::var_os("KUBEBUILDER_ASSETS").map(PathBuf::from);
        let Some(assets) = assets.filter(|assets| assets.join(CONTROLLER_MANAGER).exists()) else {
            eprintln!(
                "{test}: skipped, KUBEBUILDER_ASSETS names no folder with {CONTROLLER_MANAGER} \
                 (cargo xtask envtest --controller-manager builds one)"
            );
            return Ok(None);
        };
        let mut plane = Self::start(&assets).await?;
        plane.start_controllers(&assets)?;
        Ok(Some(plane))
    }

    /// Starts one if `KUBEBUILDER_ASSETS` is set, with kube-controller-manager if it is there, else says on standard error that the
    /// test is skipped.
    ///
    /// # Errors
    /// The programs cannot be started, or are not ready in time.
    pub async fn start_with_controllers_where_built(test: &str) -> Result<Option<Self>> {
        let Some(mut plane) = Self::start_if_provided(test).await? else { return Ok(None) };
        let assets = std::env::var_os("KUBEBUILDER_ASSETS").map(PathBuf::from);
        if let Some(assets) = assets.filter(|assets| assets.join(CONTROLLER_MANAGER).exists()) {
            plane.start_controllers(&assets)?;
        }
        Ok(Some(plane))
    }

    /// Whether kube-controller-manager was started, too.
    pub fn has_controllers(&self) -> bool {
        self.controllers.is_some()
    }

    /// Starts kube-controller-manager of a folder beside it.
    ///
    /// # Errors
    /// The program cannot be started.
    pub fn start_controllers(&mut self, assets: &Path) -> Result<()> {
        let state = self.folder.path();
        self.controllers = Some(start(controller_manager(assets, state), &state.join("controllers.log"))?);
        Ok(())
    }

    /// The last lines that kube-controller-manager has logged, if it runs.
    pub fn controllers_log(&self) -> String {
        last_lines(&self.folder.path().join("controllers.log"))
    }

    /// Starts kube-apiserver and etcd of a folder.
    ///
    /// # Errors
    /// The programs cannot be started, or are not ready in time.
    pub async fn start(assets: &Path) -> Result<Self> {
        let mut plane = Self::spawn(assets)?;
        plane.wait_until_ready().await?;
        Ok(plane)
    }

    /// Ends a program without a word (`kill -9`).
    ///
    /// # Errors
    /// It cannot be waited for.
    pub fn kill(&mut self, program: Program) -> Result<()> {
        let child = match program {
            Program::ApiServer => &mut self.apiserver,
            Program::Etcd => &mut self.etcd,
        };
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Starts what does not run any more of kube-apiserver and etcd, on what they have stored, and waits until they are ready.
    ///
    /// # Errors
    /// The programs cannot be started, or are not ready in time.
    pub async fn revive(&mut self, assets: &Path) -> Result<()> {
        let state = self.folder.path();
        if self.etcd.try_wait()?.is_some() {
            self.etcd = start(etcd(assets, state, self.etcd_port), &state.join("etcd.log"))?;
        }
        if self.apiserver.try_wait()?.is_some() {
            let apiserver = apiserver(assets, state, self.port, self.etcd_port);
            self.apiserver = start(apiserver, &state.join("apiserver.log"))?;
        }
        self.wait_until_ready().await
    }

    /// The URL of kube-apiserver.
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// The kubeconfig of an administrator.
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }

    /// A client with an administrator's rights.
    ///
    /// # Errors
    /// The kubeconfig cannot be used.
    pub async fn client(&self) -> Result<kube::Client> {
        let kubeconfig = kube::config::Kubeconfig::read_from(self.kubeconfig())?;
        let options = kube::config::KubeConfigOptions::default();
        Ok(kube::Client::try_from(kube::Config::from_custom_kubeconfig(kubeconfig, &options).await?)?)
    }

    fn spawn(assets: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let state = folder.path();
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
        fs::write(state.join("service-account.key"), key.serialize_pem())?;
        fs::write(state.join("service-account.pub"), key.public_key_pem())?;
        fs::write(state.join("tokens.csv"), format!("{TOKEN},admin,admin,system:masters\n"))?;
        let (etcd_port, port) = (free_port()?, free_port()?);
        fs::write(state.join("kubeconfig"), kubeconfig(port))?;
        let etcd = start(etcd(assets, state, etcd_port), &state.join("etcd.log"))?;
        let apiserver = start(apiserver(assets, state, port, etcd_port), &state.join("apiserver.log"))?;
        Ok(Self { controllers: None, apiserver, etcd, folder, port, etcd_port })
    }

    async fn wait_until_ready(&mut self) -> Result<()> {
        let client = self.client().await?;
        let started = Instant::now();
        while started.elapsed() < READY_WITHIN && self.apiserver.try_wait()?.is_none() {
            let request = http::Request::get("/readyz").body(Vec::new())?;
            if client.request_text(request).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let log = last_lines(&self.folder.path().join("apiserver.log"));
        bail!("kube-apiserver ended, or was not ready within {READY_WITHIN:?}; its log, last line first:\n{log}")
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        for child in self.controllers.iter_mut().chain([&mut self.apiserver, &mut self.etcd]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The end of a log, last line first.
fn last_lines(log: &Path) -> String {
    let log = fs::read_to_string(log).unwrap_or_default();
    log.lines().rev().take(10).collect::<Vec<_>>().join("\n")
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn start(mut command: Command, log: &Path) -> Result<Child> {
    let log = fs::File::create(log)?;
    let name = command.get_program().display().to_string();
    command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    command.spawn().with_context(|| format!("cannot start {name}; does KUBEBUILDER_ASSETS hold it?"))
}

fn etcd(assets: &Path, state: &Path, port: u16) -> Command {
    let mut etcd = Command::new(assets.join("etcd"));
    let url = format!("http://127.0.0.1:{port}");
    etcd.arg("--data-dir").arg(state.join("etcd")).arg("--unsafe-no-fsync");
    etcd.args(["--listen-peer-urls", "http://127.0.0.1:0"]);
    etcd.args(["--listen-client-urls", &url, "--advertise-client-urls", &url]);
    etcd
}

fn apiserver(assets: &Path, state: &Path, port: u16, etcd_port: u16) -> Command {
    let mut apiserver = Command::new(assets.join("kube-apiserver"));
    apiserver.arg(format!("--etcd-servers=http://127.0.0.1:{etcd_port}"));
    apiserver.arg("--bind-address=127.0.0.1").arg(format!("--secure-port={port}"));
    apiserver.arg("--cert-dir").arg(state.join("certificates"));
    apiserver.arg("--token-auth-file").arg(state.join("tokens.csv"));
    apiserver.args(["--authorization-mode=RBAC", "--service-account-issuer=https://127.0.0.1"]);
    apiserver.arg("--service-account-key-file").arg(state.join("service-account.pub"));
    apiserver.arg("--service-account-signing-key-file").arg(state.join("service-account.key"));
    apiserver.args(["--service-cluster-ip-range=10.0.0.0/24", "--disable-admission-plugins=ServiceAccount"]);
    apiserver.arg("--allow-privileged=true");
    apiserver
}

/// It serves nothing itself, and asks for no lease.
fn controller_manager(assets: &Path, state: &Path) -> Command {
    let mut manager = Command::new(assets.join(CONTROLLER_MANAGER));
    manager.arg("--kubeconfig").arg(state.join("kubeconfig"));
    manager.arg("--root-ca-file").arg(state.join("certificates/apiserver.crt"));
    manager.arg(format!("--controllers={CONTROLLERS}"));
    manager.args(["--leader-elect=false", "--secure-port=0", "--kube-api-qps=500", "--kube-api-burst=1000"]);
    manager
}

fn kubeconfig(port: u16) -> String {
    format!(
        "apiVersion: v1
kind: Config
clusters: [{{name: envtest, cluster: {{server: \"https://127.0.0.1:{port}\", insecure-skip-tls-verify: true}}}}]
users: [{{name: admin, user: {{token: {TOKEN}}}}}]
contexts: [{{name: envtest, context: {{cluster: envtest, user: admin}}}}]
current-context: envtest
"
    )
}
