//! What the API server's code says of a case, and what ours says.

use crdgen_schema::field::Errors;
use serde_json::Value;

/// What a case should have given, or gave.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Verdict {
    pub(super) accepted: bool,
    /// Type and field of each error, sorted, each once.
    pub(super) errors: Vec<(String, String)>,
    /// The errors with their words, sorted; none if they are not compared.
    pub(super) words: Option<Vec<String>>,
    /// The object after each stage, as JSON text, where the case tells it.
    pub(super) stages: Vec<String>,
    /// What rules cost in CEL's units, or what else is counted, where the case tells it.
    pub(super) costs: Option<String>,
}

impl Verdict {
    pub(super) fn from_errors(accepted: bool, errors: &Value) -> Self {
        let text = |error: &Value, name: &str| error[name].as_str().unwrap_or_default().to_owned();
        let errors: Vec<[String; 3]> = errors
            .as_array()
            .into_iter()
            .flatten()
            .map(|error| ["type", "field", "detail"].map(|name| text(error, name)))
            .collect();
        Self::new(accepted, &errors)
    }

    pub(super) fn found(errors: &Errors) -> Self {
        let told = errors.iter();
        let told: Vec<_> =
            told.map(|error| [error.kind.reason().to_owned(), error.field.clone(), error.detail.clone()]).collect();
        Self::new(errors.is_empty(), &told)
    }

    pub(super) fn refused(kind: &str, field: &str) -> Self {
        Self { accepted: false, errors: vec![(kind.to_owned(), field.to_owned())], ..Self::default() }
    }

    fn new(accepted: bool, told: &[[String; 3]]) -> Self {
        let mut errors: Vec<_> = told.iter().map(|[kind, field, _]| (kind.clone(), field.clone())).collect();
        errors.sort();
        errors.dedup();
        // Errors before validation are in words of other machinery.
        let is_early = told.iter().any(|[kind, ..]| kind == "DecodeError" || kind == "BadRequest");
        let words = (!is_early).then(|| {
            let mut words: Vec<_> =
                told.iter().map(|[kind, field, detail]| format!("{kind} {field}: {}", known(detail))).collect();
            words.sort();
            words
        });
        Self { accepted, errors, words, ..Self::default() }
    }
}

/// A text without the random number that the API server gives the type of `self`.
pub(super) fn known(detail: &str) -> String {
    const NAME: &str = "selfType";
    let mut parts = detail.split(NAME);
    let mut known = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        known.push_str(NAME);
        known.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    known
}
