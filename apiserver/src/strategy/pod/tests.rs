//! What is reported about pods.

use serde_json::{Value, json};

use super::strategy::Pod;
use super::{defaults, quality, template_warnings, update};
use crate::check::Check;
use crate::resource::strategy::Strategy;

/// A pod with these changes, as JSON pointers beneath its spec, with its defaults.
fn pod(changes: &[(&str, Value)]) -> Value {
    let mut pod = json!({
        "metadata": {"name": "a", "namespace": "default"},
        "spec": {
            "containers": [{
                "name": "c",
                "image": "nginx:1",
                "terminationMessagePolicy": "File",
                "ports": [{"containerPort": 80, "protocol": "TCP"}],
            }],
            "restartPolicy": "Always",
            "dnsPolicy": "ClusterFirst",
            "terminationGracePeriodSeconds": 30,
            "securityContext": {},
        },
    });
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = pod.pointer_mut(&format!("/spec{parent}")).unwrap();
        parent[name] = value.clone();
    }
    defaults::of_pod(&mut pod);
    pod
}

#[track_caller]
fn check(changes: &[(&str, Value)], expected: &[&str]) {
    let found: Vec<String> = Check::of(&pod(changes), update::check_create).iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn check_update(changes: &[(&str, Value)], expected: &[&str]) {
    let (new, old) = (pod(changes), pod(&[]));
    let found = Check::of_update(&new, &old, update::check_update);
    let found: Vec<String> = found.iter().map(|error| error.to_string().lines().next().unwrap().to_owned()).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_plain_pod_is_right() {
    check(&[], &[]);
}

#[test]
fn containers_must_have_names_images_and_ports_in_range() {
    check(&[("/containers", json!([]))], &["spec.containers: Required value"]);
    let container = json!([{"terminationMessagePolicy": "File", "ports": [{"containerPort": 70000, "protocol": "X"}]}]);
    check(
        &[("/containers", container)],
        &[
            "spec.containers[0].name: Required value",
            "spec.containers[0].image: Required value",
            "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
            "spec.containers[0].ports[0].protocol: Unsupported value: \"X\": supported values: \"SCTP\", \"TCP\", \"UDP\"",
        ],
    );
}

#[test]
fn what_is_mounted_must_be_a_volume() {
    check(
        &[("/containers/0/volumeMounts", json!([{"name": "v", "mountPath": "/v"}]))],
        &["spec.containers[0].volumeMounts[0].name: Not found: \"v\""],
    );
    let volumes = json!([{"name": "v", "emptyDir": {}, "hostPath": {"path": "/"}}]);
    check(&[("/volumes", volumes)], &["spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type"]);
}

#[test]
fn requests_are_not_above_limits() {
    let resources = json!({"limits": {"cpu": "1"}, "requests": {"cpu": "2"}});
    check(
        &[("/containers/0/resources", resources)],
        &["spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1"],
    );
}

#[test]
fn resources_of_a_whole_pod_have_names_that_pods_can_have() {
    let name = |name: &str| [("/resources", json!({"limits": {name: "1"}}))];
    let why = "spec.resources.limits[app]: Invalid value: \"app\": must be a standard resource type or fully qualified";
    check(&name("app"), &[why]);
    let known = "supported values: \"cpu\", \"hugepages-\", \"memory\"";
    check(&name("a.b/c"), &[&format!("spec.resources.limits[a.b/c]: Unsupported value: \"a.b/c\": {known}")]);
    check(
        &[("/resources", json!({"claims": [{"name": ""}]}))],
        &[
            "spec.resources.claims: Forbidden: claims may not be set for Resources at pod-level",
            "spec.resources.claims[0]: Required value",
        ],
    );
}

#[test]
fn claims_in_a_status_are_those_of_the_pod() {
    let mut new = pod(&[]);
    new["status"] = json!({
        "resourceClaimStatuses": [{"name": "a"}],
        "extendedResourceClaimStatus": {"requestMappings": [{"containerName": "d", "requestName": "r"}]},
    });
    let found = Check::of_update(&new, &pod(&[]), super::status::check_update);
    let fields: Vec<&str> = found.iter().map(|error| error.field.as_str()).collect();
    let expected = [
        "status.resourceClaimStatuses[0].name",
        "status.extendedResourceClaimStatus.requestMappings[0].containerName",
        "status.extendedResourceClaimStatus.resourceClaimName",
    ];
    assert_eq!(fields, expected);
}

#[test]
fn most_of_a_pod_cannot_be_changed() {
    check_update(&[("/containers/0/image", json!("nginx:2"))], &[]);
    check_update(&[("/activeDeadlineSeconds", json!(5))], &[]);
    let fields = "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` \
                  (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was \
                  previously negative)";
    let expected = format!("spec: Forbidden: pod updates may not change fields other than {fields}");
    check_update(&[("/hostname", json!("b"))], &[&expected]);
}

#[track_caller]
fn check_class(resources: Value, expected: &str) {
    let mut class = "";
    Check::of(&pod(&[("/containers/0/resources", resources)]), |pod| class = quality::class(pod.get("spec")));
    assert_eq!(class, expected);
}

#[test]
fn the_quality_of_service_follows_from_requests_and_limits() {
    check_class(json!({}), "BestEffort");
    check_class(json!({"requests": {"cpu": "1"}}), "Burstable");
    check_class(json!({"limits": {"cpu": "1"}}), "Burstable");
    check_class(json!({"limits": {"cpu": "1", "memory": "1Gi"}}), "Guaranteed");
}

#[track_caller]
fn check_grace(changes: &[(&str, Value)], requested: Option<i64>, expected: i64) {
    assert_eq!(Pod.grace_period(&pod(changes), requested), Some(expected));
}

#[test]
fn only_a_pod_on_a_node_is_given_time_to_end() {
    let bound = ("/nodeName", json!("n"));
    check_grace(&[], None, 0);
    check_grace(std::slice::from_ref(&bound), None, 30);
    check_grace(std::slice::from_ref(&bound), Some(5), 5);
    check_grace(&[bound, ("/terminationGracePeriodSeconds", json!(-3))], None, 1);
}

#[test]
fn authors_are_told_what_will_surprise_them() {
    let env = json!([{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]);
    let object = pod(&[("/containers/0/env", env), ("/nodeSelector", json!({"beta.kubernetes.io/os": "linux"}))]);
    let mut warnings = Vec::new();
    Check::of(&json!({"template": object}), |root| warnings = template_warnings(root.get("template"), None));
    assert_eq!(
        warnings,
        [
            "template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use \"kubernetes.io/os\" instead",
            "template.spec.containers[0].env[1]: hides previous definition of \"A\", which may be dropped when using apply",
        ]
    );
}
