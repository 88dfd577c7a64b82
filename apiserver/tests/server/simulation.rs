//! Workloads that seem to run, by a clock that the tests set.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use crdgen_apiserver::Server;
use serde_json::{Value, json};

use crate::client::{Client, names};

const APPS: &str = "/apis/apps/v1/namespaces/default";
const BATCH: &str = "/apis/batch/v1/namespaces/default";
const PODS: &str = "/api/v1/namespaces/default/pods";

/// A cluster in which each phase of a pod takes ten seconds of a clock that stands still.
struct Cluster {
    client: Client,
    seconds: Arc<AtomicU64>,
}

impl Cluster {
    fn new() -> Self {
        let seconds = Arc::new(AtomicU64::new(1_900_000_000));
        let clock = seconds.clone();
        let now = move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::Relaxed));
        let server = Server::builder().simulate(Duration::from_secs(10)).clock(now).build();
        Self { client: Client::of(server), seconds }
    }

    /// Lets so many phases pass.
    async fn wait(&self, phases: u64) {
        for _ in 0..phases {
            self.seconds.fetch_add(10, Ordering::Relaxed);
            self.client.get(PODS).await;
        }
    }

    async fn create(&self, path: &str, name: &str, spec: &Value) {
        let answer = self.client.post(path, &json!({"metadata": {"name": name}, "spec": spec})).await;
        assert_eq!(answer.code, 201, "{}", answer.body);
    }

    /// Creates an object whose pods run for ever.
    async fn run(&self, kind: &str, more: &Value) {
        let mut spec = json!({"selector": {"matchLabels": {"app": "a"}}, "template": template("a:1")});
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.create(&format!("{APPS}/{kind}"), "a", &spec).await;
    }

    /// Changes the image of its pods.
    async fn set_image(&self, kind: &str, image: &str) {
        let answer =
            self.client.merge(&format!("{APPS}/{kind}/a"), &json!({"spec": {"template": template(image)}})).await;
        assert_eq!(answer.code, 200, "{}", answer.body);
    }

    /// The images of all pods, and whether each is ready.
    async fn pods(&self) -> Vec<(String, bool)> {
        let list = self.client.get(PODS).await.body;
        let conditions = |pod: &Value| pod["status"]["conditions"].as_array().cloned().unwrap_or_default();
        let is_ready =
            |pod: &Value| conditions(pod).iter().any(|one| one["type"] == "Ready" && one["status"] == "True");
        let image = |pod: &Value| pod["spec"]["containers"][0]["image"].as_str().unwrap().to_owned();
        list["items"].as_array().unwrap().iter().map(|pod| (image(pod), is_ready(pod))).collect()
    }

    /// Compares members of the status of an object.
    #[track_caller]
    fn check(object: &Value, expected: &Value) {
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(object["status"].get(name).unwrap_or(&Value::Null), value, "{name} of {}", object["status"]);
        }
    }

    async fn status(&self, kind: &str, expected: &Value) {
        let path = if kind == "jobs" { format!("{BATCH}/jobs/a") } else { format!("{APPS}/{kind}/a") };
        Self::check(&self.client.get(&path).await.body, expected);
    }
}

fn template(image: &str) -> Value {
    json!({"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "c", "image": image}]}})
}

fn all(image: &str, is_ready: bool, count: usize) -> Vec<(String, bool)> {
    vec![(image.to_owned(), is_ready); count]
}

#[tokio::test]
async fn a_deployment_makes_pods_that_become_ready_after_a_time() {
    let cluster = Cluster::new();
    cluster.run("deployments", &json!({"replicas": 3})).await;
    assert_eq!(cluster.pods().await, all("a:1", false, 3));
    cluster.status("deployments", &json!({"replicas": 3, "unavailableReplicas": 3, "availableReplicas": null})).await;
    cluster.wait(1).await;
    assert_eq!(cluster.pods().await, all("a:1", true, 3));
    let counts = json!({"replicas": 3, "readyReplicas": 3, "availableReplicas": 3, "observedGeneration": 1});
    cluster.status("deployments", &counts).await;
    let deployment = cluster.client.get(&format!("{APPS}/deployments/a")).await.body;
    let conditions = deployment["status"]["conditions"].as_array().unwrap();
    let reasons: Vec<&str> = conditions.iter().map(|one| one["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["MinimumReplicasAvailable", "NewReplicaSetAvailable"]);
}

#[tokio::test]
async fn a_rollout_replaces_pods_within_its_bounds_and_can_be_undone() {
    let cluster = Cluster::new();
    let strategy = json!({"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}});
    cluster.run("deployments", &json!({"replicas": 2, "strategy": strategy})).await;
    cluster.wait(1).await;
    cluster.set_image("deployments", "a:2").await;
    let ready = |pods: &[(String, bool)]| pods.iter().filter(|(_, is_ready)| *is_ready).count();
    for _ in 0..2 {
        let pods = cluster.pods().await;
        assert_eq!((pods.len(), ready(&pods)), (3, 2));
        cluster.wait(1).await;
    }
    assert_eq!(cluster.pods().await, all("a:2", true, 2));
    cluster.set_image("deployments", "a:1").await;
    cluster.wait(2).await;
    assert_eq!(cluster.pods().await, all("a:1", true, 2));
    let sets = cluster.client.get(&format!("{APPS}/replicasets")).await.body;
    let revision = |set: &Value| set["metadata"]["annotations"]["deployment.kubernetes.io/revision"].clone();
    let mut revisions: Vec<Value> = sets["items"].as_array().unwrap().iter().map(revision).collect();
    revisions.sort_by_key(Value::to_string);
    assert_eq!(revisions, ["2", "3"]);
}

#[tokio::test]
async fn a_deployment_is_scaled_up_and_down_and_takes_its_pods_with_it() {
    let cluster = Cluster::new();
    cluster.run("deployments", &json!({"replicas": 1})).await;
    for replicas in [4, 2] {
        let scale = json!({"spec": {"replicas": replicas}});
        assert_eq!(cluster.client.merge(&format!("{APPS}/deployments/a/scale"), &scale).await.code, 200);
        cluster.wait(1).await;
        assert_eq!(cluster.pods().await, all("a:1", true, replicas));
    }
    cluster.client.delete(&format!("{APPS}/deployments/a")).await;
    assert_eq!(cluster.pods().await, []);
}

#[tokio::test]
async fn a_stateful_set_makes_its_pods_in_order_with_claims() {
    let cluster = Cluster::new();
    let claim = json!({"metadata": {"name": "d"}, "spec": {"accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}}}});
    cluster.run("statefulsets", &json!({"replicas": 2, "serviceName": "a", "volumeClaimTemplates": [claim]})).await;
    assert_eq!(names(&cluster.client.get(PODS).await.body), ["a-0"]);
    cluster.wait(1).await;
    assert_eq!(names(&cluster.client.get(PODS).await.body), ["a-0", "a-1"]);
    cluster.wait(1).await;
    let claims = cluster.client.get("/api/v1/namespaces/default/persistentvolumeclaims").await.body;
    assert_eq!(names(&claims), ["d-a-0", "d-a-1"]);
    cluster.set_image("statefulsets", "a:2").await;
    cluster.status("statefulsets", &json!({"replicas": 2, "updatedReplicas": 1})).await;
    cluster.wait(2).await;
    assert_eq!(cluster.pods().await, all("a:2", true, 2));
    let set = cluster.client.get(&format!("{APPS}/statefulsets/a")).await.body;
    assert_eq!(set["status"]["currentRevision"], set["status"]["updateRevision"]);
    Cluster::check(&set, &json!({"readyReplicas": 2, "currentReplicas": 2, "availableReplicas": 2}));
}

#[tokio::test]
async fn a_daemon_set_has_a_pod_on_every_node() {
    let cluster = Cluster::new();
    cluster.run("daemonsets", &json!({})).await;
    cluster.wait(1).await;
    let pods = cluster.client.get(PODS).await.body;
    let mut nodes: Vec<&str> =
        pods["items"].as_array().unwrap().iter().map(|pod| pod["spec"]["nodeName"].as_str().unwrap()).collect();
    nodes.sort_unstable();
    assert_eq!(nodes, ["node-1", "node-2", "node-3"]);
    cluster.client.delete("/api/v1/nodes/node-3").await;
    cluster.status("daemonsets", &json!({"desiredNumberScheduled": 2, "numberReady": 2, "numberAvailable": 2})).await;
    cluster.set_image("daemonsets", "a:2").await;
    cluster.wait(2).await;
    assert_eq!(cluster.pods().await, all("a:2", true, 2));
    cluster.status("daemonsets", &json!({"updatedNumberScheduled": 2, "observedGeneration": 2})).await;
}

#[tokio::test]
async fn a_job_is_complete_when_its_pods_have_succeeded() {
    let cluster = Cluster::new();
    let mut template = template("a:1");
    template["spec"]["restartPolicy"] = json!("Never");
    let spec = json!({"completions": 3, "parallelism": 2, "completionMode": "Indexed", "template": template});
    cluster.create(&format!("{BATCH}/jobs"), "a", &spec).await;
    cluster.status("jobs", &json!({"active": 2, "ready": 0})).await;
    cluster.wait(1).await;
    cluster.status("jobs", &json!({"active": 2, "ready": 2})).await;
    cluster.wait(1).await;
    cluster.status("jobs", &json!({"active": 1, "succeeded": 2, "completedIndexes": "0-1"})).await;
    cluster.wait(2).await;
    let job = cluster.client.get(&format!("{BATCH}/jobs/a")).await.body;
    Cluster::check(&job, &json!({"active": null, "succeeded": 3, "completedIndexes": "0-2"}));
    let conditions = job["status"]["conditions"].as_array().unwrap();
    let types: Vec<&str> = conditions.iter().map(|one| one["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["SuccessCriteriaMet", "Complete"]);
}

#[tokio::test]
async fn a_suspended_job_has_no_pods_until_it_is_resumed() {
    let cluster = Cluster::new();
    let mut template = template("a:1");
    template["spec"]["restartPolicy"] = json!("Never");
    cluster.create(&format!("{BATCH}/jobs"), "a", &json!({"suspend": true, "template": template})).await;
    assert_eq!(cluster.pods().await, []);
    cluster.client.merge(&format!("{BATCH}/jobs/a"), &json!({"spec": {"suspend": false}})).await;
    cluster.wait(2).await;
    cluster.status("jobs", &json!({"succeeded": 1})).await;
}

#[tokio::test]
async fn a_cron_job_makes_a_job_when_it_is_due() {
    let cluster = Cluster::new();
    let mut template = template("a:1");
    template["spec"]["restartPolicy"] = json!("Never");
    let spec = json!({"schedule": "* * * * *", "successfulJobsHistoryLimit": 1, "jobTemplate": {"spec": {"template": template}}});
    cluster.create(&format!("{BATCH}/cronjobs"), "a", &spec).await;
    let jobs = || async { names(&cluster.client.get(&format!("{BATCH}/jobs")).await.body).len() };
    assert_eq!(jobs().await, 0);
    cluster.wait(6).await;
    assert_eq!(jobs().await, 1);
    cluster.wait(12).await;
    assert_eq!(jobs().await, 1, "older ones were deleted");
    let cron_job = cluster.client.get(&format!("{BATCH}/cronjobs/a")).await.body;
    Cluster::check(&cron_job, &json!({"lastScheduleTime": "2030-03-17T17:49:00Z", "active": null}));
}

#[tokio::test]
async fn without_simulation_nothing_runs() {
    let client = Client::new();
    let spec = json!({"selector": {"matchLabels": {"app": "a"}}, "template": template("a:1")});
    client.post(&format!("{APPS}/deployments"), &json!({"metadata": {"name": "a"}, "spec": spec})).await;
    assert_eq!(client.get(PODS).await.body["items"], json!([]));
    assert_eq!(client.get("/api/v1/nodes").await.body["items"], json!([]));
}
