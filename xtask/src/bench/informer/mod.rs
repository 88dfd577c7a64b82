//! The runtime beside client-go and kube-rs: the same objects and events from the same neutral server, in one run.
//!
//! `programs` builds the server and the three clients, `runs` has them measure themselves in turn, `bars` compares the
//! medians with what is asked.

mod bars;
mod programs;
mod runs;

use std::path::PathBuf;

use anyhow::Result;

pub(super) use programs::ours;
pub(super) use runs::{Figures, figures, medians};

use crate::project;

/// The runtime beside client-go and kube-rs
///
/// Each client lists the objects of a neutral server, keeps them in a cache with one index and one handler, takes a burst of events
/// and looks objects up; then each reconciles them in a controller that does nothing, and puts a million items through its work queue. kube-rs and ours have the same allocator.
/// Every client measures its own CPU time and memory; what is printed are medians. The machine is shared by server and client: quote
/// the ratios.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask bench informer
  cargo xtask bench informer --objects 10000 --repeat 5
  cargo xtask bench informer --only ours --mode compact")]
pub(crate) struct Args {
    /// How many objects the server holds [default: 10000 and 100000]
    #[arg(long, value_name = "N")]
    objects: Vec<usize>,
    /// How many events it sends in the burst
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    events: usize,
    /// How often each client is measured
    #[arg(long, value_name = "N", default_value_t = 3)]
    repeat: usize,
    /// Measure these clients alone
    #[arg(long, value_enum)]
    only: Vec<Side>,
    /// Measure this alone
    #[arg(long, value_enum)]
    mode: Vec<Mode>,
    /// The folder with the server and the peers' clients
    #[arg(long, value_name = "DIR", default_value = "../shared/bench/informer")]
    peers: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
enum Side {
    Ours,
    KubeRs,
    ClientGo,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
enum Mode {
    /// A cache of typed objects
    Typed,
    /// A cache of compact objects, which only ours has
    Compact,
    /// A controller
    Control,
    /// The work queue alone, which kube-rs does not have
    Queue,
}

/// Measures and prints.
pub(crate) fn run(args: &Args) -> Result<()> {
    let clients = [Side::Ours, Side::KubeRs, Side::ClientGo];
    let clients: Vec<_> =
        clients.into_iter().filter(|client| args.only.is_empty() || args.only.contains(client)).collect();
    let modes = [Mode::Typed, Mode::Compact, Mode::Control, Mode::Queue];
    let modes: Vec<_> = modes.into_iter().filter(|mode| args.mode.is_empty() || args.mode.contains(mode)).collect();
    let programs = programs::build(&project::root().join(&args.peers), &clients)?;
    let sizes = if args.objects.is_empty() { &[10_000, 100_000][..] } else { &args.objects };
    for objects in sizes {
        let plan = runs::Plan { objects: *objects, events: args.events, repeat: args.repeat };
        let medians = runs::measure(&programs, &plan, &clients, &modes)?;
        bars::print(*objects, &medians);
    }
    Ok(())
}
