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
    }
}

fn drop_from(object: &mut Value) {
    for place in PODS {
        let Some(Value::Object(pod)) = object.pointer_mut(place) else { continue };
        if pod.contains_key("containers") {
            pod.retain(|name, _| !FIELDS.contains(&name.as_str()));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_specifications_of_pods_lose_them() {
        let pod = json!({"containers": [], "schedulingGroup": {}});
        let mut object = json!({"spec": {"schedulingGroup": {}, "template": {"spec": pod}}});
        drop_from(&mut object);
        assert_eq!(object, json!({"spec": {"schedulingGroup": {}, "template": {"spec": {"containers": []}}}}));
    }
}
