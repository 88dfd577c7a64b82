//! The pod template of another kind.
//!
//! Source: `ValidatePodTemplateSpec`, `GetWarningsForPodTemplate`.

use super::{Setting, annotation, spec, warning};
use crate::check::Field;

/// Reports what is wrong with a pod template. `old` is the template that it replaces: what is wrong with that already may stay.
pub(crate) fn check_template(template: Field<'_>, old: Option<Field<'_>>) {
    let (metadata, pod) = (template.get("metadata"), template.get("spec"));
    let annotations = metadata.get("annotations").shown_as(template.get("annotations"));
    metadata.get("labels").shown_as(template.get("labels")).labels();
    annotations.annotations();
    annotation::check_annotations(annotations, pod);
    spec::check_spec(pod, &Setting::new("", false, old.map(|old| old.get("spec"))));
    annotation::check_match(annotations, pod);
    let ephemeral = pod.get("ephemeralContainers");
    if !ephemeral.is_empty() {
        ephemeral.forbidden("ephemeral containers not allowed in pod template");
    }
}

/// What the author of a pod template should know.
pub(crate) fn template_warnings(template: Field<'_>, _old: Option<Field<'_>>) -> Vec<String> {
    warning::of_owner(template, false)
}
