//! What a person should know about a schema that is lowered.
//!
//! In: a node and its place. Out: warnings with the position and the path in the document.

use crdgen_schema::{diagnostic::Diagnostic, schema::Schema};

use super::{DEEPEST, Lowering};
use crate::{code, place};

impl Lowering<'_, '_> {
    pub(super) fn warn_deep(&mut self, schema: &Schema, place: &str) {
        let message = format!("more than {DEEPEST} arrays and maps nest here: the type of what is in them is any JSON");
        let finding = Diagnostic::warning(message).code(code::NOT_TYPED).help("nothing of it is lost, nor validated");
        self.diagnostics.push(self.located(finding, schema, place));
    }

    pub(super) fn warn_unchecked(&mut self, schema: &Schema, place: &str, unchecked: &[&str]) {
        for keyword in unchecked {
            self.push_warning(format!("the generated `validate` does not check this `{keyword}`"), schema, place);
        }
    }

    pub(super) fn warn_rules(&mut self, schema: &Schema, place: &str) {
        if !schema.validations.is_empty() {
            let message = "the generated `validate` does not check rules (`x-kubernetes-validations`)";
            self.push_warning(message.to_owned(), schema, place);
        }
    }

    pub(super) fn push_warning(&mut self, message: String, schema: &Schema, place: &str) {
        let finding = Diagnostic::warning(message)
            .code(code::NOT_VALIDATED)
            .help("the API server checks it; the generated type holds every value");
        self.diagnostics.push(self.located(finding, schema, place));
    }

    /// The finding, with its position and its path in the document.
    fn located(&self, finding: Diagnostic, schema: &Schema, place: &str) -> Diagnostic {
        finding.at(&self.definition.source.file, schema.at).on(place::in_document(self.version, place))
    }
}
