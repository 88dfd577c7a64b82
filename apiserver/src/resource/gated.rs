//! Fields of features that are off by default: the server reads them and does not keep them.
//!
//! Source: `DropDisabledPodFields` and `DropDisabledTemplateFields` in `k8s.io/kubernetes/pkg/api/pod`.

use serde_json::Value;

use super::Resource;

/// Where objects have the specification of a pod.
const PODS: [&str; 4] = ["/spec", "/template/spec", "/spec/template/spec", "/spec/jobTemplate/spec/template/spec"];

/// The fields of such a specification (feature gate `GenericWorkload`).
const FIELDS: [&str; 1] = ["schedulingGroup"];

/// Drops them from an object of a built-in kind.
pub(crate) fn drop_fields(resource: &Resource, object: &mut Value) {
    if resource.custom.is_none() {
        drop_from(object);
        if let (Some(Value::Object(status)), "pods") = (object.get_mut("status"), resource.plural.as_str()) {
            // The feature gate `DRANodeAllocatableResources`.
            status.remove("nodeAllocatableResourceClaimStatuses");
            status.values_mut().for_each(drop_volume_statuses);
        }
    }
}

fn drop_from(object: &mut Value) {
    for place in PODS {
        let Some(Value::Object(pod)) = object.pointer_mut(place) else { continue };
        if pod.contains_key("containers") {
            pod.retain(|name, _| !FIELDS.contains(&name.as_str()));
            for list in ["containers", "initContainers", "ephemeralContainers"] {
                pod.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten().for_each(drop_stop_signal);
            }
        }
    }
}

/// The feature gate `ImageVolumeWithDigest`, in a list of containers' statuses.
fn drop_volume_statuses(containers: &mut Value) {
    for container in containers.as_array_mut().into_iter().flatten() {
        let mounts = container.get_mut("volumeMounts").and_then(Value::as_array_mut);
        for mount in mounts.into_iter().flatten().filter_map(Value::as_object_mut) {
            mount.remove("volumeStatus");
        }
    }
}

/// The feature gate `ContainerStopSignals`. A lifecycle that says nothing else is dropped, too.
fn drop_stop_signal(container: &mut Value) {
    let Some(Value::Object(lifecycle)) = container.get_mut("lifecycle") else { return };
    if lifecycle.remove("stopSignal").is_some() && lifecycle.is_empty() {
        container.as_object_mut().map(|members| members.remove("lifecycle"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_specifications_of_pods_lose_them() {
        let container = json!({"lifecycle": {"stopSignal": "SIGTERM"}});
        let pod = json!({"containers": [container], "schedulingGroup": {}});
        let mut object = json!({"spec": {"schedulingGroup": {}, "template": {"spec": pod}}});
        drop_from(&mut object);
        assert_eq!(object, json!({"spec": {"schedulingGroup": {}, "template": {"spec": {"containers": [{}]}}}}));
    }
}
