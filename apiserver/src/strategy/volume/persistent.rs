//! `v1` `PersistentVolume`.

use crdgen_schema::metadata::NameRule;
use serde_json::{Value, json};

use super::{CLASS_ANNOTATION, cells, source, spec};
use crate::check::{Field, difference};
use crate::object;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};

/// `v1/PersistentVolume`
#[derive(Debug)]
pub(in crate::strategy) struct Volume;

const MOUNT_OPTIONS: &str = "volume.beta.kubernetes.io/mount-options";

const SPEC: &str = "core/v1.PersistentVolumeSpec";

impl Strategy for Volume {
    fn set_defaults(&self, object: &mut Value) {
        // Volumes of attachments have the same type, but no defaults.
        if let Some(spec) = object["spec"].as_object_mut() {
            if spec.get("persistentVolumeReclaimPolicy").is_none_or(|policy| policy == "") {
                spec.insert("persistentVolumeReclaimPolicy".to_owned(), json!("Retain"));
            }
            spec.entry("volumeMode").or_insert_with(|| json!("Filesystem"));
        }
    }

    fn prepare_for_create(&self, _resource: &Resource, object: &mut Value) {
        let created = object::text(object, "creationTimestamp").to_owned();
        object["status"] = json!({"phase": "Pending", "lastPhaseTransitionTime": created});
    }

    fn stamp(&self, object: &mut Value, old: &Value, subresource: Subresource, time: &str) {
        const TIME: &str = "lastPhaseTransitionTime";
        if subresource != Subresource::Status {
            return;
        }
        let same_phase = object["status"]["phase"] == old["status"]["phase"];
        let given = object["status"].get(TIME).filter(|time| !time.is_null());
        let before = old["status"].get(TIME).filter(|time| !time.is_null());
        match (same_phase, given.is_none(), before) {
            (true, true, Some(before)) => object["status"][TIME] = before.clone(),
            (false, none, before) if none || given == before => object["status"][TIME] = json!(time),
            _ => {}
        }
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        spec::check(object, object.get("spec"), false);
        check_mount_options(object);
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        if subresource != Subresource::Main {
            return;
        }
        object.metadata(false, NameRule::DnsSubdomain);
        self.validate(resource, object);
        spec::check(object, object.get("spec"), false);
        check_change(object, old);
    }

    fn warnings(&self, object: Field<'_>, _old: Option<Field<'_>>) -> Vec<String> {
        warnings(object)
    }

    fn field_alias<'a>(&self, name: &'a str) -> &'a str {
        if name == "name" { "metadata.name" } else { name }
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        cells::of_volume(object, now)
    }
}

/// Some kinds of volumes do not take mount options.
fn check_mount_options(volume: Field<'_>) {
    let spec = volume.get("spec");
    let takes = source::MOUNTABLE.iter().any(|name| spec.get(name).is_set());
    if !takes && volume.annotation(MOUNT_OPTIONS).is_set() {
        let place = volume.get("metadata").get("annotations").get(MOUNT_OPTIONS);
        place.forbidden("may not specify mount options for this volume type");
    }
}

fn check_change<'a>(volume: Field<'a>, old: Field<'a>) {
    let (spec, before) = (volume.get("spec"), old.get("spec"));
    let (mut now, mut then) = (source::only(spec.value()), source::only(before.value()));
    let gets_secret = |source: &Value| source["csi"].get("controllerExpandSecretRef").is_some();
    if now["csi"].is_object() && then["csi"].is_object() && gets_secret(&now) && !gets_secret(&then) {
        now["csi"]["controllerExpandSecretRef"] = Value::Null;
        then["csi"]["controllerExpandSecretRef"] = Value::Null;
    }
    if now != then {
        let difference = difference::between_embedded(SPEC, "PersistentVolumeSource", &then, &now);
        spec.get("persistentvolumesource")
            .forbidden(format!("spec.persistentvolumesource is immutable after creation\n{difference}"));
    }
    if !spec.get("volumeMode").equals(before.get("volumeMode")) {
        spec.get("volumeMode").shown_as(volume.get("volumeMode")).invalid("field is immutable");
    }
    let affinity = spec.get("nodeAffinity");
    if before.get("nodeAffinity").is_set() && !affinity.equals(before.get("nodeAffinity")) {
        affinity.shown_as(volume.get("nodeAffinity")).invalid("field is immutable");
    }
    let class = spec.get("volumeAttributesClassName");
    if before.get("volumeAttributesClassName").is_set() && !class.is_set() {
        class.forbidden("update from non-nil value to nil is forbidden");
    }
}

fn warnings(volume: Field<'_>) -> Vec<String> {
    const GONE: [(&str, &str, &str); 6] = [
        ("cephfs", "cephfs", "deprecated in v1.28, non-functional in v1.31+"),
        ("photonPersistentDisk", "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"),
        ("scaleIO", "scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
        ("storageos", "storageOS", "deprecated in v1.22, non-functional in v1.25+"),
        ("glusterfs", "glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
        ("rbd", "rbd", "deprecated in v1.28, non-functional in v1.31+"),
    ];
    let (spec, mut found) = (volume.get("spec"), Vec::new());
    for (name, message) in [
        (CLASS_ANNOTATION, "deprecated since v1.8; use \"storageClassName\" attribute instead"),
        (MOUNT_OPTIONS, "deprecated since v1.31; use \"mountOptions\" attribute instead"),
    ] {
        if volume.annotation(name).is_set() {
            found.push(format!("metadata.annotations[{name}]: {message}"));
        }
    }
    if spec.get("persistentVolumeReclaimPolicy").text() == "Recycle" {
        found.push(
            "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended \
             approach is to use dynamic provisioning."
                .to_owned(),
        );
    }
    let terms = spec.get("nodeAffinity").get("required").get("nodeSelectorTerms");
    found.extend(terms.items().flat_map(Field::node_label_warnings));
    let gone = GONE.iter().filter(|(name, ..)| spec.get(name).is_set());
    found.extend(gone.map(|(_, shown, message)| format!("spec.{shown}: {message}")));
    found
}
