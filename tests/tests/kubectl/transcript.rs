//! A transcript: what was typed at a shell, and what was printed.
//!
//! ```text
//! # What it is about.
//! # needs: simulation
//!
//! ## A remark.
//! $ kubectl get configmap a
//! > --output=name
//! configmap/a
//!
//! $ kubectl get configmap b
//! Error from server (NotFound): configmaps "b" not found
//! [exit 1]
//! ```
//!
//! What was printed stands in the form of `normal`. A line `...` stands for any lines, and `<...>` within a line for any text.

use std::{fmt::Write as _, path::Path};

use anyhow::{Context as _, Result, bail, ensure};

/// What a transcript asks of a server beside serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing else.
    Nothing,
    /// What kube-controller-manager does: garbage collection, the end of namespaces, service accounts.
    Controllers,
    /// Workloads that make pods, which become ready. No real control plane of these tests does that.
    Simulation,
}

/// A transcript.
#[derive(Debug)]
pub(crate) struct Transcript {
    /// Its file's name, and the namespace in which it runs.
    pub(crate) name: String,
    pub(crate) needs: Needs,
    head: String,
    pub(crate) steps: Vec<Step>,
}

/// A command, and what it printed.
#[derive(Debug)]
pub(crate) struct Step {
    /// The number of its line.
    pub(crate) line: usize,
    /// The remarks before it, each with its end of line.
    remarks: String,
    /// What was typed.
    pub(crate) command: String,
    /// What was printed, line by line.
    pub(crate) output: Vec<String>,
}

impl Transcript {
    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)?;
        let name = path.file_stem().and_then(|name| name.to_str()).context("a transcript needs a name")?;
        Self::parse(name, &text).with_context(|| path.display().to_string())
    }

    fn parse(name: &str, text: &str) -> Result<Self> {
        let mut transcript =
            Self { name: name.to_owned(), needs: Needs::Nothing, head: String::new(), steps: Vec::new() };
        let mut remarks = String::new();
        for (number, line) in (1..).zip(text.lines()) {
            if let Some(need) = line.strip_prefix("# needs: ") {
                transcript.needs = match need {
                    "controllers" => Needs::Controllers,
                    "simulation" => Needs::Simulation,
                    _ => bail!("line {number}: nothing is called {need}"),
                };
            }
            if let Some(command) = line.strip_prefix("$ ") {
                let (command, remarks) = (command.to_owned(), std::mem::take(&mut remarks));
                transcript.steps.push(Step { line: number, remarks, command, output: Vec::new() });
            } else if line.starts_with("## ") {
                remarks.extend([line, "\n"]);
            } else if let Some(step) = transcript.steps.last_mut() {
                step.add(line);
            } else {
                ensure!(line.is_empty() || line.starts_with('#'), "line {number}: there is no command before it");
                transcript.head.extend([line, "\n"]);
            }
        }
        for step in &mut transcript.steps {
            trim(&mut step.output);
        }
        Ok(transcript)
    }

    /// Writes it to its file in a folder, if that changes it.
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(format!("{}.txt", self.name));
        let text = self.text();
        if std::fs::read_to_string(&path)? != text {
            std::fs::write(path, text)?;
        }
        Ok(())
    }

    fn text(&self) -> String {
        let mut text = format!("{}\n", self.head.trim_end());
        for Step { remarks, command, output, .. } in &self.steps {
            let _ = write!(text, "\n{remarks}$ {}\n", command.replace('\n', "\n> "));
            text.extend(output.iter().flat_map(|line| [line.as_str(), "\n"]));
        }
        text
    }
}

impl Step {
    fn add(&mut self, line: &str) {
        match line.strip_prefix('>') {
            Some(more) if self.output.is_empty() => {
                self.command.extend(["\n", more.strip_prefix(' ').unwrap_or(more)]);
            }
            _ => self.output.push(line.to_owned()),
        }
    }

    /// Whether this may be printed.
    pub(crate) fn accepts(&self, printed: &[String]) -> bool {
        lines_match(&self.output, printed)
    }
}

/// Drops the empty lines at the end.
pub(crate) fn trim(lines: &mut Vec<String>) {
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
}

fn lines_match(expected: &[String], printed: &[String]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((line, rest)) if line == "..." => (0..=printed.len()).any(|from| lines_match(rest, &printed[from..])),
        Some((line, rest)) => {
            printed.split_first().is_some_and(|(first, others)| line_matches(line, first) && lines_match(rest, others))
        }
    }
}

fn line_matches(expected: &str, printed: &str) -> bool {
    match expected.split_once("<...>") {
        None => expected == printed,
        Some((start, rest)) => printed.strip_prefix(start).is_some_and(|printed| {
            let mut ends = printed.char_indices().map(|(at, _)| at).chain([printed.len()]);
            ends.any(|at| line_matches(rest, &printed[at..]))
        }),
    }
}

#[test]
fn a_transcript_is_read_matched_and_written() {
    let text = "# About.\n\n## First.\n$ one \\\n> two\na\n\nb 17 c\n[exit 1]\n\n$ three\n...\nend\n";
    let transcript = Transcript::parse("name", text).unwrap();
    assert_eq!(transcript.text(), text);
    let [first, second] = &transcript.steps[..] else { panic!("two steps: {transcript:?}") };
    assert_eq!((first.line, first.command.as_str()), (4, "one \\\ntwo"));
    assert_eq!(first.output, ["a", "", "b 17 c", "[exit 1]"]);
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    assert!(second.accepts(&lines("end")) && second.accepts(&lines("a\nb\nend")));
    assert!(!second.accepts(&lines("end\na")) && !first.accepts(&lines("a\nb 17 c")));
    assert!(line_matches("a<...>c<...>", "abc") && !line_matches("a<...>d", "abc"));
}
