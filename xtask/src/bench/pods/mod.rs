//! The memory of a cache of Pods, beside client-go's: the same Pods from the same server, in one run.
//!
//! `sample` has the Pods, `server` serves them from this process, and each client is a process that measures itself: ours is
//! `informer-bench`, client-go's is the Go program in `go/`.

mod sample;
mod server;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::informer::{self, Figures};
use crate::project;

/// What a compact Pod may take at most, as a part of what client-go takes for it.
const BAR: f64 = 1.0 / 3.0;

/// The memory of a cache of Pods beside client-go's
///
/// Each client lists Pods of about 6 KB of JSON by watching, with its library's defaults: client-go keeps managed fields, ours leaves
/// them out. Memory is what the process has grown by from before the list until after it, once garbage is gone (two collections and
/// `FreeOSMemory` in Go; ours has mimalloc). What is printed are medians: quote the ratios.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask bench pods
  cargo xtask bench pods --objects 20000 --repeat 1")]
pub(crate) struct Args {
    /// How many Pods there are
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    objects: usize,
    /// How often each client is measured
    #[arg(long, value_name = "N", default_value_t = 3)]
    repeat: usize,
}

/// A client that is measured: its name, its program, and the arguments that it alone has.
struct Client {
    name: &'static str,
    program: PathBuf,
    arguments: &'static [&'static str],
}

/// Measures and prints.
pub(crate) fn run(args: &Args) -> Result<()> {
    eprintln!("building ours and client-go's (minutes the first time)");
    let (ours, go) = (informer::ours()?, go()?);
    let clients = [
        Client { name: "client-go", program: go, arguments: &[] },
        Client { name: "ours, typed", program: ours.clone(), arguments: &["--mode", "pods"] },
        Client { name: "ours, compact", program: ours, arguments: &["--mode", "compact-pods"] },
    ];
    let url = server::start(args.objects)?;
    let mut runs = clients.each_ref().map(|_| Vec::new());
    for turn in 1..=args.repeat {
        for (client, runs) in clients.iter().zip(&mut runs) {
            eprintln!("turn {turn} of {}: {}", args.repeat, client.name);
            runs.push(measured(client, &url, args.objects)?);
        }
    }
    print(args.objects, &clients, &runs.each_ref().map(|runs| informer::medians(runs)))
}

fn measured(client: &Client, url: &str, objects: usize) -> Result<Figures> {
    let mut command = Command::new(&client.program);
    command.args(client.arguments).args(["--url", url, "--objects", &objects.to_string()]);
    informer::figures(&mut command)
}

/// Builds client-go's program.
fn go() -> Result<PathBuf> {
    let program = project::target().join("bench/pods/client-go");
    let mut build = Command::new("go");
    build.args(["build", "-buildvcs=false", "-o"]).arg(&program).arg(".");
    project::run(build.current_dir(project::root().join(Path::new("xtask/src/bench/pods/go"))))
        .context("client-go's program needs Go, and its modules come through the network")?;
    Ok(program)
}

/// A line for each client; the first is the one that the others are compared with.
fn print(objects: usize, clients: &[Client], medians: &[Figures]) -> Result<()> {
    let length = sample::Pods::new()?.length();
    println!("\n{objects} Pods of {length} bytes of JSON");
    println!(
        "{:16} {:>9} {:>9} {:>8} {:>7} {:>12} {:>10} {:>8}",
        "", "RSS, MB", "a Pod, KB", "/go", "peak, x", "list, CPU s", "list, s", "get, µs"
    );
    #[expect(clippy::cast_precision_loss, reason = "millions at most")]
    let count = objects as f64;
    let mut first = None;
    for (client, figures) in clients.iter().zip(medians) {
        let figure = |name: &str| figures.get(name).copied().with_context(|| format!("{}: no {name}", client.name));
        let (rss, peak) = (figure("sync_rss_mb")?, figure("sync_peak_mb")?);
        let pod = (rss - figure("base_rss_mb")?) * 1024.0 / count;
        let ratio = pod / *first.get_or_insert(pod);
        println!(
            "{:16} {rss:>9.0} {pod:>9.2} {ratio:>8.3} {:>7.2} {:>12.2} {:>10.2} {:>8.2}",
            client.name,
            peak / rss,
            figure("sync_cpu_s")?,
            figure("sync_s")?,
            figure("get_decoded_us")?
        );
        if client.name == "ours, compact" {
            let verdict = if ratio <= BAR { "held" } else { "missed" };
            println!("the bar for compact Pods, at most {BAR:.3} of client-go's: {verdict}");
        }
    }
    Ok(())
}
