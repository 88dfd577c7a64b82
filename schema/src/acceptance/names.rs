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
    for (name, text) in [("plural", &given("plural")), ("singular", &singular)] {
        check_name(&path.child(name), text, text, "", errors);
    }
    for (name, text) in [("kind", &kind), ("listKind", &list_kind)] {
        let prefix = "may have mixed case, but should otherwise match: ";
        check_name(&path.child(name), text, &text.to_lowercase(), prefix, errors);
    }
    if !kind.is_empty() && kind == list_kind {
        errors.push(Error::invalid_text(path.child("listKind"), &kind, "kind and listKind may not be the same"));
    }
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

fn check_name(path: &Path<'_>, text: &str, checked: &str, prefix: &str, errors: &mut Errors) {
    if text.is_empty() {
        errors.push(Error::required(path, ""));
        return;
    }
    let faults = name::dns_1035_label(checked);
    if !faults.is_empty() {
        errors.push(Error::invalid_text(path, text, format!("{prefix}{}", faults.join(","))));
    }
}
