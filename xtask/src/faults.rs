//! `faults`: faults between controllers and an API server, with the program `faults` of the package `tests`.

use std::{path::PathBuf, time::Duration};

use anyhow::Result;
use clap::ValueEnum;

use crate::project;

/// Let faults happen between controllers and an API server, and look for what they break
///
/// Each world has a server, users who change objects there, and behind a proxy a controller, plain handlers and two candidates for a lease.
/// The proxy cuts connections in the middle of events, lets them fall silent, loses answers to writes that were made, refuses, delays, and
/// answers 401, 410, 429, 500 and 503; clocks are set, and controller and server are killed and come back. Meanwhile and in the end it is
/// checked that caches and handlers have what the server has, that no change or deletion is forgotten, no key reconciled twice at once,
/// nothing created twice, and that there are never two leaders. What is found is printed with its seed and with what happened before, and
/// the command ends with 1. What happens follows from the seed, as far as it does not depend on how tasks fall together in time.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask faults                                   100,000 faults on embedded servers, in about ten minutes
  cargo xtask faults --server real                     10,000 faults on a real one, in about five
  cargo xtask faults --for 8h --seed 100000            a night's seeds
  cargo xtask faults --seed 57 --faults 1              one world again")]
pub(crate) struct Args {
    /// The server: embedded ones, each on a paused clock, or a real kube-apiserver with etcd
    #[arg(long, value_enum, default_value_t = Server::Embedded)]
    server: Server,
    /// After so many faults no world is begun any more [default: 100000 on embedded servers, 10000 on a real one]
    #[arg(long, value_name = "N")]
    faults: Option<u64>,
    /// The seed of the first world; the others have the next ones
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Begin worlds for so long instead, such as 90s, 30m or 8h; `--seed` says from which one on
    #[arg(long = "for", value_name = "DURATION", value_parser = duration, conflicts_with = "faults")]
    time: Option<Duration>,
    /// The folder of kube-apiserver and etcd, as `cargo xtask envtest` builds it [default: target/envtest]
    #[arg(long, value_name = "DIR")]
    assets: Option<PathBuf>,
    /// With optimizations: they take minutes to build
    #[arg(long)]
    release: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Server {
    Embedded,
    Real,
}

/// Builds the program and runs it.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut cargo = project::cargo();
    cargo.args(["run", "--quiet", "--package", "tests", "--bin", "faults"]);
    if args.release {
        cargo.arg("--release");
    }
    let usual = if args.server == Server::Real { 10_000 } else { 100_000 };
    cargo.args(["--", "--seed", &args.seed.to_string(), "--faults", &args.faults.unwrap_or(usual).to_string()]);
    if let Some(time) = args.time {
        cargo.args(["--seconds", &time.as_secs().to_string()]);
    }
    if args.server == Server::Real {
        cargo.arg("--assets").arg(std::path::absolute(project::assets(args.assets.as_deref()))?);
    }
    project::run(&mut cargo)
}

/// Reads a number with a unit.
fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = text.split_at(text.len() - text.chars().next_back().map_or(0, char::len_utf8));
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        _ => return Err("expected a number with the unit s, m or h".to_owned()),
    };
    let number: u32 = number.parse().map_err(|error| format!("{number}: {error}"))?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_number_with_a_unit() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("8h"), Ok(Duration::from_hours(8)));
        for wrong in ["", "8", "h", "8d", "-1s"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
