//! A program that answers each line of a file with its figures: how ours and Go's are both run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::oracle;
use crate::project;

/// What a program says of a line.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum Answer<T> {
    /// Why it could not be measured.
    Refused {
        /// In the program's words.
        error: String,
    },
    /// The figures.
    Measured(T),
}

/// Figures of which the lesser ones count.
pub(super) trait Least {
    /// The lesser of each.
    fn least(&self, other: &Self) -> Self;
}

impl<T> Answer<T> {
    /// The figures, if there are any.
    pub(super) fn measured(&self) -> Option<&T> {
        match self {
            Self::Measured(figures) => Some(figures),
            Self::Refused { .. } => None,
        }
    }

    /// Why there are none.
    pub(super) fn error(&self) -> Option<&str> {
        match self {
            Self::Refused { error } => Some(error),
            Self::Measured(_) => None,
        }
    }
}

impl<T: Least + Clone> Least for Answer<T> {
    fn least(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Measured(left), Self::Measured(right)) => Self::Measured(left.least(right)),
            (refused @ Self::Refused { .. }, _) | (_, refused) => refused.clone(),
        }
    }
}

/// A program with its arguments, and what it has answered so far.
pub(super) struct Side<T> {
    name: &'static str,
    program: PathBuf,
    arguments: Vec<String>,
    /// One for each line, after the first round.
    pub(super) answers: Vec<Answer<T>>,
}

impl<T: DeserializeOwned + Least + Clone> Side<T> {
    /// A program that has not run yet.
    pub(super) fn new(name: &'static str, program: PathBuf, arguments: &[&str]) -> Self {
        let arguments = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        Self { name, program, arguments, answers: Vec::new() }
    }

    /// Runs it over the lines of `input`, and keeps the lesser figures.
    pub(super) fn round(&mut self, input: &Path, lines: usize) -> Result<()> {
        eprintln!("    {}", self.name);
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(fs::File::open(input)?);
        let output = command.output().with_context(|| format!("cannot start {}", self.program.display()))?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{} failed: {}", self.name, errors.trim());
        let answers: Vec<Answer<T>> = serde_json::Deserializer::from_slice(&output.stdout)
            .into_iter()
            .collect::<serde_json::Result<_>>()
            .with_context(|| format!("the figures of {}", self.name))?;
        ensure!(answers.len() == lines, "{} answered {} of {lines} lines", self.name, answers.len());
        self.answers = if self.answers.is_empty() {
            answers
        } else {
            self.answers.iter().zip(&answers).map(|(so_far, new)| so_far.least(new)).collect()
        };
        Ok(())
    }
}

/// Builds the Go program of this folder, on the API server's published modules.
pub(super) fn go() -> Result<PathBuf> {
    oracle::ensure_go()?;
    eprintln!("building the Go side (minutes the first time)");
    let program = project::target().join("bench/validate/go.program");
    let mut build = Command::new("go");
    build.current_dir(project::root().join("xtask/src/bench/validation/go")).args(["build", "-o"]).arg(&program);
    project::run(build.arg(".")).context("the Go side does not build: its modules come through the network")?;
    Ok(program)
}
