//! Generated CRDs → crates that are compiled, a batch at a time, with warnings as errors.
//!
//! A batch whose code does not compile is compiled again without the CRDs that the compiler named, so one fault does
//! not hide the others.

use std::{collections::BTreeMap, fs, time::Instant};

use anyhow::{Result, bail, ensure};

use super::{
    generate::Generated,
    objects::{self, Object},
    report::{Report, Stage},
    round_trip,
    verdicts::{self, Case},
};
use crate::{
    project,
    scratch::{self, Scratch},
};

/// The CRDs of a batch by the module that holds each one's output.
pub(crate) type Members<'a> = BTreeMap<String, &'a Generated>;

/// How CRDs become crates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batches {
    /// How many CRDs are compiled in one crate.
    pub(crate) size: usize,
    /// Whether rustdoc must find nothing to warn of.
    pub(crate) doc: bool,
    /// Whether objects are made from each schema.
    pub(crate) synthesize: bool,
}

/// Compiles all of `generated`, runs `objects` through the types, and has them judge `cases`.
pub(crate) fn check(
    generated: &[Generated],
    objects: &[Object],
    cases: &[Case],
    how: &Batches,
    report: &mut Report,
) -> Result<()> {
    let started = Instant::now();
    let batches: Vec<&[Generated]> = generated.chunks(how.size.max(1)).collect();
    for (number, batch) in batches.iter().enumerate() {
        eprintln!("compiling batch {} of {}", number + 1, batches.len());
        let scratch = scratch(&format!("batch-{number:03}"));
        let members = compile(&scratch, batch, report)?;
        report.compiled += batch.len();
        if how.doc {
            document(&scratch)?;
        }
        let made = if how.synthesize { objects::synthesize(batch, report) } else { Vec::new() };
        let mine: Vec<&Object> =
            objects.iter().chain(&made).filter(|object| members.contains_key(&object.module)).collect();
        if !mine.is_empty() {
            round_trip::compare(&mine, &run(&scratch, &round_trip::lines(&mine))?, report)?;
        }
        let requests = verdicts::requests(cases, batch);
        if !requests.is_empty() {
            fs::write(scratch.folder.join("src/main.rs"), verdicts::program(&members))?;
            verdicts::compare(&requests, &run(&scratch, &verdicts::lines(&requests))?, report)?;
        }
    }
    report.compile_seconds = started.elapsed().as_secs_f64();
    Ok(())
}

/// The module that holds a CRD's output.
pub(crate) fn module(number: usize) -> String {
    format!("c{number:04}")
}

fn scratch(name: &str) -> Scratch {
    let base = project::target().join("corpus");
    let runtime = scratch::toml_path(&project::root().join("runtime"));
    Scratch {
        folder: base.join(name),
        target: base.join("target"),
        dependencies: format!(
            "crdgen-runtime = {{ path = {runtime} }}
k8s-openapi = {{ version = \"0.29\", features = [\"latest\"] }}
serde = \"1\"
serde_json = \"1\"
"
        ),
        deny_warnings: true,
    }
}

/// Returns the CRDs that compile.
fn compile<'a>(scratch: &Scratch, batch: &'a [Generated], report: &mut Report) -> Result<Members<'a>> {
    let mut members: Members = batch.iter().map(|crd| (crd.module.clone(), crd)).collect();
    loop {
        let files = members.iter().map(|(module, crd)| (module.clone(), crd.files.clone())).collect();
        scratch.write(&files, ("main.rs", &round_trip::program(&members)))?;
        let output = scratch.check("build")?;
        if output.status.success() {
            return Ok(members);
        }
        let faults = scratch::faults(&output, &members);
        if faults.is_empty() {
            let errors = String::from_utf8_lossy(&output.stderr);
            bail!("the batch in {} does not compile:\n{errors}", scratch.folder.display());
        }
        for (module, message) in faults {
            if let Some(crd) = members.remove(&module) {
                report.fail(Stage::Compile, &message, crd.name.clone());
            }
        }
    }
}

fn document(scratch: &Scratch) -> Result<()> {
    let output = scratch
        .cargo("doc")
        .args(["--no-deps", "--document-private-items"])
        .env("RUSTDOCFLAGS", "-Dwarnings")
        .output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the batch in {} has faulty documentation:\n{errors}", scratch.folder.display());
    Ok(())
}

/// Runs the batch's program with `input`, and returns what it printed.
fn run(scratch: &Scratch, input: &str) -> Result<String> {
    let file = scratch.folder.join("objects.jsonl");
    fs::write(&file, input)?;
    let output = scratch.cargo("run").stdin(fs::File::open(&file)?).output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "the batch in {} failed:\n{errors}", scratch.folder.display());
    Ok(String::from_utf8(output.stdout)?)
}
