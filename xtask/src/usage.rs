//! CPU time, wall time and peak memory of programs and all that they start, from the operating system's own accounting.
//!
//! The system adds up the children of a process over its whole life, so each measurement is taken by a fresh
//! process: this program started again as `cargo xtask usage`, with the programs to run on its standard input.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

/// What programs used until the last one ended.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Usage {
    /// User and system time of the programs and their children, in seconds.
    pub(crate) cpu_seconds: f64,
    /// Time that passed, in seconds.
    pub(crate) wall_seconds: f64,
    /// The largest resident set of a single process among them, in bytes.
    pub(crate) peak_bytes: u64,
}

impl Usage {
    /// The median of each figure. NaN and zero if there is no measurement.
    pub(crate) fn median(all: &[Self]) -> Self {
        let middle = |figure: fn(&Self) -> f64| {
            let mut figures: Vec<f64> = all.iter().map(figure).collect();
            figures.sort_by(f64::total_cmp);
            figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
        };
        let mut peaks: Vec<u64> = all.iter().map(|usage| usage.peak_bytes).collect();
        peaks.sort_unstable();
        Self {
            cpu_seconds: middle(|usage| usage.cpu_seconds),
            wall_seconds: middle(|usage| usage.wall_seconds),
            peak_bytes: peaks.get(peaks.len() / 2).copied().unwrap_or(0),
        }
    }

    /// The peak in megabytes.
    #[expect(clippy::cast_precision_loss, reason = "shown as megabytes")]
    pub(crate) fn peak_megabytes(&self) -> f64 {
        self.peak_bytes as f64 / 1e6
    }
}

/// A program to run, as the fresh process reads it.
#[derive(Serialize, Deserialize)]
struct Program {
    path: String,
    arguments: Vec<String>,
    folder: Option<PathBuf>,
    environment: Vec<(String, String)>,
}

impl Program {
    fn of(command: &Command) -> Self {
        let text = |text: &std::ffi::OsStr| text.to_string_lossy().into_owned();
        Self {
            path: text(command.get_program()),
            arguments: command.get_args().map(text).collect(),
            folder: command.get_current_dir().map(PathBuf::from),
            environment: command.get_envs().filter_map(|(name, value)| Some((text(name), text(value?)))).collect(),
        }
    }

    fn run(&self) -> Result<()> {
        let mut command = Command::new(&self.path);
        command.args(&self.arguments).envs(self.environment.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
        let status = status.with_context(|| format!("cannot start {}", self.path))?;
        ensure!(status.success(), "{} {} ended with {status}", self.path, self.arguments.join(" "));
        Ok(())
    }
}

/// Runs the programs on standard input one after the other, without their output, and prints their usage.
pub(crate) fn run() -> Result<()> {
    let programs: Vec<Program> = serde_json::from_reader(std::io::stdin().lock())?;
    let started = Instant::now();
    programs.iter().try_for_each(Program::run)?;
    let wall_seconds = started.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: nix::sys::time::TimeVal| {
        Duration::new(time.tv_sec().unsigned_abs(), u32::try_from(time.tv_usec() * 1000).unwrap_or(0))
    };
    let cpu_seconds = (seconds(usage.user_time()) + seconds(usage.system_time())).as_secs_f64();
    let usage = Usage { cpu_seconds, wall_seconds, peak_bytes: kilobytes(usage.max_rss()) };
    println!("{}", serde_json::to_string(&usage)?);
    Ok(())
}

/// Measures commands that run one after the other, by a fresh process of this program. Their environment and folder
/// are kept.
pub(crate) fn measure(commands: &[Command]) -> Result<Usage> {
    let programs: Vec<Program> = commands.iter().map(Program::of).collect();
    let mut outer = Command::new(std::env::current_exe()?);
    outer.arg("usage").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut outer = outer.spawn().context("cannot start the process that measures")?;
    // Dropped at the end of the statement, so that the other side sees the end of its input.
    outer.stdin.take().context("no standard input")?.write_all(&serde_json::to_vec(&programs)?)?;
    let output = outer.wait_with_output()?;
    ensure!(output.status.success(), "the measured command failed:\n{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("no usage was printed")
}

/// The largest resident set of this process so far, in bytes.
pub(crate) fn own_peak_bytes() -> Result<u64> {
    Ok(kilobytes(getrusage(UsageWho::RUSAGE_SELF)?.max_rss()))
}

fn kilobytes(count: i64) -> u64 {
    count.unsigned_abs() * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_taken_figure_by_figure() {
        let usage = |cpu_seconds, wall_seconds, peak_bytes| Usage { cpu_seconds, wall_seconds, peak_bytes };
        let median = Usage::median(&[usage(3.0, 1.0, 7), usage(1.0, 2.0, 9), usage(2.0, 9.0, 8)]);
        assert!((median.cpu_seconds - 2.0).abs() < 1e-9 && (median.wall_seconds - 2.0).abs() < 1e-9);
        assert_eq!(median.peak_bytes, 8);
        assert!(Usage::median(&[]).cpu_seconds.is_nan());
    }
}
