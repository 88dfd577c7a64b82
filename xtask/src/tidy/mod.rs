//! `tidy`: the house rules that a program can check, over the files that git knows.
//!
//! Each check is a function from the project's files to findings, in a module of its own. What may stay as it is, and why, is
//! listed in `exceptions.toml`; words that the project has given up are listed in `words.toml`.

mod dependencies;
mod emitted_text;
mod exceptions;
mod finding;
mod go_tests;
mod machine;
mod module_docs;
mod pages;
mod panics;
mod rust;
mod sizes;
mod tree;
mod words;

use std::path::PathBuf;

use anyhow::{Result, bail};

use self::{
    exceptions::Exceptions,
    finding::{Finding, Measure},
    tree::Tree,
};
use crate::project;

/// One house rule.
struct Check {
    /// What `exceptions.toml` calls it.
    name: &'static str,
    /// What the limit of an exception means.
    measure: Measure,
    /// Everything that breaks the rule.
    find: fn(&Tree) -> Vec<Finding>,
}

const CHECKS: [Check; 12] = [
    Check { name: "file-size", measure: Measure::Size, find: sizes::files },
    Check { name: "function-size", measure: Measure::Size, find: sizes::functions },
    Check { name: "word", measure: Measure::Count, find: words::texts },
    Check { name: "identifier", measure: Measure::Count, find: words::identifiers },
    Check { name: "file-name", measure: Measure::Count, find: words::file_names },
    Check { name: "emitted-text", measure: Measure::Count, find: emitted_text::find },
    Check { name: "panic", measure: Measure::Count, find: panics::find },
    Check { name: "module-docs", measure: Measure::Count, find: module_docs::find },
    Check { name: "dependency", measure: Measure::Count, find: dependencies::find },
    Check { name: "machine", measure: Measure::Count, find: machine::find },
    Check { name: "page", measure: Measure::Count, find: pages::find },
    Check { name: "go-test", measure: Measure::Count, find: go_tests::find },
];

/// Check the house rules: sizes, words, panics, module docs, dependencies
///
/// Prints one line for each finding (`file:line: [check] what: what to do`) and ends with exit status 1 if there is any.
/// What may stay is listed, with its reason, in xtask/src/tidy/exceptions.toml.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only these checks, such as `word`; may be given again
    #[arg(long, value_name = "CHECK")]
    only: Vec<String>,
    /// Where the rules are that the runtime follows; by default `../shared`, which may be absent
    #[arg(long, value_name = "DIR")]
    shared: Option<PathBuf>,
}

/// Runs the checks and prints what they find.
pub(crate) fn run(args: &Args) -> Result<()> {
    let known = CHECKS.map(|check| check.name);
    if let Some(name) = args.only.iter().find(|name| !known.contains(&name.as_str())) {
        bail!("there is no check {name:?}; the checks are {}", known.join(", "));
    }
    let mut tree = Tree::read(&project::root())?;
    let shared = args.shared.clone().unwrap_or_else(|| project::root().join("../shared"));
    tree.semantics = std::fs::read_to_string(shared.join("runtime-semantics.md")).ok();
    let exceptions = Exceptions::read(include_str!("exceptions.toml"))?;
    let mut found = exceptions.with_unknown_check(&known);
    for check in CHECKS.iter().filter(|check| args.only.is_empty() || args.only.iter().any(|name| name == check.name)) {
        found.extend(exceptions.apply(check.name, check.measure, &(check.find)(&tree)));
    }
    found.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    for finding in &found {
        println!("{finding}");
    }
    if !found.is_empty() {
        bail!("{} found that the house rules do not allow", found.len());
    }
    println!("{} files are tidy", tree.files.len());
    Ok(())
}
