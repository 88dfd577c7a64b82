//! What a person should know about a schema that is lowered.
//!
//! In: a node and its place. Out: warnings with the position and the path in the document.

use crdgen_schema::{diagnostic::Diagnostic, schema::Schema};

use super::{DEEPEST, Lowering};
use crate::{code, place};

impl Lowering<'_, '_> {
    pub(super) fn warn_deep(&mut self, schema: &Schema, place: &str) {
        let message = format!("more than {DEEPEST} arrays and maps nest here: the type of what is in them is any JSON");
        let finding = Diagnostic::warning(message).code(code::NOT_TYPED).help("nothing of it is lost");
        self.diagnostics.push(self.located(finding, schema, place));
    }

    /// The finding, with its position and its path in the document.
    fn located(&self, finding: Diagnostic, schema: &Schema, place: &str) -> Diagnostic {
        finding.at(&self.definition.source.file, schema.at).on(place::in_document(self.version, place))
    }
}
