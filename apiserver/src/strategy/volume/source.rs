//! Where a persistent volume's bytes are.
//!
//! Source: `ValidatePersistentVolumeSpec`, `validateHostPathVolumeSource` and its siblings.

use serde_json::Value;

use crate::check::Field;
use crate::strategy::pod::source as shared;

/// Checks one kind of source.
type Check = fn(Field<'_>, Field<'_>);

/// The sources, in the order in which Go looks at them: their members, the path that their errors have, and their checks.
const SOURCES: [(&str, &str, Check); 22] = [
    ("hostPath", "hostPath", |of, _| host_path(of)),
    ("gcePersistentDisk", "persistentDisk", |of, _| shared::disk(of, "pdName")),
    ("awsElasticBlockStore", "awsElasticBlockStore", |of, _| shared::disk(of, "volumeID")),
    ("glusterfs", "glusterfs", |of, _| glusterfs(of)),
    ("flocker", "flocker", |of, _| shared::flocker(of)),
    ("nfs", "nfs", |of, _| shared::nfs(of)),
    ("rbd", "rbd", |of, _| shared::rbd(of)),
    ("quobyte", "quobyte", |of, _| shared::quobyte(of)),
    ("cephfs", "cephfs", |of, _| shared::require_list(of, "monitors")),
    ("iscsi", "iscsi", iscsi),
    ("cinder", "cinder", |of, _| secret(of, &["volumeID"])),
    ("fc", "fc", |of, _| shared::fibre_channel(of)),
    ("flexVolume", "flexVolume", |of, _| shared::flex(of)),
    ("azureFile", "azureFile", |of, _| azure_file(of)),
    ("vsphereVolume", "vsphereVolume", |of, _| shared::require(of, &["volumePath"])),
    ("photonPersistentDisk", "photonPersistentDisk", |of, _| shared::require(of, &["pdID"])),
    ("portworxVolume", "portworxVolume", |of, _| shared::require(of, &["volumeID"])),
    ("azureDisk", "azureDisk", |of, _| shared::azure_disk(of)),
    ("scaleIO", "scaleIO", |of, _| shared::require(of, &["gateway", "system", "volumeName"])),
    ("local", "local", |of, _| local(of)),
    ("storageos", "storageos", |of, _| storage_os(of)),
    ("csi", "csi", |of, _| csi(of)),
];

/// The sources that take mount options.
pub(super) const MOUNTABLE: [&str; 13] = [
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "nfs",
    "rbd",
    "quobyte",
    "iscsi",
    "cinder",
    "cephfs",
    "azureFile",
    "vsphereVolume",
    "azureDisk",
    "photonPersistentDisk",
];

/// Only the source of a spec.
pub(super) fn only(spec: &Value) -> Value {
    let members = SOURCES.iter().filter_map(|(name, ..)| Some(((*name).to_owned(), spec.get(name)?.clone())));
    Value::Object(members.collect())
}

/// A volume has one source.
pub(super) fn check<'a>(volume: Field<'a>, spec: Field<'a>) {
    let mut count = 0;
    for (name, shown, check) in SOURCES {
        let source = spec.get(name);
        if !source.is_set() {
            continue;
        }
        // Go does not look whether there is another one before a `flexVolume`, and calls `cephfs` so only here.
        if count > 0 && name != "flexVolume" {
            let place = if name == "cephfs" { spec.get("cephFS") } else { source };
            place.forbidden("may not specify more than 1 volume type");
            continue;
        }
        count += 1;
        check(source.shown_as(spec.get(shown)), volume);
        if name == "local" && !spec.get("nodeAffinity").is_set() {
            spec.get("nodeAffinity").required("Local volume requires node affinity");
        }
    }
    if count == 0 {
        spec.required("must specify a volume type");
    }
}

fn host_path(of: Field<'_>) {
    const TYPES: [&str; 8] =
        ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];
    if of.get("path").require_text() {
        of.get("path").no_backsteps();
        if of.get("type").is_set() {
            of.get("type").one_of(&TYPES);
        }
    }
}

fn glusterfs(of: Field<'_>) {
    shared::require(of, &["endpoints", "path"]);
    let namespace = of.get("endpointsNamespace");
    match namespace.is_set() {
        true if namespace.text().is_empty() => {
            namespace.invalid("if the endpointnamespace is set, it must be a valid namespace name");
        }
        true => namespace.dns_label(),
        false => {}
    }
}

fn iscsi(of: Field<'_>, volume: Field<'_>) {
    let (portal, initiator, secret) = (of.get("targetPortal"), of.get("initiatorName"), of.get("secretRef"));
    portal.require_text();
    let name = volume.get("metadata").get("name").text();
    if initiator.is_set() && name.len() + 1 + portal.text().len() > 64 {
        portal.shown_as(of.get("targetportal")).invalid(
            "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is \
             specified.",
        );
    }
    let check_name = |field: Field<'_>| {
        if !shared::is_iscsi_name(field.text()) {
            field.invalid("must be valid format");
        }
    };
    if of.get("iqn").require_text() {
        check_name(of.get("iqn"));
    }
    of.get("lun").in_range(0, 255);
    if (of.get("chapAuthDiscovery").flag() || of.get("chapAuthSession").flag()) && !secret.is_set() {
        secret.required("");
    }
    if secret.is_set() {
        secret.get("name").require_text();
    }
    if initiator.is_set() {
        check_name(initiator.shown_as(of.get("initiatorname")));
    }
}

/// These texts, and the name and namespace of the secret if there is one.
fn secret(of: Field<'_>, names: &[&'static str]) {
    shared::require(of, names);
    if of.get("secretRef").is_set() {
        shared::require(of.get("secretRef"), &["name", "namespace"]);
    }
}

fn azure_file(of: Field<'_>) {
    shared::require(of, &["secretName", "shareName"]);
    if of.get("secretNamespace").is_set() {
        of.get("secretNamespace").require_text();
    }
}

fn local(of: Field<'_>) {
    if of.get("path").require_text() {
        of.get("path").no_backsteps();
    }
}

fn storage_os(of: Field<'_>) {
    if of.get("volumeName").require_text() {
        of.get("volumeName").dns_label();
    }
    if !of.get("volumeNamespace").text().is_empty() {
        of.get("volumeNamespace").dns_label();
    }
    secret(of, &[]);
}

fn csi(of: Field<'_>) {
    shared::csi_driver(of.get("driver"));
    of.get("volumeHandle").require_text();
    for name in
        ["controllerPublishSecretRef", "controllerExpandSecretRef", "nodePublishSecretRef", "nodeExpandSecretRef"]
    {
        let secret = of.get(name);
        if !secret.is_set() {
            continue;
        }
        if secret.get("name").require_text() {
            secret.get("name").dns_subdomain();
        }
        if secret.get("namespace").require_text() {
            secret.get("namespace").dns_label();
        }
    }
}
