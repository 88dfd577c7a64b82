//! The defaults of pods and pod templates that depend on other fields.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/core/v1/defaults.go`.

use serde_json::{Map, Value, json};

use super::resources;
use crate::check::quantity::HUGE_PAGES;
use crate::check::{Check, Field};

/// The lists of containers in the spec of a pod.
const CONTAINERS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// Sets the defaults of a pod.
pub(crate) fn of_pod(pod: &mut Value) {
    of_spec(&mut pod["spec"]);
    // Pods had negative periods before they were checked.
    if pod["spec"]["terminationGracePeriodSeconds"].as_i64().is_some_and(|seconds| seconds < 0) {
        pod["spec"]["terminationGracePeriodSeconds"] = Value::from(1);
    }
    name_addresses(&mut pod["status"]);
    let Some(spec) = pod["spec"].as_object_mut() else { return };
    spec.entry("enableServiceLinks").or_insert(Value::Bool(true));
    let host_network = spec.get("hostNetwork") == Some(&Value::Bool(true));
    for containers in ["initContainers", "containers"] {
        for container in items(spec, containers) {
            request_limits(container);
            if host_network {
                open_on_host(container);
            }
        }
    }
    request_for_pod(pod);
}

/// Sets the defaults of a pod template.
pub(crate) fn of_template(template: &mut Value) {
    of_spec(&mut template["spec"]);
}

fn of_spec(spec: &mut Value) {
    let Some(spec) = spec.as_object_mut() else { return };
    name_account(spec);
    for containers in CONTAINERS {
        for container in items(spec, containers) {
            set_pull_policy(container, "image", "imagePullPolicy");
        }
    }
    for volume in items(spec, "volumes").filter_map(Value::as_object_mut) {
        // A volume has a name and one source.
        if volume.keys().all(|name| name == "name") {
            volume.insert("emptyDir".to_owned(), json!({}));
        }
        if let Some(image) = volume.get_mut("image") {
            set_pull_policy(image, "reference", "pullPolicy");
        }
    }
}

/// The service account has a name under a former field, too.
fn name_account(spec: &mut Map<String, Value>) {
    let name = ["serviceAccountName", "serviceAccount"].into_iter().find_map(|field| spec.get(field).cloned());
    if let Some(name) = name {
        for field in ["serviceAccountName", "serviceAccount"] {
            spec.insert(field.to_owned(), name.clone());
        }
    }
}

/// The first of a pod's addresses stands in a field of its own as well (`Convert_v1_PodStatus_To_core_PodStatus`).
fn name_addresses(status: &mut Value) {
    let Some(status) = status.as_object_mut() else { return };
    let first = status.get("podIPs").and_then(|all| all[0]["ip"].as_str()).map(str::to_owned);
    let own = status.get("podIP").and_then(Value::as_str).map(str::to_owned);
    match (own, first) {
        (Some(own), first) if first.as_ref() != Some(&own) => {
            status.insert("podIPs".to_owned(), json!([{"ip": own}]));
        }
        (None, Some(first)) => {
            status.insert("podIP".to_owned(), Value::from(first));
        }
        _ => {}
    }
}

fn items<'a>(spec: &'a mut Map<String, Value>, name: &str) -> impl Iterator<Item = &'a mut Value> {
    spec.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
}

/// An image is always pulled if its tag is `latest`, which may be left out.
fn set_pull_policy(owner: &mut Value, image: &str, policy: &str) {
    let Some(owner) = owner.as_object_mut() else { return };
    if owner.get(policy).is_some() {
        return;
    }
    let image = owner.get(image).and_then(Value::as_str).unwrap_or_default();
    let value = if tag(image) == Some("latest") { "Always" } else { "IfNotPresent" };
    owner.insert(policy.to_owned(), Value::from(value));
}

/// `ParseImageName`: the tag of an image, `latest` if it has neither tag nor digest; nothing if it is not the name of an image.
fn tag(image: &str) -> Option<&str> {
    let (name, digest) = image.split_once('@').map_or((image, None), |(name, digest)| (name, Some(digest)));
    let last = name.rsplit('/').next().unwrap_or(name);
    let (path, tag) = match last.split_once(':') {
        Some((_, tag)) => (&name[..name.len() - tag.len() - 1], Some(tag)),
        None => (name, None),
    };
    match (tag, digest) {
        _ if !is_image_path(path) => None,
        (Some(tag), _) => Some(tag),
        (None, None) => Some("latest"),
        (None, Some(_)) => None,
    }
}

/// Parts of lower-case letters and digits with marks between them, after the address of a registry if there is one.
fn is_image_path(path: &str) -> bool {
    let is_end = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let is_part = |part: &str| {
        let bytes = part.as_bytes();
        let is_inner = bytes.iter().all(|byte| is_end(Some(byte)) || b"._-".contains(byte));
        is_inner && is_end(bytes.first()) && is_end(bytes.last())
    };
    let is_registry = |part: &str| {
        let is_address =
            part.contains(['.', ':']) || part == "localhost" || part.bytes().any(|byte| byte.is_ascii_uppercase());
        is_address && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-[]".contains(&byte))
    };
    match path.split_once('/') {
        Some((first, rest)) if is_registry(first) => rest.split('/').all(is_part),
        _ => path.split('/').all(is_part),
    }
}

/// A container requests what it is limited to, if it does not say what it requests.
fn request_limits(container: &mut Value) {
    let Some(Value::Object(limits)) = container.pointer("/resources/limits").cloned() else { return };
    let Some(resources) = container["resources"].as_object_mut() else { return };
    let requests = resources.entry("requests").or_insert_with(|| json!({}));
    if let Some(requests) = requests.as_object_mut() {
        for (name, limit) in limits {
            requests.entry(name).or_insert(limit);
        }
    }
}

/// What a pod as a whole requests, if it says only what it is limited to: what its containers do, or else its limits.
fn request_for_pod(pod: &mut Value) {
    let mut requests = Map::new();
    let mut limits = Map::new();
    let is = |given: Field<'_>| !given.is_empty();
    Check::of(pod, |pod| {
        let (spec, own) = (pod.get("spec"), pod.get("spec").get("resources"));
        if is(own.get("limits")) || is(own.get("requests")) {
            for (resource, sum) in
                resources::total(spec, "limits").iter().filter(|(name, _)| name.starts_with(HUGE_PAGES))
            {
                if !own.get("requests").key(resource).is_set() && !own.get("limits").key(resource).is_set() {
                    limits.insert((*resource).to_owned(), Value::from(sum.to_string()));
                }
            }
        }
        if !is(own.get("limits")) && limits.is_empty() {
            return;
        }
        for (resource, sum) in &resources::total(spec, "requests") {
            if matches!(*resource, "cpu" | "memory") {
                requests.insert((*resource).to_owned(), Value::from(sum.to_string()));
            }
        }
        for (resource, limit) in own.get("limits").entries() {
            if matches!(resource, "cpu" | "memory") || resource.starts_with(HUGE_PAGES) {
                requests.entry(resource.to_owned()).or_insert_with(|| limit.value().clone());
            }
        }
        for (resource, limit) in &limits {
            requests.entry(resource.clone()).or_insert_with(|| limit.clone());
        }
    });
    for (kind, amounts) in [("limits", limits), ("requests", requests)].into_iter().filter(|(_, all)| !all.is_empty()) {
        let own = pod["spec"]["resources"].get(kind).and_then(Value::as_object).cloned().unwrap_or_default();
        let mut all = amounts;
        all.extend(own);
        pod["spec"]["resources"][kind] = Value::Object(all);
    }
}

/// On the network of its host a container's ports are those of the host.
fn open_on_host(container: &mut Value) {
    let ports = container.get_mut("ports").and_then(Value::as_array_mut);
    for port in ports.into_iter().flatten().filter_map(Value::as_object_mut) {
        let number = port.get("containerPort").cloned().unwrap_or(Value::from(0));
        let is_open = port.get("hostPort").is_some_and(|port| *port != 0);
        if !is_open && number != 0 {
            port.insert("hostPort".to_owned(), number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(image: &str, expected: &str) {
        let mut pod = json!({"spec": {"containers": [{"image": image}]}});
        of_template(&mut pod);
        assert_eq!(pod["spec"]["containers"][0]["imagePullPolicy"], expected, "{image}");
    }

    #[test]
    fn the_latest_image_is_always_pulled() {
        check("nginx", "Always");
        check("nginx:latest", "Always");
        check("host:5000/a/nginx", "Always");
    }

    #[test]
    fn another_image_is_pulled_if_it_is_not_there() {
        check("nginx:1.27", "IfNotPresent");
        check("host:5000/nginx:1", "IfNotPresent");
        check("nginx@sha256:0000000000000000000000000000000000000000000000000000000000000000", "IfNotPresent");
        check("", "IfNotPresent");
    }

    #[test]
    fn limits_are_requests_in_a_pod_but_not_in_a_template() {
        let container = json!({"resources": {"limits": {"cpu": "2", "memory": "1Gi"}, "requests": {"cpu": "1"}}});
        let mut pod = json!({"spec": {"containers": [container]}});
        of_template(&mut pod);
        assert_eq!(pod["spec"]["containers"][0]["resources"]["requests"], json!({"cpu": "1"}));
        of_pod(&mut pod);
        assert_eq!(pod["spec"]["containers"][0]["resources"]["requests"], json!({"cpu": "1", "memory": "1Gi"}));
    }

    #[test]
    fn a_volume_without_a_source_is_an_empty_directory() {
        let mut pod = json!({"spec": {"volumes": [{"name": "a"}, {"name": "b", "secret": {}}]}});
        of_template(&mut pod);
        assert_eq!(pod["spec"]["volumes"], json!([{"name": "a", "emptyDir": {}}, {"name": "b", "secret": {}}]));
    }
}
