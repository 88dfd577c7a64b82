//! What a verdict costs, beside the API server's own code on the same objects.
//!
//! `pairs` reads the objects, `json_schema` prepares their schemas for a yardstick; `corpus` reads rules. `oracle`, `program` and
//! `side` build what is measured on both sides, in release, and run it. `objects`, `compile` and `rules` measure both sides in
//! turn and print.

mod compile;
mod corpus;
mod json_schema;
mod objects;
mod oracle;
mod pairs;
mod program;
mod rules;
mod side;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use serde::Serialize;

/// What a verdict costs, beside kube-apiserver's own code on the same objects
///
/// Objects: from JSON text to the errors (decode, prune, default, validate, rules), and typed values. Compile: what it takes to
/// parse, check, estimate and plan the rules of the corpus' CRDs. Rules: one evaluation of each rule of the corpus, beside the
/// crates `cel` and `ferricel` as well.
///
/// Builds what it measures below `target/bench/validate`: that takes minutes the first time, Go and the network. Quote the ratios,
/// not the times. Objects are measured in the time that passes, since the oracle has no other clock: leave the machine alone
/// meanwhile, or take many short rounds (`--seconds 0.01 --rounds 20`), of which the least counts. All else is measured in time of
/// the processor.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  ../shared/unpack target/shared
  cargo xtask bench validate
  cargo xtask bench validate --only objects --object '*rayclusters' --rules off --seconds 2
  cargo xtask bench validate --only rules --ferricel 0
  cargo xtask bench validate --output json > figures.json")]
pub(crate) struct Args {
    /// Measure this alone
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// The folder that the data was unpacked into
    #[arg(long, value_name = "DIR", default_value = "target/shared")]
    data: PathBuf,
    /// The folder of the oracle, the API server's code as a program
    #[arg(long, value_name = "DIR", default_value = "../shared/oracle")]
    oracle: PathBuf,
    /// Only objects whose file's name without its ending matches (`*` and `?`)
    #[arg(long, value_name = "GLOB")]
    object: Option<String>,
    /// With the rules of a CRD, with its schema only, or both
    #[arg(long, value_enum, default_value_t = Mode::Both)]
    rules: Mode,
    /// How many rules ferricel is asked for: it takes a second to compile one
    #[arg(long, value_name = "N", default_value_t = 50)]
    ferricel: usize,
    /// The seconds of each measurement; a tenth of it for each schema and each rule
    #[arg(long, value_name = "SECONDS", default_value_t = 0.2)]
    seconds: f64,
    /// How many rounds: in each, every object is measured on one side and then on the other; the least times are compared
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,
    /// How the figures are printed
    #[arg(long, value_enum, default_value_t = Output::Text)]
    output: Output,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Objects to errors
    Objects,
    /// Rules to programs
    Compile,
    /// Programs and values to answers
    Rules,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Mode {
    /// The rules are removed from the CRD on both sides
    Off,
    /// CRDs as they are
    On,
    Both,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Output {
    /// Tables
    Text,
    /// One JSON object; times are nanoseconds
    Json,
}

/// Builds both sides, measures in turn, prints.
pub(crate) fn run(args: &Args) -> Result<()> {
    ensure!(args.rounds > 0, "--rounds 0 measures nothing");
    ensure!(args.seconds.is_finite() && args.seconds >= 0.0, "--seconds: expected a positive number");
    let is_wanted = |part: Part| args.only.is_none_or(|only| only == part);
    let mut figures = Figures::default();
    if is_wanted(Part::Objects) {
        figures.objects = Some(objects::measure(args)?);
    }
    if is_wanted(Part::Compile) || is_wanted(Part::Rules) {
        let schemas = corpus::schemas(&args.data)?;
        if is_wanted(Part::Compile) {
            figures.compile = Some(compile::measure(args, &schemas)?);
        }
        if is_wanted(Part::Rules) {
            figures.rules = Some(rules::measure(args, &schemas)?);
        }
    }
    figures.print(args.output)
}

/// What was measured; absent if it was not asked for.
#[derive(Default, Serialize)]
struct Figures {
    #[serde(skip_serializing_if = "Option::is_none")]
    objects: Option<Vec<objects::Figures>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compile: Option<Vec<compile::Figures>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<Vec<rules::Figures>>,
}

impl Figures {
    fn print(&self, output: Output) -> Result<()> {
        if output == Output::Json {
            println!("{}", serde_json::to_string_pretty(self)?);
            return Ok(());
        }
        self.objects.as_deref().inspect(|figures| objects::print(figures));
        self.compile.as_deref().inspect(|figures| compile::print(figures));
        self.rules.as_deref().inspect(|figures| rules::print(figures));
        Ok(())
    }
}
