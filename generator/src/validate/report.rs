//! What becomes of each object.

use std::fmt;

use crdgen_schema::diagnostic::{Diagnostics, Position, Severity};

use super::document::Syntax;

/// What becomes of all objects.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The objects, in the order of the files and in them.
    pub(super) objects: Vec<Judged>,
    /// What is wrong with files and CRDs. An error means that something could not be read.
    pub(super) diagnostics: Diagnostics,
}

/// An object and what becomes of it.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    pub(super) file: String,
    /// Where the object starts.
    pub(super) position: Option<Position>,
    pub(super) api_version: String,
    pub(super) kind: String,
    /// Empty for kinds that have none.
    pub(super) namespace: String,
    /// The name, or the start of the name that would be generated.
    pub(super) name: String,
    pub(super) operation: &'static str,
    pub(super) verdict: Verdict,
    /// Errors if it is refused, and warnings.
    pub(super) findings: Vec<Finding>,
    /// What would be stored, if that is wanted.
    pub(super) stored: Option<Stored>,
}

/// What the API server says of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Accepted,
    Refused,
    /// There is no CRD, and that is fine.
    Skipped,
}

/// An error or a warning about an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) severity: Severity,
    /// What kind of finding it is: of a field error Kubernetes' own reason, `FieldValueInvalid` for instance.
    pub(super) reason: &'static str,
    /// The field's path as the API server writes it; none for the whole object.
    pub(super) field: Option<String>,
    /// The API server's words, as they are.
    pub(super) message: String,
    /// Where the field is, or the nearest one around it.
    pub(super) position: Option<Position>,
    /// What to do about it.
    pub(super) help: Option<String>,
}

/// An object as it would be stored, printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(super) text: String,
    pub(super) syntax: Syntax,
}

/// How many objects and findings there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    pub(super) objects: usize,
    pub(super) accepted: usize,
    pub(super) refused: usize,
    pub(super) skipped: usize,
    /// Warnings about objects.
    pub(super) warnings: usize,
}

impl Report {
    /// Whether an object is refused.
    pub(crate) fn refuses(&self) -> bool {
        self.objects.iter().any(|object| object.verdict == Verdict::Refused)
    }

    /// Whether something could not be read.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.diagnostics.has_errors()
    }

    /// Leaves out warnings.
    pub(crate) fn keep_errors(&mut self) {
        self.diagnostics.0.retain(|finding| finding.severity == Severity::Error);
        for object in &mut self.objects {
            object.findings.retain(|finding| finding.severity == Severity::Error);
        }
    }

    /// What would be stored, as one text: JSON values if all objects are written in JSON, else YAML documents.
    pub(crate) fn stored(&self) -> String {
        let all: Vec<&Stored> = self.objects.iter().filter_map(|object| object.stored.as_ref()).collect();
        let is_json = all.iter().all(|stored| stored.syntax == Syntax::Json);
        let separator = if is_json { "" } else { "---\n" };
        all.iter().flat_map(|stored| [separator, &stored.text]).collect()
    }

    pub(super) fn summary(&self) -> Summary {
        let count = |verdict| self.objects.iter().filter(|object| object.verdict == verdict).count();
        let warnings = self.objects.iter().flat_map(|object| &object.findings);
        Summary {
            objects: self.objects.len(),
            accepted: count(Verdict::Accepted),
            refused: count(Verdict::Refused),
            skipped: count(Verdict::Skipped),
            warnings: warnings.filter(|finding| finding.severity == Severity::Warning).count(),
        }
    }
}

impl Judged {
    /// The kind, the namespace and the name: `Database default/main`.
    pub(super) fn title(&self) -> String {
        let Self { kind, namespace, name, .. } = self;
        let kind = if kind.is_empty() { "object" } else { kind };
        match (namespace.as_str(), name.as_str()) {
            (_, "") => kind.to_owned(),
            ("", name) => format!("{kind} {name}"),
            (namespace, name) => format!("{kind} {namespace}/{name}"),
        }
    }
}

impl Verdict {
    /// As tools know it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
        }
    }
}

/// One line: `3 objects: 2 accepted, 1 refused, 1 warning`.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |number: usize| if number == 1 { "" } else { "s" };
        write!(f, "{} object{}: {} accepted", self.objects, plural(self.objects), self.accepted)?;
        for (number, what) in [(self.refused, "refused"), (self.skipped, "skipped")] {
            if number > 0 {
                write!(f, ", {number} {what}")?;
            }
        }
        match self.warnings {
            0 => Ok(()),
            number => write!(f, ", {number} warning{}", plural(number)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(verdict: Verdict, syntax: Syntax) -> Judged {
        Judged {
            file: "a.yaml".to_owned(),
            position: None,
            api_version: "b.c/v1".to_owned(),
            kind: "A".to_owned(),
            namespace: "n".to_owned(),
            name: "a".to_owned(),
            operation: "create",
            verdict,
            findings: vec![Finding::new(Severity::Warning, "UnknownField", "w".to_owned())],
            stored: Some(Stored { text: "{}\n".to_owned(), syntax }),
        }
    }

    #[test]
    fn the_summary_counts_objects_and_warnings() {
        let objects = [Verdict::Accepted, Verdict::Refused, Verdict::Accepted, Verdict::Skipped];
        let mut report =
            Report { objects: objects.map(|verdict| judged(verdict, Syntax::Json)).into(), ..Report::default() };
        assert_eq!(report.summary().to_string(), "4 objects: 2 accepted, 1 refused, 1 skipped, 4 warnings");
        report.keep_errors();
        report.objects.truncate(1);
        assert_eq!(report.summary().to_string(), "1 object: 1 accepted");
    }

    #[test]
    fn what_is_stored_is_one_stream() {
        let report = |syntaxes: &[Syntax]| {
            let objects = syntaxes.iter().map(|syntax| judged(Verdict::Accepted, *syntax)).collect();
            Report { objects, ..Report::default() }.stored()
        };
        assert_eq!(report(&[Syntax::Json, Syntax::Json]), "{}\n{}\n");
        assert_eq!(report(&[Syntax::Json, Syntax::Yaml]), "---\n{}\n---\n{}\n");
        assert_eq!(report(&[]), "");
    }

    #[test]
    fn an_object_is_called_by_what_it_has() {
        let of = |kind: &str, namespace: &str, name: &str| {
            let [kind, namespace, name] = [kind, namespace, name].map(str::to_owned);
            Judged { kind, namespace, name, ..judged(Verdict::Accepted, Syntax::Yaml) }.title()
        };
        assert_eq!(
            [of("A", "n", "a"), of("A", "", "a"), of("A", "n", ""), of("", "", "")],
            ["A n/a", "A a", "A", "object"]
        );
    }
}
