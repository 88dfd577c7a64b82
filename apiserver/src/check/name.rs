//! Checks of names.
//!
//! Source: `apimachinery/pkg/util/validation`.

use crdgen_schema::name;

use super::Field;

impl Field<'_> {
    /// The text must be a DNS label.
    pub(crate) fn dns_label(self) {
        self.invalid_for(name::dns_label(self.text()));
    }

    /// The text must be a DNS subdomain.
    pub(crate) fn dns_subdomain(self) {
        self.invalid_for(name::dns_subdomain(self.text()));
    }

    /// The text must be a name with an optional domain before it (`IsQualifiedName`).
    pub(crate) fn qualified_name(self) {
        self.invalid_for(name::label_key(self.text()));
    }

    /// The text must be able to stand in a URL's path.
    pub(crate) fn path_segment(self) {
        self.invalid_for(name::path_segment(self.text()));
    }
}
