//! Compares the schema crate with verdicts of the real API server's code.
//!
//! In: the unpacked conformance data (`--data`). Out: a line per suite: how many cases agree on the verdict, on the type and
//! field of every error, on its words, on the object after each stage, and on what rules cost; what differs, by kind; and failure
//! if anything differs that is not known to.

mod definition;
mod expression;
mod known;
pub(crate) mod object;
mod tally;
mod unit;
mod verdict;

use std::{fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use self::{
    object::Library,
    tally::Tally,
    verdict::{Judged, Verdict},
};

/// The files of cases.
const SUITES: [&str; 6] = ["k8s-tests", "directed", "corpus", "wide", "crd-validity", "crd-mutations"];

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

/// Runs the suites.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut library = Library::new(&args.data);
    let mut failed = Vec::new();
    for suite in SUITES.into_iter().filter(|suite| args.only.as_deref().is_none_or(|only| only == *suite)) {
        let tally = run_suite(suite, &mut library)?;
        tally.print();
        if !tally.is_complete() {
            failed.push(suite);
        }
    }
    for name in EXPRESSIONS.into_iter().filter(|name| args.only.as_deref().is_none_or(|only| only == *name)) {
        let agreement = expression::run(&args.data.join("conformance").join(format!("{name}.jsonl")))?;
        agreement.print(name);
        if !agreement.is_complete() {
            failed.push(name);
        }
    }
    ensure!(failed.is_empty(), "there are differences that are not known: {}", failed.join(", "));
    Ok(())
}

fn run_suite(suite: &'static str, library: &mut Library<'_>) -> Result<Tally> {
    let file = library.data.join("conformance").join(format!("{suite}.jsonl"));
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut tally = Tally::new(suite);
    for (number, line) in (1..).zip(text.lines()) {
        let Ok(case) = crdgen_schema::json::parse(line.as_bytes()) else {
            // A number that no JSON reader can hold: refused before anything else can be compared.
            let accepted = line.contains("\"accepted\":true") || line.contains("\"accepted\": true");
            let expected = Verdict::from_errors(accepted, &Value::Null);
            tally.add("number", &format!("line {number}"), &expected, &Verdict::default());
            continue;
        };
        let judged = match suite {
            "k8s-tests" => unit::judge(&case),
            "crd-validity" | "crd-mutations" => definition::judge(&case, library.data),
            _ => object::judge(&case, library).map(|compared| Judged::Compared(vec![compared])),
        };
        let id = ["id", "file"].iter().find_map(|key| case[key].as_str()).unwrap_or_default();
        let kind = ["kind", "check"].iter().find_map(|key| case[key].as_str()).unwrap_or("crd");
        match judged {
            Ok(Judged::Compared(compared)) => {
                for (expected, found) in &compared {
                    tally.add(kind, id, expected, found);
                }
            }
            Ok(Judged::Skipped(why)) => tally.add_skipped(why),
            Err(error) => tally.add_unread(format!("line {number}: {error:#}")),
        }
    }
    Ok(tally)
}
