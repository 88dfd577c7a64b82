//! The parser and the checker of CEL.
//!
//! An input is a text. Whatever it holds, it is compiled or refused, both times the same way; a comment behind an expression
//! changes nothing, and brackets around it only how deep it nests.

use std::path::Path;

use anyhow::Result;
use crdgen_cel::{Compiled, Environment, NoSizes, Type};
use fastrand::Rng;

use super::{Maker, Outcome, Target, must_equal, pool::Pool};
use crate::{
    grammar::{self, Variable},
    mutation::{change_text, hostile_text},
};

pub(super) const TARGET: Target = Target { name: "parse", maker, run };

/// What is said of texts that nest too deeply.
const TOO_DEEP: &str = "recursion";

struct Texts(Pool);

#[allow(clippy::unnecessary_wraps)] // The signature is that of every target.
fn maker(_: &Path) -> Result<Box<dyn Maker>> {
    let kept = include_str!("../../expressions.txt").lines().map(str::to_owned).collect();
    Ok(Box::new(Texts(Pool::new(kept))))
}

impl Maker for Texts {
    fn make(&mut self, random: &mut Rng) -> String {
        let start = match random.u8(..10) {
            0 => hostile_text(random),
            1 => return grammar::expression(random, "bool", &[Variable::new("self", "any")], 5),
            2 | 3 => grammar::expression(random, "bool", &[Variable::new("self", "any")], 3),
            _ => self.0.choose(random).to_owned(),
        };
        change_text(random, &start, self.0.inputs())
    }

    fn keep(&mut self, input: &str) {
        self.0.keep(input);
    }
}

fn run(input: &str) -> Result<Outcome, String> {
    let environment = Environment::new(crdgen_schema::rule::library()).variable("self", Type::Dyn);
    let first = compile(&environment, input);
    must_equal("compiled twice", &first, &compile(&environment, input))?;
    let Ok(compiled) = &first else {
        return Ok(Outcome { label: "refused", answer: first.unwrap_or_else(|issues| issues) });
    };
    // A comment would end with the text only, and the length of texts is limited.
    if input.len() < 90_000 {
        let commented = compile(&environment, &format!("{input}\n// ( ' \""));
        must_equal("with a comment", &first, &commented)?;
        match compile(&environment, &format!("({input}\n)")) {
            Err(issues) if issues.contains(TOO_DEEP) => {}
            surrounded => must_equal("in brackets", &first, &surrounded)?,
        }
    }
    Ok(Outcome { label: "compiled", answer: compiled.clone() })
}

/// What is said of an expression: what it gives and can cost, or everything that is wrong with it.
fn compile(environment: &Environment, text: &str) -> Result<String, String> {
    let say = |compiled: Compiled| {
        let estimate = compiled.estimate(&NoSizes);
        format!("{} {estimate:?} {:?}", compiled.output(), compiled.program().err())
    };
    environment.compile(text).map(say).map_err(|issues| issues.to_string())
}
