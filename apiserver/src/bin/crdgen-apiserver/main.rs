//! `crdgen-apiserver`: the server on a loopback port, until it is interrupted.

mod sources;
mod threads;
mod watching;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use crdgen_apiserver::Server;

use sources::Sources;

/// Most of what a request costs is memory taken and given back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// An in-memory Kubernetes API server for custom resource definitions, custom resources and built-in objects.
///
/// It listens on 127.0.0.1, prints its address, and forgets everything when it ends. Files are installed at the start,
/// definitions first, then namespaces, then the rest, and again whenever they change; Ctrl-C ends it.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES)]
struct Arguments {
    /// Files, or folders of YAML and JSON files, with custom resource definitions to install; other objects in them are left out.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    crds: Vec<PathBuf>,
    /// Files, or folders of YAML and JSON files, with objects of any kinds to apply.
    ///
    /// They are applied on the server by the field manager `crdgen-apiserver`, which wins conflicts. An object without a namespace
    /// goes to `default`. What is removed from the files stays on the server.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    objects: Vec<PathBuf>,
    /// Leaves the files alone once they are installed, instead of applying their changes.
    #[arg(long)]
    no_watch: bool,
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = 8001)]
    port: u16,
    /// Writes a kubeconfig for the server to this file, once everything is installed.
    #[arg(long, value_name = "FILE")]
    kubeconfig_out: Option<PathBuf>,
    /// The bearer token that requests must carry; without it, everybody may do everything.
    #[arg(long)]
    token: Option<String>,
    /// Serves with TLS, by a certificate whose authority is in the kubeconfig.
    #[arg(long)]
    tls: bool,
    /// Lets workloads seem to run, as kwok does: deployments, replica sets, stateful and daemon sets, jobs and cron jobs make
    /// pods, which run, become ready and, in jobs, succeed. Each phase takes so many seconds (1 if none are given).
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "1", require_equals = true)]
    simulate: Option<f64>,
    /// Switches features on or off that Kubernetes has behind gates: `ShardedListAndWatch`, which serves `shardSelector` (KEP-5866) and is
    /// off by default.
    #[arg(long, value_name = "GATE=BOOL", value_delimiter = ',', value_parser = ["ShardedListAndWatch=true", "ShardedListAndWatch=false"])]
    feature_gates: Vec<String>,
    /// Leaves deleted namespaces Terminating, as kube-apiserver does without kube-controller-manager.
    #[arg(long, conflicts_with = "simulate")]
    no_controllers: bool,
}

const EXAMPLES: &str = "\
Examples:
  crdgen-apiserver --crds config/crd --objects config/samples --kubeconfig-out kubeconfig
  kubectl --kubeconfig kubeconfig get crds";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let shards = arguments.feature_gates.last().is_some_and(|gate| gate.ends_with("=true"));
    let mut builder = Server::builder().controllers(!arguments.no_controllers).shards(shards);
    if arguments.tls {
        builder = builder.tls();
    }
    if let Some(seconds) = arguments.simulate {
        builder = builder.simulate(Duration::try_from_secs_f64(seconds)?);
    }
    if let Some(token) = &arguments.token {
        builder = builder.token(token.as_str());
    }
    let server = builder.build();
    let sources = Sources::new(arguments.crds, arguments.objects);
    // Changes during the first reading are seen, too.
    let changes = if arguments.no_watch { None } else { watching::start(&sources)? };
    let installed = sources.read()?;
    server.install(installed.clone()).await?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let handle = server.serve_on(address, threads::start()?).await?;
    if let Some(file) = &arguments.kubeconfig_out {
        std::fs::write(file, handle.kubeconfig())
            .map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    }
    println!("{}", handle.url());
    match changes {
        Some(changes) => tokio::select! {
            () = watching::follow(changes, &sources, &server, installed) => {}
            ended = interrupted() => ended?,
        },
        None => interrupted().await?,
    }
    handle.shutdown().await;
    Ok(())
}

/// Waits for SIGINT or, where there is one, SIGTERM.
async fn interrupted() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
