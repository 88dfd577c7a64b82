//! Checks of labels and of selectors.
//!
//! Source: `apimachinery/pkg/apis/meta/v1/validation`.

use crdgen_schema::name;

use super::{Check, Field};

impl<'a> Field<'a> {
    /// The keys and values of a map must be those of labels (`ValidateLabels`).
    pub(crate) fn labels(self) {
        for (key, value) in self.entries() {
            self.invalid_text_for(key, name::label_key(key));
            self.invalid_text_for(value.text(), name::label_value(value.text()));
        }
    }

    /// The value must be a label selector (`ValidateLabelSelector`).
    pub(crate) fn label_selector(self) {
        self.selector(true);
    }

    /// The same where values that no label can have are allowed, because a stored object has them
    /// (`AllowInvalidLabelValueInSelector`).
    pub(crate) fn label_selector_as_stored(self, old: Field<'_>) {
        self.selector(!old.has_invalid_selector_value());
    }

    /// The same, and whether values must be those of labels.
    pub(crate) fn label_selector_with(self, checks_values: bool) {
        self.selector(checks_values);
    }

    /// Whether the value is a label selector, or absent (`LabelSelectorAsSelector`).
    pub(crate) fn is_label_selector(self) -> bool {
        let errors = Check::of(self.value(), |root| {
            root.label_selector();
        });
        errors.is_empty()
    }

    fn selector(self, checks_values: bool) {
        self.get("matchLabels").labels();
        for expression in self.get("matchExpressions").items() {
            expression.selector_requirement(checks_values);
        }
    }

    /// The keys of a map must be those of annotations, and all of it not too much (`ValidateAnnotations`).
    pub(crate) fn annotations(self) {
        const LIMIT: usize = 256 * 1024;
        let mut size = 0;
        for (key, value) in self.entries() {
            self.invalid_text_for(key, name::label_key(&key.to_lowercase()));
            size += key.len() + value.text().len();
        }
        if size > LIMIT {
            self.too_long(256 * 1024);
        }
    }

    fn selector_requirement(self, checks_values: bool) {
        let (operator, values) = (self.get("operator"), self.get("values"));
        if !values.set_requirement(operator.text()) {
            operator.invalid("not a valid selector operator");
        }
        self.key_and_values(checks_values);
    }

    /// These values must fit an operator that every selector has. Returns whether it is one.
    pub(super) fn set_requirement(self, operator: &str) -> bool {
        match operator {
            "In" | "NotIn" if self.is_empty() => {
                self.required("must be specified when `operator` is 'In' or 'NotIn'");
            }
            "Exists" | "DoesNotExist" if !self.is_empty() => {
                self.forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
            }
            _ => {}
        }
        matches!(operator, "In" | "NotIn" | "Exists" | "DoesNotExist")
    }

    /// The key of a requirement must be that of a label, and its values may have to be those of labels.
    pub(super) fn key_and_values(self, checks_values: bool) {
        self.get("key").qualified_name();
        for value in self.get("values").items().filter(|_| checks_values) {
            value.invalid_for(name::label_value(value.text()));
        }
    }

    /// Whether a selector has a value that no label can have.
    pub(crate) fn has_invalid_selector_value(self) -> bool {
        let mut values = self.get("matchExpressions").items().flat_map(|expression| expression.get("values").items());
        values.any(|value| !name::label_value(value.text()).is_empty())
    }

    /// Whether a selector selects what has these labels, which are the entries of a map.
    pub(crate) fn selects(self, labels: Field<'a>) -> bool {
        let is_met = |expression: Field<'a>| {
            let label = labels.key(expression.get("key").text());
            let is_among = || expression.get("values").items().any(|value| value.text() == label.text());
            match expression.get("operator").text() {
                "In" => label.is_set() && is_among(),
                "NotIn" => !label.is_set() || !is_among(),
                "Exists" => label.is_set(),
                "DoesNotExist" => !label.is_set(),
                _ => false,
            }
        };
        let is_equal = |(key, value): (&'a str, Field<'a>)| labels.key(key).equals(value);
        self.get("matchLabels").entries().all(is_equal) && self.get("matchExpressions").items().all(is_met)
    }

    /// Whether a selector selects everything.
    pub(crate) fn selects_everything(self) -> bool {
        self.get("matchLabels").is_empty() && self.get("matchExpressions").is_empty()
    }

    /// Several reasons for which a text that stands in this field is not allowed.
    pub(crate) fn invalid_text_for(self, text: &str, reasons: impl IntoIterator<Item = String>) {
        reasons.into_iter().for_each(|why| self.invalid_as(&text.into(), why));
    }
}
