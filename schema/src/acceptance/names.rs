//! `spec.names`.
//!
//! In: `spec.names`, before the server defaults it. Out: field errors.

use crate::{
    field::{Error, Errors, Path},
    name,
    node::Node,
};

/// Checks the names of a resource; singular and list kind are defaulted from the kind.
pub(super) fn check(names: &Node<'_>, path: &Path<'_>, errors: &mut Errors) {
    let given = |name: &str| names[name].as_str().unwrap_or_default().to_owned();
    let kind = given("kind");
    let singular = Some(given("singular")).filter(|text| !text.is_empty()).unwrap_or_else(|| kind.to_lowercase());
    let default_list_kind = if kind.is_empty() { String::new() } else { format!("{kind}List") };
    let list_kind = Some(given("listKind")).filter(|text| !text.is_empty()).unwrap_or(default_list_kind);
    let plural = given("plural");
    for (name, text) in [("plural", &plural), ("singular", &singular), ("kind", &kind), ("listKind", &list_kind)] {
        if text.is_empty() {
            errors.push(Error::required(path.child(name), ""));
        }
    }
    check_texts(&[&plural, &singular, &kind, &list_kind], path, errors);
    check_lists(names, path, errors);
}

/// Checks the names that a resource was given. Each may be missing.
pub(super) fn check_accepted(names: &Node<'_>, path: &Path<'_>, errors: &mut Errors) {
    let given = ["plural", "singular", "kind", "listKind"].map(|name| names[name].as_str().unwrap_or_default());
    check_texts(&given, path, errors);
    check_lists(names, path, errors);
}

/// Checks plural, singular, kind and list kind, in this order.
fn check_texts(given: &[&str; 4], path: &Path<'_>, errors: &mut Errors) {
    const MIXED: &str = "may have mixed case, but should otherwise match: ";
    let [plural, singular, kind, list_kind] = *given;
    for (name, text, checked, prefix) in [
        ("plural", plural, plural.to_owned(), ""),
        ("singular", singular, singular.to_owned(), ""),
        ("kind", kind, kind.to_lowercase(), MIXED),
        ("listKind", list_kind, list_kind.to_lowercase(), MIXED),
    ] {
        let faults = name::dns_1035_label(&checked);
        if !text.is_empty() && !faults.is_empty() {
            errors.push(Error::invalid_text(path.child(name), text, format!("{prefix}{}", faults.join(","))));
        }
    }
    if !kind.is_empty() && kind == list_kind {
        errors.push(Error::invalid_text(path.child("listKind"), kind, "kind and listKind may not be the same"));
    }
}

/// Checks short names and categories.
fn check_lists(names: &Node<'_>, path: &Path<'_>, errors: &mut Errors) {
    for list in ["shortNames", "categories"] {
        let list_path = path.child(list);
        for (index, text) in names[list].items().iter().enumerate() {
            let text = text.as_str().unwrap_or_default();
            let faults = name::dns_1035_label(text);
            if !faults.is_empty() {
                errors.push(Error::invalid_text(list_path.index(index), text, faults.join(",")));
            }
        }
    }
}
