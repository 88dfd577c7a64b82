//! What the authors of several kinds should know.

use crdgen_schema::name;

use super::super::pod;
use super::template;
use crate::check::Field;

/// The name of an object whose name its pods get should be a DNS label.
pub(super) fn name(object: Field<'_>) -> Option<String> {
    let faults = name::dns_label(object.get("metadata").get("name").text());
    let advice =
        "this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended";
    (!faults.is_empty()).then(|| format!("metadata.name: {advice}: [{}]", faults.join(" ")))
}

/// Whether an update changed the generation, so that its template is looked at.
pub(super) fn is_changed(object: Field<'_>, old: Field<'_>) -> bool {
    let generation = |object: Field<'_>| object.get("metadata").get("generation").int();
    generation(object) != generation(old)
}

/// The warnings of a kind with its template under `spec`. Only a new object is warned of its name, if the kind asks for that.
pub(super) fn of(object: Field<'_>, old: Option<Field<'_>>, warns_of_name: bool) -> Vec<String> {
    let mut warnings = Vec::new();
    match old {
        None => {
            warnings.extend(name(object).filter(|_| warns_of_name));
            warnings.extend(pod::template_warnings(template::of(object), None));
        }
        Some(old) if is_changed(object, old) => {
            warnings.extend(pod::template_warnings(template::of(object), Some(template::of(old))));
        }
        Some(_) => {}
    }
    warnings
}
