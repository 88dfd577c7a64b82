//! The pod template of another kind.

use crate::check::Field;

/// Reports what is wrong with a pod template (`ValidatePodTemplateSpec`). `old` is the template that it replaces: what is wrong
/// with that already may stay.
pub(crate) fn check_template(template: Field<'_>, _old: Option<Field<'_>>) {
    template.get("metadata").get("labels").shown_as(template.get("labels")).labels();
    if !template.get("spec").get("ephemeralContainers").is_empty() {
        template.get("spec").get("ephemeralContainers").forbidden("ephemeral containers not allowed in pod template");
    }
}

/// What the author of a pod template should know (`GetWarningsForPodTemplate`).
pub(crate) fn template_warnings(_template: Field<'_>, _old: Option<Field<'_>>) -> Vec<String> {
    Vec::new()
}
