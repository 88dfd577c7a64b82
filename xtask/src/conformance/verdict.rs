//! What the API server's code says of a case, and what ours says.

use crdgen_schema::field::Errors;
use serde_json::Value;

/// What is expected of a case, and what is found.
pub(super) type Comparison = (Verdict, Verdict);

/// What became of a case.
pub(super) enum Judged {
    /// It was compared, in one way or in several.
    Compared(Vec<Comparison>),
    /// It cannot be compared, and why.
    Skipped(&'static str),
}

/// What a case should have given, or gave.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Verdict {
    pub(super) accepted: bool,
    told: Vec<Told>,
    /// The object after each stage, as JSON text, where the case tells it.
    pub(super) stages: Vec<String>,
    /// What rules cost in CEL's units, or what else is counted, where the case tells it.
    pub(super) costs: Option<String>,
}

/// An error.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Told {
    kind: String,
    field: String,
    detail: String,
}

impl Verdict {
    pub(super) fn from_errors(accepted: bool, errors: &Value) -> Self {
        let text = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
        let told = errors.as_array().into_iter().flatten().map(|error| Told {
            kind: text(error, "type"),
            field: text(error, "field"),
            detail: known(&text(error, "detail")),
        });
        Self { accepted, told: told.collect(), ..Self::default() }
    }

    pub(super) fn found(errors: &Errors) -> Self {
        let mut verdict = Self { accepted: errors.is_empty(), ..Self::default() };
        for error in &errors.0 {
            verdict.tell(error.kind.reason(), &error.field, &error.detail);
        }
        verdict
    }

    /// Errors as the causes of a `Status` tell them: the detail starts with the type and the value.
    pub(super) fn found_as_causes(errors: &Errors) -> Self {
        let mut verdict = Self { accepted: errors.is_empty(), ..Self::default() };
        for error in &errors.0 {
            verdict.tell(error.kind.reason(), &error.field, &error.body());
        }
        verdict
    }

    pub(super) fn refused(kind: &str, field: &str) -> Self {
        let mut verdict = Self::default();
        verdict.tell(kind, field, "");
        verdict
    }

    /// The same of an object that has come through these stages.
    pub(super) fn with_stages(self, stages: Vec<String>) -> Self {
        Self { stages, ..self }
    }

    /// Adds an error.
    pub(super) fn tell(&mut self, kind: &str, field: &str, detail: &str) {
        self.told.push(Told { kind: kind.to_owned(), field: field.to_owned(), detail: known(detail) });
    }

    /// Takes the start of fields away: upstream's tests may start below a path of their own.
    pub(super) fn start_at(&mut self, path: &str) {
        if path.is_empty() {
            return;
        }
        for told in &mut self.told {
            let field = told.field.strip_prefix(path).unwrap_or(&told.field).trim_start_matches('.');
            told.field = if field.is_empty() { "<nil>".to_owned() } else { field.to_owned() };
        }
    }

    /// Type and field of each error, sorted, each once.
    pub(super) fn errors(&self) -> Vec<(&str, &str)> {
        let mut errors: Vec<_> = self.told.iter().map(|told| (told.kind.as_str(), told.field.as_str())).collect();
        errors.sort_unstable();
        errors.dedup();
        errors
    }

    /// The errors with their words, sorted; none if their words are not compared.
    pub(super) fn words(&self) -> Option<Vec<String>> {
        if self.is_early() {
            return None;
        }
        let told = self.told.iter().map(|Told { kind, field, detail }| format!("{kind} {field}: {detail}"));
        let mut words: Vec<String> = told.collect();
        words.sort();
        Some(words)
    }

    /// Whether the object was refused before validation. Such errors are in words of other machinery.
    pub(super) fn is_early(&self) -> bool {
        self.told.iter().any(|told| told.kind == "DecodeError" || told.kind == "BadRequest")
    }
}

/// A text without the random number that the API server gives the type of `self`.
fn known(detail: &str) -> String {
    const NAME: &str = "selfType";
    let mut parts = detail.split(NAME);
    let mut known = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        known.push_str(NAME);
        known.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    known
}
