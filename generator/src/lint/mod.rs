//! What is wrong with CRDs, and what does not follow conventions: what is beneath the command `crdgen lint`.
//!
//! In: CRDs as they were read, and [`Settings`]. Out: a [`Report`], which is printed as text, as JSON, as SARIF, or as annotations
//! for GitHub. [`check`] names all checks; each other file is a family of them, or a form of the report. It reads no files.

mod absent;
mod check;
mod conventions;
mod cost;
mod finding;
mod github;
mod json;
mod kubernetes;
mod library;
mod list;
mod mend;
mod number;
mod place;
mod profile;
mod refusals;
mod release;
mod report;
mod rules;
mod sarif;
mod settings;
mod text;

pub(crate) use list::list;
pub(crate) use report::Report;
pub(crate) use settings::Settings;
pub(crate) use text::Tables;

use crdgen_schema::{definition::Definition, rule};

use crate::{load::Loaded, parallel};
use finding::{Finding, Sink};
use kubernetes::Need;
use place::VersionOf;
use report::Linted;

/// Checks everything that was read.
pub(crate) fn lint(loaded: &Loaded, settings: &Settings) -> Report {
    let mut sink = Sink::new(settings);
    refusals::take(loaded, &mut sink);
    let linted = parallel::map(loaded.definitions.iter().collect(), |definition| lint_one(definition, settings));
    let (linted, findings): (Vec<Linted>, Vec<Vec<Finding>>) = linted.into_iter().unzip();
    sink.findings.extend(findings.into_iter().flatten());
    Report::new(linted, sink.findings, settings)
}

fn lint_one(definition: &Definition, settings: &Settings) -> (Linted, Vec<Finding>) {
    let mut sink = Sink::new(settings);
    let (mut costs, mut needs): (Vec<cost::Costs>, Vec<Need>) = (Vec::new(), Vec::new());
    for of in VersionOf::all(definition) {
        let sites = rule::survey(&of.version.schema);
        rules::check(of, &sites, &mut sink);
        absent::check(of, &sites, &mut sink);
        costs.push(cost::check(of, &sites, &mut sink));
        let needed = kubernetes::needs(of, &sites);
        kubernetes::check(&needed, &mut sink);
        needs.extend(needed);
        conventions::check(of, &mut sink);
    }
    let (name, source) = (definition.name.clone(), definition.source.clone());
    (Linted { name, source, needs: kubernetes::summed_up(needs), costs }, sink.findings)
}
