//! The volumes of a pod.
//!
//! Source: `ValidateVolumes`, `validateVolumeSource`.

use std::collections::{BTreeMap, BTreeSet};

use crdgen_schema::name;

use super::{Setting, env, projection, source};
use crate::check::Field;
use crate::strategy::volume::check_claim_spec;

/// Checks the volumes. Those that are right are what containers can mount.
pub(super) fn check_volumes<'a>(volumes: Field<'a>, setting: &Setting<'_>) -> BTreeMap<&'a str, Field<'a>> {
    let mut good = BTreeMap::new();
    let created: BTreeSet<String> = volumes
        .items()
        .filter(|volume| volume.get("ephemeral").is_set() && !setting.name.is_empty())
        .map(|volume| format!("{}-{}", setting.name, volume.get("name").text()))
        .collect();
    for volume in volumes.items() {
        let before = volume.reported();
        let name = volume.get("name");
        check_source(volume, setting);
        if name.require_text() {
            name.dns_label();
        }
        if good.contains_key(name.text()) {
            name.duplicate();
        }
        if volume.reported() == before {
            good.insert(name.text(), volume);
        }
        let claim = volume.get("persistentVolumeClaim").get("claimName");
        if created.contains(claim.text()) {
            claim.invalid("must not reference a PVC that gets created for an ephemeral volume");
        }
    }
    good
}

/// A kind of volume, the names under which Go's errors place it when it is one too many and when something in it is wrong, and
/// its check.
type Kind = (&'static str, &'static str, &'static str, fn(Field<'_>, Field<'_>, &Setting<'_>));

const KINDS: [Kind; 30] = [
    ("emptyDir", "emptyDir", "emptyDir", |of, _, _| source::empty_dir(of)),
    ("hostPath", "hostPath", "hostPath", |of, _, _| source::host_path(of)),
    ("gitRepo", "gitRepo", "gitRepo", |of, _, _| source::git_repo(of)),
    ("gcePersistentDisk", "gcePersistentDisk", "persistentDisk", |of, _, _| source::disk(of, "pdName")),
    ("awsElasticBlockStore", "awsElasticBlockStore", "awsElasticBlockStore", |of, _, _| source::disk(of, "volumeID")),
    ("secret", "secret", "secret", |of, _, _| check_files(of, "secretName")),
    ("nfs", "nfs", "nfs", |of, _, _| source::nfs(of)),
    ("iscsi", "iscsi", "iscsi", |of, volume, _| source::iscsi(of, volume)),
    ("glusterfs", "glusterfs", "glusterfs", |of, _, _| source::require(of, &["endpoints", "path"])),
    ("flocker", "flocker", "flocker", |of, _, _| source::flocker(of)),
    ("persistentVolumeClaim", "persistentVolumeClaim", "persistentVolumeClaim", |of, _, _| {
        source::require(of, &["claimName"]);
    }),
    ("rbd", "rbd", "rbd", |of, _, _| source::rbd(of)),
    ("cinder", "cinder", "cinder", |of, _, _| source::cinder(of)),
    ("cephfs", "cephFS", "cephfs", |of, _, _| source::require_list(of, "monitors")),
    ("quobyte", "quobyte", "quobyte", |of, _, _| source::quobyte(of)),
    ("downwardAPI", "downwarAPI", "downwardAPI", |of, _, _| check_downward(of)),
    ("fc", "fc", "fc", |of, _, _| source::fibre_channel(of)),
    ("flexVolume", "flexVolume", "flexVolume", |of, _, _| source::flex(of)),
    ("configMap", "configMap", "configMap", |of, _, _| check_files(of, "name")),
    ("azureFile", "azureFile", "azureFile", |of, _, _| source::require(of, &["secretName", "shareName"])),
    ("vsphereVolume", "vsphereVolume", "vsphereVolume", |of, _, _| source::require(of, &["volumePath"])),
    ("photonPersistentDisk", "photonPersistentDisk", "photonPersistentDisk", |of, _, _| source::require(of, &["pdID"])),
    ("portworxVolume", "portworxVolume", "portworxVolume", |of, _, _| source::require(of, &["volumeID"])),
    ("azureDisk", "azureDisk", "azureDisk", |of, _, _| source::azure_disk(of)),
    ("storageos", "storageos", "storageos", |of, _, _| source::storage_os(of)),
    ("projected", "projected", "projected", |of, _, _| projection::check_projected(of)),
    ("scaleIO", "scaleIO", "scaleIO", |of, _, _| source::require(of, &["gateway", "system", "volumeName"])),
    ("csi", "csi", "csi", |of, _, _| source::csi(of)),
    ("ephemeral", "ephemeral", "ephemeral", check_ephemeral),
    ("image", "image", "image", |of, _, setting| {
        if setting.is_pod {
            of.get("reference").require_text();
        }
        of.get("pullPolicy").require_one_of(&["Always", "IfNotPresent", "Never"]);
    }),
];

fn check_source(volume: Field<'_>, setting: &Setting<'_>) {
    let mut given = KINDS.iter().filter(|(kind, ..)| volume.get(kind).is_set());
    let Some((kind, _, shown, check)) = given.next() else {
        volume.required("must specify a volume type");
        return;
    };
    check(volume.get(kind).shown_as(volume.get(shown)), volume, setting);
    given.for_each(|(_, shown, ..)| volume.get(shown).forbidden("may not specify more than 1 volume type"));
}

/// The files that a secret or a config map becomes.
fn check_files(of: Field<'_>, name: &'static str) {
    of.get(name).require_text();
    of.get("defaultMode").file_mode();
    of.get("items").items().for_each(check_key_to_path);
}

/// `validateKeyToPath`
pub(super) fn check_key_to_path(item: Field<'_>) {
    item.get("key").require_text();
    item.get("path").require_text();
    item.get("path").local_path();
    item.get("mode").file_mode();
}

fn check_downward(of: Field<'_>) {
    of.get("defaultMode").file_mode();
    // Go's errors name no index.
    of.get("items").items().for_each(|file| check_downward_file(file.shown_as(of)));
}

/// A file that shows a field of the pod or a resource of a container.
pub(super) fn check_downward_file(file: Field<'_>) {
    const FIELDS: [&str; 5] =
        ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];
    file.get("path").require_text();
    file.get("path").local_path();
    let (field, resource) = (file.get("fieldRef"), file.get("resourceFieldRef"));
    match (field.is_set(), resource.is_set()) {
        (true, both) => {
            env::check_field_ref(field, &FIELDS);
            if both {
                file.invalid_as(
                    &"resource".into(),
                    "fieldRef and resourceFieldRef can not be specified simultaneously",
                );
            }
        }
        (false, true) => env::check_resource_ref(resource, true),
        (false, false) => file.required("one of fieldRef and resourceFieldRef is required"),
    }
    file.get("mode").file_mode();
}

/// The claim that is made for the pod.
fn check_ephemeral(of: Field<'_>, volume: Field<'_>, setting: &Setting<'_>) {
    let template = of.get("volumeClaimTemplate");
    if !template.is_set() {
        template.required("");
        return;
    }
    let metadata = template.get("metadata");
    metadata.get("annotations").annotations();
    metadata.get("labels").labels();
    for (part, _) in metadata.entries().filter(|(part, _)| !matches!(*part, "annotations" | "labels")) {
        metadata.get(part).forbidden("cannot be set");
    }
    check_claim_spec(template.get("spec"), None);
    let name = volume.get("name");
    if !setting.name.is_empty() && !name.text().is_empty() {
        let claim = format!("{}-{}", setting.name, name.text());
        let reasons = name::dns_subdomain(&claim).into_iter().map(|why| format!("PVC name {claim:?}: {why}"));
        name.invalid_for(reasons);
    }
}
