//! Compares the schema crate with verdicts of the real API server's code.
//!
//! In: the unpacked conformance data (`--data`). Out: a table per suite: how many cases agree on the verdict, and on the type and
//! field of every error; what differs, by kind; and failure if agreement falls below the floors. Cases whose schema has CEL rules
//! are counted apart, since the rules are not evaluated: among them no error may be found that the server does not report.

mod definition;
mod expression;
mod object;
mod tally;
mod unit;
mod verdict;

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use self::{object::Library, tally::Tally, verdict::Verdict};

/// The suites and the least agreement of each, in tenths of a percent: on the verdict, on
/// every error, and on the object after each stage.
const SUITES: [Suite; 6] = [
    Suite { name: "k8s-tests", floors: [1000, 1000, 1000] },
    Suite { name: "directed", floors: [999, 999, 1000] },
    Suite { name: "corpus", floors: [1000, 1000, 1000] },
    Suite { name: "wide", floors: [1000, 1000, 1000] },
    Suite { name: "crd-validity", floors: [1000, 1000, 1000] },
    Suite { name: "crd-mutations", floors: [1000, 1000, 1000] },
];

/// The files of expressions, all of which must agree in everything.
const EXPRESSIONS: [&str; 2] = ["cel-conformance", "cel-k8slib"];

/// Compare validation with the verdicts of kube-apiserver's own code
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder that the data was unpacked into
    #[arg(long, default_value = "target/shared")]
    data: PathBuf,
    /// Run this suite only
    #[arg(long)]
    only: Option<String>,
}

/// One file of cases.
struct Suite {
    name: &'static str,
    floors: [usize; 3],
}

/// Runs the suites.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut library = Library::new(&args.data);
    let mut failed = Vec::new();
    for suite in SUITES.iter().filter(|suite| args.only.as_deref().is_none_or(|only| only == suite.name)) {
        let [plain, with_rules] = run_suite(suite, &mut library)?;
        plain.print(suite.name);
        with_rules.print(&format!("{} with CEL rules", suite.name));
        if !plain.reaches(suite.floors) || with_rules.invents() {
            failed.push(suite.name);
        }
    }
    for name in EXPRESSIONS.into_iter().filter(|name| args.only.as_deref().is_none_or(|only| only == *name)) {
        let agreement = expression::run(&args.data.join("conformance").join(format!("{name}.jsonl")))?;
        agreement.print(name);
        if !agreement.is_complete() {
            failed.push(name);
        }
    }
    ensure!(failed.is_empty(), "agreement is below its floor: {}", failed.join(", "));
    Ok(())
}

fn run_suite(suite: &Suite, library: &mut Library<'_>) -> Result<[Tally; 2]> {
    let file = library.data.join("conformance").join(format!("{}.jsonl", suite.name));
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut tallies = [Tally::default(), Tally::default()];
    for (number, line) in (1..).zip(text.lines()) {
        let Ok(case) = serde_json::from_str::<Value>(line) else {
            // A number that no JSON reader can hold: refused before anything else can be compared.
            let refused = Verdict { accepted: false, errors: Vec::new(), stages: Vec::new() };
            let accepted = line.contains("\"accepted\":true") || line.contains("\"accepted\": true");
            let expected = Verdict { accepted, errors: Vec::new(), stages: Vec::new() };
            tallies[0].add("number", &format!("line {number}"), &expected, &refused);
            continue;
        };
        let Some((has_rules, expected, found)) =
            judge(suite, &case, library).with_context(|| format!("{} line {number}", suite.name))?
        else {
            continue;
        };
        let id = ["id", "file"].iter().find_map(|key| case[key].as_str()).unwrap_or_default();
        let kind = ["kind", "check"].iter().find_map(|key| case[key].as_str()).unwrap_or("crd");
        tallies[usize::from(has_rules)].add(kind, id, &expected, &found);
    }
    Ok(tallies)
}

/// Whether the case has CEL rules, what is expected and what is found; nothing for cases of other machinery.
fn judge(suite: &Suite, case: &Value, library: &mut Library<'_>) -> Result<Option<(bool, Verdict, Verdict)>> {
    match suite.name {
        "k8s-tests" => unit::judge(case),
        "crd-validity" | "crd-mutations" => definition::judge(case, library.data),
        _ => object::judge(case, library).map(Some),
    }
}
