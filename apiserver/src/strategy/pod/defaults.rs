//! The defaults of pods and pod templates that depend on other fields.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/core/v1/defaults.go`.

use serde_json::{Map, Value, json};

/// The lists of containers in the spec of a pod.
const CONTAINERS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// Sets the defaults of a pod.
pub(crate) fn of_pod(pod: &mut Value) {
    of_spec(&mut pod["spec"]);
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
}

/// Sets the defaults of a pod template.
pub(crate) fn of_template(template: &mut Value) {
    of_spec(&mut template["spec"]);
}

fn of_spec(spec: &mut Value) {
    let Some(spec) = spec.as_object_mut() else { return };
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
    let is_name = !path.is_empty() && path.split('/').all(|part| !part.is_empty());
    let is_lower = !last.split(':').next().unwrap_or_default().bytes().any(|byte| byte.is_ascii_uppercase());
    match (tag, digest) {
        _ if !is_name || !is_lower => None,
        (Some(tag), _) => Some(tag),
        (None, None) => Some("latest"),
        (None, Some(_)) => None,
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
