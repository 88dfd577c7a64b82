//! Replicas of an operator on a server with leases and databases: who works on what, and when.

mod layouts;
mod moves;
mod together;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::*;
use crate::client;
use crate::controller::{Action, Context, Controller, Reconciler};
use crate::factory::SharedInformerFactory;
use crate::kind::ObjectKey;
use crate::operator::{Error, Operator};
use crate::shutdown::Shutdown;
use crate::testing::{Database, LeaseServer, Reply, connection_with, within};

/// A server with leases and databases `db-0`, `db-1`, …, and what the replicas do with them.
#[derive(Clone)]
struct Cluster {
    leases: LeaseServer,
    databases: usize,
    work: Arc<Mutex<Work>>,
}

#[derive(Default)]
struct Work {
    /// Who works on a key.
    running: BTreeMap<String, String>,
    /// The turns that have ended: the replica, and the name of the object.
    ended: Vec<(String, String)>,
    /// Keys on which two worked at once.
    violations: Vec<String>,
}

/// What happens to a request instead of what was asked, and how long its answer takes.
type Fault = Arc<dyn Fn(&str) -> (Option<Reply>, Duration) + Send + Sync>;

/// A running replica.
struct Running {
    shutdown: Shutdown,
    partition: Partition,
    task: JoinHandle<Result<(), Error>>,
    /// Whether the server refuses whatever it asks of leases whose names contain this.
    refused: Arc<Mutex<Option<String>>>,
}

/// Works on objects for a while, and notes that.
#[derive(Clone)]
struct Noting {
    cluster: Cluster,
    identity: String,
    /// How long a turn takes.
    time: Arc<dyn Fn(&str) -> Duration + Send + Sync>,
    /// When the key comes again.
    again: Option<Duration>,
}

/// A turn that runs, until this is dropped.
struct Turn<'n>(&'n Noting, String);

impl Cluster {
    fn of(databases: usize) -> Self {
        Self { leases: LeaseServer::default(), databases, work: Arc::default() }
    }

    /// A connection whose requests `fault` may spoil.
    fn connection(&self, fault: Fault) -> kube::Client {
        let cluster = self.clone();
        let items: Vec<_> = (0..self.databases)
            .map(|number| {
                let name = format!("db-{number}");
                let metadata = json!({ "name": name, "namespace": "ns", "uid": name, "resourceVersion": "1" });
                json!({ "metadata": metadata, "spec": { "engine": "PostgreSQL" } })
            })
            .collect();
        let (connection, _) = connection_with(move |request, body| {
            let failure = |code: u16| Reply::json(code, &json!({ "kind": "Status", "code": code }));
            if request.contains("/leases") {
                let (reply, delay) = fault(request);
                let mut reply = reply.unwrap_or_else(|| cluster.leases.answer(request, body));
                reply.delay = delay;
                return reply;
            }
            if request.contains("sendInitialEvents") {
                return failure(422);
            }
            if request.contains("watch=true") {
                return Reply { stalls: true, ..Reply::chunks(200, [""; 0]) };
            }
            if request.contains("/databases") {
                return Reply::json(200, &json!({ "items": items, "metadata": { "resourceVersion": "1" } }));
            }
            failure(403)
        });
        connection
    }

    /// Runs a replica.
    fn start(&self, identity: &str, setup: impl FnOnce(Noting, Sharding) -> (Noting, Sharding)) -> Running {
        let refused = Arc::new(Mutex::new(None::<String>));
        let what = Arc::clone(&refused);
        let fault: Fault = Arc::new(move |request| {
            let matches = what.lock().unwrap().as_ref().is_some_and(|part| request.contains(part));
            (matches.then(|| Reply::json(500, &json!({}))), Duration::ZERO)
        });
        let (shutdown, partition, task) = self.run(identity, fault, setup);
        Running { shutdown, partition, task, refused }
    }

    fn run(
        &self,
        identity: &str,
        fault: Fault,
        setup: impl FnOnce(Noting, Sharding) -> (Noting, Sharding),
    ) -> (Shutdown, Partition, JoinHandle<Result<(), Error>>) {
        let identity = identity.to_owned();
        let sharding = Sharding::new("ns", "op").identity(&identity);
        let time: Arc<dyn Fn(&str) -> Duration + Send + Sync> = Arc::new(|_| Duration::from_millis(10));
        let noting = Noting { cluster: self.clone(), identity, time, again: None };
        let (noting, sharding) = setup(noting, sharding);
        let (shutdown, partition) = (Shutdown::new(), sharding.partition());
        let factory = SharedInformerFactory::new(self.connection(fault));
        let controller = Controller::new("database", &factory, noting).workers(64);
        let operator = Operator::new(&factory).controller(controller).shard(sharding);
        let request = shutdown.clone();
        let task = tokio::spawn(async move { operator.run(&request).await });
        (shutdown, partition, task)
    }

    /// The turns of a replica that have ended, by name.
    fn ended(&self, identity: &str) -> Vec<String> {
        let work = self.work.lock().unwrap();
        let mut names: Vec<_> =
            work.ended.iter().filter(|(replica, _)| replica == identity).map(|(_, name)| name.clone()).collect();
        names.sort();
        names
    }

    fn running(&self) -> BTreeMap<String, String> {
        self.work.lock().unwrap().running.clone()
    }

    fn violations(&self) -> Vec<String> {
        self.work.lock().unwrap().violations.clone()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = (0..self.databases).map(|number| format!("db-{number}")).collect();
        names.sort();
        names
    }
}

impl Running {
    fn held(&self) -> usize {
        self.partition.held().len()
    }

    /// Stops it in good order.
    async fn stop(self) {
        self.shutdown.trigger();
        within(self.task).await.unwrap().unwrap();
    }
}

impl Reconciler<Database> for Noting {
    type Error = client::Error;

    async fn reconcile(&self, object: Arc<Database>, _: &Context<Database>) -> Result<Action, client::Error> {
        let name = object.metadata.name.clone().unwrap();
        let turn = Turn::begin(self, &name);
        sleep((self.time)(&name)).await;
        self.cluster.work.lock().unwrap().ended.push((self.identity.clone(), name));
        drop(turn);
        Ok(self.again.map_or(Action::Done, Action::RequeueAfter))
    }
}

impl<'n> Turn<'n> {
    fn begin(noting: &'n Noting, name: &str) -> Self {
        let mut work = noting.cluster.work.lock().unwrap();
        if let Some(other) = work.running.insert(name.to_owned(), noting.identity.clone()) {
            work.violations.push(format!("{name} on {other} and on {}", noting.identity));
        }
        Self(noting, name.to_owned())
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.cluster.work.lock().unwrap().running.remove(&self.1);
    }
}

fn as_it_is(noting: Noting, sharding: Sharding) -> (Noting, Sharding) {
    (noting, sharding)
}

fn key(name: &str) -> ObjectKey {
    ObjectKey::new(Some("ns"), name)
}
