//! The shells around the pure core: read, generate, and write or compare.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use crdgen_schema::diagnostic::Diagnostics;

use crate::{
    Error,
    generate::{self, GeneratedResource, Input},
    load::{self, Loaded},
    naming::Names,
    options::Options,
    render::Tree,
    write::{self, Changes, Report},
};

/// One run, with its settings decided.
pub(crate) struct Job {
    /// What to read.
    pub(crate) paths: Vec<PathBuf>,
    /// The settings file that was read.
    pub(crate) settings_file: Option<PathBuf>,
    /// The output folder, if one is named.
    pub(crate) out: Option<PathBuf>,
    /// How to generate.
    pub(crate) options: Options,
    /// Whether names keep their meaning from run to run.
    pub(crate) memory: Memory,
    /// Whether the process ends after this, so that no memory need be given back.
    pub(crate) exits: bool,
    /// Whom to tell when a stage begins.
    pub(crate) progress: Option<fn(&str)>,
}

/// Whether the output folder is kept, and with it what its names stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Memory {
    /// It is under version control.
    Keeps,
    /// It belongs to a build, and may be empty in the next one.
    Forgets,
}

/// What [`Config::output`](crate::Config::output) generated: the files as texts.
///
/// ```
/// # let yaml = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.b.c}\n\
/// # spec: {group: b.c, scope: Namespaced, names: {kind: A, plural: as}, versions: [{name: v1, served: true, storage: true,\n  \
/// # schema: {openAPIV3Schema: {type: object}}}]}";
/// let loaded = crdgen_schema::definition::load("a.yaml", yaml);
/// let output = crdgen::configure().types_only(true).output(&loaded.definitions, None)?;
/// let paths: Vec<&str> = output.files.keys().map(String::as_str).collect();
/// assert_eq!(paths, [".crdgen", "b_c/as.json", "b_c/mod.rs", "b_c/v1/a/mod.rs", "b_c/v1/mod.rs", "mod.rs"]);
/// assert_eq!(output.resources[0].path, "b_c::v1::a::A");
/// # Ok::<(), crdgen::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Output {
    /// The text of each file, by its path below the output folder, with slashes. `.crdgen` is the manifest: write it too, and
    /// hand it to the next run.
    pub files: BTreeMap<String, String>,
    /// How many types they define.
    pub types: usize,
    /// The kinds, one entry for each version.
    pub resources: Vec<GeneratedResource>,
    /// What was found, warnings only.
    pub warnings: Diagnostics,
}

/// What [`Config::generate`](crate::Config::generate) did. Its text is one line for a person.
///
/// ```no_run
/// let summary = crdgen::configure().out("src/crds").generate("crds")?;
/// println!("{summary}"); // 3 CRDs, 41 types, 17 files: 2 written
/// # Ok::<(), crdgen::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// How many CRDs were read.
    pub definitions: usize,
    /// How many types their code defines.
    pub types: usize,
    /// How many files the output has.
    pub files: usize,
    /// How many of them were written; the others were up to date.
    pub written: usize,
    /// How many files were removed, as they are no longer generated.
    pub removed: usize,
    /// What was found, warnings only.
    pub warnings: Diagnostics,
}

impl Job {
    /// Reads the input. Faults of one file do not hide those of another, but with one nothing is generated.
    pub(crate) fn load(&self) -> Result<Loaded, Error> {
        self.say("reading CRDs");
        let loaded = load::load(&self.paths);
        if loaded.diagnostics.has_errors() { Err(Error::Input(loaded.diagnostics)) } else { Ok(loaded) }
    }

    /// Writes the output folder.
    pub(crate) fn write(&self, loaded: Loaded) -> Result<Summary, Error> {
        let out = self.out()?;
        let definitions = loaded.definitions.len();
        self.run(loaded, out, |tree, warnings| {
            let changes = write::write(tree, out)?;
            Ok(Summary::new(definitions, tree, &changes, warnings))
        })
    }

    /// Compares with the output folder.
    pub(crate) fn check(&self, loaded: Loaded) -> Result<Report, Error> {
        let out = self.out()?;
        self.run(loaded, out, |tree, warnings| {
            let mut report = write::check(tree, out)?;
            report.warnings = warnings;
            Ok(report)
        })
    }

    fn out(&self) -> Result<&Path, Error> {
        self.out.as_deref().ok_or(Error::NoOutput)
    }

    /// Generates, and does the last step.
    fn run<T>(
        &self,
        loaded: Loaded,
        out: &Path,
        last: impl FnOnce(&Tree<'_>, Diagnostics) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.say(&format!("generating code for {}", count(loaded.definitions.len(), "CRD")));
        let remembers_names = self.memory == Memory::Keeps;
        let input = Input {
            definitions: &loaded.definitions,
            labels: loaded.labels,
            warnings: loaded.diagnostics,
            refusals: loaded.refusals,
            names: if remembers_names { write::given_names(out)? } else { Names::default() },
            remembers_names,
        };
        let done = self.run_core(&input, last);
        if self.exits {
            // They are a great many pieces.
            std::mem::forget(loaded.definitions);
        }
        done
    }

    fn run_core<T>(
        &self,
        input: &Input<'_>,
        last: impl FnOnce(&Tree<'_>, Diagnostics) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let generated = generate::generate(input, &self.options);
        if generated.diagnostics.has_errors() {
            return Err(Error::Input(generated.diagnostics));
        }
        self.say("comparing with what is there");
        last(&generated.tree, generated.diagnostics)
    }

    /// Tells that a stage begins.
    fn say(&self, text: &str) {
        if let Some(progress) = self.progress {
            progress(text);
        }
    }
}

impl Output {
    /// Runs the core.
    pub(crate) fn new(input: &Input<'_>, options: &Options) -> Result<Self, Error> {
        let generated = generate::generate(input, options);
        if generated.diagnostics.has_errors() {
            return Err(Error::Input(generated.diagnostics));
        }
        let manifest = write::manifest(&generated.tree);
        let types = generated.tree.types;
        let files = generated.tree.files.into_iter().map(|(path, text)| (path, text.into_owned()));
        Ok(Self {
            files: files.chain([manifest]).collect(),
            types,
            resources: generated.resources,
            warnings: generated.diagnostics,
        })
    }
}

impl Summary {
    fn new(definitions: usize, tree: &Tree<'_>, changes: &Changes, warnings: Diagnostics) -> Self {
        Self {
            definitions,
            types: tree.types,
            // With the manifest.
            files: tree.files.len() + 1,
            written: changes.written(),
            removed: changes.removed(),
            warnings,
        }
    }
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
