//! Creating, reading and updating objects.

use std::time::{Duration, SystemTime};

use crdgen_apiserver::Server;
use serde_json::{Value, json};

use crate::client::{CRDS, Client, THINGS, crd, thing};

fn path(name: &str) -> String {
    format!("{THINGS}/{name}")
}

#[tokio::test]
async fn a_created_object_has_server_fields_defaults_and_an_owner_of_its_fields() {
    let clock = || SystemTime::UNIX_EPOCH + Duration::from_mins(1);
    let client = Client::of(Server::builder().clock(clock).build());
    client.post(CRDS, &crd()).await;
    let created = client.create("a", &json!({"size": 1})).await;
    let metadata = &created["metadata"];
    assert_eq!(metadata["creationTimestamp"], "1970-01-01T00:01:00Z");
    assert_eq!((&metadata["generation"], &metadata["namespace"]), (&json!(1), &json!("default")));
    assert_eq!(created["spec"], json!({"size": 1, "mode": "auto"}));
    let fields = &metadata["managedFields"][0]["fieldsV1"];
    assert_eq!(*fields, json!({"f:spec": {".": {}, "f:mode": {}, "f:size": {}}}));
    assert_eq!(client.get(&path("a")).await.body, created);
}

#[tokio::test]
async fn an_invalid_object_is_refused_with_its_causes() {
    let client = Client::with_things().await;
    let answer = client.post(THINGS, &thing("a", &json!({"size": 11}))).await;
    let message = "Thing.example.com \"a\" is invalid: spec.size: Invalid value: 11: \
                   spec.size in body should be less than or equal to 10";
    assert_eq!(answer.refusal(), (422, message));
    assert_eq!(answer.body["details"]["causes"][0]["field"], "spec.size");
}

#[tokio::test]
async fn unknown_fields_are_dropped_with_a_warning_or_refused() {
    let client = Client::with_things().await;
    let object = thing("a", &json!({"bogus": 1}));
    let answer = client.post(THINGS, &object).await;
    assert_eq!(answer.warnings(), ["299 - \"unknown field \\\"spec.bogus\\\"\""]);
    assert_eq!(answer.body["spec"], json!({"mode": "auto"}));
    let answer = client.post(&format!("{THINGS}?fieldValidation=Strict"), &object).await;
    assert_eq!(answer.code, 400);
}

#[tokio::test]
async fn an_existing_name_and_a_missing_namespace_are_refused() {
    let client = Client::with_things().await;
    client.create("a", &json!({})).await;
    let again = client.post(THINGS, &thing("a", &json!({}))).await;
    assert_eq!(again.refusal(), (409, "things.example.com \"a\" already exists"));
    let missing = client.post("/apis/example.com/v1/namespaces/gone/things", &thing("a", &json!({}))).await;
    assert_eq!(missing.refusal(), (404, "namespaces \"gone\" not found"));
}

#[tokio::test]
async fn a_generated_name_starts_with_what_was_asked_for() {
    let client = Client::with_things().await;
    let object = json!({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"generateName": "gen-"}});
    let created = client.post(THINGS, &object).await;
    let name = created.body["metadata"]["name"].as_str().unwrap();
    assert!(name.starts_with("gen-") && name.len() == 9, "{name}");
}

#[tokio::test]
async fn a_stale_update_conflicts_and_one_without_version_is_invalid() {
    let client = Client::with_things().await;
    let first = client.create("a", &json!({"size": 1})).await;
    let mut change = first.clone();
    change["spec"]["size"] = json!(2);
    let second = client.put(&path("a"), &change).await;
    assert_eq!((second.code, &second.body["metadata"]["generation"]), (200, &json!(2)));
    assert_eq!(client.put(&path("a"), &change).await.code, 409);
    change["metadata"]["resourceVersion"] = Value::Null;
    let message = "things.example.com \"a\" is invalid: metadata.resourceVersion: \
                   Invalid value: 0: must be specified for an update";
    assert_eq!(client.put(&path("a"), &change).await.refusal(), (422, message));
}

#[tokio::test]
async fn an_update_that_changes_nothing_keeps_the_resource_version() {
    let client = Client::with_things().await;
    let created = client.create("a", &json!({"size": 1})).await;
    let updated = client.put(&path("a"), &created).await;
    assert_eq!(updated.body, created);
}

#[tokio::test]
async fn the_status_is_written_by_its_subresource_only() {
    let client = Client::with_things().await;
    let mut object = thing("a", &json!({"size": 1}));
    object["status"] = json!({"phase": "Ready"});
    let created = client.post(THINGS, &object).await.body;
    assert_eq!(created["status"], Value::Null);
    let patch = json!({"status": {"phase": "Ready"}, "spec": {"size": 5}});
    let updated = client.merge(&format!("{}/status", path("a")), &patch).await.body;
    assert_eq!((&updated["status"]["phase"], &updated["spec"]["size"]), (&json!("Ready"), &json!(1)));
    assert_eq!(updated["metadata"]["generation"], 1);
    let updated = client.merge(&path("a"), &json!({"status": null, "spec": {"size": 5}})).await.body;
    assert_eq!((&updated["status"]["phase"], &updated["spec"]["size"]), (&json!("Ready"), &json!(5)));
    assert_eq!(updated["metadata"]["generation"], 2);
}

#[tokio::test]
async fn the_scale_reads_and_writes_the_replicas() {
    let client = Client::with_things().await;
    client.create("a", &json!({"size": 3})).await;
    let scale = format!("{}/scale", path("a"));
    assert_eq!(client.get(&scale).await.body["spec"]["replicas"], 3);
    let scaled = client.merge(&scale, &json!({"spec": {"replicas": 4}})).await;
    assert_eq!((scaled.code, &scaled.body["kind"]), (200, &json!("Scale")));
    assert_eq!(client.get(&path("a")).await.body["spec"]["size"], 4);
}

#[tokio::test]
async fn a_dry_run_answers_as_if_and_stores_nothing() {
    let client = Client::with_things().await;
    let answer = client.post(&format!("{THINGS}?dryRun=All"), &thing("a", &json!({}))).await;
    assert_eq!(answer.code, 201);
    assert_eq!(client.get(&path("a")).await.code, 404);
}

#[tokio::test]
async fn bodies_may_be_yaml_and_nothing_else_but_json() {
    let client = Client::with_things().await;
    let yaml = "apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: a\nspec:\n  size: 1\n";
    let send = async |kind: &str, body: &str| {
        client.send("POST", THINGS, &[("content-type", kind)], body.as_bytes().to_vec()).await.code
    };
    assert_eq!(send("application/yaml", yaml).await, 201);
    assert_eq!(send("application/vnd.kubernetes.protobuf", "k8s").await, 415);
    assert_eq!(send("application/json", "{").await, 400);
}

#[tokio::test]
async fn of_duplicate_fields_the_last_counts_with_a_warning_unless_the_write_is_strict() {
    let client = Client::with_things().await;
    let yaml =
        "apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: a\nspec:\n  size: 1\n  size: 2\n  bogus: 1\n";
    let send = async |query: &str, kind: &str, body: &str| {
        client.send("POST", &format!("{THINGS}{query}"), &[("content-type", kind)], body.as_bytes().to_vec()).await
    };
    let strict = send("?fieldValidation=Strict", "application/yaml", yaml).await;
    let told = "Thing in version \"v1\" cannot be handled as a Thing: strict decoding error: yaml: unmarshal errors:\n  \
                line 7: key \"size\" already set in map, unknown field \"spec.bogus\"";
    assert_eq!(strict.refusal(), (400, told));
    let warned = send("", "application/yaml", yaml).await;
    assert_eq!((warned.code, &warned.body["spec"]["size"]), (201, &json!(2)));
    let key = "299 - \"line 7: key \\\"size\\\" already set in map\"";
    assert_eq!(warned.warnings(), [key, "299 - \"unknown field \\\"spec.bogus\\\"\""]);
    let json = r#"{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"b","name":"c"}}"#;
    let ignored = send("?fieldValidation=Ignore", "application/json", json).await;
    assert_eq!((ignored.code, &ignored.body["metadata"]["name"]), (201, &json!("c")));
    assert_eq!(ignored.warnings(), [""; 0]);
    let patch = r#"[{"op":"add","path":"/spec/size","value":1,"value":3}]"#.as_bytes().to_vec();
    let headers = [("content-type", "application/json-patch+json")];
    let patched = client.send("PATCH", &path("a"), &headers, patch).await;
    assert_eq!((patched.code, &patched.body["spec"]["size"]), (200, &json!(3)));
    assert_eq!(patched.warnings(), ["299 - \"json patch duplicate field \\\"[0].value\\\"\""]);
}

#[tokio::test]
async fn a_body_beyond_three_mebibytes_is_refused() {
    let client = Client::with_things().await;
    let body = vec![b' '; 3 * 1024 * 1024 + 1];
    let answer = client.send("POST", THINGS, &[], body).await;
    assert_eq!(answer.refusal(), (413, "Request entity too large: limit is 3145728"));
}

#[tokio::test]
async fn built_in_types_have_their_own_rules() {
    let client = Client::new();
    let secret = json!({"metadata": {"name": "s"}, "stringData": {"p": "x"}});
    let created = client.post("/api/v1/namespaces/default/secrets", &secret).await.body;
    assert_eq!((&created["data"]["p"], &created["type"]), (&json!("eA=="), &json!("Opaque")));
    let lease = json!({"metadata": {"name": "l"}, "spec": {"leaseDurationSeconds": 0}});
    let leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
    assert_eq!(client.post(leases, &lease).await.code, 422);
    let event = json!({
        "metadata": {"name": "e"}, "reason": "R", "message": "m", "type": "Normal",
        "involvedObject": {"kind": "Thing", "name": "a", "namespace": "default"},
    });
    assert_eq!(client.post("/api/v1/namespaces/default/events", &event).await.code, 201);
    let new = client.get("/apis/events.k8s.io/v1/namespaces/default/events/e").await.body;
    assert_eq!((&new["note"], &new["regarding"]["name"]), (&json!("m"), &json!("a")));
}

#[tokio::test]
async fn a_token_is_asked_of_everyone_once_there_is_one() {
    let client = Client::of(Server::builder().token("secret").build());
    let send = async |value: &str| client.send("GET", "/api", &[("authorization", value)], Vec::new()).await.code;
    assert_eq!([send("Bearer wrong").await, send("Bearer secret").await, send("bearer secret").await], [401, 200, 200]);
    assert_eq!([send("Basic eA==").await, send("Bearer").await, send("Bearer  secret").await], [403, 403, 403]);
}

#[tokio::test]
async fn who_sends_no_token_is_anonymous_and_may_ask_for_health_only() {
    let client = Client::of(Server::builder().token("secret").build());
    let path = "/api/v1/namespaces/default/configmaps/a";
    let why = "configmaps \"a\" is forbidden: User \"system:anonymous\" cannot get resource \"configmaps\" in API group \
               \"\" in the namespace \"default\"";
    assert_eq!(client.get(path).await.refusal(), (403, why));
    let why = "customresourcedefinitions.apiextensions.k8s.io is forbidden: User \"system:anonymous\" cannot create \
               resource \"customresourcedefinitions\" in API group \"apiextensions.k8s.io\" at the cluster scope";
    assert_eq!(client.post(crate::client::CRDS, &json!({})).await.refusal(), (403, why));
    assert_eq!(client.get("/healthz").await.code, 200);
}

#[tokio::test]
async fn a_scale_is_read_as_its_type_and_its_uid_is_a_precondition() {
    let client = Client::with_things().await;
    client.create("a", &json!({"size": 1})).await;
    let path = format!("{THINGS}/a/scale");
    let scale = |change: Value| {
        let mut scale = json!({"apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": {"name": "a"}});
        for (name, value) in change.as_object().unwrap() {
            match (value, scale.get_mut(name)) {
                (Value::Object(members), Some(Value::Object(own))) => own.extend(members.clone()),
                _ => scale[name] = value.clone(),
            }
        }
        scale
    };
    let put = async |change: Value| client.put(&path, &scale(change)).await.code;
    assert_eq!(put(json!({"kind": "Thing"})).await, 400);
    assert_eq!(put(json!({"spec": {"replicas": "2"}})).await, 400);
    assert_eq!(put(json!({"metadata": {"uid": "other"}, "spec": {"replicas": 2}})).await, 409);
    assert_eq!(client.merge(&path, &json!({"spec": 2})).await.code, 422);
    let strict = format!("{path}?fieldValidation=Strict");
    assert_eq!(client.put(&strict, &scale(json!({"spec": {"replica": 2}}))).await.code, 400);
    assert_eq!(client.get(&path).await.body["spec"]["replicas"], 1);
    let warned = client.put(&path, &scale(json!({"spec": {"replicas": 2, "x": 1}}))).await;
    assert_eq!((warned.code, warned.warnings()), (200, vec!["299 - \"unknown field \\\"spec.x\\\"\""]));
}

#[tokio::test]
async fn an_object_that_is_no_scale_is_refused_by_its_own_name() {
    let client = Client::new();
    let containers = json!([{"name": "c", "image": "i"}]);
    let template = json!({"metadata": {"labels": {"app": "a"}}, "spec": {"containers": containers}});
    let spec = json!({"selector": {"matchLabels": {"app": "a"}}, "template": template});
    let deployments = "/apis/apps/v1/namespaces/default/deployments";
    client.post(deployments, &json!({"metadata": {"name": "a"}, "spec": spec})).await;
    let put = async |version: &str, kind: &str| {
        let scale = json!({"apiVersion": version, "kind": kind, "metadata": {"name": "a"}, "spec": {"replicas": 2}});
        client.put(&format!("{deployments}/a/scale"), &scale).await
    };
    let no_scale = |kind: &str, why: &str| format!("{kind} in version \"v1\" cannot be handled as a Scale: {why}");
    let why = no_scale("Deployment", "converting (v1.Deployment) to (autoscaling.Scale): unknown conversion");
    assert_eq!(put("apps/v1", "Deployment").await.refusal(), (400, why.as_str()));
    for (version, kind) in [("v1", "Nothing"), ("v1", "Scale"), ("example.com/v1", "Thing")] {
        let why = format!(
            "no kind \"{kind}\" is registered for version \"{version}\" in scheme \"pkg/runtime/scheme.go:111\""
        );
        assert_eq!(put(version, kind).await.refusal(), (400, no_scale(kind, &why).as_str()));
    }
    assert_eq!(put("", "").await.code, 200);
}

#[tokio::test]
async fn an_object_that_etcd_would_not_take_is_refused() {
    let client = Client::with_things().await;
    let color = json!({"color": "x".repeat(1_600_000)});
    let why = (500, "etcdserver: request is too large");
    assert_eq!(client.post(THINGS, &thing("a", &color)).await.refusal(), why);
    client.create("a", &json!({})).await;
    assert_eq!(client.merge(&path("a"), &json!({"spec": color})).await.refusal(), why);
    assert_eq!(client.get(&path("a")).await.body["spec"], json!({"mode": "auto"}));
}

#[tokio::test]
async fn a_job_that_has_no_pods_yet_is_found_and_stays_with_its_pods_when_it_is_deleted() {
    let client = Client::new();
    let jobs = "/apis/batch/v1/namespaces/default/jobs";
    let spec = json!({"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}});
    let made = client.post(jobs, &json!({"metadata": {"name": "a"}, "spec": spec})).await.body;
    assert_eq!(made["metadata"]["labels"]["batch.kubernetes.io/job-name"], "a");
    let found = client.get(&format!("{jobs}?fieldSelector=status.successful=0")).await.body;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    let deleted = client.delete(&format!("{jobs}/a?dryRun=All")).await;
    assert_eq!(deleted.body["metadata"]["finalizers"], json!(["orphan"]));
    assert!(deleted.warnings()[0].contains("child pods are preserved by default"));
}

#[tokio::test]
async fn annotations_that_stand_for_fields_are_no_metadata() {
    let client = Client::new();
    let sets = "/apis/apps/v1/namespaces/default/daemonsets";
    let template = json!({"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}});
    let spec = json!({"selector": {"matchLabels": {"a": "b"}}, "template": template});
    let made = client.post(sets, &json!({"metadata": {"name": "a"}, "spec": spec})).await.body;
    assert_eq!(made["metadata"]["annotations"], json!({"deprecated.daemonset.template.generation": "1"}));
    let partial = [("accept", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io")];
    let partial = client.send("GET", &format!("{sets}/a"), &partial, Vec::new()).await.body;
    assert_eq!(partial["metadata"].get("annotations"), None);
}
