//! Compiling the rules of schemas: both sides measured in turn, and what is printed.

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::{
    Args,
    corpus::{self, Line, Schemas},
    objects::Ratios,
    program,
    side::{self, Answer, Least, Side},
};
use crate::project;

/// What was measured of a schema.
#[derive(Serialize)]
pub(super) struct Figures {
    name: String,
    rules: usize,
    go: Answer<Go>,
    ours: Answer<Ours>,
}

/// The nanoseconds of the processor that the API server's code takes.
#[derive(Clone, Copy, Deserialize, Serialize)]
struct Go {
    /// Declares the types, and parses, checks, estimates and plans each rule.
    compile: f64,
}

/// Ours.
#[derive(Clone, Copy, Deserialize, Serialize)]
struct Ours {
    /// Declares the types, and parses, checks and plans each rule.
    plan: f64,
    /// Declares the types of each node with rules, and parses, checks, plans and estimates them.
    report: f64,
}

impl Least for Go {
    fn least(&self, other: &Self) -> Self {
        Self { compile: self.compile.min(other.compile) }
    }
}

impl Least for Ours {
    fn least(&self, other: &Self) -> Self {
        Self { plan: self.plan.min(other.plan), report: self.report.min(other.report) }
    }
}

/// Measures all schemas.
pub(super) fn measure(args: &Args, schemas: &Schemas) -> Result<Vec<Figures>> {
    let line = |((crd, version), schema): (&(String, String), &serde_json::Value)| Line {
        name: format!("{} {version}", crd.trim_start_matches("dev/")),
        schema: schema.clone(),
        is_root: true,
        value: serde_json::Value::Null,
    };
    let lines: Vec<Line> = schemas.iter().map(line).collect();
    let input = project::target().join("bench/validate/schemas.jsonl");
    corpus::write(&lines, &input)?;
    let seconds = (args.seconds / 10.0).to_string();
    let mut go: Side<Go> = Side::new("the API server's code", side::go()?, &["compile", &seconds]);
    let mut ours: Side<Ours> = Side::new("crdgen", program::rules()?, &["compile", &seconds]);
    for round in 0..args.rounds {
        eprintln!("compiling the rules of {} schemas, round {} of {}", lines.len(), round + 1, args.rounds);
        go.round(&input, lines.len())?;
        ours.round(&input, lines.len())?;
    }
    let sides = go.answers.into_iter().zip(ours.answers);
    let figures = lines.iter().zip(sides).map(|(line, (go, ours))| Figures {
        name: line.name.clone(),
        rules: corpus::count_rules(&line.schema),
        go,
        ours,
    });
    Ok(figures.collect())
}

/// Prints totals and ratios, and the schemas of which the API server takes longest.
pub(super) fn print(figures: &[Figures]) {
    let mut both: Vec<(&Figures, Go, Ours)> =
        figures.iter().filter_map(|schema| Some((schema, *schema.go.measured()?, *schema.ours.measured()?))).collect();
    let rules: usize = both.iter().map(|(schema, ..)| schema.rules).sum();
    println!("compiling {rules} rules of {} schemas, in milliseconds", both.len());
    println!("{:<72} {:>5} {:>9} {:>9} {:>9}", "slowest schemas", "rules", "Go", "plan", "report");
    both.sort_by(|left, right| right.1.compile.total_cmp(&left.1.compile));
    let row = |name: &str, rules: usize, figures: [f64; 3]| {
        let [go, plan, report] = figures.map(|nanoseconds| nanoseconds / 1e6);
        println!("{name:<72} {rules:>5} {go:>9.2} {plan:>9.3} {report:>9.3}");
    };
    for (schema, go, ours) in both.iter().take(SLOWEST) {
        row(&schema.name, schema.rules, [go.compile, ours.plan, ours.report]);
    }
    let total = |figure: fn(&(&Figures, Go, Ours)) -> f64| both.iter().map(figure).sum::<f64>();
    let totals = [total(|one| one.1.compile), total(|one| one.2.plan), total(|one| one.2.report)];
    row("all of them", rules, totals);
    for (what, figure) in [
        ("Go / ours, without static costs", (|ours| ours.plan) as fn(&Ours) -> f64),
        ("Go / ours, compiled once more for static costs", |ours| ours.plan + ours.report),
    ] {
        let ratios = Ratios::of(both.iter().map(|(_, go, ours)| go.compile / figure(ours)));
        let whole = total(|one| one.1.compile) / both.iter().map(|(_, _, ours)| figure(ours)).sum::<f64>();
        println!("{what}: {ratios}, of all together {whole:.1}x");
    }
    for schema in figures {
        if let (None, other) | (other, None) = (schema.go.error(), schema.ours.error())
            && let Some(error) = other
        {
            println!("{}: one side refuses it: {error}", schema.name);
        }
    }
    println!();
}

/// How many schemas are shown.
const SLOWEST: usize = 10;
