//! The fields that a body sets more than once, in the words of kube-apiserver.
//!
//! In: paths of JSON fields, or keys of a YAML text. Out: warnings, or the errors of `fieldValidation=Strict`.
//! Source: `sigs.k8s.io/json`, `go.yaml.in/yaml/v2`, `k8s.io/apiserver/pkg/endpoints/handlers/rest.go`.

use std::fmt::Display;

use crdgen_schema::go::print_quoted;
use crdgen_schema::yaml;

/// The most findings that are kept, as in Go's `saveStrictError`.
const MAX_FOUND: usize = 100;
/// The most bytes of paths that are looked at: a long path to a great many duplicate fields costs no more time than
/// this.
const MAX_BYTES: usize = 16 << 20;

/// What was found in one body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Duplicates {
    /// In JSON: one sentence for each field.
    Json(Vec<String>),
    /// In YAML: one line for each key. Together they are one error.
    Yaml(Vec<String>),
}

impl Default for Duplicates {
    fn default() -> Self {
        Self::Json(Vec::new())
    }
}

impl Duplicates {
    /// The duplicate keys of a YAML text.
    pub(crate) fn of_yaml(found: &[yaml::Duplicate]) -> Self {
        let line = |found: &yaml::Duplicate| {
            format!("line {}: key {} already set in map", found.value.line, print_quoted(&found.key))
        };
        Self::Yaml(found.iter().map(line).collect())
    }

    /// What was found in the operations of a JSON patch, unknown members among it.
    pub(crate) fn of_json_patch(found: &[String]) -> Self {
        Self::Json(found.iter().map(|finding| format!("json patch {finding}")).collect())
    }

    /// Whether nothing was found.
    pub(crate) fn is_empty(&self) -> bool {
        self.warnings().is_empty()
    }

    /// The texts for `Warning` headers, one for each finding.
    pub(crate) fn warnings(&self) -> &[String] {
        match self {
            Self::Json(texts) | Self::Yaml(texts) => texts,
        }
    }

    /// The texts of a strict decoding error.
    pub(crate) fn errors(&self) -> Vec<String> {
        match self {
            Self::Yaml(lines) if !lines.is_empty() => {
                vec![format!("yaml: unmarshal errors:\n  {}", lines.join("\n  "))]
            }
            Self::Json(texts) | Self::Yaml(texts) => texts.clone(),
        }
    }
}

/// The duplicate fields that were found in a JSON text so far.
#[derive(Debug, Default)]
pub(super) struct Fields {
    found: Vec<String>,
    bytes: usize,
}

impl Fields {
    /// Notes the path (`spec.a`) of a duplicate field. A path is noted only once.
    pub(super) fn take(&mut self, path: &impl Display) {
        if self.found.len() >= MAX_FOUND || self.bytes >= MAX_BYTES {
            return;
        }
        let text = format!("duplicate field {}", print_quoted(&path.to_string()));
        self.bytes += text.len();
        if !self.found.contains(&text) {
            self.found.push(text);
        }
    }

    pub(super) fn into_duplicates(self) -> Duplicates {
        Duplicates::Json(self.found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_kept_once_and_no_more_than_a_hundred_are() {
        let mut fields = Fields::default();
        fields.take(&"a.\"b\"");
        fields.take(&"a.\"b\"");
        assert_eq!(fields.found, [r#"duplicate field "a.\"b\"""#]);
        (0..1000).for_each(|number| fields.take(&number));
        assert_eq!(fields.found.len(), 100);
    }

    #[test]
    fn long_paths_to_many_fields_are_given_up() {
        let mut fields = Fields::default();
        let long = "a".repeat(1 << 20);
        (0..50).for_each(|number| fields.take(&format!("{long}{number}")));
        assert_eq!(fields.found.len(), 16);
    }

    #[test]
    fn the_keys_of_a_yaml_text_are_warnings_each_and_one_error() {
        let text = "a: 1\na:\n  - 2\na: 3\n";
        let duplicates = Duplicates::of_yaml(&yaml::parse_first(text).unwrap().duplicates);
        let lines = [r#"line 3: key "a" already set in map"#, r#"line 4: key "a" already set in map"#];
        assert_eq!(duplicates.warnings(), lines);
        assert_eq!(duplicates.errors(), [format!("yaml: unmarshal errors:\n  {}\n  {}", lines[0], lines[1])]);
        assert!(Duplicates::of_yaml(&[]).errors().is_empty());
    }
}
