//! Several managers write the same objects on the embedded server and on a real kube-apiserver: every answer is the same, who
//! owns what included.

use anyhow::{Result, ensure};
use crdgen_apiserver::Server;
use serde_json::{Value, json};
use tests::{
    control_plane::ControlPlane,
    traffic::{self, Traffic},
    twins::{Request, Twin},
};

/// How many requests each seed makes.
const REQUESTS: usize = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_of_several_managers_have_the_same_outcome_on_a_real_kube_apiserver() -> Result<()> {
    let test = "writes_of_several_managers_have_the_same_outcome_on_a_real_kube_apiserver";
    let Some(plane) = ControlPlane::start_if_provided(test).await? else { return Ok(()) };
    let real = plane.client().await?;
    let embedded = kube::Client::new(Server::builder().controllers(false).build().service(), "default");
    for seed in 0..25 {
        let group = format!("seed{seed}.example.com");
        let mut twins = [Twin::new(real.clone()), Twin::new(embedded.clone())];
        for twin in &mut twins {
            install(twin, &group).await?;
        }
        let [real, embedded] = &mut twins;
        real.align(embedded);
        let mut traffic = Traffic::new(seed, &group, "default");
        for index in 0..REQUESTS {
            let request = traffic.request();
            let expected = twins[0].send(&request).await?;
            let found = twins[1].send(&request).await?;
            ensure!(
                expected == found,
                "seed {seed}, request {index}: {request:#?}\nreal: {}\n{:#}\nembedded: {}\n{:#}",
                expected.status,
                expected.body,
                found.status,
                found.body
            );
        }
    }
    Ok(())
}

/// Creates the CRD and waits until it is served.
async fn install(twin: &mut Twin, group: &str) -> Result<()> {
    let request = |method, path: String, body| Request::new(method, path, "application/json", body);
    let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    let answer = twin.send(&request("POST", definitions.to_owned(), traffic::definition(group))).await?;
    ensure!(answer.status == 201, "{:#}", answer.body);
    let established = json!({"type": "Established", "status": "True"});
    let path = format!("{definitions}/widgets.{group}");
    loop {
        let definition = twin.send(&request("GET", path.clone(), Value::Null)).await?.body;
        let conditions = definition["status"]["conditions"].as_array().cloned().unwrap_or_default();
        let is = |condition: &Value| ["type", "status"].iter().all(|name| condition[*name] == established[*name]);
        let served = request("GET", Traffic::new(0, group, "default").collection(), Value::Null);
        if conditions.iter().any(is) && twin.send(&served).await.is_ok_and(|answer| answer.status == 200) {
            return Ok(());
        }
        tokio::task::yield_now().await;
    }
}
