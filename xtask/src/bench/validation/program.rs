//! Our side: a crate below the target folder that holds the types of the CRDs and what measures them, compiled as users do.
//!
//! What it needs beside our crates are the peers, which the workspace does not depend on.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    pairs::Case,
    side::{Answer, Least},
};
use crate::{
    project,
    scratch::{self, Files, Scratch},
};

/// The mean nanoseconds of each stage.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Times {
    /// From JSON text to the errors.
    pub(super) whole: f64,
    /// JSON text to a value, and giving its memory back.
    pub(super) parse: f64,
    /// Everything that is checked of a decoded object, rules included.
    pub(super) check: f64,
    /// The check against the schema alone.
    pub(super) schema: f64,
    /// JSON text to a typed object; none if it needs defaults to be read.
    pub(super) read_raw: Option<f64>,
    /// The same of what the API server stores.
    pub(super) read_stored: f64,
    /// `validate()` of the typed object.
    pub(super) typed: f64,
    /// What the API server would answer.
    pub(super) errors: Vec<String>,
    /// What `validate()` answers.
    pub(super) typed_errors: Vec<String>,
}

/// What the crate `jsonschema` takes for a check against the schema alone.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(super) struct Yardstick {
    /// In nanoseconds.
    pub(super) check: f64,
    /// How many errors it finds.
    pub(super) errors: usize,
}

impl Least for Yardstick {
    fn least(&self, other: &Self) -> Self {
        Self { check: self.check.min(other.check), ..*self }
    }
}

impl Least for Times {
    fn least(&self, other: &Self) -> Self {
        let least = |left: Option<f64>, right: Option<f64>| Some(left?.min(right?));
        Self {
            whole: self.whole.min(other.whole),
            parse: self.parse.min(other.parse),
            check: self.check.min(other.check),
            schema: self.schema.min(other.schema),
            read_raw: least(self.read_raw, other.read_raw),
            read_stored: self.read_stored.min(other.read_stored),
            typed: self.typed.min(other.typed),
            ..self.clone()
        }
    }
}

/// Generates the crate and builds it.
pub(super) fn objects(cases: &[Case]) -> Result<PathBuf> {
    let runtime = scratch::toml_path(&project::root().join("runtime"));
    let schema = scratch::toml_path(&project::root().join("schema"));
    let dependencies = format!(
        "crdgen-runtime = {{ path = {runtime}, default-features = false, features = [\"validate\"] }}
crdgen-schema = {{ path = {schema}, default-features = false, features = [\"verdict\"] }}
k8s-openapi = {{ version = \"0.29\", features = [\"latest\"] }}
serde = \"1\"
serde_json = \"1\"
"
    );
    let mut modules: BTreeMap<String, Files> =
        cases.iter().map(|case| (case.generated.module.clone(), case.generated.files.clone())).collect();
    let root = root(cases, modules.keys());
    modules.insert(
        "measure".to_owned(),
        files(&[
            ("mod.rs", "pub mod clock;\npub mod objects;\n"),
            ("clock.rs", include_str!("program/clock.rs")),
            ("objects.rs", include_str!("program/objects.rs")),
        ]),
    );
    build("objects", dependencies, &modules, &root)
}

/// Builds what measures the crate `jsonschema`.
pub(super) fn yardstick() -> Result<PathBuf> {
    let dependencies = "jsonschema = { version = \"0.61\", default-features = false }\nserde_json = \"1\"\n".to_owned();
    let measure = files(&[
        ("mod.rs", "pub mod clock;\npub mod yardstick;\n"),
        ("clock.rs", include_str!("program/clock.rs")),
        ("yardstick.rs", include_str!("program/yardstick.rs")),
    ]);
    let root = "//! Measures objects with jsonschema.

mod measure;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    measure::yardstick::run()
}
";
    build("yardstick", dependencies, &BTreeMap::from([("measure".to_owned(), measure)]), root)
}

/// Builds what measures rules.
pub(super) fn rules() -> Result<PathBuf> {
    let schema = scratch::toml_path(&project::root().join("schema"));
    let dependencies = format!(
        "cel = \"0.15\"
crdgen-schema = {{ path = {schema}, default-features = false, features = [\"verdict\"] }}
nix = {{ version = \"0.31\", default-features = false, features = [\"time\"] }}
serde_json = \"1\"
"
    );
    let measure = files(&[
        ("mod.rs", "pub mod allocations;\npub mod clock;\npub mod rules;\n"),
        ("allocations.rs", include_str!("program/allocations.rs")),
        ("clock.rs", include_str!("program/clock.rs")),
        ("rules.rs", include_str!("program/rules.rs")),
    ]);
    let root = "//! Measures rules.

mod measure;

#[global_allocator]
static ALLOCATOR: measure::allocations::Counted = measure::allocations::Counted;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    measure::rules::run()
}
";
    build("rules", dependencies, &BTreeMap::from([("measure".to_owned(), measure)]), root)
}

/// Builds what measures ferricel, which brings a compiler of its own.
pub(super) fn ferricel() -> Result<PathBuf> {
    // 0.13 needs Rust 1.96.
    let dependencies = "ferricel-core = { version = \"0.12\", default-features = false }
nix = { version = \"0.31\", default-features = false, features = [\"time\"] }
serde_json = \"1\"
"
    .to_owned();
    build("ferricel", dependencies, &BTreeMap::new(), include_str!("program/ferricel.rs"))
}

fn files(files: &[(&str, &str)]) -> Files {
    files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// The main file: one call for each type, chosen by its path.
fn root<'a>(cases: &[Case], modules: impl Iterator<Item = &'a String>) -> String {
    let modules: String = modules.flat_map(|module| ["mod ", module, ";\n"]).collect();
    let arms: String = cases
        .iter()
        .flat_map(|case| ["        \"", &case.path, "\" => objects::typed::<", &case.path, ">(task),\n"])
        .collect();
    format!(
        "//! Measures objects.
#![allow(warnings)]

mod measure;
{modules}
use measure::objects;

fn main() -> Result<(), Box<dyn std::error::Error>> {{
    objects::run(typed)
}}

fn typed(path: &str, task: &mut objects::Task) -> Result<(), Box<dyn std::error::Error>> {{
    match path {{
{arms}        _ => Err(\"not a type of this program\".into()),
    }}
}}
"
    )
}

/// Writes and builds a crate with the workspace's release profile; returns its program.
fn build(name: &str, dependencies: String, modules: &BTreeMap<String, Files>, root: &str) -> Result<PathBuf> {
    let base = project::target().join("bench/validate");
    let scratch = Scratch { folder: base.join(name), target: base.join("target"), dependencies, deny_warnings: false };
    scratch.write(modules, ("main.rs", root))?;
    eprintln!("building our side: {name} (minutes the first time)");
    let mut build = scratch.cargo("build");
    build.arg("--release");
    if scratch.dependencies.contains("crdgen-") {
        // The workspace's own profile. Others are built as they come.
        build.env("CARGO_PROFILE_RELEASE_LTO", "thin").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1");
    }
    // Names of functions, for whoever profiles it.
    build.env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only");
    project::run(&mut build)
        .context("our side does not build: its crates come from the registry, through the network")?;
    let program = base.join(name).with_extension("program");
    std::fs::copy(base.join("target/release/scratch"), &program)?;
    Ok(program)
}

/// Measures one object, each stage for some seconds.
pub(super) fn measure(program: &Path, case: &Case, seconds: f64) -> Result<Times> {
    let mut command = Command::new(program);
    command.arg(&case.crd).arg(&case.version).arg(&case.object).arg(&case.path).arg(seconds.to_string());
    figures(&mut command, &case.name)
}

/// Measures the crate `jsonschema` on one object for some seconds.
pub(super) fn measure_yardstick(program: &Path, case: &Case, seconds: f64) -> Result<Answer<Yardstick>> {
    let mut command = Command::new(program);
    command.arg(&case.json_schema).arg(&case.stored).arg(seconds.to_string());
    figures(&mut command, &case.name)
}

/// The one line that a program prints.
pub(super) fn figures<T: DeserializeOwned>(command: &mut Command, name: &str) -> Result<T> {
    let program = command.get_program().display().to_string();
    let output = command.output().with_context(|| format!("cannot start {program}"))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program} cannot measure {name}: {}", errors.trim());
    serde_json::from_slice(&output.stdout).with_context(|| format!("the figures of {program} for {name}"))
}
