//! The selector and the labels by which a job finds its pods.
//!
//! Source: `generateSelector`, `validateGeneratedSelector`.

use serde_json::{Value, json};

use crate::check::Field;
use crate::object::text;

/// The label with the name of the job.
pub(super) const NAME: &str = "batch.kubernetes.io/job-name";
/// The label with the uid of the job.
pub(super) const UID: &str = "batch.kubernetes.io/controller-uid";
/// The same from before labels had prefixes.
const OLD_NAME: &str = "job-name";
const OLD_UID: &str = "controller-uid";

/// Adds the labels to the template, and a selector for them to the job. What the client has set itself stays, and is refused later.
pub(super) fn generate(object: &mut Value) {
    let (name, uid) = (text(object, "name").to_owned(), text(object, "uid").to_owned());
    // Go's labels of the job are those of the template, and not a copy of them, if the job has no labels of its own. Where a name
    // is generated the object has been copied before.
    let prefix = text(object, "generateName");
    let is_generated = !prefix.is_empty() && name.len() == prefix.len() + 5 && name.starts_with(prefix);
    let are_same = !is_generated
        && object["metadata"].get("labels").is_some()
        && object["metadata"]["labels"] == object["spec"]["template"]["metadata"]["labels"];
    let template = &mut object["spec"]["template"]["metadata"];
    if !template["labels"].is_object() {
        template["labels"] = json!({});
    }
    if let Some(labels) = template["labels"].as_object_mut() {
        for (label, value) in [(OLD_NAME, &name), (NAME, &name), (OLD_UID, &uid), (UID, &uid)] {
            labels.entry(label).or_insert_with(|| json!(value));
        }
    }
    if are_same {
        let labels = template["labels"].clone();
        object["metadata"]["labels"] = labels;
    }
    let selector = &mut object["spec"]["selector"];
    if selector["matchLabels"][UID].is_null() {
        selector["matchLabels"][UID] = json!(uid);
    }
}

/// What was generated must be what is there.
pub(super) fn check(object: Field<'_>, has_labels: bool) {
    let (spec, metadata) = (object.get("spec"), object.get("metadata"));
    let selector = spec.get("selector");
    if spec.get("manualSelector").flag() || !selector.is_set() {
        return;
    }
    let (uid, name) = (metadata.get("uid"), metadata.get("name"));
    if uid.text().is_empty() {
        uid.required("");
    }
    let mut labels = vec![(OLD_UID, uid.text()), (OLD_NAME, name.text())];
    if has_labels {
        labels.extend([(UID, uid.text()), (NAME, name.text())]);
    }
    let given = spec.get("template").get("metadata").get("labels");
    for (label, expected) in &labels {
        check_label(given, label, expected);
    }
    let expected: Value = labels.into_iter().collect();
    if selector.is_label_selector() && !selector.selects(given.with_value(&expected)) {
        selector.invalid("`selector` not auto-generated");
    }
}

/// `ValidateHasLabel`
fn check_label(labels: Field<'_>, label: &'static str, expected: &str) {
    let given = labels.key(label);
    if !given.is_set() {
        given.required(format!("must be '{expected}'"));
    } else if given.text() != expected {
        labels.shown_as(given).invalid(format!("must be '{expected}'"));
    }
}
