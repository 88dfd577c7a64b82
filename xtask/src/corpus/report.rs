//! What a run over the corpus found, and the table that shows it.

use std::collections::BTreeMap;

use super::generate::{self, Generated};

/// Counts, and every failure with its cause.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// CRD files that were looked at.
    pub(crate) crds: usize,
    /// Bytes of YAML read.
    pub(crate) bytes: usize,
    /// Versions generated.
    pub(crate) versions: usize,
    /// CRD files whose output is whole.
    pub(crate) generated: usize,
    /// Types generated (structs and enums).
    pub(crate) types: usize,
    /// Lines of Rust generated.
    pub(crate) lines: usize,
    /// Wall seconds of loading and generating.
    pub(crate) generation_seconds: f64,
    /// Wall seconds of compiling, and of running the objects.
    pub(crate) compile_seconds: f64,
    /// Peak memory of this process.
    pub(crate) peak_bytes: u64,
    /// CRDs that were compiled.
    pub(crate) compiled: usize,
    /// Objects read that are of a generated kind and version.
    pub(crate) objects: usize,
    /// Objects that the API server refuses, and the generated type as well.
    pub(crate) refused: usize,
    /// Objects sent through a generated type.
    pub(crate) tried: usize,
    /// Objects that came back as they went in.
    pub(crate) equal: usize,
    /// Requests that generated types were asked about.
    pub(crate) judged: usize,
    /// Requests that they gave the schema's verdict on, in the same words.
    pub(crate) agreed: usize,
    /// Files by stage and cause.
    failures: BTreeMap<(Stage, String), Vec<String>>,
}

/// Where something failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// The CRD was not generated.
    Generate,
    /// The output does not compile, or warns.
    Compile,
    /// An object did not come back as it went in.
    RoundTrip,
    /// A generated type gave another verdict than the schema.
    Verdict,
}

impl Report {
    /// Notes a failure. What differs from file to file (quoted text) is cut from the cause.
    pub(crate) fn fail(&mut self, stage: Stage, cause: &str, file: String) {
        self.failures.entry((stage, without_quotes(cause))).or_default().push(file);
    }

    /// Adds the size of what was generated.
    pub(crate) fn count(&mut self, generated: &Generated) {
        self.versions += generated.resources.len();
        self.types += generated.types;
        self.lines += generate::rust_lines(&generated.files);
    }

    /// Whether anything failed.
    pub(crate) fn failed(&self) -> bool {
        !self.failures.is_empty()
    }

    /// Prints the table.
    pub(crate) fn print(&self) {
        let share = |part: usize, whole: usize| {
            #[expect(clippy::cast_precision_loss, reason = "counts of a corpus are far below 2^52")]
            if whole == 0 { 100.0 } else { 100.0 * part as f64 / whole as f64 }
        };
        #[expect(clippy::cast_precision_loss, reason = "shown as megabytes")]
        let megabytes = |bytes: u64| bytes as f64 / 1e6;
        println!("CRDs            {:>9}   {:.1} MB of YAML", self.crds, megabytes(self.bytes as u64));
        println!("  generated     {:>9}   {:.2} %", self.generated, share(self.generated, self.crds));
        println!("  versions      {:>9}", self.versions);
        println!("  types         {:>9}", self.types);
        println!("  lines         {:>9}", self.lines);
        println!("  seconds       {:>9.1}   peak memory {:.0} MB", self.generation_seconds, megabytes(self.peak_bytes));
        if self.compiled > 0 {
            let failed = self.failures_at(Stage::Compile);
            println!("compiled        {:>9}   {failed} failed, {:.1} s", self.compiled, self.compile_seconds);
        }
        if self.objects > 0 {
            println!("objects         {:>9}   {} refused by the API server as well", self.objects, self.refused);
            println!("  round-trip    {:>9}   {:.2} %", self.equal, share(self.equal, self.tried));
        }
        if self.judged > 0 {
            println!("verdicts        {:>9}", self.judged);
            println!("  agreed        {:>9}   {:.2} %", self.agreed, share(self.agreed, self.judged));
        }
        for ((stage, cause), files) in &self.failures {
            println!("\n{stage:?}: {cause} ({})", files.len());
            for file in files.iter().take(5) {
                println!("    {file}");
            }
        }
    }

    fn failures_at(&self, stage: Stage) -> usize {
        self.failures.iter().filter(|((at, _), _)| *at == stage).map(|(_, files)| files.len()).sum()
    }
}

/// `unknown type "strin"` and `unknown type "foo"` have one cause.
fn without_quotes(text: &str) -> String {
    let parts = text.lines().next().unwrap_or_default().split(['"', '`']);
    parts.enumerate().map(|(index, part)| if index % 2 == 0 { part } else { "…" }).collect()
}
