//! What a volume is made of, whether it is an object of its own or part of a `VolumeAttachment`.
//!
//! Source: `ValidatePersistentVolumeSpec`.

use serde_json::{Value, json};

use super::{check_access_modes, source};
use crate::check::Field;

/// Checks the volume that stands in an attachment.
pub(in crate::strategy) fn check_inline(spec: Field<'_>) {
    check(spec, spec, true);
}

/// Checks the spec of a volume; `volume` has its name.
pub(super) fn check<'a>(volume: Field<'a>, spec: Field<'a>, inline: bool) {
    const HERE: &str = "may not be specified in the context of inline volumes";
    let (capacity, modes, affinity) = (spec.get("capacity"), spec.get("accessModes"), spec.get("nodeAffinity"));
    if inline {
        if spec.get("claimRef").is_set() {
            spec.get("claimRef").forbidden(HERE);
        }
        if !capacity.is_empty() {
            capacity.forbidden(HERE);
        }
        if !spec.get("csi").is_set() {
            spec.get("csi").required("has to be specified in the context of inline volumes");
        }
    }
    if modes.is_empty() {
        modes.required("");
    }
    check_access_modes(modes);
    if !inline {
        check_capacity(capacity);
    }
    check_policy(spec.get("persistentVolumeReclaimPolicy"), inline);
    if affinity.is_set() {
        if inline {
            affinity.forbidden(HERE);
        } else if affinity.get("required").is_set() {
            affinity.get("required").node_selector();
        } else {
            affinity.get("required").required("must specify required node constraints");
        }
    }
    source::check(volume, spec);
    check_root(spec);
    check_names(spec, inline);
}

fn check_capacity(capacity: Field<'_>) {
    if capacity.is_empty() {
        capacity.required("");
    }
    if !capacity.key("storage").is_set() || capacity.len() > 1 {
        capacity.value_not_supported(&["storage"]);
    }
    for (_, amount) in capacity.entries() {
        if amount.quantity().sign() < 0 {
            amount.invalid_as(&amount.quantity().value().into(), "must be a valid resource quantity");
        }
        amount.quantity_positive();
    }
}

fn check_policy(policy: Field<'_>, inline: bool) {
    if policy.text().is_empty() {
        return;
    }
    if !inline {
        policy.one_of(&["Delete", "Recycle", "Retain"]);
    } else if policy.text() != "Retain" {
        policy.forbidden("may only be Retain in the context of inline volumes");
    }
}

/// Nobody wants the root of a node to be scrubbed.
fn check_root(spec: Field<'_>) {
    let policy = spec.get("persistentVolumeReclaimPolicy");
    let path = spec.get("hostPath").get("path").text();
    let is_root = path.starts_with('/') && path.split('/').all(|part| part.is_empty() || part == ".");
    if spec.get("hostPath").is_set() && is_root && policy.text() == "Recycle" {
        policy.forbidden("may not be 'recycle' for a hostPath mount of '/'");
    }
}

fn check_names(spec: Field<'_>, inline: bool) {
    let (class, mode, attributes) =
        (spec.get("storageClassName"), spec.get("volumeMode"), spec.get("volumeAttributesClassName"));
    if !class.text().is_empty() {
        if inline {
            class.forbidden("may not be specified in the context of inline volumes");
        } else {
            class.dns_subdomain();
        }
    }
    if mode.is_set() && !inline {
        mode.one_of(&["Block", "Filesystem"]);
    } else if mode.is_set() && mode.text() != "Filesystem" {
        mode.forbidden("may not specify volumeMode other than Filesystem in the context of inline volumes");
    }
    // The options of an attachment's volume are Go's zero values.
    if attributes.is_set() && !inline {
        if attributes.text().is_empty() {
            attributes.required("an empty string is disallowed");
        } else {
            attributes.dns_subdomain();
        }
        if !spec.get("csi").is_set() {
            spec.get("csi").required("has to be specified when using volumeAttributesClassName");
        }
    }
}

impl Field<'_> {
    /// The value, whatever it is, is none of those that are known.
    fn value_not_supported(self, known: &[&str]) {
        let shown: Value = if self.is_set() { self.value().clone() } else { json!(null) };
        let known: Vec<String> = known.iter().map(|name| format!("{name:?}")).collect();
        self.not_supported_as(&shown, &format!("supported values: {}", known.join(", ")));
    }
}
