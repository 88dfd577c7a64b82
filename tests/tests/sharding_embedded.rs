//! Shards of namespaces on the embedded API server, which selects them for each replica or does not.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use crdgen_apiserver::{Server, TestServer};
use crdgen_runtime::{
    ObjectKey,
    client::{self, Client},
    controller::{Action, Context, Controller, Reconciler},
    factory::SharedInformerFactory,
    kube::core::ObjectMeta,
    lister::Lister,
    operator::{Error, Operator},
    sharding::{Partition, Sharding},
    shutdown::Shutdown,
};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Secret};
use tokio::{task::JoinHandle, time::sleep};

const NAMESPACES: usize = 24;

/// Which replica has reconciled what, how often, and which ends of objects were seen.
#[derive(Clone, Default)]
struct Log {
    turns: Arc<Mutex<BTreeMap<(String, String), usize>>>,
    ends: Arc<Mutex<Vec<String>>>,
}

struct Noting {
    replica: String,
    log: Log,
}

impl Reconciler<ConfigMap> for Noting {
    type Error = client::Error;

    async fn reconcile(&self, map: Arc<ConfigMap>, _: &Context<ConfigMap>) -> Result<Action, client::Error> {
        let namespace = map.metadata.namespace.clone().unwrap_or_default();
        // The server has maps of its own.
        if map.metadata.name.as_deref() == Some("map") {
            *self.log.turns.lock().unwrap().entry((self.replica.clone(), namespace)).or_default() += 1;
        }
        Ok(Action::Done)
    }

    async fn deleted(&self, key: &ObjectKey, _: Arc<ConfigMap>, _: &Context<ConfigMap>) -> Result<(), client::Error> {
        self.log.ends.lock().unwrap().push(key.to_string());
        Ok(())
    }
}

struct Replica {
    shutdown: Shutdown,
    partition: Partition,
    maps: Lister<ConfigMap>,
    secrets: Lister<Secret>,
    task: JoinHandle<Result<(), Error>>,
}

fn named(namespace: Option<&str>, name: &str) -> ObjectMeta {
    ObjectMeta { name: Some(name.to_owned()), namespace: namespace.map(str::to_owned), ..ObjectMeta::default() }
}

/// The namespaces begin with a number: those that end with one have nearly the same hash.
fn namespaces() -> Vec<String> {
    (0..NAMESPACES).map(|number| format!("{number}-of-the-team")).collect()
}

fn start(connection: &kube::Client, identity: &str, log: &Log) -> anyhow::Result<Replica> {
    let sharding = Sharding::new("default", "noting").shards(8).by_namespace().identity(identity);
    let partition = sharding.partition();
    let informers = SharedInformerFactory::new(connection.clone()).sharded(&partition)?;
    let (maps, secrets) = (informers.informer::<ConfigMap>().lister(), informers.informer::<Secret>().lister());
    let noting = Noting { replica: identity.to_owned(), log: log.clone() };
    let controller = Controller::new("noting", &informers, noting)
        .workers(4)
        .watches(|secret: &Secret| Some(ObjectKey::new(secret.metadata.namespace.as_deref(), "map")));
    let operator = Operator::new(&informers).controller(controller).shard(sharding);
    let shutdown = Shutdown::new();
    let request = shutdown.clone();
    let task = tokio::spawn(async move { operator.run(&request).await });
    Ok(Replica { shutdown, partition, maps, secrets, task })
}

async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..3_000 {
        if holds() {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("it never came to this: {what}");
}

impl Replica {
    /// The namespaces of the shards that it holds.
    fn share(&self) -> BTreeSet<String> {
        let held = self.partition.held();
        namespaces().into_iter().filter(|name| held.contains(&self.partition.shard_of((&**name, "map")))).collect()
    }

    /// The namespaces of the objects in its caches.
    fn cached(&self) -> (BTreeSet<String>, BTreeSet<String>) {
        let ours = |namespace: Option<String>| namespace.filter(|name| name.contains("team"));
        let maps = self.maps.list().iter().filter_map(|map| ours(map.metadata.namespace.clone())).collect();
        let secrets = self.secrets.list().iter().filter_map(|secret| ours(secret.metadata.namespace.clone())).collect();
        (maps, secrets)
    }

    async fn stop(self) -> anyhow::Result<()> {
        self.shutdown.trigger();
        Ok(self.task.await??)
    }
}

/// Two replicas, of which one comes later and goes before the other. Returns how often each has reconciled the map of each
/// namespace.
async fn course(selects: bool) -> anyhow::Result<BTreeMap<(String, String), usize>> {
    let server = TestServer::start().settings(Server::builder().shards(selects)).await?;
    let connection = server.client();
    for name in namespaces() {
        Client::<Namespace>::new(connection.clone())
            .create(&Namespace { metadata: named(None, &name), ..Namespace::default() })
            .await?;
        let map = ConfigMap { metadata: named(Some(&name), "map"), ..ConfigMap::default() };
        Client::new(connection.clone()).create(&map).await?;
        let secret = Secret { metadata: named(Some(&name), "secret"), ..Secret::default() };
        Client::new(connection.clone()).create(&secret).await?;
    }
    let (log, all) = (Log::default(), namespaces().into_iter().collect::<BTreeSet<_>>());
    let cached = |share: &BTreeSet<String>| if selects { share.clone() } else { all.clone() };
    let first = start(&connection, "first", &log)?;
    until("all is on the first", || first.partition.held().len() == 8 && first.cached() == (all.clone(), all.clone()))
        .await;
    let turns = |replica: &str| {
        let turns = log.turns.lock().unwrap();
        turns.keys().filter(|(other, _)| other == replica).map(|(_, name)| name.clone()).collect::<BTreeSet<_>>()
    };
    until("the first has worked on all", || turns("first") == all).await;

    let second = start(&connection, "second", &log)?;
    until("both have half", || first.partition.held().len() == 4 && second.partition.held().len() == 4).await;
    let (of_first, of_second) = (first.share(), second.share());
    assert!(of_first.len() > 2 && of_second.len() > 2, "{of_first:?}, {of_second:?}");
    until("the second has worked on its share", || turns("second") == of_second).await;
    for (replica, share) in [(&first, &of_first), (&second, &of_second)] {
        let wanted = cached(share);
        until("a cache has what it should", || replica.cached() == (wanted.clone(), wanted.clone())).await;
    }

    let before = log.turns.lock().unwrap().clone();
    for name in namespaces() {
        let secret = Secret { metadata: named(Some(&name), "another"), ..Secret::default() };
        Client::new(connection.clone()).create(&secret).await?;
    }
    let sum = |turns: &BTreeMap<_, usize>| turns.values().sum::<usize>();
    until("each change has led to a turn", || sum(&log.turns.lock().unwrap()) == sum(&before) + NAMESPACES).await;

    second.stop().await?;
    until("all is on the first again", || {
        first.partition.held().len() == 8 && first.cached() == (all.clone(), all.clone())
    })
    .await;
    let wanted = sum(&before) + NAMESPACES + of_second.len();
    until("the first has worked on what came back", || sum(&log.turns.lock().unwrap()) == wanted).await;
    first.stop().await?;
    assert_eq!(
        *log.ends.lock().unwrap(),
        [""; 0],
        "objects that leave a cache with their shard are not cleaned up after"
    );
    let turns = log.turns.lock().unwrap().clone();
    Ok(turns)
}

#[tokio::test(start_paused = true)]
async fn a_server_that_selects_shards_sends_each_replica_its_share_and_the_work_is_the_same_as_without()
-> anyhow::Result<()> {
    let (selected, whole) = (Box::pin(course(true)).await?, Box::pin(course(false)).await?);
    assert_eq!(selected, whole);
    Ok(())
}
