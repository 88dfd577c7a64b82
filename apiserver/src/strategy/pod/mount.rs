//! What containers mount.
//!
//! Source: `ValidateVolumeMounts`, `ValidateVolumeDevices`.

use std::collections::BTreeSet;

use super::Surroundings;
use crate::check::Field;

/// Checks the volumes and block devices that a container mounts.
pub(super) fn check_mounts(container: Field<'_>, around: &Surroundings<'_>) {
    let (mounts, devices) = (container.get("volumeMounts"), container.get("volumeDevices"));
    let mut paths = BTreeSet::new();
    for mount in mounts.items() {
        let (name, path) = (mount.get("name"), mount.get("mountPath"));
        name.require_text();
        if !around.volumes.contains_key(name.text()) {
            name.not_found();
        }
        path.require_text();
        if !paths.insert(path.text()) {
            path.invalid("must be unique");
        }
        if devices.items().any(|device| device.get("name").text() == name.text()) {
            name.invalid("must not already exist in volumeDevices");
        }
        if devices.items().any(|device| device.get("devicePath").text() == path.text()) {
            path.invalid("must not already exist as a path in volumeDevices");
        }
        check_sub_path(mount, mounts);
        check_propagation(mount, mounts, container);
    }
    check_devices(devices, mounts, around);
}

/// Go's errors about parts of a path name no index.
fn check_sub_path(mount: Field<'_>, mounts: Field<'_>) {
    let (path, expression) = (mount.get("subPath"), mount.get("subPathExpr"));
    if !path.text().is_empty() {
        path.shown_as(mounts.get("subPath")).descending_path();
    }
    if !expression.text().is_empty() {
        if !path.text().is_empty() {
            expression.invalid("subPathExpr and subPath are mutually exclusive");
        }
        expression.shown_as(mounts.get("subPathExpr")).descending_path();
    }
}

fn check_propagation(mount: Field<'_>, mounts: Field<'_>, container: Field<'_>) {
    let propagation = mount.get("mountPropagation").shown_as(mounts.get("mountPropagation"));
    if propagation.is_set() {
        propagation.one_of(&["Bidirectional", "HostToContainer", "None"]);
        if propagation.text() == "Bidirectional" && !container.get("securityContext").get("privileged").flag() {
            propagation.forbidden("Bidirectional mount propagation is available only to privileged containers");
        }
    }
    let recursive = mount.get("recursiveReadOnly").shown_as(mounts.get("recursiveReadOnly"));
    match recursive.text() {
        "Disabled" => {}
        "Enabled" | "IfPossible" => {
            if !mount.get("readOnly").flag() {
                recursive.forbidden("may only be specified when readOnly is true");
            }
            if propagation.is_set() && propagation.text() != "None" {
                recursive.forbidden("may only be specified when mountPropagation is None or not specified");
            }
        }
        _ if recursive.is_set() => recursive.not_supported(&["Disabled", "Enabled", "IfPossible"]),
        _ => {}
    }
}

fn check_devices(devices: Field<'_>, mounts: Field<'_>, around: &Surroundings<'_>) {
    let (mut names, mut paths) = (BTreeSet::new(), BTreeSet::new());
    for device in devices.items() {
        let (name, path) = (device.get("name"), device.get("devicePath"));
        name.require_text();
        if names.contains(name.text()) {
            name.invalid("must be unique");
        }
        match around.volumes.get(name.text()) {
            None => name.not_found(),
            Some(volume) if !volume.get("persistentVolumeClaim").is_set() && !volume.get("ephemeral").is_set() => {
                name.invalid("can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
            }
            Some(_) => {}
        }
        path.require_text();
        if paths.contains(path.text()) {
            path.invalid("must be unique");
        }
        if path.text().split('/').any(|part| part == "..") {
            path.invalid("can not contain backsteps ('..')");
        } else {
            paths.insert(path.text());
        }
        if mounts.items().any(|mount| mount.get("name").text() == name.text()) {
            name.invalid("must not already exist in volumeMounts");
        }
        if mounts.items().any(|mount| mount.get("mountPath").text() == path.text()) {
            path.invalid("must not already exist as a path in volumeMounts");
        }
        if !name.text().is_empty() {
            names.insert(name.text());
        }
    }
}
