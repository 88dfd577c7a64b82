//! The report for people: each finding like a compiler's, then the tables that were asked for, then one line.

use std::{cmp::Reverse, fmt::Write as _};

use crdgen_schema::{
    diagnostic::{Diagnostic, Diagnostics, Folded, escape},
    rule::{RULE_LIMIT, SCHEMA_LIMIT},
};

use super::{
    cost::{Costs, RuleCosts},
    number::{grouped, share},
    report::{Linted, Report},
};

/// What is printed beside the findings.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tables {
    /// What each rule can cost.
    pub(crate) costs: bool,
    /// Which release each CRD needs, and what for.
    pub(crate) versions: bool,
}

/// An expression is cut to so many characters.
const LONGEST: usize = 60;
/// The columns of the table of costs, numbers first.
const COLUMNS: usize = 6;
const NUMBERS: usize = 4;

impl Report {
    /// The report as text. Findings that differ in their places only are printed once, with a count.
    pub(crate) fn to_text(&self, tables: Tables) -> String {
        let diagnostics: Vec<Diagnostic> = self.findings.iter().map(|finding| finding.diagnostic.clone()).collect();
        let mut out = String::new();
        for folded in Diagnostics(diagnostics).folded() {
            write_finding(&mut out, &folded);
        }
        for linted in &self.linted {
            if tables.costs {
                linted.costs.iter().for_each(|costs| write_costs(&mut out, linted, costs));
            }
            if tables.versions {
                write_versions(&mut out, linted);
            }
        }
        out + &self.summary() + "\n"
    }
}

// Writing to a string cannot fail.
fn write_finding(out: &mut String, folded: &Folded<'_>) {
    let Diagnostic { severity, code, message, file, position, path, help } = folded.first;
    if let Some(file) = file {
        let _ = write!(out, "{}:", escape(file));
    }
    if let Some(position) = position {
        let _ = write!(out, "{position}:");
    }
    if file.is_some() {
        out.push(' ');
    }
    let _ = writeln!(out, "{severity}[{code}]: {message}");
    if let Some(path) = path {
        let _ = writeln!(out, "  at {}", escape(path));
    }
    match folded.more {
        0 => {}
        1 => out.push_str("  … and 1 more place like this\n"),
        more => {
            let _ = writeln!(out, "  … and {more} more places like this");
        }
    }
    if let Some(help) = help {
        let _ = writeln!(out, "  help: {help}");
    }
    out.push('\n');
}

fn write_costs(out: &mut String, linted: &Linted, costs: &Costs) {
    if costs.rules.is_empty() {
        return;
    }
    let Costs { version, total, rules } = costs;
    let (name, version) = (escape(&linted.name), escape(version));
    let (total, share_of_all) = (grouped(*total), share(*total, SCHEMA_LIMIT));
    let limit = grouped(SCHEMA_LIMIT);
    let _ =
        writeln!(out, "{name} {version}: the rules can cost {total} together; the limit is {limit} ({share_of_all})");
    let mut rules: Vec<&RuleCosts> = rules.iter().collect();
    rules.sort_by_key(|rule| Reverse(rule.cost.total()));
    let mut rows = vec![["cost", "limit", "each", "times", "place", "rule"].map(str::to_owned)];
    rows.extend(rules.into_iter().flat_map(rows_of));
    let widths: Vec<usize> = (0..COLUMNS).map(|column| width(&rows, column)).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).enumerate();
        let line: Vec<String> = cells.map(|(column, (cell, width))| aligned(column, cell, *width)).collect();
        let _ = writeln!(out, "  {}", line.join("  ").trim_end());
    }
    out.push('\n');
}

/// The row of a rule, and that of its `messageExpression`.
fn rows_of(rule: &RuleCosts) -> Vec<[String; COLUMNS]> {
    let total = rule.cost.total();
    let place = escape(&rule.at);
    let mut rows = vec![[
        grouped(total),
        share(total, RULE_LIMIT),
        grouped(rule.cost.each),
        grouped(rule.cost.times),
        place.clone(),
        cut(&rule.rule),
    ]];
    rows.extend(rule.message_cost.map(|cost| {
        let share = share(cost, RULE_LIMIT);
        [grouped(cost), share, grouped(cost), "1".to_owned(), place, "  its messageExpression".to_owned()]
    }));
    rows
}

/// The widest cell of a column.
fn width(rows: &[[String; COLUMNS]], column: usize) -> usize {
    rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
}

/// A cell as wide as its column: numbers stand at the right.
fn aligned(column: usize, cell: &str, width: usize) -> String {
    if column < NUMBERS { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
}

fn cut(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    let line = line.join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", escape(&line[..end])),
        None => escape(&line),
    }
}

fn write_versions(out: &mut String, linted: &Linted) {
    let _ = writeln!(out, "{} needs Kubernetes {}", escape(&linted.name), linted.lowest());
    for need in linted.needs.iter().rev() {
        let _ = writeln!(out, "  {}  {}, at {}", need.since, need.what, escape(&need.spot.path));
    }
    out.push('\n');
}
