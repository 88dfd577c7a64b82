//! Objects to verdicts: both sides measured in turn, and the tables.

use std::fmt;

use anyhow::Result;
use serde::Serialize;

use super::{
    Args, oracle,
    pairs::{self, Case},
    program::{self, Yardstick},
    side::{Answer, Least as _},
};
use crate::project;

/// What was measured of an object.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Figures {
    name: String,
    has_rules: bool,
    is_original: bool,
    bytes: usize,
    go: oracle::Times,
    ours: program::Times,
    jsonschema: Answer<Yardstick>,
}

impl Figures {
    fn whole(&self) -> f64 {
        self.go.whole / self.ours.whole
    }

    fn typed(&self) -> f64 {
        self.go.check / self.ours.typed
    }
}

/// Measures all objects; the least time of the rounds counts.
pub(super) fn measure(args: &Args) -> Result<Vec<Figures>> {
    let cases = pairs::cases(args, &project::target().join("bench/validate/cases"))?;
    let oracle = oracle::program(&args.oracle)?;
    let (ours, yardstick) = (program::objects(&cases)?, program::yardstick()?);
    let mut figures: Vec<Figures> = Vec::new();
    for round in 0..args.rounds {
        for (number, case) in cases.iter().enumerate() {
            eprintln!(
                "round {} of {}, object {} of {}: {}",
                round + 1,
                args.rounds,
                number + 1,
                cases.len(),
                case.name
            );
            let go = oracle::measure(&oracle, case, args.seconds)?;
            let ours = program::measure(&ours, case, args.seconds)?;
            let jsonschema = program::measure_yardstick(&yardstick, case, args.seconds)?;
            match figures.get_mut(number) {
                None => figures.push(first(case, go, ours, jsonschema)),
                Some(so_far) => {
                    so_far.go = so_far.go.least(&go);
                    so_far.ours = so_far.ours.least(&ours);
                    so_far.jsonschema = so_far.jsonschema.least(&jsonschema);
                }
            }
        }
    }
    Ok(figures)
}

fn first(case: &Case, go: oracle::Times, ours: program::Times, jsonschema: Answer<Yardstick>) -> Figures {
    let (name, bytes) = (case.name.clone(), case.bytes);
    Figures { name, has_rules: case.has_rules, is_original: case.is_original, bytes, go, ours, jsonschema }
}

/// Prints a table of the CRDs as they are, and one of those without rules.
pub(super) fn print(figures: &[Figures]) {
    let original: Vec<&Figures> = figures.iter().filter(|object| object.is_original).collect();
    let bare: Vec<&Figures> = figures.iter().filter(|object| !object.has_rules).collect();
    if original.iter().any(|object| object.has_rules) {
        print_table("CRDs as they are (* has rules)", &original);
    }
    print_table("schema only", &bare);
    print_stages(figures);
    print_differences(figures);
}

/// The width of a name's column.
const NAME: usize = 44;

fn print_table(title: &str, figures: &[&Figures]) {
    if figures.is_empty() {
        return;
    }
    println!(
        "{title}: microseconds from JSON text to the errors, of a decoded or typed object, and against the schema alone"
    );
    println!(
        "{:<NAME$} {:>6} | {:>8} {:>8} {:>6} | {:>8} {:>8} {:>6} | {:>8} {:>8} {:>6} {:>10}",
        "object", "bytes", "Go", "ours", "ratio", "Go check", "typed", "ratio", "Go", "ours", "ratio", "jsonschema"
    );
    for object in figures {
        let (go, ours) = (&object.go, &object.ours);
        println!(
            "{:<NAME$} {:>6} | {} {} {:>6.1} | {} {} {:>6.0} | {} {} {:>6.0} {:>10}",
            name(object),
            object.bytes,
            microseconds(go.whole),
            microseconds(ours.whole),
            object.whole(),
            microseconds(go.check),
            microseconds(ours.typed),
            object.typed(),
            microseconds(go.schema),
            microseconds(ours.schema),
            go.schema / ours.schema,
            object.jsonschema.measured().map_or_else(|| "-".to_owned(), |its| microseconds(its.check)),
        );
    }
    print_summary("JSON text to errors, Go / ours", figures, |object| Some(object.whole()));
    print_summary("typed validate, Go's validate / ours", figures, |object| Some(object.typed()));
    print_summary("schema alone, Go / ours", figures, |object| Some(object.go.schema / object.ours.schema));
    print_summary("schema alone, jsonschema / ours", figures, |object| {
        Some(object.jsonschema.measured()?.check / object.ours.schema)
    });
    println!();
}

fn print_summary(what: &str, figures: &[&Figures], ratio: fn(&Figures) -> Option<f64>) {
    println!("{what}: {}", Ratios::of(figures.iter().filter_map(|object| ratio(object))));
}

/// Ratios, of which the median and the least are shown.
pub(super) struct Ratios(Vec<f64>);

impl Ratios {
    /// In any order.
    pub(super) fn of(ratios: impl Iterator<Item = f64>) -> Self {
        let mut ratios: Vec<f64> = ratios.collect();
        ratios.sort_by(f64::total_cmp);
        Self(ratios)
    }
}

impl fmt::Display for Ratios {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (median(&self.0), self.0.first()) {
            (Some(median), Some(least)) => write!(f, "median {median:.1}x, least {least:.1}x"),
            _ => f.write_str("nothing to compare"),
        }
    }
}

/// The middle of sorted figures; of an even number of them, the mean of the two in the middle.
pub(super) fn median(sorted: &[f64]) -> Option<f64> {
    let upper = sorted.get(sorted.len() / 2)?;
    let lower = sorted.get(sorted.len().saturating_sub(1) / 2)?;
    Some(f64::midpoint(*lower, *upper))
}

fn print_stages(figures: &[Figures]) {
    println!("stages of ours, in microseconds; decode is what the whole takes beside parse and check");
    println!(
        "{:<NAME$} | {:>8} {:>8} {:>8} {:>8} | {:>8} {:>8} {:>8}",
        "object", "whole", "parse", "decode", "check", "read raw", "stored", "validate"
    );
    for object in figures {
        let ours = &object.ours;
        println!(
            "{:<NAME$} | {} {} {} {} | {:>8} {} {}",
            name(object),
            microseconds(ours.whole),
            microseconds(ours.parse),
            microseconds(ours.whole - ours.parse - ours.check),
            microseconds(ours.check),
            ours.read_raw.map_or_else(|| "-".to_owned(), microseconds),
            microseconds(ours.read_stored),
            microseconds(ours.typed),
        );
    }
}

/// Both sides must have done the same work.
fn print_differences(figures: &[Figures]) {
    for object in figures {
        let ours = &object.ours;
        if object.go.errors != ours.errors.len() {
            let found = format!("{} errors, ours {}", object.go.errors, ours.errors.len());
            println!("{}: the API server's code finds {found}: {}", name(object), ours.errors.join("; "));
        }
        if ours.typed_errors != ours.errors {
            println!("{}: the typed object has other errors: {}", name(object), ours.typed_errors.join("; "));
        }
        match &object.jsonschema {
            Answer::Refused { error } => println!("{}: jsonschema does not take the schema: {error}", name(object)),
            Answer::Measured(its) if (its.errors == 0) != ours.errors.is_empty() => {
                println!("{}: jsonschema finds {} errors", name(object), its.errors);
            }
            Answer::Measured(_) => {}
        }
    }
}

fn name(object: &Figures) -> String {
    let mut name = object.name.clone();
    if object.has_rules {
        name.push('*');
    }
    name
}

fn microseconds(nanoseconds: f64) -> String {
    format!("{:>8.2}", nanoseconds / 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sorted: &[f64], expected: Option<f64>) {
        assert_eq!(median(sorted), expected, "{sorted:?}");
    }

    #[test]
    fn the_median_of_an_even_number_of_figures_lies_between_the_two_in_the_middle() {
        check(&[], None);
        check(&[3.0], Some(3.0));
        check(&[1.0, 2.0], Some(1.5));
        check(&[1.0, 2.0, 9.0], Some(2.0));
    }
}
