//! The pods that an object makes, and the selector by which it finds them.

use super::super::pod;
use crate::check::Field;

/// The template of an object that has it in its spec.
pub(super) fn of(object: Field<'_>) -> Field<'_> {
    object.get("spec").get("template")
}

/// A selector that must be there and select something (`kind` is said in the refusal), and the template of pods that it selects.
pub(super) fn selected(spec: Field<'_>, old: Option<Field<'_>>, kind: &str, owner: &str) {
    let selector = spec.get("selector");
    required_selector(selector, kind);
    if selector.is_label_selector() {
        labels(selector, spec.get("template"));
        let old = old.map(|spec| spec.get("template"));
        pod::check_template(spec.get("template"), old);
        runs_always(spec.get("template"), owner);
    } else {
        selector.invalid("invalid label selector");
    }
}

/// A selector that must be there and select something.
pub(super) fn required_selector(selector: Field<'_>, kind: &str) {
    if !selector.is_set() {
        selector.required("");
        return;
    }
    selector.label_selector();
    if selector.selects_everything() {
        selector.invalid(format!("empty selector is invalid for {kind}"));
    }
}

/// The labels of the template must be those that the selector looks for. One that looks for nothing does not mind; one that is
/// absent finds nothing.
pub(super) fn labels(selector: Field<'_>, template: Field<'_>) {
    if !selector.is_set() || !selector.selects_everything() {
        matching(selector, template);
    }
}

/// The same for a selector that may look for nothing.
pub(super) fn matching(selector: Field<'_>, template: Field<'_>) {
    let labels = template.get("metadata").get("labels");
    if !selector.is_set() || !selector.selects(labels) {
        not_selected(labels);
    }
}

/// The labels of a template are not selected.
pub(super) fn not_selected(labels: Field<'_>) {
    labels.invalid("`selector` does not match template `labels`");
}

/// Pods of this owner run until they are deleted.
pub(super) fn runs_always(template: Field<'_>, owner: &str) {
    let spec = template.get("spec");
    spec.get("restartPolicy").one_of(&["Always"]);
    let deadline = spec.get("activeDeadlineSeconds");
    if deadline.is_set() {
        deadline.forbidden(format!("activeDeadlineSeconds in {owner} is not Supported"));
    }
}
