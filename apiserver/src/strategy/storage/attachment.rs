//! `storage.k8s.io/v1` `VolumeAttachment`: a volume that a node shall have.

use crdgen_schema::metadata::NameRule;
use serde_json::{Value, json};

use crate::check::Field;
use crate::object;
use crate::resource::strategy::{Strategy, Subresource};
use crate::resource::{Resource, built_in};
use crate::response::table;
use crate::strategy::volume;

/// `storage.k8s.io/v1/VolumeAttachment`
#[derive(Debug)]
pub(in crate::strategy) struct VolumeAttachment;

const LARGEST_METADATA: i64 = 256 * 1024;

impl Strategy for VolumeAttachment {
    fn ignored(&self, _resource: &Resource, subresource: Subresource) -> &'static [&'static str] {
        if subresource == Subresource::Status { &["metadata", "spec"] } else { &["status"] }
    }

    fn prepare_for_update(&self, resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        built_in::prepare_for_update(&[], resource, object, old, subresource);
        if subresource == Subresource::Status {
            object::reset_for_status(object, old);
        }
    }

    fn unconditional_update(&self) -> bool {
        false
    }

    fn repeats_changes(&self) -> bool {
        false
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        let spec = object.get("spec");
        super::check_driver_name(spec.get("attacher"));
        check_source(spec.get("source"));
        spec.get("nodeName").dns_subdomain();
        check_status(object.get("status"));
        let volume = spec.get("source").get("persistentVolumeName");
        if volume.is_set() {
            volume.dns_subdomain();
        }
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        object.metadata(false, NameRule::DnsSubdomain);
        self.validate(resource, object);
        let spec = object.get("spec");
        if !spec.equals(old.get("spec")) {
            spec.invalid("field is immutable");
        }
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let spec = &object["spec"];
        let text = |value: &Value| json!(value.as_str().unwrap_or_default());
        vec![
            object["metadata"]["name"].clone(),
            text(&spec["attacher"]),
            text(&spec["source"]["persistentVolumeName"]),
            text(&spec["nodeName"]),
            json!(object["status"]["attached"] == true),
            table::age(object, now),
        ]
    }
}

fn check_source(source: Field<'_>) {
    let (name, inline) = (source.get("persistentVolumeName"), source.get("inlineVolumeSpec"));
    match (name.is_set(), inline.is_set()) {
        (false, false) => source.required("must specify exactly one of inlineVolumeSpec and persistentVolumeName"),
        (true, true) => source.forbidden("must specify exactly one of inlineVolumeSpec and persistentVolumeName"),
        (true, false) if name.text().is_empty() => name.required("must specify non empty persistentVolumeName"),
        (true, false) => {}
        (false, true) => volume::check_inline(inline),
    }
}

fn check_status(status: Field<'_>) {
    let metadata = status.get("attachmentMetadata");
    let size: usize = metadata.entries().map(|(key, value)| key.len() + value.text().len()).sum();
    if i64::try_from(size).is_ok_and(|size| size > LARGEST_METADATA) {
        metadata.too_long(LARGEST_METADATA);
    }
    for error in ["attachError", "detachError"].map(|name| status.get(name)) {
        if error.get("message").text().len() > 1024 {
            error.get("message").too_long(LARGEST_METADATA);
        }
        if error.get("errorCode").int() < 0 {
            error.get("errorCode").invalid("must be between 0 and 2147483647, inclusive");
        }
    }
}
