//! `envtest`: builds a real control plane, as `KUBEBUILDER_ASSETS` expects it, from the Go module in `tests/envtest`.

use std::{path::PathBuf, process::Command};

use anyhow::Result;

use crate::project;

/// The Kubernetes version that `tests/envtest/go.mod` pins.
const KUBERNETES: &str = "v1.36.3";

/// Build kube-apiserver, etcd and kubectl into a folder that then serves as `KUBEBUILDER_ASSETS`.
///
/// Needs Go. Takes about 8 minutes with an empty Go cache, seconds with a warm one.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder for the programs [default: target/envtest]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Build kube-controller-manager, too, for the tests that compare what becomes of deleted owners and namespaces
    #[arg(long)]
    controller_manager: bool,
}

/// Builds the programs and prints the folder, the only thing on standard output.
pub(crate) fn run(args: &Args) -> Result<()> {
    let out = project::assets(args.out.as_deref());
    std::fs::create_dir_all(&out)?;
    let out = out.canonicalize()?;
    eprintln!("building etcd");
    build(&out, "etcd", "go.etcd.io/etcd/server/v3", "-s -w")?;
    let version = "k8s.io/component-base/version";
    let flags = format!("-s -w -X {version}.gitVersion={KUBERNETES} -X {version}.gitMajor=1 -X {version}.gitMinor=36");
    let more = args.controller_manager.then_some("kube-controller-manager");
    for name in ["kube-apiserver", "kubectl"].into_iter().chain(more) {
        eprintln!("building {name} {KUBERNETES} (minutes the first time)");
        build(&out, name, &format!("k8s.io/kubernetes/cmd/{name}"), &flags)?;
    }
    println!("{}", out.display());
    Ok(())
}

fn build(out: &std::path::Path, name: &str, package: &str, link_flags: &str) -> Result<()> {
    let mut go = Command::new("go");
    go.current_dir(project::root().join("tests/envtest"));
    go.args(["build", "-ldflags", link_flags, "-o"]).arg(out.join(name)).arg(package);
    project::run(&mut go)
}
