//! The metadata of an object.
//!
//! Source: `ValidateObjectMeta`.

use crdgen_schema::field::Path;
use crdgen_schema::metadata::{self, NameRule};

use super::Field;

impl Field<'_> {
    /// Checks the metadata of a namespaced object once more, for kinds whose updates do that twice.
    pub(crate) fn metadata_again(self, rule: NameRule) {
        let path = Path::ROOT.child("metadata");
        for error in metadata::validate(self.get("metadata").value(), true, rule, &path) {
            self.report(error);
        }
    }
}
