//! What generated types cost to compile, beside kopium's for the same CRDs.
//!
//! Both sides hold the same versions of the same CRDs: those that both can generate and compile. Dependencies are
//! compiled first; what is measured is `cargo check` of the one crate that holds the types, and, if asked for, `cargo
//! build` of the crate with a program that reads and writes one of them.

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::kopium;
use crate::{
    corpus::generate::{self, Generated},
    project, sample,
    scratch::{self, Files, Scratch},
    usage::{self, Usage},
};

/// CPU and memory of compiling generated types, beside kopium's for the same CRDs
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder with CRDs
    #[arg(long, value_name = "DIR", default_value = "target/shared/dev")]
    crds: PathBuf,
    /// How many CRDs, chosen by the seed
    #[arg(long, value_name = "N", default_value_t = 100)]
    sample: usize,
    /// The seed of the sample
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many rounds: in each, kopium's crate is checked once, and ours three times before and three times after it; the
    /// medians are compared
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,
    /// Measure kopium's output with its kube derive as well
    #[arg(long)]
    kube: bool,
    /// Measure `cargo build` of a program that uses one of the types as well; compiles all dependencies, which takes
    /// minutes
    #[arg(long)]
    binary: bool,
}

/// One way to generate the types, and its crate.
struct Side {
    name: &'static str,
    scratch: Scratch,
    modules: BTreeMap<String, Files>,
    /// A type of each module, by its path.
    types: BTreeMap<String, String>,
    checks: Vec<Usage>,
    builds: Vec<Usage>,
}

/// Generates, drops what one side cannot compile, measures in turn, prints the table.
pub(crate) fn run(args: &Args) -> Result<()> {
    let files = sample::files(&args.crds, &["yaml", "yml", "json"])?;
    let name = |file: &PathBuf| file.strip_prefix(&args.crds).unwrap_or(file).to_string_lossy().into_owned();
    let files = sample::sample(files, args.sample, args.seed, name);
    let mut sides = generate(&files, args.kube)?;
    compile_what_both_can(&mut sides)?;
    for round in 0..args.rounds {
        eprintln!("round {} of {}", round + 1, args.rounds);
        measure_round(&mut sides)?;
    }
    if args.binary {
        build(&mut sides, args.rounds)?;
    }
    print(&sides, files.len());
    Ok(())
}

/// How often the first side is measured before the others in a round, and again after them.
const SHORT_RUNS: usize = 3;

/// The first side takes a twentieth of the time of another: a single run of it would catch a fast or a slow moment of the
/// machine, so it has several on both sides of theirs.
fn measure_round(sides: &mut [Side]) -> Result<()> {
    let Some((ours, peers)) = sides.split_first_mut() else { return Ok(()) };
    let several = |side: &mut Side| -> Result<()> {
        for _ in 0..SHORT_RUNS {
            side.checks.push(measure(&side.scratch, "check")?);
        }
        Ok(())
    };
    several(ours)?;
    for peer in peers {
        peer.checks.push(measure(&peer.scratch, "check")?);
    }
    several(ours)
}

/// Adds a program to each crate, the same kind on every side, and measures its build.
fn build(sides: &mut [Side], rounds: usize) -> Result<()> {
    let in_all = |module: &&String| sides.iter().all(|side| side.types.contains_key(*module));
    let module = sides.first().and_then(|side| side.modules.keys().find(in_all)).context("no CRD is on all sides")?;
    let module = module.clone();
    for side in &*sides {
        eprintln!("building {} with its dependencies", side.name);
        fs::write(side.scratch.folder.join("src/main.rs"), program(&side.types[&module]))?;
        let output = side.scratch.check("build")?;
        ensure!(output.status.success(), "{} does not build:\n{}", side.name, String::from_utf8_lossy(&output.stderr));
    }
    for round in 0..rounds {
        eprintln!("build round {} of {rounds}", round + 1);
        for side in &mut *sides {
            side.builds.push(measure(&side.scratch, "build")?);
        }
    }
    Ok(())
}

/// A program that reads a value from standard input and writes it.
fn program(path: &str) -> String {
    format!(
        "fn main() {{
    let value: scratch::{path} = serde_json::from_reader(std::io::stdin()).expect(\"a value\");
    println!(\"{{}}\", serde_json::to_string(&value).expect(\"JSON\"));
}}
"
    )
}

fn generate(files: &[PathBuf], kube: bool) -> Result<Vec<Side>> {
    let program = kopium::program()?;
    let mut sides = vec![
        side("crdgen, types only", "crdgen", &crdgen_dependencies()),
        side("kopium, --hide-kube", "kopium", KOPIUM_DEPENDENCIES),
    ];
    if kube {
        sides.push(side("kopium, with its kube derive", "kopium-kube", KOPIUM_DEPENDENCIES));
    }
    for (number, file) in files.iter().enumerate() {
        let text = fs::read_to_string(file)?;
        let Ok(crd) = generate::one(&file.to_string_lossy(), &text, number, true) else { continue };
        let peers = (1..sides.len()).map(|index| kopium(&program, file, &crd, index == 2));
        let Ok(peers) = peers.collect::<Result<Vec<Files>>>() else { continue };
        if let Some(resource) = crd.resources.first() {
            sides[0].types.insert(crd.module.clone(), format!("{}::{}", crd.module, resource.path));
            // kopium's types start at the spec.
            let path = format!("{}::{}::{}Spec", crd.module, resource.version, resource.kind);
            sides[1..].iter_mut().for_each(|side| drop(side.types.insert(crd.module.clone(), path.clone())));
        }
        for (side, files) in sides.iter_mut().zip([crd.files].into_iter().chain(peers)) {
            side.modules.insert(crd.module.clone(), files);
        }
    }
    Ok(sides)
}

fn side(name: &'static str, folder: &str, dependencies: &str) -> Side {
    let base = project::target().join("bench/types");
    let scratch = Scratch {
        folder: base.join(folder),
        target: base.join(format!("target-{folder}")),
        dependencies: dependencies.to_owned(),
        deny_warnings: false,
    };
    Side { name, scratch, modules: BTreeMap::new(), types: BTreeMap::new(), checks: Vec::new(), builds: Vec::new() }
}

fn crdgen_dependencies() -> String {
    let runtime = scratch::toml_path(&project::root().join("runtime"));
    format!(
        "crdgen-runtime = {{ path = {runtime}, default-features = false }}
k8s-openapi = {{ version = \"0.29\", features = [\"latest\"] }}
serde_json = \"1\"
"
    )
}

const KOPIUM_DEPENDENCIES: &str = "k8s-openapi = { version = \"0.29\", features = [\"latest\"] }
kube = { version = \"5\", default-features = false, features = [\"derive\"] }
serde = { version = \"1\", features = [\"derive\"] }
serde_json = \"1\"
";

/// kopium writes one version at a time: each becomes a file, all of them one module.
fn kopium(program: &std::path::Path, file: &std::path::Path, crd: &Generated, kube: bool) -> Result<Files> {
    let mut files = Files::new();
    let versions: Vec<&String> = crd.resources.iter().map(|resource| &resource.version).collect();
    for version in &versions {
        files.insert(format!("{version}.rs"), kopium::generate(program, file, version, kube)?);
    }
    files.insert("mod.rs".to_owned(), root(versions.into_iter()));
    Ok(files)
}

fn compile_what_both_can(sides: &mut [Side]) -> Result<()> {
    loop {
        let mut excluded = Vec::new();
        for side in &*sides {
            eprintln!("compiling {}: {} CRDs", side.name, side.modules.len());
            side.scratch.write(&side.modules, ("lib.rs", &root(side.modules.keys())))?;
            let output = side.scratch.check("check")?;
            if output.status.success() {
                continue;
            }
            let faults = scratch::faults(&output, &side.modules);
            if faults.is_empty() {
                bail!("{} does not compile:\n{}", side.name, String::from_utf8_lossy(&output.stderr));
            }
            eprintln!("{} cannot compile {} of them", side.name, faults.len());
            excluded.extend(faults.into_keys());
        }
        if excluded.is_empty() {
            return Ok(());
        }
        for side in &mut *sides {
            side.modules.retain(|module, _| !excluded.contains(module));
        }
    }
}

fn root<'a>(modules: impl Iterator<Item = &'a String>) -> String {
    modules.flat_map(|module| ["pub mod ", module, ";\n"]).collect()
}

fn measure(scratch: &Scratch, command: &str) -> Result<Usage> {
    // A new modification time is what makes cargo compile the crate again.
    let root = scratch.folder.join("src/lib.rs");
    let text = fs::read(&root)?;
    fs::write(&root, text)?;
    usage::measure(&[scratch.cargo(command)])
}

fn print(sides: &[Side], asked: usize) {
    let Some(ours) = sides.first() else { return };
    println!("{} of {asked} sampled CRDs: those that every side generates and compiles", ours.modules.len());
    print_command("cargo check", sides, |side| &side.checks);
    if !ours.builds.is_empty() {
        print_command("cargo build of a program", sides, |side| &side.builds);
    }
}

fn print_command(command: &str, sides: &[Side], usages: fn(&Side) -> &Vec<Usage>) {
    println!("{command:<30} {:>9} {:>9} {:>10} {:>10}", "types", "lines", "CPU s", "peak MB");
    for side in sides {
        let lines: usize = side.modules.values().map(generate::rust_lines).sum();
        let types: usize = side.modules.values().flat_map(|files| files.values()).map(|text| count_types(text)).sum();
        let usage = Usage::median(usages(side));
        let (cpu, peak) = (usage.cpu_seconds, usage.peak_megabytes());
        println!("{:<30} {types:>9} {lines:>9} {cpu:>10.2} {peak:>10.0}", side.name);
    }
    let Some((ours, peers)) = sides.split_first() else { return };
    let our = Usage::median(usages(ours));
    for peer in peers {
        let its = Usage::median(usages(peer));
        let (cpu, peak) = (its.cpu_seconds / our.cpu_seconds, its.peak_megabytes() / our.peak_megabytes());
        println!("{} / {}: CPU {cpu:.1}x, peak memory {peak:.1}x", peer.name, ours.name);
    }
}

fn count_types(text: &str) -> usize {
    let lines = text.lines().map(str::trim_start);
    lines.filter(|line| line.starts_with("pub struct ") || line.starts_with("pub enum ")).count()
}
