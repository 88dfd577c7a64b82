//! `envtest`: builds a real control plane, as `KUBEBUILDER_ASSETS` expects it, from the Go module in `tests/envtest`.

use std::{path::PathBuf, process::Command};

use anyhow::Result;

use crate::project;

/// The Kubernetes version that `tests/envtest/go.mod` pins.
const KUBERNETES: &str = "v1.36.3";

/// Build kube-apiserver and etcd into a folder that then serves as `KUBEBUILDER_ASSETS`.
///
/// Needs Go. Takes about 8 minutes with an empty Go cache, seconds with a warm one.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder for the two programs [default: target/envtest]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Builds both programs and prints the folder, the only thing on standard output.
pub(crate) fn run(args: &Args) -> Result<()> {
    let out = args.out.clone().unwrap_or_else(|| project::target().join("envtest"));
    std::fs::create_dir_all(&out)?;
    let out = out.canonicalize()?;
    eprintln!("building etcd");
    build(&out, "etcd", "go.etcd.io/etcd/server/v3", "-s -w")?;
    eprintln!("building kube-apiserver {KUBERNETES} (minutes the first time)");
    let version = "k8s.io/component-base/version";
    let flags = format!("-s -w -X {version}.gitVersion={KUBERNETES} -X {version}.gitMajor=1 -X {version}.gitMinor=36");
    build(&out, "kube-apiserver", "k8s.io/kubernetes/cmd/kube-apiserver", &flags)?;
    println!("{}", out.display());
    Ok(())
}

fn build(out: &std::path::Path, name: &str, package: &str, link_flags: &str) -> Result<()> {
    let mut go = Command::new("go");
    go.current_dir(project::root().join("tests/envtest"));
    go.args(["build", "-ldflags", link_flags, "-o"]).arg(out.join(name)).arg(package);
    project::run(&mut go)
}
