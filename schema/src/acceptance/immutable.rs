//! What an update of a CRD cannot change.
//!
//! In: the new spec and the old CRD. Out: field errors. Group and plural are parts of the CRD's name. Scope and kind stay once
//! objects may have been stored.

use super::stored_crd::StoredCrd;
use crate::{
    field::{Error, Errors, Path},
    node::Node,
};

/// Checks the fields that decide how objects are stored.
pub(super) fn check(spec: &Node<'_>, old: StoredCrd<'_>) -> Errors {
    let path = Path::ROOT.child("spec");
    let names_path = path.child("names");
    let (names, old_names) = (&spec["names"], &old.spec()["names"]);
    let fields = [
        (path.child("scope"), &spec["scope"], &old.spec()["scope"], old.is_established()),
        (names_path.child("kind"), &names["kind"], &old_names["kind"], old.is_established()),
        (path.child("group"), &spec["group"], &old.spec()["group"], true),
        (names_path.child("plural"), &names["plural"], &old_names["plural"], true),
    ];
    let text = |node: &Node<'_>| node.as_str().unwrap_or_default().to_owned();
    let changed = fields.into_iter().filter(|(_, new, old, is_fixed)| *is_fixed && text(new) != text(old));
    Errors(changed.map(|(path, new, ..)| Error::invalid_text(path, &text(new), "field is immutable")).collect())
}
