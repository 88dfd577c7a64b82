//! Starts workers, and looks at how they end: a stack overflow cannot be caught within a process, nor can an endless loop.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};

use crate::{finding::Finding, minimize, target::Target, worker::Work};

/// How long one input may take, on a machine that is busy and without optimizations.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often a process is looked at.
const PAUSE: Duration = Duration::from_millis(2);

/// Fuzzes one target in a process of its own. A finding is made smaller, written to a file, and printed. True if there is none.
///
/// # Errors
///
/// A process cannot be started, or a file not be written.
pub(crate) fn fuzz(target: &Target, work: &Work) -> Result<bool> {
    let mut worker = this_program()?;
    worker.args(["work", target.name, "--seconds", &work.seconds.to_string(), "--seed", &work.seed.to_string()]);
    worker.arg("--crds").arg(&work.crds).arg("--input").arg(&work.input);
    let (finding, printed) = watch(worker, &work.input)?;
    print!("{}, seed {}: {printed}", target.name, work.seed);
    let Some(finding) = finding else { return Ok(true) };
    println!("\n{}", finding.text);
    let input = current(&work.input).map(|(_, input)| input).unwrap_or_default();
    let small = minimize::minimize(target, &input, &finding, &work.input.with_extension("try"))?;
    let file = work.input.with_extension("finding");
    fs::write(&file, &small).with_context(|| format!("cannot write {}", file.display()))?;
    println!("of {} bytes, {} were left:\n{small}\nwritten to {}", input.len(), small.len(), file.display());
    Ok(false)
}

/// Tries the input in a file in a process of its own.
pub(crate) fn attempt(target: &Target, file: &Path) -> Result<Option<Finding>> {
    let mut command = this_program()?;
    command.args(["try", target.name]).arg(file);
    Ok(watch(command, file)?.0)
}

fn this_program() -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.env("RUST_BACKTRACE", "0").stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(command)
}

/// Runs a process until it ends, or until the input that `file` holds has not changed for too long.
fn watch(mut command: Command, file: &Path) -> Result<(Option<Finding>, String)> {
    let mut child = command.spawn().context("cannot start a worker")?;
    let (mut seen, mut since) = (None, Instant::now());
    while child.try_wait()?.is_none() {
        thread::sleep(PAUSE);
        let now = current(file).map(|(count, _)| count);
        if now != seen {
            (seen, since) = (now, Instant::now());
        } else if since.elapsed() > PATIENCE {
            return stop(child).map(|printed| (Some(Finding::slow(PATIENCE.as_secs())), printed));
        }
    }
    let output = child.wait_with_output()?;
    Ok((Finding::of(&output), printed(&output)))
}

fn stop(mut child: Child) -> Result<String> {
    child.kill()?;
    Ok(printed(&child.wait_with_output()?))
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The input that a worker has written down, and its number.
fn current(file: &Path) -> Option<(u64, String)> {
    let text = fs::read(file).ok()?;
    let text = String::from_utf8_lossy(&text);
    let (head, input) = text.split_once('\n')?;
    let (count, length) = head.split_once(' ')?;
    let length = length.parse().ok()?;
    Some((count.parse().ok()?, input.get(..length)?.to_owned()))
}

/// Where the current input of a target is written.
pub(crate) fn input_file(folder: &Path, target: &Target) -> PathBuf {
    folder.join(target.name).with_extension("input")
}
