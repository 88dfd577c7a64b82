//! The figures of a run, and what this process has used.

use std::{collections::BTreeMap, fs, time::Instant};

use anyhow::{Context, Result};
use nix::sys::resource::{UsageWho, getrusage};

/// Figures by name.
#[derive(Default)]
pub(crate) struct Figures(BTreeMap<String, f64>);

impl Figures {
    pub(crate) fn put(&mut self, name: &str, value: f64) {
        self.0.insert(name.to_owned(), value);
    }

    /// Notes the memory of this process in MB, now and at its peak.
    pub(crate) fn put_memory(&mut self, stage: &str) -> Result<()> {
        self.put(&format!("{stage}_rss_mb"), memory("VmRSS")?);
        self.put(&format!("{stage}_peak_mb"), memory("VmHWM")?);
        Ok(())
    }

    pub(crate) fn json(&self) -> String {
        serde_json::json!(self.0).to_string()
    }
}

/// Time and CPU time since its creation.
pub(crate) struct Stopwatch {
    started: Instant,
    cpu: f64,
}

impl Stopwatch {
    pub(crate) fn start() -> Result<Self> {
        Ok(Self { started: Instant::now(), cpu: cpu_seconds()? })
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    pub(crate) fn cpu_seconds(&self) -> Result<f64> {
        Ok(cpu_seconds()? - self.cpu)
    }
}

/// The CPU time of this process, in user and in kernel mode.
fn cpu_seconds() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    #[expect(clippy::cast_precision_loss, reason = "seconds of a short run")]
    let seconds = |time: nix::sys::time::TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}

fn memory(name: &str) -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kilobytes: f64 = line.and_then(|line| line.split_whitespace().next()).context("no such line")?.parse()?;
    Ok(kilobytes / 1024.0)
}
