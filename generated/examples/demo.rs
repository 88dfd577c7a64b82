//! The whole of crdgen at work: an embedded API server with simulated workloads, two replicas of the Database controller, and
//! a person with wishes. One replica is killed, and the other takes over.

use std::{error::Error, time::Duration};

use crdgen_apiserver::Server;
use crdgen_generated::{
    api::{
        clientset::{Clientset, Informers},
        example_com::v1alpha1::{
            Database, DatabaseClient, DatabaseInformer, DatabaseSpec,
            database::{
                spec::{BackupPolicy, Engine},
                status::Phase,
            },
        },
    },
    controller::{NAME, controller},
};
use crdgen_runtime::{
    CustomResource as _, ObjectKey,
    client::{self, DeleteOptions},
    factory::SharedInformerFactory,
    informer::{Cached, EventHandler, HandlerOptions, SharedInformer},
    leader::LeaderElection,
    operator::{self, Operator},
    shutdown::Shutdown,
    store::Deleted,
};
use k8s_openapi::api::coordination::v1::Lease;
use tokio::{
    task::JoinHandle,
    time::{sleep, timeout},
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Long enough to be seen, short enough to be waited for: a pod takes this long to start.
const PACE: Duration = Duration::from_millis(700);
/// The demo fails rather than hangs.
const PATIENCE: Duration = Duration::from_secs(25);

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt().with_max_level(tracing::Level::ERROR).with_writer(std::io::stderr).init();
    let server = Server::builder().simulate(PACE).build();
    let handle = server.serve(([127, 0, 0, 1], 0).into()).await?;
    say(&format!("an API server listens on {}", handle.url()));
    let connection = kube::Client::new(server.service(), "default");
    client::install::<Database>(&connection).await?;
    say(&format!("it serves {}, and pods that are simulated", Database::CRD_NAME));

    let factory = SharedInformerFactory::new(connection.clone());
    let databases = Informers::new(factory.clone()).example_com_v1alpha1().databases();
    databases.add_handler(Narrator, HandlerOptions::default())?;
    let leases = factory.namespaced("default").informer::<Lease>();
    leases.add_handler(Narrator, HandlerOptions::default())?;
    factory.start();

    let shutdown = Shutdown::new();
    let replicas = ["replica-1", "replica-2"].map(|name| (name, replica(name, &connection, &shutdown)));
    timeout(PATIENCE, wishes(&Clientset::new(connection), &databases, &leases, replicas)).await??;
    factory.shutdown().await;
    handle.shutdown().await;
    println!("{NEXT}");
    Ok(())
}

/// A replica of the controller, as a process of its own would be.
fn replica(identity: &str, connection: &kube::Client, shutdown: &Shutdown) -> Replica {
    let election = LeaderElection {
        identity: identity.to_owned(),
        lease_duration: Duration::from_secs(3),
        renew_deadline: Duration::from_secs(2),
        retry_period: Duration::from_millis(500),
        ..LeaderElection::new("default", NAME)
    };
    let (factory, stop) = (SharedInformerFactory::new(connection.clone()), shutdown.child());
    let request = stop.clone();
    let running = tokio::spawn(async move {
        let controller = controller(&factory).expect("an index of this name is new").workers(2);
        Operator::new(&factory).controller(controller).elect(election).run(&request).await
    });
    Replica { stop, running }
}

struct Replica {
    stop: Shutdown,
    running: JoinHandle<std::result::Result<(), operator::Error>>,
}

/// What a person does, step by step.
async fn wishes(
    clients: &Clientset,
    informer: &DatabaseInformer,
    leases: &SharedInformer<Lease>,
    replicas: [(&str, Replica); 2],
) -> Result<()> {
    let databases = clients.example_com_v1alpha1().databases().namespaced("default");
    create(&databases, "orders", Engine::PostgreSQL, "10Gi").await?;
    create(&databases, "sessions", Engine::MongoDB, "512Mi").await?;
    create(&databases, "reports", Engine::MySQL, "plenty").await?;
    until(informer, "orders", is_ready).await;
    until(informer, "sessions", is_ready).await;

    let leader = holder(leases);
    let [first, second] = replicas;
    let (killed, other) = if Some(first.0) == leader.as_deref() { (first.1, second.1) } else { (second.1, first.1) };
    say("the leader is killed, and gives nothing up");
    killed.running.abort();
    say("you update orders to version 17.0, with backups");
    let orders = databases.get(("default", "orders")).await?;
    let change = |database: &mut Database| {
        database.spec.version = "17.0".to_owned();
        database.spec.backup_policy = Some(BackupPolicy::new(true));
    };
    databases.modify(&orders, change).await?;
    until(informer, "orders", |database| {
        database.is_some_and(|database| database.metadata.generation == Some(2)) && is_ready(database)
    })
    .await;

    say("you delete sessions, and the controller its data");
    databases.delete(("default", "sessions"), &DeleteOptions::default()).await?;
    until(informer, "sessions", |database| database.is_none()).await;

    say("shutting down: queued work is finished, then the lease is given up");
    other.stop.trigger();
    other.running.await??;
    Ok(())
}

/// Who leads.
fn holder(leases: &SharedInformer<Lease>) -> Option<String> {
    leases.lister().get(("default", NAME))?.spec.as_ref()?.holder_identity.clone()
}

async fn create(databases: &DatabaseClient, name: &str, engine: Engine, storage_size: &str) -> Result<()> {
    say(&format!("you create {name}: {engine}, {storage_size}"));
    let spec = DatabaseSpec::new(engine, "16.2", storage_size);
    match databases.create(&Database::new(name, spec)).await {
        Ok(_) => Ok(()),
        Err(error) if error.is_invalid() => {
            say(&format!("the API server refuses it: {error}"));
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Waits until the cache shows it.
async fn until(informer: &DatabaseInformer, name: &str, reached: impl Fn(Option<&Database>) -> bool) {
    while !reached(informer.lister().get(("default", name)).as_deref()) {
        sleep(Duration::from_millis(20)).await;
    }
}

fn is_ready(database: Option<&Database>) -> bool {
    let status = database.and_then(|database| Some((database.status.as_ref()?, database.metadata.generation)));
    status.is_some_and(|(status, generation)| {
        status.phase == Some(Phase::Ready) && status.observed_generation == generation
    })
}

/// Tells of every change that the informers see.
struct Narrator;

impl EventHandler<Database> for Narrator {
    async fn add(&mut self, object: &Cached<Database>, _initial: bool) {
        say(&format!("{} is there", key(object)));
    }

    async fn update(&mut self, old: &Cached<Database>, new: &Cached<Database>) {
        let phase = |database: &Database| database.status.as_ref().and_then(|status| status.phase.clone());
        let Some(now) = phase(new).filter(|now| phase(old).as_ref() != Some(now)) else { return };
        let connection = new.status.as_ref().and_then(|status| status.connection_string.clone());
        let connection = connection.filter(|_| now == Phase::Ready).map(|to| format!(", at {to}"));
        say(&format!("{} is {now}{}", key(new), connection.unwrap_or_default()));
    }

    async fn delete(&mut self, last: &Deleted<Database>) {
        say(&format!("{} is gone", key(last.object())));
    }
}

impl EventHandler<Lease> for Narrator {
    async fn add(&mut self, lease: &Cached<Lease>, _initial: bool) {
        tell_leader(lease);
    }

    async fn update(&mut self, old: &Cached<Lease>, new: &Cached<Lease>) {
        let of = |lease: &Lease| lease.spec.as_ref().and_then(|spec| spec.holder_identity.clone());
        if of(old) != of(new) {
            tell_leader(new);
        }
    }
}

fn tell_leader(lease: &Lease) {
    match lease.spec.as_ref().and_then(|spec| spec.holder_identity.as_deref()) {
        Some("") | None => say("nobody leads"),
        Some(leader) => say(&format!("{leader} leads")),
    }
}

fn key(database: &Database) -> String {
    ObjectKey::of(database).map(|key| key.to_string()).unwrap_or_default()
}

fn say(text: &str) {
    println!("  {text}");
}

const NEXT: &str = "
That was the controller in generated/controller, on what crdgen generated from fixtures/crds. Next:
  cargo run -p crdgen-generated --bin database-controller -- --embedded
      the same controller, until ctrl-c; kubectl works on the address that it prints
  cargo xtask codegen YOUR_CRDS --out SOME_FOLDER
      the same for your own CRDs
  README.md
      how to use crdgen in your own workspace";
