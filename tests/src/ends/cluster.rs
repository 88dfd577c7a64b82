//! A server on which scenarios run.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};
use kube::client::Body;
use serde_json::{Value, json};

use super::{
    Kind, Object, Scenario, Step,
    kind::CUSTOM,
    snapshot::{self, Snapshot},
};

/// How long to wait at most for what controllers do. The garbage collector takes half a minute to learn of a new kind.
const PATIENCE: Duration = Duration::from_mins(2);
/// How long to wait before a server is asked again.
const PAUSE: Duration = Duration::from_millis(100);
/// A uid that nothing has.
const NOBODY: &str = "11111111-1111-1111-1111-111111111111";

/// A server, and the uids of what a scenario has created there.
#[derive(Clone)]
pub struct Cluster {
    client: kube::Client,
    namespace: String,
    uids: BTreeMap<(Kind, &'static str), String>,
}

impl Cluster {
    /// A server on which nothing was done yet.
    #[must_use]
    pub fn new(client: kube::Client) -> Self {
        Self { client, namespace: String::new(), uids: BTreeMap::new() }
    }

    /// Installs the definitions of all kinds and waits until the controllers know them.
    ///
    /// # Errors
    /// The server refuses one, or it takes too long.
    pub async fn prepare(&self) -> Result<()> {
        for kind in CUSTOM {
            let path = Kind::Definition.path("");
            let (status, answer) = self.send("POST", &path, "application/json", &kind.definition()).await?;
            ensure!(status == 201, "{answer:#}");
        }
        self.settle().await
    }

    /// Waits until the garbage collector has worked on objects of all kinds that were created just now: what came before was
    /// worked on, too.
    ///
    /// # Errors
    /// It takes too long.
    pub async fn settle(&self) -> Result<()> {
        let mut canaries = Self { namespace: "default".to_owned(), ..self.clone() };
        for kind in [Kind::Map, Kind::Gadget, Kind::Machine, Kind::Relic, Kind::Idol] {
            if canaries.is_deleted(kind).await? {
                continue;
            }
            let canary = Object::new(kind, "canary").of(Kind::Machine, "nobody");
            canaries.until_served(kind).await?;
            canaries.create(&canary).await?;
            canaries.until(kind, "canary", |found| found.is_none()).await?;
        }
        Ok(())
    }

    /// Does what a scenario says, in namespaces of its own that have what every namespace has.
    ///
    /// # Errors
    /// The server refuses something, or a wait takes too long.
    pub async fn run(&self, scenario: &Scenario) -> Result<Self> {
        let mut cluster = Self { namespace: scenario.name.to_owned(), ..self.clone() };
        for namespace in [scenario.name.to_owned(), cluster.other()] {
            let object = json!({"metadata": {"name": namespace}});
            let (status, answer) = cluster.send("POST", "/api/v1/namespaces", "application/json", &object).await?;
            ensure!(status == 201, "{answer:#}");
        }
        for name in ["default", "../default"] {
            cluster.until(Kind::Account, name, |found| found.is_some()).await?;
        }
        for name in ["kube-root-ca.crt", "../kube-root-ca.crt"] {
            cluster.until(Kind::Map, name, |found| found.is_some()).await?;
        }
        for step in &scenario.steps {
            cluster.step(step).await.map_err(|error| error.context(format!("{}: {step:?}", scenario.name)))?;
        }
        Ok(cluster)
    }

    /// What is there in the scenario's namespaces, the namespaces themselves included.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        snapshot::take(self).await
    }

    /// Waits until the same is there as on another server, and returns what is there then, or in the end.
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn until_same(&self, expected: &Snapshot) -> Result<Snapshot> {
        let started = Instant::now();
        loop {
            let found = self.snapshot().await?;
            if found == *expected || started.elapsed() > PATIENCE {
                return Ok(found);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn step(&mut self, step: &Step) -> Result<()> {
        const MERGE: &str = "application/merge-patch+json";
        match step {
            Step::Create(object) => return self.create(object).await,
            Step::Gone(kind, name) => return self.until(*kind, name, |found| found.is_none()).await,
            Step::There(kind, name) => return self.until(*kind, name, |found| found.is_some()).await,
            Step::Deleting(kind, name) => {
                let is_deleting = |found: &Value| !found["metadata"]["deletionTimestamp"].is_null();
                return self.until(*kind, name, |found| found.is_none_or(is_deleting)).await;
            }
            _ => {}
        }
        let json = "application/json";
        let (status, answer) = match step {
            Step::Delete(kind, name, policy) => {
                let options = if policy.is_empty() { json!({}) } else { json!({"propagationPolicy": policy}) };
                self.send("DELETE", &self.path(*kind, name), json, &options).await?
            }
            Step::Release(kind, name) => {
                let change = json!({"metadata": {"finalizers": null}});
                self.send("PATCH", &self.path(*kind, name), MERGE, &change).await?
            }
            Step::Unblock(kind, name) => {
                let mut owners = self.get(&self.path(*kind, name)).await?.1["metadata"]["ownerReferences"].take();
                for owner in owners.as_array_mut().into_iter().flatten() {
                    owner["blockOwnerDeletion"] = json!(false);
                }
                let change = json!({"metadata": {"ownerReferences": owners}});
                self.send("PATCH", &self.path(*kind, name), MERGE, &change).await?
            }
            Step::Change(kind, name, change) => {
                let change = serde_json::from_str(change)?;
                self.send("PATCH", &self.path(*kind, name), MERGE, &change).await?
            }
            Step::Finalize(finalizers) => {
                let body = json!({"metadata": {"name": self.namespace}, "spec": {"finalizers": finalizers}});
                let path = format!("/api/v1/namespaces/{}/finalize", self.namespace);
                self.send("PUT", &path, json, &body).await?
            }
            _ => self.send("DELETE", &format!("/api/v1/namespaces/{}", self.namespace), json, &json!({})).await?,
        };
        ensure!(status < 300, "{status}: {answer:#}");
        Ok(())
    }

    async fn create(&mut self, object: &Object) -> Result<()> {
        let (version, kind, _) = object.kind.names();
        let mut body = object.kind.body(object.grace);
        body["apiVersion"] = json!(version);
        body["kind"] = json!(kind);
        let owner = |owner: &super::Owner| {
            let (version, kind, _) = owner.kind.names();
            let uid = self.uids.get(&(owner.kind, owner.name)).map_or(NOBODY, String::as_str);
            let name = owner.name.trim_start_matches("../");
            json!({"apiVersion": version, "kind": kind, "name": name, "uid": uid, "blockOwnerDeletion": owner.blocks})
        };
        let owners: Vec<Value> = object.owners.iter().map(owner).collect();
        body["metadata"] = json!({
            "name": object.name.trim_start_matches("../"),
            "labels": {"scenario": self.namespace},
            "ownerReferences": owners,
            "finalizers": object.finalizers,
        });
        let path = object.kind.path(&self.namespace_of(object.name));
        let (status, answer) = self.send("POST", &path, "application/json", &body).await?;
        ensure!(status == 201, "{status}: {answer:#}");
        let uid = answer["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
        self.uids.insert((object.kind, object.name), uid);
        Ok(())
    }

    async fn until(&self, kind: Kind, name: &str, holds: impl Fn(Option<&Value>) -> bool) -> Result<()> {
        let started = Instant::now();
        loop {
            let (status, found) = self.get(&self.path(kind, name)).await?;
            if holds(Some(&found).filter(|_| status == 200)) {
                return Ok(());
            }
            if started.elapsed() > PATIENCE {
                bail!("{kind:?} {name} does not become what is waited for: {found:#}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn until_served(&self, kind: Kind) -> Result<()> {
        let started = Instant::now();
        while self.get(&kind.path(&self.namespace)).await?.0 != 200 {
            ensure!(started.elapsed() < PATIENCE, "{kind:?} is not served");
            tokio::time::sleep(PAUSE).await;
        }
        Ok(())
    }

    async fn is_deleted(&self, kind: Kind) -> Result<bool> {
        if !CUSTOM.contains(&kind) {
            return Ok(false);
        }
        let (status, found) = self.get(&format!("{}/{}", Kind::Definition.path(""), kind.definition_name())).await?;
        Ok(status == 404 || !found["metadata"]["deletionTimestamp"].is_null())
    }

    pub(super) async fn get(&self, path: &str) -> Result<(u16, Value)> {
        self.send("GET", path, "application/json", &Value::Null).await
    }

    async fn send(&self, method: &str, path: &str, media_type: &str, body: &Value) -> Result<(u16, Value)> {
        let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(body)? };
        let request = http::Request::builder().method(method).uri(path);
        let request = request.header("content-type", media_type).header("user-agent", "ends/1");
        let response = self.client.send(request.body(Body::from(body))?).await?;
        let status = response.status().as_u16();
        let bytes = response.into_body().collect_bytes().await?;
        let text = || Value::from(String::from_utf8_lossy(&bytes).into_owned());
        Ok((status, serde_json::from_slice(&bytes).unwrap_or_else(|_| text())))
    }

    fn path(&self, kind: Kind, name: &str) -> String {
        format!("{}/{}", kind.path(&self.namespace_of(name)), name.trim_start_matches("../"))
    }

    fn namespace_of(&self, name: &str) -> String {
        if name.starts_with("../") { self.other() } else { self.namespace.clone() }
    }

    pub(super) fn namespace(&self) -> &str {
        &self.namespace
    }

    pub(super) fn other(&self) -> String {
        format!("{}-other", self.namespace)
    }

    /// The uids of what was created, and what each stands for.
    pub(super) fn uids(&self) -> impl Iterator<Item = (&str, String)> {
        self.uids.iter().map(|((kind, name), uid)| (uid.as_str(), format!("<{kind:?} {name}>")))
    }
}
