//! `kinds`: what Go's source and a real kube-apiserver say of the built-in kinds, as texts in `apiserver/src/kind/table`.
//!
//! A Go program (`tests/kinds`) looks at both and writes the texts; here they are put in their place, or compared with what is
//! there. The check also compares what the embedded server makes of them: its `OpenAPI` documents.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, ensure};
use similar::TextDiff;

use crate::project;

mod documents;

/// Where the texts are.
const TABLE: &str = "apiserver/src/kind/table";
const FILES: [&str; 5] = ["structs.txt", "internal.txt", "resources.txt", "columns.txt", "descriptions.txt"];

/// Write what the API server knows of the built-in kinds, from Go's source and a real control plane
///
/// Needs Go, and the control plane that `cargo xtask envtest` builds.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only say whether the files are up to date, with a diff if they are not
    #[arg(long)]
    check: bool,
    /// The folder of kube-apiserver and etcd [default: what `KUBEBUILDER_ASSETS` names, or target/envtest]
    #[arg(long, value_name = "DIR")]
    assets: Option<PathBuf>,
}

/// Writes the files, or checks them. Fails if the check finds a difference.
pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let named = || std::env::var_os("KUBEBUILDER_ASSETS").map(PathBuf::from);
    let assets = project::assets(args.assets.clone().or_else(named).as_deref());
    let assets = assets.canonicalize().ok().filter(|assets| assets.join("kube-apiserver").exists());
    let assets = assets.context("there is no kube-apiserver: build it with cargo xtask envtest")?;
    let found = tempfile::tempdir()?;
    look(&assets, found.path())?;
    let mut same = true;
    for name in FILES {
        let (path, new) = (project::root().join(TABLE).join(name), fs::read_to_string(found.path().join(name))?);
        let old = fs::read_to_string(&path).unwrap_or_default();
        if old == new {
            continue;
        }
        same = false;
        if args.check {
            let diff = TextDiff::from_lines(&old, &new);
            print!("{}", diff.unified_diff().header(&format!("{TABLE}/{name}"), "what is so"));
        } else {
            fs::write(&path, new).with_context(|| format!("cannot write {}", path.display()))?;
            println!("wrote {TABLE}/{name}");
        }
    }
    if args.check {
        let differences = documents::differences(&found.path().join("openapi"))?;
        for difference in &differences {
            println!("{difference}");
        }
        if !differences.is_empty() {
            eprintln!("{} differences in the OpenAPI documents", differences.len());
            return Ok(ExitCode::FAILURE);
        }
    }
    if args.check && !same {
        eprintln!("the built-in kinds are not what they were: run cargo xtask kinds");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Has the Go program write the texts into a folder.
fn look(assets: &Path, out: &Path) -> Result<()> {
    let program = out.join("kinds");
    let mut build = Command::new("go");
    build.current_dir(project::root().join("tests/kinds")).args(["build", "-o"]).arg(&program).arg(".");
    project::run(&mut build)?;
    let mut plane = start(assets)?;
    let outcome = ask(&mut plane, &program, out);
    // The control plane ends when its input does.
    drop(plane.stdin.take());
    let status = plane.wait()?;
    outcome?;
    ensure!(status.success(), "the control plane ended with {status}");
    Ok(())
}

fn start(assets: &Path) -> Result<Child> {
    let mut plane = project::cargo();
    plane.args(["run", "--quiet", "--package", "tests", "--bin", "control-plane", "--"]).arg(assets);
    plane.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().context("cannot start the control plane")
}

fn ask(plane: &mut Child, program: &Path, out: &Path) -> Result<()> {
    let output = plane.stdout.take().context("the control plane prints nothing")?;
    let line = BufReader::new(output).lines().next().context("the control plane did not start")??;
    let (url, token) = line.split_once(' ').context("the control plane prints no token")?;
    let mut kinds = Command::new(program);
    kinds.args(["-server", url, "-token", token, "-out"]).arg(out);
    project::run(&mut kinds)
}
