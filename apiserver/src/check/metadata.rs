//! Checks of metadata that a kind makes once more when its objects are updated.
//!
//! Source: `ValidateObjectMeta`, which many a `Validate...Update` calls although the registry did so already. That is why some
//! errors of updates appear several times.

use crdgen_schema::field::Path;
use crdgen_schema::metadata::{self, NameRule};

use super::Field;
use crate::object::finalizers;

impl Field<'_> {
    /// The metadata of this object must be that of a new one (`ValidateObjectMeta` in `pkg/apis/core/validation`).
    pub(crate) fn metadata(self, namespaced: bool, rule: NameRule) {
        self.plain_metadata(namespaced, rule);
        self.get("metadata").standard_finalizers();
    }

    /// The same without a check of finalizers (`ValidateObjectMeta` in `k8s.io/apimachinery`).
    pub(crate) fn plain_metadata(self, namespaced: bool, rule: NameRule) {
        let path = Path::ROOT.child("metadata");
        let errors = metadata::validate(self.get("metadata").value(), namespaced, rule, &path);
        errors.into_iter().for_each(|error| self.report(error));
    }

    /// The metadata of this object must be what became of the old one's (`ValidateObjectMetaUpdate`).
    pub(crate) fn metadata_changes(self, old: Field<'_>) {
        let path = Path::ROOT.child("metadata");
        let errors = metadata::validate_update(self.get("metadata").value(), old.get("metadata").value(), &path);
        errors.into_iter().for_each(|error| self.report(error));
    }

    /// The finalizers of this metadata must have a domain, or be those of Kubernetes itself (`validateKubeFinalizerName`).
    pub(crate) fn standard_finalizers(self) {
        for finalizer in self.get("finalizers").items() {
            if !finalizers::is_standard(finalizer.text()) {
                finalizer.invalid("name is neither a standard finalizer name nor is it fully qualified");
            }
        }
    }

    /// An annotation of this object.
    pub(crate) fn annotation(self, name: &'static str) -> Self {
        self.get("metadata").get("annotations").key(name)
    }

    /// The entries must be conditions as `metav1.Condition` wants them (`ValidateConditions`).
    pub(crate) fn conditions(self) {
        let mut seen: Vec<&str> = Vec::new();
        for condition in self.items() {
            let kind = condition.get("type");
            if seen.contains(&kind.text()) {
                kind.duplicate();
            } else {
                seen.push(kind.text());
            }
            condition.condition();
        }
    }

    fn condition(self) {
        let (generation, reason, message) = (self.get("observedGeneration"), self.get("reason"), self.get("message"));
        self.get("type").qualified_name();
        self.get("status").one_of(&["False", "True", "Unknown"]);
        if generation.int() < 0 {
            generation.invalid("must be greater than or equal to zero");
        }
        if !self.get("lastTransitionTime").is_set() {
            self.get("lastTransitionTime").required("");
        }
        if reason.require_text() {
            if !is_reason(reason.text()) {
                reason.invalid(REASON_RULE);
            }
            if reason.text().len() > 1024 {
                reason.too_long(1024);
            }
        }
        if message.text().len() > 32 * 1024 {
            message.too_long(32 * 1024);
        }
    }
}

const REASON_RULE: &str = "a condition reason must start with alphabetic character, optionally followed by a string of \
    alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  \
    or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is \
    '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')";

fn is_reason(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || b"_,:".contains(&byte);
    let end = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let bytes = text.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.iter().all(|byte| inner(*byte))
        && bytes.last().is_some_and(|byte| end(*byte))
}
