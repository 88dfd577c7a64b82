//! Evaluating one rule on one value: the API server's code, ours and two peers measured in turn, and what is printed.

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::{
    Args,
    corpus::{self, Line, Schemas},
    objects::{self, Ratios},
    program,
    side::{self, Answer, Least, Side},
};
use crate::project;

/// What was measured of a rule.
#[derive(Serialize)]
pub(super) struct Figures {
    crd: String,
    rule: String,
    go: Answer<Evaluation>,
    ours: Answer<Ours>,
    /// None if it was not asked.
    ferricel: Option<Answer<Evaluation>>,
}

/// One evaluation that came to `true`.
#[derive(Clone, Copy, Deserialize, Serialize)]
struct Evaluation {
    /// In nanoseconds of the processor.
    evaluate: f64,
    /// How many allocations it makes; none if they are not counted.
    allocations: Option<f64>,
}

/// Ours, and what the same program measured of the crate `cel`.
#[derive(Clone, Deserialize, Serialize)]
struct Ours {
    #[serde(flatten)]
    own: Evaluation,
    cel: Answer<Evaluation>,
}

impl Least for Evaluation {
    fn least(&self, other: &Self) -> Self {
        Self { evaluate: self.evaluate.min(other.evaluate), ..*self }
    }
}

impl Least for Ours {
    fn least(&self, other: &Self) -> Self {
        Self { own: self.own.least(&other.own), cel: self.cel.least(&other.cel) }
    }
}

/// Measures all rules.
pub(super) fn measure(args: &Args, schemas: &Schemas) -> Result<Vec<Figures>> {
    let lines = corpus::rules(&args.data, schemas)?;
    let folder = project::target().join("bench/validate");
    let (input, start) = (folder.join("rules.jsonl"), folder.join("rules-for-ferricel.jsonl"));
    corpus::write(&lines, &input)?;
    let some = lines.len().min(args.ferricel);
    corpus::write(&lines[..some], &start)?;
    let seconds = (args.seconds / 10.0).to_string();
    let mut go: Side<Evaluation> = Side::new("the API server's code", side::go()?, &["rules", &seconds]);
    let mut ours: Side<Ours> = Side::new("crdgen and cel", program::rules()?, &["rules", &seconds]);
    let mut ferricel: Option<Side<Evaluation>> = None;
    if some > 0 {
        ferricel = Some(Side::new("ferricel", program::ferricel()?, &[&seconds]));
    }
    for round in 0..args.rounds {
        eprintln!("evaluating {} rules, round {} of {}", lines.len(), round + 1, args.rounds);
        go.round(&input, lines.len())?;
        ours.round(&input, lines.len())?;
        if let Some(ferricel) = &mut ferricel {
            ferricel.round(&start, some)?;
        }
    }
    let mut ferricel = ferricel.map(|side| side.answers).unwrap_or_default().into_iter();
    let sides = go.answers.into_iter().zip(ours.answers);
    let figures = lines.into_iter().zip(sides).map(|(line, (go, ours))| figures(&line, go, ours, ferricel.next()));
    Ok(figures.collect())
}

fn figures(line: &Line, go: Answer<Evaluation>, ours: Answer<Ours>, ferricel: Option<Answer<Evaluation>>) -> Figures {
    let rule = line.schema["x-kubernetes-validations"][0]["rule"].as_str().unwrap_or_default();
    Figures { crd: line.name.clone(), rule: rule.to_owned(), go, ours, ferricel }
}

/// Prints the rules that the API server's code evaluates, by side.
pub(super) fn print(figures: &[Figures]) {
    println!(
        "evaluating {} rules on values that satisfy them: nanoseconds and allocations of one evaluation",
        figures.len()
    );
    println!(
        "{:<8} {:>6} {:>9} {:>9} {:>9} | {:>9} {:>11}",
        "", "right", "median", "slowest", "trivial", "median", "of trivial"
    );
    print_side("Go", figures, |rule| rule.go.measured().copied());
    print_side("ours", figures, |rule| Some(rule.ours.measured()?.own));
    print_side("cel", figures, |rule| rule.ours.measured()?.cel.measured().copied());
    print_side("ferricel", figures, |rule| rule.ferricel.as_ref()?.measured().copied());
    let asked = figures.iter().filter(|rule| rule.ferricel.is_some()).count();
    println!("ferricel was asked for {asked} of them; cel's values are converted before, ferricel reads JSON text");
    print_ratios("Go / ours", figures, |rule| rule.go.measured().copied());
    print_ratios("cel / ours", figures, |rule| rule.ours.measured()?.cel.measured().copied());
    print_ratios("ferricel / ours", figures, |rule| rule.ferricel.as_ref()?.measured().copied());
    print_weakest(figures);
    for rule in figures {
        for (side, error) in [("the API server's code", rule.go.error()), ("crdgen", rule.ours.error())] {
            if let Some(error) = error {
                println!("{side} does not find it satisfied: {}: {} ({error})", rule.crd, rule.rule);
            }
        }
    }
    println!();
}

type Pick = fn(&Figures) -> Option<Evaluation>;

fn print_side(name: &str, figures: &[Figures], pick: Pick) {
    let found: Vec<Evaluation> = figures.iter().filter_map(pick).collect();
    let sorted = |figure: fn(&Evaluation) -> Option<f64>| {
        let mut figures: Vec<f64> = found.iter().filter_map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures
    };
    let (times, allocations) = (sorted(|one| Some(one.evaluate)), sorted(|one| one.allocations));
    let trivial = figures.first().and_then(pick);
    let show = |figure: Option<f64>| figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.0}"));
    println!(
        "{name:<8} {:>6} {:>9} {:>9} {:>9} | {:>9} {:>11}",
        found.len(),
        show(objects::median(&times)),
        show(times.last().copied()),
        show(trivial.map(|one| one.evaluate)),
        show(objects::median(&allocations)),
        show(trivial.and_then(|one| one.allocations)),
    );
}

fn print_ratios(what: &str, figures: &[Figures], pick: Pick) {
    let ratio = |rule: &Figures| Some(pick(rule)?.evaluate / rule.ours.measured()?.own.evaluate);
    let ratios = Ratios::of(figures.iter().filter_map(ratio));
    println!("{what}: {ratios}");
}

/// How many rules are shown.
const WEAKEST: usize = 8;

fn print_weakest(figures: &[Figures]) {
    let mut rows = Vec::new();
    for rule in figures {
        if let (Some(go), Some(ours)) = (rule.go.measured(), rule.ours.measured()) {
            rows.push((go.evaluate / ours.own.evaluate, rule, ours.own));
        }
    }
    rows.sort_by(|left, right| left.0.total_cmp(&right.0));
    println!("{:>6} {:>9} {:>11}  rules with the least ratio to Go", "ratio", "ours, ns", "allocations");
    for (ratio, rule, own) in rows.iter().take(WEAKEST) {
        let text: String = rule.rule.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(100).collect();
        println!("{ratio:>6.1} {:>9.0} {:>11.1}  {text}", own.evaluate, own.allocations.unwrap_or_default());
    }
}
