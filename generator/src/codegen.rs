//! The whole flow but its last step: load, lower, analyze, render.
//!
//! In: settings and paths. Out: a tree of files, and warnings. An error ends it at the end of a stage, with everything
//! that the stage found.

use std::{fmt, path::PathBuf};

use crdgen_schema::diagnostic::{Diagnostic, Diagnostics, quote};

use syn::parse::Parser as _;

use crate::{
    Error, analyze,
    load::{self, Input},
    lower::lower,
    render::{self, Options, Tree},
    settings::Settings,
    write::Changes,
};

/// One run, with its settings decided.
pub(crate) struct Job {
    /// What to read.
    pub(crate) paths: Vec<PathBuf>,
    /// The settings file that was read.
    pub(crate) settings_file: Option<PathBuf>,
    /// The output folder, if one is named.
    pub(crate) out: Option<PathBuf>,
    /// How to render.
    pub(crate) options: Options,
    /// Whom to tell when a stage begins.
    pub(crate) progress: Option<fn(&str)>,
}

/// What a run made.
pub(crate) struct Output {
    /// The files.
    pub(crate) tree: Tree,
    /// What was found besides.
    pub(crate) warnings: Diagnostics,
    definitions: usize,
}

/// What a run did. Its text is one line for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How many CRDs were read.
    pub definitions: usize,
    /// How many types their code defines.
    pub types: usize,
    /// How many files the output has.
    pub files: usize,
    /// How many of them were written, as their text was not there yet.
    pub written: usize,
    /// How many files were removed.
    pub removed: usize,
    /// What was found, warnings only.
    pub warnings: Diagnostics,
}

/// Settings with their defaults. A runtime path that is no path is refused here, before it ends up in code.
pub(crate) fn options(settings: Settings, command: &str) -> Result<Options, Error> {
    let runtime = settings.runtime.unwrap_or_else(|| "crdgen_runtime".to_owned());
    if !is_absolute(&runtime) {
        let message =
            format!("the runtime {} is no path of a crate or module, such as `crdgen_runtime`", quote(&runtime));
        return Err(Error::Input(Diagnostics(vec![Diagnostic::error(message)])));
    }
    Ok(Options {
        runtime,
        command: settings.command.unwrap_or_else(|| command.to_owned()),
        types_only: settings.types_only.unwrap_or(false),
    })
}

/// Whether it is a path that means the same in every module.
fn is_absolute(path: &str) -> bool {
    let path = syn::Path::parse_mod_style.parse_str(path);
    path.is_ok_and(|path| path.segments.first().is_some_and(|first| first.ident != "self" && first.ident != "super"))
}

impl Job {
    /// Reads the input.
    pub(crate) fn load(&self) -> Input {
        self.say("reading CRDs");
        load::load(&self.paths)
    }

    /// Everything from definitions to text.
    pub(crate) fn generate(&self, input: Input) -> Result<Output, Error> {
        let Input { definitions, labels, mut diagnostics, .. } = input;
        stop_at_errors(&diagnostics)?;
        self.say(&format!("generating code for {}", count(definitions.len(), "CRD")));
        let (mut model, found) = lower(&definitions, &labels);
        diagnostics.extend(found);
        let (analysis, found) = analyze::analyze(&mut model, &self.options.reserved_modules());
        diagnostics.extend(found);
        stop_at_errors(&diagnostics)?;
        let tree = render::render(&model, &analysis, &self.options)?;
        Ok(Output { tree, warnings: diagnostics, definitions: definitions.len() })
    }

    /// Tells that a stage begins.
    pub(crate) fn say(&self, text: &str) {
        if let Some(progress) = self.progress {
            progress(text);
        }
    }
}

impl Output {
    /// What the run did, once the changes are made.
    pub(crate) fn summary(self, changes: &Changes) -> Summary {
        Summary {
            definitions: self.definitions,
            types: self.tree.types,
            // With the manifest.
            files: self.tree.files.len() + 1,
            written: changes.written(),
            removed: changes.removed(),
            warnings: self.warnings,
        }
    }
}

fn stop_at_errors(diagnostics: &Diagnostics) -> Result<(), Error> {
    if diagnostics.has_errors() { Err(Error::Input(diagnostics.clone())) } else { Ok(()) }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { definitions, types, files, written, removed, .. } = self;
        let [definitions, types, files] =
            [(definitions, "CRD"), (types, "type"), (files, "file")].map(|(number, noun)| count(*number, noun));
        write!(f, "{definitions}, {types}, {files}: ")?;
        match (written, removed) {
            (0, 0) => f.write_str("nothing changed"),
            (written, 0) => write!(f, "{written} written"),
            (written, removed) => write!(f, "{written} written, {removed} removed"),
        }
    }
}

/// `1 file`, `2 files`.
fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
