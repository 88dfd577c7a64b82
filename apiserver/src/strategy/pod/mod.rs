//! `v1` `Pod`, and the pod templates of other kinds.
//!
//! `strategy` is the kind; `spec` is what pods and templates have in common, with a file for each part of it.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/core/pod`, `pkg/apis/core/validation`.

mod affinity;
mod annotation;
mod cells;
mod container;
mod container_status;
pub(super) mod defaults;
mod env;
mod handler;
mod mount;
mod projection;
mod quality;
mod resize;
mod resources;
mod scheduling;
mod security;
pub(super) mod source;
mod spec;
mod status;
mod strategy;
mod template;
#[cfg(test)]
mod tests;
mod update;
mod volume;
mod warning;
mod windows;

use std::collections::{BTreeMap, BTreeSet};

use crate::check::Field;

pub(crate) use quality::class as quality_of;
pub(super) use scheduling::check_tolerations;
pub(super) use strategy::Pod;
pub(super) use template::{check_template, template_warnings};

/// Where a spec stands.
struct Setting<'a> {
    /// The name of the pod; empty in a template.
    name: &'a str,
    is_pod: bool,
    /// Whether the values of selectors must be those of labels. If a stored spec has others, they may stay.
    checks_values: bool,
    /// The policies by which the labels of volumes are changed. If a stored spec has one, it may have any.
    relabeling: &'static [&'static str],
}

impl<'a> Setting<'a> {
    /// The setting of a spec that may replace another one: what is wrong with that already may stay.
    fn new(name: &'a str, is_pod: bool, old: Option<Field<'_>>) -> Self {
        let relabels = |old: Field<'_>| old.get("securityContext").get("seLinuxChangePolicy").is_set();
        Self {
            name,
            is_pod,
            checks_values: !old.is_some_and(has_odd_selector),
            relabeling: if old.is_some_and(relabels) { &["MountOption", "Recursive"] } else { &["Recursive"] },
        }
    }
}

/// What the parts of a spec know of the others.
struct Surroundings<'a> {
    /// The volumes with nothing wrong, by their names.
    volumes: BTreeMap<&'a str, Field<'a>>,
    /// The names of resource claims.
    claims: BTreeSet<&'a str>,
    restart_policy: &'a str,
    /// Whether the pod has the users of its host.
    host_users: bool,
    /// In seconds.
    grace_period: Option<i64>,
    /// `linux`, `windows`, or empty.
    os: &'a str,
}

/// All containers of a spec.
fn containers(spec: Field<'_>) -> impl Iterator<Item = Field<'_>> {
    ["initContainers", "containers", "ephemeralContainers"].into_iter().flat_map(move |list| spec.get(list).items())
}

/// Whether a selector in a spec has a value that no label can have.
fn has_odd_selector(spec: Field<'_>) -> bool {
    let affinity = spec.get("affinity");
    let pods = ["podAffinity", "podAntiAffinity"].into_iter().flat_map(move |kind| {
        let of = affinity.get(kind);
        let required = of.get("requiredDuringSchedulingIgnoredDuringExecution").items();
        let preferred = of.get("preferredDuringSchedulingIgnoredDuringExecution").items();
        required.chain(preferred.map(|term| term.get("podAffinityTerm")))
    });
    let spread = spec.get("topologySpreadConstraints").items();
    pods.chain(spread)
        .flat_map(|term| [term.get("labelSelector"), term.get("namespaceSelector")])
        .any(Field::has_invalid_selector_value)
}
