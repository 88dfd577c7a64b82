//! Runs transcripts at a shell.

use std::{
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tokio::{process::Command, sync::Semaphore, time::timeout};

use crate::{
    normal::normal,
    transcript::{Step, Transcript, trim},
};

/// A command fails rather than hangs.
const PATIENCE: Duration = Duration::from_mins(1);

/// How many commands run at once, in all tests of this program: more make none of them faster.
static TURNS: Semaphore = Semaphore::const_new(4);

/// A kubectl, and a server for it.
pub(crate) struct Place {
    /// Its home, with the cache of what servers offer, and a folder of the program alone.
    home: TempDir,
    kubeconfig: PathBuf,
    kubectl: PathBuf,
}

impl Place {
    /// A kubectl that has never spoken to the server.
    pub(crate) fn new(kubectl: &Path, kubeconfig: &Path) -> Result<Self> {
        let home = tempfile::tempdir()?;
        std::fs::create_dir(home.path().join("bin"))?;
        symlink(kubectl, home.path().join("bin/kubectl"))?;
        Ok(Self { home, kubeconfig: kubeconfig.to_owned(), kubectl: kubectl.to_owned() })
    }

    /// Installs definitions, and waits until they are served.
    pub(crate) async fn install(&self, definitions: &Path) -> Result<()> {
        let folder = self.folder("install")?;
        let command = format!(
            "kubectl create -R -f '{}' -o name > names && kubectl wait --for=condition=Established $(cat names)",
            definitions.display()
        );
        let (printed, is_success) = self.run(&folder, &command).await?;
        ensure!(is_success, "{printed}");
        Ok(())
    }

    /// Runs a transcript in a namespace of its own, and reports each answer that differs from what was printed then. The transcript
    /// has the new answers afterwards.
    pub(crate) async fn replay(&self, transcript: &mut Transcript) -> Result<Vec<String>> {
        let name = transcript.name.clone();
        let folder = self.folder(&name)?;
        let command =
            format!("kubectl create namespace {name} && kubectl config set-context --current --namespace={name}");
        let (printed, is_success) = self.run(&folder, &command).await?;
        ensure!(is_success, "{printed}");
        let mut differences = Vec::new();
        for step in &mut transcript.steps {
            let (printed, _) = self.run(&folder, &step.command).await?;
            let mut printed: Vec<String> = normal(&printed, folder.path()).lines().map(str::to_owned).collect();
            trim(&mut printed);
            if !step.accepts(&printed) {
                differences.push(self.difference(&name, step, &printed));
                step.output = printed;
            }
        }
        Ok(differences)
    }

    fn difference(&self, name: &str, step: &Step, printed: &[String]) -> String {
        let indented =
            |lines: &[String]| lines.iter().flat_map(|line| ["    ", line.as_str(), "\n"]).collect::<String>();
        format!(
            "{name}.txt:{}: {} printed something else\n$ {}\n  expected:\n{}  printed:\n{}",
            step.line,
            self.kubectl.display(),
            step.command,
            indented(&step.output),
            indented(printed)
        )
    }

    /// A folder to work in, with a kubeconfig that may be changed.
    fn folder(&self, name: &str) -> Result<TempDir> {
        let folder = tempfile::Builder::new().prefix(name).tempdir()?;
        std::fs::copy(&self.kubeconfig, folder.path().join("kubeconfig"))?;
        Ok(folder)
    }

    /// Runs a command. Returns what it printed to both outputs, and whether it succeeded.
    async fn run(&self, folder: &TempDir, command: &str) -> Result<(String, bool)> {
        let _turn = TURNS.acquire().await?;
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path =
            std::env::join_paths([self.home.path().join("bin")].into_iter().chain(std::env::split_paths(&path)))?;
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .current_dir(folder.path())
            .env("PATH", path)
            .env("HOME", self.home.path())
            .env("KUBECONFIG", folder.path().join("kubeconfig"))
            .env("TMPDIR", folder.path())
            .env("TZ", "UTC")
            // A fifth of the time of a program that ends before there is much garbage.
            .env("GOGC", "off")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = timeout(PATIENCE, output).await.with_context(|| format!("took too long: {command}"))??;
        let mut printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            if !printed.is_empty() && !printed.ends_with('\n') {
                printed.push('\n');
            }
            let code = output.status.code().map_or("killed".to_owned(), |code| format!("exit {code}"));
            printed.extend(["[", &code, "]\n"]);
        }
        Ok((printed, output.status.success()))
    }
}
