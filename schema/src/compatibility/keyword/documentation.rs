//! Descriptions and titles.

use crate::schema::Schema;

/// Whether what is reported to people about a node has changed.
pub(in super::super) fn is_reworded(old: &Schema, new: &Schema) -> bool {
    old.description != new.description || old.title != new.title
}
