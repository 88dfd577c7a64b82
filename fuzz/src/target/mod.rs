//! What is fuzzed: how inputs are made, and what must hold for each.

mod evaluate;
mod object;
mod parse;
mod pool;

use std::path::Path;

use anyhow::Result;
use fastrand::Rng;

/// Something that takes hostile text.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub(crate) name: &'static str,
    /// What makes inputs, from the CRDs below a folder.
    pub(crate) maker: fn(&Path) -> Result<Box<dyn Maker>>,
    /// Tries one input. An error is a finding: something that must hold does not.
    pub(crate) run: fn(&str) -> Result<Outcome, String>,
}

/// Makes inputs.
pub(crate) trait Maker: Send {
    /// The next input.
    fn make(&mut self, random: &mut Rng) -> String;

    /// Learns of an input that did what none did before: changes of it may do so too.
    fn keep(&mut self, input: &str);
}

/// How an input ended, if nothing is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// A few words, for counting.
    pub(crate) label: &'static str,
    /// What was answered.
    pub(crate) answer: String,
}

pub(crate) const ALL: [Target; 3] = [parse::TARGET, evaluate::TARGET, object::TARGET];

/// The target of a name.
pub(crate) fn find(name: &str) -> Option<Target> {
    ALL.into_iter().find(|target| target.name == name)
}

/// A finding, if two things that must be equal are not.
fn must_equal<T: PartialEq + std::fmt::Debug>(what: &str, one: &T, other: &T) -> Result<(), String> {
    if one == other { Ok(()) } else { Err(format!("{what}:\n  {one:?}\n  {other:?}")) }
}

/// The most that something may cost of which cel-go estimates so much at most. Its estimates leave out an index here, a conversion
/// there, so they are not bounds to the last unit.
fn most_cost(estimate: u64) -> u64 {
    estimate.saturating_mul(2).saturating_add(16)
}
