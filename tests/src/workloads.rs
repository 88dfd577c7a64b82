//! Stateful sets that seem to run, on a server that has nobody for them.

use std::time::Duration;

use crdgen_runtime::{
    ObjectKey,
    client::{Client, Patch},
    factory::SharedInformerFactory,
    informer::{Cached, EventHandler, HandlerOptions},
};
use k8s_openapi::api::apps::v1::StatefulSet;
use serde_json::json;
use tokio::time::sleep;

/// Makes each stateful set ready a while after it was made or changed, for as long as it lives.
#[derive(Debug)]
pub struct Workloads(#[expect(dead_code, reason = "its informer ends with it")] SharedInformerFactory);

impl Workloads {
    /// Those of a namespace. Each change takes `time`.
    ///
    /// # Errors
    /// None that is known of: an informer that has just been made takes handlers.
    pub fn run(connection: &kube::Client, namespace: &str, time: Duration) -> anyhow::Result<Self> {
        let factory = SharedInformerFactory::new(connection.clone()).namespaced(namespace);
        let sets = Client::new(connection.clone());
        factory.informer().add_handler(Kubelet { sets, time }, HandlerOptions::default())?;
        factory.start();
        Ok(Self(factory))
    }
}

struct Kubelet {
    sets: Client<StatefulSet>,
    time: Duration,
}

impl Kubelet {
    fn look(&self, set: &Cached<StatefulSet>) {
        let status = set.status.clone().unwrap_or_default();
        let (Some(key), generation) = (ObjectKey::of(&**set), set.metadata.generation) else { return };
        if status.observed_generation == generation {
            return;
        }
        let (sets, time, uid) = (self.sets.clone(), self.time, set.metadata.uid.clone());
        tokio::spawn(async move {
            sleep(time).await;
            let status = json!({ "observedGeneration": generation, "replicas": 1, "readyReplicas": 1 });
            let ready = Patch::Merge(json!({ "metadata": { "uid": uid }, "status": status }));
            // If that fails, the set is gone or will be looked at again.
            let _ = sets.patch_status(&key, &ready).await;
        });
    }
}

impl EventHandler<StatefulSet> for Kubelet {
    async fn add(&mut self, set: &Cached<StatefulSet>, _: bool) {
        self.look(set);
    }

    async fn update(&mut self, _: &Cached<StatefulSet>, set: &Cached<StatefulSet>) {
        self.look(set);
    }
}
