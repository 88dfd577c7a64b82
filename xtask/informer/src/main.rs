//! One measurement of the runtime against the servers of `cargo xtask bench informer` and `cargo xtask bench pods`.
//!
//! In: the URL of a server that holds objects and, when asked, sends a burst of events. Out: the figures as a line of JSON,
//! with the names that the other clients give them.

#[allow(unreachable_pub, reason = "generated code is made to be public")]
mod api {
    include!(concat!(env!("OUT_DIR"), "/crds/mod.rs"));
}
mod control;
mod figures;
mod informer;
mod lookups;
mod pods;
mod queue;
mod server;

use anyhow::Result;
use clap::Parser;

use figures::Figures;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measure the runtime against a neutral server
#[derive(Parser)]
struct Args {
    /// What is measured
    #[arg(long, value_enum)]
    mode: Mode,
    /// The server
    #[arg(long)]
    url: String,
    /// How many objects it holds
    #[arg(long)]
    objects: usize,
    /// How many events it sends
    #[arg(long, default_value_t = 0)]
    events: usize,
    /// How many workers reconcile
    #[arg(long, default_value_t = 1)]
    workers: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Mode {
    /// An informer of typed objects, with an index and a handler
    Typed,
    /// The same with compact objects
    Compact,
    /// A controller that does nothing
    Control,
    /// The work queue, without a server
    Queue,
    /// An informer of Pods, with a handler
    Pods,
    /// The same with compact Pods
    CompactPods,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let figures = runtime.block_on(measure(&args))?;
    println!("{}", figures.json());
    Ok(())
}

async fn measure(args: &Args) -> Result<Figures> {
    let mut figures = Figures::default();
    if args.mode == Mode::Queue {
        queue::measure(&mut figures).await?;
        return Ok(figures);
    }
    let client = crdgen_runtime::client::ConnectOptions::default().connect_to(kube::Config::new(args.url.parse()?))?;
    if matches!(args.mode, Mode::Pods | Mode::CompactPods) {
        pods::measure(args, client, &mut figures).await?;
        return Ok(figures);
    }
    // The first request also reads the authorities, as the peers do when they make their clients.
    server::reset(&client).await?;
    match args.mode {
        Mode::Control => control::measure(args, client, &mut figures).await?,
        _ => informer::measure(args, client, &mut figures).await?,
    }
    Ok(figures)
}
