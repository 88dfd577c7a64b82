#![allow(clippy::needless_pass_by_value)] // `json!` makes values; borrowing each would only add noise.

use crdgen_schema::go::{self, Struct, Type};
use crdgen_schema::schema::ListType;
use serde_json::{Value, json};

use super::*;

fn found(group_version: &str, kind: &str) -> &'static Struct {
    structure(group_version, kind).unwrap()
}

fn field(group_version: &str, kind: &str, name: &str) -> &'static go::Field {
    found(group_version, kind).field(name).unwrap()
}

fn check_refused(group_version: &str, kind: &str, object: Value, why: &str) {
    assert_eq!(go::check(&object, found(group_version, kind)), Err(format!("json: cannot unmarshal {why}")));
}

#[test]
fn every_line_is_understood() {
    let text = include_str!("structs.txt");
    let lines = |is_field: bool| text.lines().filter(|line| line.starts_with(' ') == is_field).count();
    let all: Vec<&Struct> = structs::names().map(|name| structs::structure(name).unwrap()).collect();
    assert_eq!(all.len(), lines(false));
    assert_eq!(all.iter().map(|of| of.fields().len()).sum::<usize>(), lines(true));
    let names: Vec<&str> = structs::names().collect();
    assert!(names.is_sorted());

    let text = include_str!("resources.txt");
    let lines = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
    let subresources = resources().iter().map(|served| served.subresources.len()).sum::<usize>();
    assert_eq!((resources().len(), subresources), (lines(" ") - lines("  "), lines("  ")));
    let columns = include_str!("columns.txt").lines().filter(|line| line.starts_with(' ')).count();
    assert_eq!(resources().iter().map(|served| served.columns.len()).sum::<usize>(), columns);
    assert!(resources().iter().flat_map(|served| served.columns).all(|column| !column.description().starts_with('@')));
}

#[test]
fn every_resource_has_the_struct_of_its_kind_and_of_its_subresources() {
    for served in resources() {
        let version = served.group_version();
        assert!(structure(&version, served.kind).is_some(), "{version} {}", served.kind);
        assert_eq!(served.list_kind.is_empty(), !served.verbs.contains(&"list"), "{}", served.plural);
        for kind in std::iter::once(served.list_kind).filter(|kind| !kind.is_empty()) {
            assert!(structure(&version, kind).is_some(), "{version} {kind}");
        }
        for subresource in &served.subresources {
            let version = subresource.foreign.map_or(version.clone(), |(group, version)| format!("{group}/{version}"));
            assert!(structure(&version, subresource.kind).is_some(), "{version} {}", subresource.kind);
        }
    }
}

#[test]
fn a_resource_is_what_discovery_shows() {
    let pods = resources().iter().find(|served| served.plural == "pods").unwrap();
    assert_eq!((pods.kind, pods.list_kind, pods.short_names.as_slice()), ("Pod", "PodList", &["po"][..]));
    assert!(pods.namespaced && pods.categories == ["all"] && pods.verbs.len() == 8);
    let eviction = pods.subresources.iter().find(|subresource| subresource.name == "eviction").unwrap();
    assert_eq!((eviction.kind, eviction.foreign), ("Eviction", Some(("policy", "v1"))));
    let names: Vec<&str> = pods.columns.iter().map(|column| column.name).collect();
    assert_eq!(names[..5], ["Name", "Ready", "Status", "Restarts", "Age"]);
    assert!(pods.columns[4].description().contains("in UTC.\n\nPopulated by the system."));
}

#[test]
fn tags_are_what_the_source_says() {
    let volumes = field("v1", "PodSpec", "volumes");
    assert!(volumes.tags.merge && volumes.tags.retain_keys && volumes.omit_empty);
    assert_eq!((volumes.tags.merge_key, volumes.tags.keys, volumes.tags.list), ("name", &["name"][..], ListType::Map));
    let empty_dir = field("v1", "Volume", "emptyDir");
    assert_eq!((empty_dir.tags.protobuf, empty_dir.tags.within), (2, &[2][..]));
    let protocol = field("v1", "ContainerPort", "protocol");
    assert_eq!((protocol.tags.default, protocol.tags.values), ("\"TCP\"", &["SCTP", "TCP", "UDP"][..]));
    assert!(field("v1", "Container", "name").tags.required && !field("v1", "Container", "image").tags.required);
    assert_eq!(field("v1", "Container", "name").tags.default, "\"\"");
    assert!(found("v1", "ObjectReference").atomic && field("v1", "PersistentVolumeSpec", "claimRef").tags.granular);
    assert!(matches!(field("autoscaling/v2", "MetricTarget", "value").kind, Type::Pointer(Type::Quantity)));
}

#[test]
fn a_struct_may_contain_itself() {
    let schema = found("apiextensions.k8s.io/v1", "JSONSchemaProps");
    let Type::Pointer(&Type::Struct(inner)) = schema.field("not").unwrap().kind else {
        panic!("a pointer to a struct")
    };
    assert!(std::ptr::eq(schema, inner));
}

#[test]
fn a_wrong_type_in_a_pod_is_refused_in_the_words_of_the_server() {
    let container = |member: Value| json!({"spec": {"containers": [member]}});
    check_refused(
        "v1",
        "Pod",
        container(json!({"imagePullPolicy": 1})),
        "number into Go struct field Container.spec.containers.imagePullPolicy of type v1.PullPolicy",
    );
    check_refused(
        "v1",
        "Pod",
        container(json!({"resources": {"limits": []}})),
        "array into Go struct field ResourceRequirements.spec.containers.resources.limits of type v1.ResourceList",
    );
    check_refused(
        "v1",
        "Pod",
        container(json!({"livenessProbe": {"httpGet": {"port": true}}})),
        "bool into Go struct field HTTPGetAction.spec.containers.livenessProbe.ProbeHandler.httpGet.port of type int32",
    );
    check_refused(
        "v1",
        "Pod",
        json!({"spec": {"volumes": [{"emptyDir": {"medium": 1}}]}}),
        "number into Go struct field EmptyDirVolumeSource.spec.volumes.VolumeSource.emptyDir.medium of type v1.StorageMedium",
    );
    check_refused(
        "v1",
        "Pod",
        json!({"metadata": {"uid": 1}}),
        "number into Go struct field ObjectMeta.metadata.uid of type types.UID",
    );
    check_refused("v1", "Pod", json!([]), "array into Go value of type v1.Pod");
}

#[test]
fn a_wrong_type_in_another_package_is_refused_in_the_words_of_the_server() {
    check_refused(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        json!({"spec": 1}),
        "number into Go struct field HorizontalPodAutoscaler.spec of type v2.HorizontalPodAutoscalerSpec",
    );
    check_refused(
        "resource.k8s.io/v1",
        "ResourceSlice",
        json!({"spec": {"devices": [{"attributes": 1}]}}),
        "number into Go struct field Device.spec.devices.attributes of type map[v1.QualifiedName]v1.DeviceAttribute",
    );
    check_refused(
        "authentication.k8s.io/v1",
        "TokenReview",
        json!({"status": {"user": {"extra": {"a": 1}}}}),
        "number into Go struct field UserInfo.status.user.extra of type v1.ExtraValue",
    );
    check_refused(
        "admissionregistration.k8s.io/v1",
        "ValidatingAdmissionPolicy",
        json!({"spec": {"matchConstraints": {"resourceRules": [{"apiGroups": 1}]}}}),
        "number into Go struct field \
         NamedRuleWithOperations.spec.matchConstraints.resourceRules.RuleWithOperations.Rule.apiGroups of type []string",
    );
    check_refused(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        json!({"spec": {"versions": [{"schema": {"openAPIV3Schema": {"enum": 3}}}]}}),
        "number into Go struct field JSONSchemaProps.spec.versions.schema.openAPIV3Schema.enum of type []v1.JSON",
    );
}

#[test]
fn objects_are_written_as_go_writes_them() {
    let cases = [
        (
            ("v1", "Service"),
            json!({"spec": {"ports": [{"port": 1}, null]}}),
            json!({
                "metadata": {},
                "spec": {"ports": [{"port": 1, "targetPort": 0}, {"port": 0, "targetPort": 0}]},
                "status": {"loadBalancer": {}},
            }),
        ),
        (
            ("v1", "Pod"),
            json!({"status": {"conditions": [{"type": "a", "x": 1}]}}),
            json!({
                "metadata": {},
                "spec": {"containers": null},
                "status": {
                    "conditions": [{"type": "a", "status": "", "lastProbeTime": null, "lastTransitionTime": null}],
                },
            }),
        ),
        (
            ("apps/v1", "ControllerRevision"),
            json!({"revision": 1}),
            json!({"metadata": {}, "data": null, "revision": 1}),
        ),
        (
            ("apps/v1", "Deployment"),
            json!({"spec": {"template": {"metadata": {"creationTimestamp": null}}}}),
            json!({
                "metadata": {},
                "spec": {"selector": null, "strategy": {}, "template": {"metadata": {}, "spec": {"containers": null}}},
                "status": {},
            }),
        ),
        (
            ("v1", "PersistentVolume"),
            json!({"spec": {"capacity": {"storage": "1024Mi", "x": 1500}}}),
            json!({"metadata": {}, "spec": {"capacity": {"storage": "1Gi", "x": "1500"}}, "status": {}}),
        ),
    ];
    for ((group_version, kind), mut object, written) in cases {
        go::round_trip(&mut object, found(group_version, kind)).unwrap();
        assert_eq!(object, written, "{kind}");
    }
}
