//! Runs the clients against the server, in turn, and takes the medians.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use anyhow::{Context, Result, ensure};
use memmap2::MmapOptions;
use serde_json::{Map, Value};

use super::{Mode, Side, programs::Programs};

/// How much is measured, and how often.
pub(super) struct Plan {
    pub(super) objects: usize,
    pub(super) events: usize,
    pub(super) repeat: usize,
}

/// Figures by name.
pub(in crate::bench) type Figures = BTreeMap<String, f64>;

/// The medians of each client's figures.
pub(super) type Medians = BTreeMap<(Mode, Side), Figures>;

/// Has every client measure itself as often as planned. They take turns, so that a busy minute spoils
/// nobody's figures alone, and another one begins each time, because it counts who ran before.
pub(super) fn measure(programs: &Programs, plan: &Plan, clients: &[Side], modes: &[Mode]) -> Result<Medians> {
    let server = Server::start(&programs.server, plan)?;
    let mut runs: BTreeMap<(Mode, Side), Vec<Figures>> = BTreeMap::new();
    let mut clients = clients.to_vec();
    for turn in 1..=plan.repeat {
        for mode in modes {
            for client in clients.iter().filter(|client| has(**client, *mode)) {
                eprintln!("{} objects, turn {turn} of {}: {client:?}, {mode:?}", plan.objects, plan.repeat);
                let figures = run(programs.of(*client), *client, *mode, plan, &server.url)?;
                runs.entry((*mode, *client)).or_default().push(figures);
            }
        }
        clients.rotate_left(1);
    }
    Ok(runs.into_iter().map(|(name, runs)| (name, medians(&runs))).collect())
}

/// Whether a client has what is measured.
fn has(client: Side, mode: Mode) -> bool {
    match mode {
        Mode::Typed | Mode::Control => true,
        Mode::Compact => client == Side::Ours,
        Mode::Queue => client != Side::KubeRs,
    }
}

fn run(program: &Path, client: Side, mode: Mode, plan: &Plan, url: &str) -> Result<Figures> {
    let mut command = Command::new(program);
    let (objects, events) = (plan.objects.to_string(), plan.events.to_string());
    if client == Side::Ours {
        command.args(["--objects", &objects, "--events", &events, "--url", url, "--mode"]);
        command.arg(match mode {
            Mode::Typed => "typed",
            Mode::Compact => "compact",
            Mode::Control => "control",
            Mode::Queue => "queue",
        });
    } else {
        command.args(["-n", &objects, "-events", &events, "-url", url, "-mode"]);
        command.arg(match mode {
            Mode::Typed | Mode::Compact => "typed",
            Mode::Control => "ctrl",
            Mode::Queue => "queue",
        });
        if client == Side::KubeRs && mode == Mode::Typed {
            command.args(["-list", "stream"]);
        }
    }
    figures(&mut command)
}

/// About what the largest client takes.
const MEMORY: usize = 2 << 30;

/// Runs a client to its end, and returns the figures that it prints in its last line.
pub(in crate::bench) fn figures(command: &mut Command) -> Result<Figures> {
    warm_memory()?;
    let output = command.stderr(Stdio::inherit()).output()?;
    ensure!(output.status.success(), "{} ended with {}", command.get_program().display(), output.status);
    let text = String::from_utf8(output.stdout)?;
    let line = text.lines().last().context("nothing was printed")?;
    let figures: Map<String, Value> = serde_json::from_str(line)?;
    Ok(figures.into_iter().filter_map(|(name, value)| Some((name, value.as_f64()?))).collect())
}

/// Touches as much memory as the next client may take, in huge pages as its allocator does. The kernel of a virtual machine
/// gives free memory back to the host after two seconds, and to have a gigabyte from the host again takes seconds of CPU,
/// which the first list of a client would pay for or not, depending on who ran before.
fn warm_memory() -> Result<()> {
    let mut memory = MmapOptions::new().len(MEMORY).map_anon()?;
    // A kernel that has no huge pages refuses, and then the clients have none either.
    #[cfg(target_os = "linux")]
    let _ = memory.advise(memmap2::Advice::HugePage);
    memory.iter_mut().step_by(4096).for_each(|byte| *byte = 1);
    Ok(())
}

/// The median of each figure. Both middle ones are as good.
pub(in crate::bench) fn medians(runs: &[Figures]) -> Figures {
    let names = runs.iter().flat_map(Figures::keys).cloned();
    let median = |name: String| {
        let mut values: Vec<f64> = runs.iter().filter_map(|run| run.get(&name).copied()).collect();
        values.sort_by(f64::total_cmp);
        let middle = values[values.len() / 2];
        (name, middle)
    };
    names.map(median).collect()
}

/// The neutral server, which ends with this value.
struct Server {
    process: Child,
    url: String,
}

impl Server {
    fn start(program: &Path, plan: &Plan) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port().to_string();
        let (objects, events) = (plan.objects.to_string(), plan.events.to_string());
        let mut command = Command::new(program);
        command.args(["--port", &port, "--objects", &objects, "--events", &events]).stderr(Stdio::piped());
        let mut server = Self { process: command.spawn()?, url: format!("http://127.0.0.1:{port}") };
        let log = server.process.stderr.take().context("the server's log is piped")?;
        let mut lines = BufReader::new(log).lines();
        ensure!(lines.any(|line| line.is_ok_and(|line| line.contains("ready"))), "the server ended at once");
        // Whatever else it says must not fill the pipe.
        thread::spawn(move || lines.for_each(drop));
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
