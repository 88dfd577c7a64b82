//! What the statuses of containers say of their users and of the health of their resources.
//!
//! Source: `validateContainerStatusUsers`, `validateContainerStatusAllocatedResourcesStatus`.

use std::collections::BTreeSet;

use crate::check::Field;

/// Each list of statuses with the list of the containers.
const LISTS: [(&str, &str); 3] = [
    ("containerStatuses", "containers"),
    ("initContainerStatuses", "initContainers"),
    ("ephemeralContainerStatuses", "ephemeralContainers"),
];

/// Reports what is wrong with the users and resources of all containers.
pub(super) fn check(pod: Field<'_>) {
    let (spec, status) = (pod.get("spec"), pod.get("status"));
    for (list, _) in LISTS {
        for user in status.get(list).items().map(|container| container.get("user")) {
            check_user(user.get("linux"), spec.get("os"));
        }
    }
    for (list, containers) in LISTS {
        for container in status.get(list).items() {
            let allocated = container.get("allocatedResourcesStatus");
            if containers != "ephemeralContainers" {
                let named = |of: &Field<'_>| of.get("name").text() == container.get("name").text();
                check_resources(allocated, spec.get(containers).items().find(named));
            } else if !allocated.is_empty() {
                allocated.forbidden("must not be specified in container status");
            }
        }
    }
}

fn check_user(user: Field<'_>, os: Field<'_>) {
    match os.get("name").text() {
        "windows" if user.is_set() => user.forbidden("cannot be set for a windows pod"),
        "" | "linux" if user.is_set() => {
            let groups = user.get("supplementalGroups").items();
            [user.get("uid"), user.get("gid")].into_iter().chain(groups).for_each(|id| {
                id.in_range(0, i64::from(i32::MAX));
            });
        }
        _ => {}
    }
}

fn check_resources(allocated: Field<'_>, container: Option<Field<'_>>) {
    for resource in allocated.items() {
        if let Some(container) = container {
            check_name(resource.get("name"), container.get("resources"));
        }
        let mut ids = BTreeSet::new();
        for health in resource.get("resources").items() {
            health.get("health").one_of(&["Healthy", "Unhealthy", "Unknown"]);
            let (text, id) = (health.get("message"), health.get("resourceID"));
            if text.is_set() && text.text().is_empty() {
                text.required("must be non-empty if specified");
            } else if text.text().len() > 1024 {
                text.too_long(1024);
            }
            if !ids.insert(id.text()) {
                id.duplicate();
            }
        }
    }
}

/// A resource that a container has must be one that it asked for.
fn check_name(name: Field<'_>, resources: Field<'_>) {
    if !name.text().starts_with("claim:") {
        if !resources.get("requests").entries().any(|(known, _)| known == name.text()) {
            name.invalid("must match one of the container's resource requests");
        }
        return;
    }
    let mut claims = resources.get("claims").items().map(|claim| match claim.get("request").text() {
        "" => format!("claim:{}", claim.get("name").text()),
        request => format!("claim:{}/{request}", claim.get("name").text()),
    });
    if !claims.any(|known| known == name.text()) {
        name.invalid(
            "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or \
             'claim:<claimName>' if request is empty",
        );
    }
}
