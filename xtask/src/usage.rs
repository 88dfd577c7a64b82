//! CPU time and peak memory of a program and all that it starts, from the operating system's own accounting.
//!
//! The system adds up the children of a process over its whole life, so each measurement is taken by a fresh
//! process: this command started again as `cargo xtask usage -- PROGRAM ARGS…`.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};

/// What a program used until it ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// User and system time of the program and its children, in seconds.
    pub(crate) cpu_seconds: f64,
    /// The largest resident set of a single process among them, in bytes.
    pub(crate) peak_bytes: u64,
}

/// Print what a program used: CPU seconds and peak bytes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true)]
    command: Vec<String>,
}

/// Runs the program with its output on standard error, then prints its usage on standard output.
pub(crate) fn run(args: &Args) -> Result<()> {
    let (program, rest) = args.command.split_first().context("no program to run")?;
    let status = Command::new(program).args(rest).stdout(Stdio::null()).status();
    let status = status.with_context(|| format!("cannot start {program}"))?;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: nix::sys::time::TimeVal| {
        std::time::Duration::new(time.tv_sec().unsigned_abs(), u32::try_from(time.tv_usec() * 1000).unwrap_or(0))
    };
    let cpu = seconds(usage.user_time()) + seconds(usage.system_time());
    println!("{} {}", cpu.as_secs_f64(), usage.max_rss().unsigned_abs() * 1024);
    ensure!(status.success(), "{program} ended with {status}");
    Ok(())
}

/// Measures a command by a fresh process of this program. Its environment and folder are kept.
pub(crate) fn measure(command: &Command) -> Result<Usage> {
    let mut outer = Command::new(std::env::current_exe()?);
    outer.args(["usage", "--"]).arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        outer.current_dir(folder);
    }
    outer.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = outer.stderr(Stdio::piped()).output()?;
    ensure!(
        output.status.success(),
        "{} failed:\n{}",
        command.get_program().display(),
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout)?;
    let (cpu, peak) = text.trim().split_once(' ').context("no usage was printed")?;
    Ok(Usage { cpu_seconds: cpu.parse()?, peak_bytes: peak.parse()? })
}

/// The largest resident set of this process so far, in bytes.
pub(crate) fn own_peak_bytes() -> Result<u64> {
    Ok(getrusage(UsageWho::RUSAGE_SELF)?.max_rss().unsigned_abs() * 1024)
}
