//! The whole of crdgen at work: an embedded API server, the generated Database controller, and a person with wishes.

use std::{error::Error, time::Duration};

use crdgen_apiserver::Server;
use crdgen_generated::{
    api::{
        clientset::{Clientset, Informers},
        example_com::v1alpha1::{
            Database, DatabaseClient, DatabaseInformer, DatabaseSpec,
            database::{spec::Engine, status::Phase},
        },
    },
    controller::controller,
};
use crdgen_runtime::{
    CustomResource as _, ObjectKey,
    client::{self, DeleteOptions},
    factory::SharedInformerFactory,
    informer::{Cached, EventHandler, HandlerOptions},
    shutdown::Shutdown,
    store::Deleted,
};
use tokio::time::{sleep, timeout};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Long enough to be seen, short enough to be waited for.
const PROVISIONING_TIME: Duration = Duration::from_secs(1);
/// The demo fails rather than hangs.
const PATIENCE: Duration = Duration::from_secs(15);

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_writer(std::io::stderr).init();
    let server = Server::builder().build();
    let handle = server.serve(([127, 0, 0, 1], 0).into()).await?;
    say(&format!("an API server listens on {}", handle.url()));
    let connection = kube::Client::new(server.service(), "default");
    client::install::<Database>(&connection).await?;
    say(&format!("it serves {}, whose controller starts with 2 workers", Database::CRD_NAME));

    let shutdown = Shutdown::new();
    let factory = SharedInformerFactory::new(connection.clone());
    let databases = Informers::new(factory.clone()).example_com_v1alpha1().databases();
    databases.add_handler(Narrator, HandlerOptions::default())?;
    let controller = controller(&factory, PROVISIONING_TIME).workers(2);
    factory.start();
    let stop = shutdown.clone();
    let running = tokio::spawn(async move { controller.run(&stop).await });

    timeout(PATIENCE, wishes(&Clientset::new(connection), &databases)).await??;

    say("shutting down: queued work is finished first");
    shutdown.trigger();
    running.await??;
    factory.shutdown().await;
    handle.shutdown().await;
    println!("{NEXT}");
    Ok(())
}

/// What a person does, step by step.
async fn wishes(clients: &Clientset, informer: &DatabaseInformer) -> Result<()> {
    let databases = clients.example_com_v1alpha1().databases().namespaced("default");
    create(&databases, "orders", Engine::PostgreSQL, "10Gi").await?;
    create(&databases, "sessions", Engine::MongoDB, "512Mi").await?;
    create(&databases, "reports", Engine::MySQL, "plenty").await?;
    until(informer, "orders", is_ready).await;
    until(informer, "sessions", is_ready).await;

    say("you update orders to version 17.0");
    let orders = databases.get(("default", "orders")).await?;
    databases.modify(&orders, |database| database.spec.version = "17.0".to_owned()).await?;
    until(informer, "orders", |database| {
        database.is_some_and(|database| database.metadata.generation == Some(2)) && is_ready(database)
    })
    .await;

    say("you delete sessions");
    databases.delete(("default", "sessions"), &DeleteOptions::default()).await?;
    until(informer, "sessions", |database| database.is_none()).await;
    Ok(())
}

async fn create(databases: &DatabaseClient, name: &str, engine: Engine, storage_size: &str) -> Result<()> {
    say(&format!("you create {name}: {engine}, {storage_size}"));
    let spec = DatabaseSpec::new(engine, "16.2", storage_size);
    match databases.create(&Database::new(name, spec)).await {
        Ok(_) => Ok(()),
        Err(error) if error.status().is_some_and(|status| status.code == 422) => {
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

/// Tells of every change that the informer sees.
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
