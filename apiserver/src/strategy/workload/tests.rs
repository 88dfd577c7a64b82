//! Deployments, jobs and the others, written as clients do.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::check::Check;
use crate::resource::Resource;
use crate::resource::strategy::Subresource;

fn resource(plural: &str) -> Arc<Resource> {
    crate::strategy::resources().into_iter().find(|resource| resource.plural == plural).unwrap()
}

/// An object of that resource as it is about to be stored.
fn created(plural: &str, spec: &Value) -> Value {
    let resource = resource(plural);
    let mut object = json!({"metadata": {"name": "a", "namespace": "n", "uid": "u", "resourceVersion": "1"}});
    match spec.as_object() {
        Some(members) if members.contains_key("template") || members.contains_key("schedule") => {
            object["spec"] = spec.clone();
        }
        _ => object.as_object_mut().unwrap().extend(spec.as_object().unwrap().clone()),
    }
    resource.strategy.decode(&resource, &mut object).unwrap();
    resource.strategy.prepare_for_create(&resource, &mut object);
    object
}

/// A template of pods with the label `app: x`.
fn template() -> Value {
    json!({"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [{"name": "c", "image": "nginx:1"}]}})
}

/// A template of pods that end.
fn ending() -> Value {
    let mut template = template();
    template["spec"]["restartPolicy"] = json!("Never");
    template
}

/// The spec of a kind whose pods run for ever, with these members.
fn with(members: &Value) -> Value {
    let mut spec = json!({"selector": {"matchLabels": {"app": "x"}}, "template": template()});
    spec.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    spec
}

/// The spec of a job, with these members.
fn job(members: &Value) -> Value {
    let mut spec = json!({"template": ending()});
    spec.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    spec
}

#[track_caller]
fn check(plural: &str, spec: &Value, expected: &[&str]) {
    let (resource, object) = (resource(plural), created(plural, spec));
    let errors = Check::of_kind(resource.kind_type, &object, |object| resource.strategy.validate(&resource, object));
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors, expected, "{plural} {spec}");
}

/// Changes a stored object, and compares the errors and how much the generation grew.
#[track_caller]
fn check_change(plural: &str, spec: &Value, part: Subresource, change: &Value, expected: (&[&str], i64)) {
    let (resource, old) = (resource(plural), created(plural, spec));
    let mut object = old.clone();
    crate::patch::merge::apply(&mut object, change);
    resource.strategy.decode(&resource, &mut object).unwrap();
    resource.strategy.prepare_for_update(&resource, &mut object, &old, part);
    let errors = Check::of_kind_update(resource.kind_type, &object, &old, |object, old| {
        resource.strategy.validate_update(&resource, object, old, part);
    });
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    let grown =
        object["metadata"]["generation"].as_i64().unwrap_or(0) - old["metadata"]["generation"].as_i64().unwrap_or(0);
    assert_eq!(
        (errors.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), grown),
        expected,
        "{plural} {change}"
    );
}

#[test]
fn a_minimal_object_of_each_kind_is_fine() {
    for plural in ["deployments", "replicasets", "statefulsets", "daemonsets"] {
        check(plural, &with(&json!({})), &[]);
    }
    check("replicationcontrollers", &json!({"template": template()}), &[]);
    check("controllerrevisions", &json!({"revision": 1, "data": {"a": 1}}), &[]);
    check("jobs", &job(&json!({})), &[]);
    check("cronjobs", &json!({"schedule": "*/5 * * * *", "jobTemplate": {"spec": {"template": ending()}}}), &[]);
}

#[test]
fn a_selector_must_be_there_and_select_the_template() {
    let labels =
        "spec.template.metadata.labels: Invalid value: {\"app\":\"x\"}: `selector` does not match template `labels`";
    for plural in ["deployments", "replicasets", "statefulsets"] {
        check(plural, &json!({"template": template()}), &["spec.selector: Required value", labels]);
    }
    check("daemonsets", &with(&json!({"selector": {"matchLabels": {"app": "y"}}})), &[labels]);
    let empty = "spec.selector: Invalid value: {}: empty selector is invalid for deployment";
    check("deployments", &with(&json!({"selector": {}})), &[empty]);
}

#[test]
fn a_strategy_must_be_known_and_make_progress() {
    let of = |strategy: Value| with(&json!({"strategy": strategy}));
    check(
        "deployments",
        &of(json!({"type": "Slow"})),
        &[
            "spec.strategy: Unsupported value: {\"Type\":\"Slow\",\"RollingUpdate\":null}: supported values: \"Recreate\", \"RollingUpdate\"",
        ],
    );
    check(
        "deployments",
        &of(json!({"rollingUpdate": {"maxSurge": 0, "maxUnavailable": "0%"}})),
        &["spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"0%\": may not be 0 when `maxSurge` is 0"],
    );
    let of = |strategy: Value| with(&json!({"updateStrategy": strategy}));
    check(
        "daemonsets",
        &of(json!({"rollingUpdate": {"maxSurge": 1}})),
        &[
            "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero",
        ],
    );
    check(
        "statefulsets",
        &of(json!({"type": "OnDelete", "rollingUpdate": {"partition": 1}})),
        &["spec.updateStrategy.rollingUpdate: Invalid value: {\"Partition\":1,\"MaxUnavailable\":null}: \
         only allowed for updateStrategy 'RollingUpdate'"],
    );
}

#[test]
fn what_cannot_be_changed_stays() {
    let selector = "spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"x\",\"b\":\"c\"}}: field is immutable";
    let labels =
        "spec.template.metadata.labels: Invalid value: {\"app\":\"x\"}: `selector` does not match template `labels`";
    let change = json!({"spec": {"selector": {"matchLabels": {"b": "c"}}}});
    for plural in ["deployments", "replicasets"] {
        check_change(plural, &with(&json!({})), Subresource::Main, &change, (&[labels, selector], 1));
    }
    let forbidden = format!(
        "spec: Forbidden: {}",
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', \
        'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
    );
    let change = json!({"spec": {"serviceName": "s"}});
    check_change("statefulsets", &with(&json!({})), Subresource::Main, &change, (&[&forbidden], 1));
    let completions = "spec.completions: Invalid value: 2: field is immutable";
    check_change(
        "jobs",
        &job(&json!({})),
        Subresource::Main,
        &json!({"spec": {"completions": 2}}),
        (&[completions], 1),
    );
}

#[test]
fn the_template_of_a_job_can_be_changed_only_while_it_is_suspended() {
    let place = json!({"spec": {"template": {"spec": {"nodeSelector": {"a": "b"}}}}});
    check_change("jobs", &job(&json!({"suspend": true})), Subresource::Main, &place, (&[], 1));
    let image = json!({"spec": {"template": {"spec": {"priority": 1}}}});
    let (resource, old) = (resource("jobs"), created("jobs", &job(&json!({"suspend": true}))));
    let mut object = old.clone();
    crate::patch::merge::apply(&mut object, &image);
    let errors = Check::of_kind_update(resource.kind_type, &object, &old, |object, old| {
        resource.strategy.validate_update(&resource, object, old, Subresource::Main);
    });
    assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["spec.template.spec"]);
}

#[test]
fn the_generation_counts_changes_of_the_spec_and_annotations_of_a_deployment() {
    let (labels, notes) =
        (json!({"metadata": {"labels": {"a": "b"}}}), json!({"metadata": {"annotations": {"a": "b"}}}));
    check_change("deployments", &with(&json!({})), Subresource::Main, &labels, (&[], 0));
    check_change("deployments", &with(&json!({})), Subresource::Main, &notes, (&[], 1));
    check_change("replicasets", &with(&json!({})), Subresource::Main, &notes, (&[], 0));
    let replicas = json!({"spec": {"replicas": 5}});
    check_change("statefulsets", &with(&json!({})), Subresource::Scale, &replicas, (&[], 1));
    check_change("deployments", &with(&json!({})), Subresource::Status, &replicas, (&[], 0));
}

#[test]
fn the_counts_of_a_status_fit_each_other() {
    let change = json!({"status": {"replicas": 1, "readyReplicas": 2, "availableReplicas": -1}});
    let expected = [
        "status.availableReplicas: Invalid value: -1: must be greater than or equal to 0",
        "status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas",
    ];
    check_change("deployments", &with(&json!({})), Subresource::Status, &change, (&expected, 0));
}

#[test]
fn a_job_ends_once_and_as_the_rules_say() {
    let complete = json!({"status": {"conditions": [{"type": "Complete", "status": "True"}]}});
    let expected = [
        "status.completionTime: Required value: completionTime is required for Complete jobs",
        "status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition",
        "status.startTime: Required value: startTime is required for finished job",
    ];
    check_change("jobs", &job(&json!({})), Subresource::Status, &complete, (&expected, 0));
}

#[test]
fn a_job_gets_its_selector_and_labels() {
    let made = created("jobs", &job(&json!({})));
    assert_eq!(made["spec"]["selector"], json!({"matchLabels": {"batch.kubernetes.io/controller-uid": "u"}}));
    let labels = json!({"app": "x", "batch.kubernetes.io/controller-uid": "u", "batch.kubernetes.io/job-name": "a",
        "controller-uid": "u", "job-name": "a"});
    assert_eq!(made["spec"]["template"]["metadata"]["labels"], labels);
    assert_eq!(made["metadata"]["labels"], labels);
    check(
        "jobs",
        &job(&json!({"manualSelector": true})),
        &[
            "spec.selector: Required value",
            "spec.template.metadata.labels: Invalid value: {\"app\":\"x\"}: `selector` does not match template `labels`",
        ],
    );
}

#[test]
fn the_parts_of_a_job_fit_its_mode() {
    check(
        "jobs",
        &job(&json!({"maxFailedIndexes": 1})),
        &[
            "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified",
            "spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode",
        ],
    );
    check(
        "jobs",
        &job(&json!({"successPolicy": {"rules": [{"succeededCount": 1}]}})),
        &[
            "spec.successPolicy: Invalid value: {\"Rules\":[{\"SucceededIndexes\":null,\"SucceededCount\":1}]}: requires indexed completion mode",
        ],
    );
    let rules = json!({"podFailurePolicy": {"rules": [{"action": "Stop", "onExitCodes": {"operator": "In", "values": [2, 0]}}]}});
    check(
        "jobs",
        &job(&rules),
        &[
            "spec.podFailurePolicy.rules[0].action: Unsupported value: \"Stop\": supported values: \"Count\", \"FailIndex\", \"FailJob\", \"Ignore\"",
            "spec.podFailurePolicy.rules[0].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator",
            "spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [2,0]: must be ordered",
        ],
    );
}

#[test]
fn a_daemon_set_counts_its_templates_in_an_annotation() {
    let made = created("daemonsets", &with(&json!({})));
    assert_eq!(made["metadata"]["annotations"], json!({"deprecated.daemonset.template.generation": "1"}));
    let resource = resource("daemonsets");
    let mut object = made.clone();
    object["spec"]["template"]["spec"]["hostname"] = json!("h");
    resource.strategy.prepare_for_update(&resource, &mut object, &made, Subresource::Main);
    assert_eq!(object["metadata"]["annotations"], json!({"deprecated.daemonset.template.generation": "2"}));
}

#[test]
fn a_claim_of_a_stateful_set_is_checked_when_it_is_new() {
    let claim = json!({"metadata": {"name": "d"}, "spec": {}});
    check(
        "statefulsets",
        &with(&json!({"volumeClaimTemplates": [claim]})),
        &[
            "spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode is required",
            "spec.volumeClaimTemplates[0].spec.resources[storage]: Required value",
        ],
    );
}

#[test]
fn what_go_has_no_pointer_to_is_there_whatever_the_strategy() {
    let strategy = json!({"type": "OnDelete", "rollingUpdate": {"maxUnavailable": 2}});
    let made = created("daemonsets", &with(&json!({"updateStrategy": strategy})));
    assert_eq!(made["spec"]["updateStrategy"]["rollingUpdate"], json!({"maxUnavailable": 2, "maxSurge": 0}));
}

#[test]
fn a_policy_of_a_job_stays_and_is_shown_as_go_has_it() {
    let rules = json!([{"action": "Count", "onExitCodes": {"operator": "In", "values": [1]}}]);
    let shown = "{\"Rules\":[{\"Action\":\"Count\",\"OnExitCodes\":{\"ContainerName\":null,\"Operator\":\"In\",\"Values\":[1]},\
        \"OnPodConditions\":null}]}";
    let error = format!("spec.podFailurePolicy: Invalid value: {shown}: field is immutable");
    let change = json!({"spec": {"podFailurePolicy": {"rules": rules}}});
    let before = job(&json!({"podReplacementPolicy": "Failed"}));
    check_change("jobs", &before, Subresource::Main, &change, (&[&error], 1));
}
