//! Built-in kinds as their clients see them: what is allocated, checked, and refused.

use serde_json::{Value, json};

use crate::client::Client;

const SERVICES: &str = "/api/v1/namespaces/default/services";
const PODS: &str = "/api/v1/namespaces/default/pods";
const CLAIMS: &str = "/api/v1/namespaces/default/persistentvolumeclaims";

/// The first of the causes of a refusal, and its field.
async fn check_refused(path: &str, object: &Value, field: &str, message: &str) {
    let answer = Client::new().post(path, object).await;
    assert_eq!(answer.code, 422, "{}", answer.body);
    let cause = &answer.body["details"]["causes"][0];
    assert_eq!((cause["field"].as_str(), cause["message"].as_str()), (Some(field), Some(message)), "{}", answer.body);
}

async fn check_forbidden(client: &Client, path: &str, object: &Value, why: &str) {
    let answer = client.post(path, object).await;
    assert_eq!(answer.code, 403, "{}", answer.body);
    let message = answer.body["message"].as_str().unwrap_or_default();
    assert!(message.ends_with(why), "{message}");
}

fn pod(spec: &Value) -> Value {
    let mut pod = json!({"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i"}]}});
    for (name, value) in spec.as_object().into_iter().flatten() {
        pod["spec"][name] = value.clone();
    }
    pod
}

fn service(name: &str, spec: &Value) -> Value {
    let mut service = json!({"metadata": {"name": name}, "spec": {"ports": [{"port": 80}]}});
    for (name, value) in spec.as_object().into_iter().flatten() {
        service["spec"][name] = value.clone();
    }
    service
}

#[tokio::test]
async fn a_service_gets_an_address_and_ports_and_gives_them_back() {
    let client = Client::new();
    let dry = client.post(&format!("{SERVICES}?dryRun=All"), &service("a", &json!({"clusterIP": "10.0.0.9"}))).await;
    assert_eq!((dry.code, &dry.body["spec"]["clusterIP"]), (201, &json!("10.0.0.9")));
    let dry = client.post(&format!("{SERVICES}?dryRun=All"), &service("a", &json!({}))).await;
    assert_eq!((dry.code, &dry.body["spec"]["clusterIP"]), (201, &json!("10.0.0.0")));
    let wanted = json!({"clusterIP": "10.0.0.9", "type": "NodePort", "ports": [{"port": 80, "nodePort": 30009}]});
    assert_eq!(client.post(SERVICES, &service("a", &wanted)).await.code, 201, "the dry run took nothing");
    let again = client.post(SERVICES, &service("b", &wanted)).await;
    assert_eq!(
        again.body["details"]["causes"][0]["message"].as_str(),
        Some("Invalid value: [\"10.0.0.9\"]: failed to allocate IP 10.0.0.9: provided IP is already allocated")
    );
    client.delete(&format!("{SERVICES}/a")).await;
    assert_eq!(client.post(SERVICES, &service("b", &wanted)).await.code, 201, "deletion gave it back");
}

#[tokio::test]
async fn the_server_has_a_service_of_its_own() {
    let client = Client::new();
    let own = client.get(&format!("{SERVICES}/kubernetes")).await.body;
    assert_eq!(own["spec"]["clusterIP"], "10.0.0.1");
    assert_eq!(client.get("/apis/networking.k8s.io/v1/servicecidrs/kubernetes").await.code, 200);
    assert_eq!(client.get("/apis/scheduling.k8s.io/v1/priorityclasses/system-node-critical").await.code, 200);
    assert_eq!(client.get("/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/exempt").await.code, 200);
}

#[tokio::test]
async fn what_is_wrong_is_said_as_kubernetes_says_it() {
    let port = json!({"metadata": {"name": "s"}, "spec": {"type": "ClusterIP"}});
    check_refused(SERVICES, &port, "spec.ports", "Required value").await;
    let class = json!({"metadata": {"name": "c"}, "provisioner": ""});
    check_refused("/apis/storage.k8s.io/v1/storageclasses", &class, "provisioner", "Required value").await;
    let hook = json!({"metadata": {"name": "w"}, "webhooks": [{
        "name": "nodots", "sideEffects": "None", "admissionReviewVersions": ["v1"], "clientConfig": {"url": "https://x"},
    }]});
    let path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
    let why = "Invalid value: \"nodots\": should be a domain with at least three segments separated by dots";
    check_refused(path, &hook, "webhooks[0].name", why).await;
    // Go's code has the two parts of a service in the wrong order.
    let mut hook = hook;
    hook["webhooks"][0]["name"] = json!("a.b.c");
    hook["webhooks"][0]["clientConfig"] = json!({"service": {"namespace": "n"}});
    check_refused(path, &hook, "webhooks[0].clientConfig.service.namespace", "Required value").await;
}

#[tokio::test]
async fn a_pod_asks_for_its_class_by_a_path() {
    let answer = Client::new().post(PODS, &pod(&json!({"runtimeClassName": "../b"}))).await;
    assert_eq!(answer.refusal(), (500, "invalid resource name \"../b\": [may not contain '/']"));
}

#[tokio::test]
async fn a_limit_range_without_a_name_gets_one() {
    let path = "/api/v1/namespaces/default/limitranges";
    let answer = Client::new().post(path, &json!({"spec": {"limits": [{"type": "Pod", "max": {"cpu": "1"}}]}})).await;
    let name = answer.body["metadata"]["name"].as_str().unwrap_or_default();
    assert_eq!((answer.code, name.len()), (201, 36), "{}", answer.body);
}

#[tokio::test]
async fn nothing_depends_on_an_event_and_refusals_name_its_first_group() {
    let client = Client::new();
    let event = json!({
        "metadata": {"name": "a"}, "eventTime": "2020-01-01T00:00:00.000000Z", "reportingController": "a.b/c",
        "reportingInstance": "i", "action": "a", "reason": "r", "type": "Normal",
        "regarding": {"kind": "Pod", "namespace": "default", "name": "p"},
    });
    let path = "/apis/events.k8s.io/v1/namespaces/default/events";
    assert_eq!(client.post(path, &event).await.code, 201);
    let other = client.merge(&format!("{path}/a"), &json!({"type": "b"})).await;
    let why = "Event \"a\" is invalid: type: Invalid value: \"b\": field is immutable";
    assert_eq!((other.refusal(), &other.body["details"]["group"]), ((422, why), &json!(null)));
    let options = json!({"propagationPolicy": "Foreground"}).to_string().into_bytes();
    let gone = client.send("DELETE", &format!("{path}/a"), &[("content-type", "application/json")], options).await;
    assert_eq!((gone.code, &gone.body["status"]), (200, &json!("Success")));
}

#[tokio::test]
async fn what_is_not_served_is_not_called_deprecated() {
    let path = "/api/v1/namespaces/default/endpoints/a";
    let client = Client::new();
    assert_eq!(client.get(path).await.warnings().len(), 1);
    assert!(client.get(&format!("{path}/status")).await.warnings().is_empty());
}

#[tokio::test]
async fn a_pod_has_the_priority_of_its_class() {
    let client = Client::new();
    check_forbidden(&client, PODS, &pod(&json!({"priorityClassName": "x"})), "no PriorityClass with name x was found")
        .await;
    let made = client.post(PODS, &pod(&json!({"priorityClassName": "system-cluster-critical"}))).await.body;
    assert_eq!(made["spec"]["priority"], 2_000_000_000);
}

#[tokio::test]
async fn a_namespace_sets_the_standard_of_its_pods() {
    let client = Client::new();
    let label = json!({"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "baseline"}}});
    client.merge("/api/v1/namespaces/default", &label).await;
    let why = "violates PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)";
    check_forbidden(&client, PODS, &pod(&json!({"hostNetwork": true})), why).await;
    let warn = json!({"metadata": {"labels": {"pod-security.kubernetes.io/warn": "restricted"}}});
    client.merge("/api/v1/namespaces/default", &warn).await;
    let made = client.post(PODS, &pod(&json!({}))).await;
    assert_eq!(made.code, 201);
    assert!(made.warnings()[0].contains("would violate PodSecurity"), "{:?}", made.warnings());
}

#[tokio::test]
async fn limits_of_a_namespace_are_given_and_enforced() {
    let client = Client::new();
    let limit = json!({"type": "Container", "default": {"cpu": "1"}, "max": {"cpu": "2"}});
    let range = json!({"metadata": {"name": "l"}, "spec": {"limits": [limit]}});
    client.post("/api/v1/namespaces/default/limitranges", &range).await;
    let made = client.post(PODS, &pod(&json!({}))).await.body;
    assert_eq!(made["spec"]["containers"][0]["resources"]["limits"]["cpu"], "1");
    let container = json!({"name": "c", "image": "i", "resources": {"limits": {"cpu": "3"}}});
    let why = "maximum cpu usage per Container is 2, but limit is 3";
    check_forbidden(&client, PODS, &pod(&json!({"containers": [container]})), why).await;
}

#[tokio::test]
async fn a_quota_counts_once_its_status_is_filled() {
    let client = Client::new();
    let path = "/api/v1/namespaces/default/resourcequotas";
    let hard = json!({"configmaps": "2"});
    client.post(path, &json!({"metadata": {"name": "q"}, "spec": {"hard": hard}})).await;
    let map = |name: &str| json!({"metadata": {"name": name}});
    let maps = "/api/v1/namespaces/default/configmaps";
    assert_eq!(client.post(maps, &map("a")).await.code, 201, "nothing is known of what is used");
    let status = json!({"status": {"hard": hard, "used": {"configmaps": "1"}}});
    client.merge(&format!("{path}/q/status"), &status).await;
    assert_eq!(client.post(&format!("{maps}?dryRun=All"), &map("b")).await.code, 201);
    assert_eq!(client.post(maps, &map("b")).await.code, 201);
    let why = "exceeded quota: q, requested: configmaps=1, used: configmaps=2, limited: configmaps=2";
    check_forbidden(&client, maps, &map("c"), why).await;
}

#[tokio::test]
async fn a_claim_stays_while_a_pod_uses_it() {
    let client = Client::new();
    let spec = json!({"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}});
    client.post(CLAIMS, &json!({"metadata": {"name": "c"}, "spec": spec})).await;
    let volume = json!({"name": "v", "persistentVolumeClaim": {"claimName": "c"}});
    assert_eq!(client.post(PODS, &pod(&json!({"volumes": [volume]}))).await.code, 201);
    let path = format!("{CLAIMS}/c");
    client.delete(&path).await;
    assert_eq!(client.get(&path).await.code, 200, "the pod uses it");
    client.delete(&format!("{PODS}/p?gracePeriodSeconds=0")).await;
    assert_eq!(client.get(&path).await.code, 404, "nobody uses it any longer");
}

#[tokio::test]
async fn an_autoscaler_can_be_read_in_its_other_version() {
    let client = Client::new();
    let target = json!({"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"});
    let spec = json!({"scaleTargetRef": target, "maxReplicas": 3, "targetCPUUtilizationPercentage": 50});
    let path = |version: &str| format!("/apis/autoscaling/{version}/namespaces/default/horizontalpodautoscalers");
    assert_eq!(client.post(&path("v1"), &json!({"metadata": {"name": "h"}, "spec": spec})).await.code, 201);
    let read = client.get(&format!("{}/h", path("v2"))).await.body;
    assert_eq!(
        read["spec"]["metrics"][0]["resource"]["target"],
        json!({"type": "Utilization", "averageUtilization": 50})
    );
}

#[tokio::test]
async fn a_new_node_is_tainted_until_it_is_ready() {
    let client = Client::new();
    let made = client.post("/api/v1/nodes", &json!({"metadata": {"name": "n"}})).await.body;
    assert_eq!(made["spec"]["taints"], json!([{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}]));
}

#[tokio::test]
async fn an_administrator_may_do_everything() {
    let client = Client::new();
    let review = json!({"spec": {"resourceAttributes": {"verb": "delete", "resource": "pods"}}});
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    assert_eq!(client.post(path, &review).await.body["status"]["allowed"], true);
    let me = client.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", &json!({})).await.body;
    assert!(me["status"]["userInfo"]["groups"].as_array().unwrap().contains(&json!("system:masters")), "{me}");
}

#[tokio::test]
async fn the_reference_of_a_binding_stays() {
    let client = Client::new();
    let path = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
    let role = json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "r"});
    client.post(path, &json!({"metadata": {"name": "b"}, "roleRef": role})).await;
    let answer = client.merge(&format!("{path}/b"), &json!({"roleRef": {"name": "other"}})).await;
    assert_eq!(answer.body["details"]["causes"][0]["field"], "roleRef");
}
