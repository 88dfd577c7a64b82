//! Users: create, change, delete and re-create databases, and delete their children, all directly at the server.

use std::{sync::Arc, time::Duration};

use crdgen_generated::api::example_com::v1alpha1::{Database, database::spec::Engine};
use crdgen_runtime::client::{Client, DeleteOptions, Error, ListOptions, Patch};
use fastrand::Rng;
use k8s_openapi::{api::core::v1::ConfigMap, apimachinery::pkg::apis::meta::v1::Preconditions};
use serde_json::json;
use tokio::time::sleep;

use super::{
    Journal,
    attempts::{Attempts, OWNER},
    reconciler::{KEPT, TOUCHED},
    schedule::between,
};
use crate::harness::spec;

/// How many databases there are at most.
const NAMES: usize = 8;
/// The longest pause between two operations.
const PAUSE: Duration = Duration::from_millis(300);

/// The users of a world.
pub(super) struct Users {
    pub(super) databases: Client<Database>,
    pub(super) children: Client<ConfigMap>,
    pub(super) attempts: Arc<Attempts>,
    pub(super) journal: Arc<Journal>,
    pub(super) random: Rng,
}

impl Users {
    /// Works until it is dropped. What is done when follows from the seed; what comes of it also from what is there.
    pub(super) async fn work(mut self) {
        loop {
            let name = format!("db-{}", self.random.usize(0..NAMES));
            let (operation, number, is_kept) = (self.random.u32(0..100), self.random.u32(0..1000), self.random.bool());
            let outcome = match operation {
                0..30 => self.create(&name, is_kept).await,
                30..55 => self.patch(&name, json!({"spec": {"version": format!("16.{number}")}})).await,
                55..70 => self.patch(&name, json!({"metadata": {"labels": {TOUCHED: (number % 3).to_string()}}})).await,
                70..85 => self.delete(&name).await,
                85..95 => self.recreate(&name, is_kept).await,
                _ => self.delete_child(&name).await,
            };
            // Whatever is not there, or is there already, is what a user may try.
            if let Err(error) = outcome {
                self.journal.note(&name, format!("user: {error}"));
            }
            let pause = between(&mut self.random, Duration::ZERO, PAUSE);
            sleep(pause).await;
        }
    }

    async fn create(&self, name: &str, is_kept: bool) -> Result<(), Error> {
        let mut database = Database::new(name, spec(Engine::PostgreSQL));
        database.metadata.labels = is_kept.then(|| [(KEPT.to_owned(), "true".to_owned())].into());
        let created = self.databases.create(&database).await?;
        self.note(name, "creates", &created);
        Ok(())
    }

    async fn patch(&self, name: &str, patch: serde_json::Value) -> Result<(), Error> {
        let changed = self.databases.patch(name, &Patch::Merge(patch)).await?;
        self.note(name, "changes", &changed);
        Ok(())
    }

    async fn delete(&self, name: &str) -> Result<(), Error> {
        let uid = self.databases.get(name).await?.metadata.uid;
        self.attempts.going(uid.as_deref().unwrap_or_default());
        self.journal.note(name, format!("user: deletes {}", uid.as_deref().unwrap_or_default()));
        let preconditions = Some(Preconditions { uid, ..Preconditions::default() });
        self.databases.delete(name, &DeleteOptions { preconditions, ..DeleteOptions::default() }).await
    }

    async fn recreate(&self, name: &str, is_kept: bool) -> Result<(), Error> {
        self.delete(name).await?;
        self.create(name, is_kept).await
    }

    async fn delete_child(&self, name: &str) -> Result<(), Error> {
        let Some(uid) = self.databases.get(name).await?.metadata.uid else { return Ok(()) };
        let label_selector = Some(format!("{OWNER}={uid}"));
        let children = self.children.list(&ListOptions { label_selector, ..ListOptions::default() }).await?;
        for child in children.items {
            let child = child.metadata.name.unwrap_or_default();
            self.attempts.deleting(&uid);
            self.children.delete(&*child, &DeleteOptions::default()).await?;
            self.journal.note(name, format!("user: deletes the child {child}"));
        }
        Ok(())
    }

    fn note(&self, name: &str, what: &str, database: &Database) {
        let metadata = &database.metadata;
        let (uid, version) = (metadata.uid.as_deref(), metadata.resource_version.as_deref());
        let (uid, version) = (uid.unwrap_or_default(), version.unwrap_or_default());
        self.journal.note(name, format!("user: {what} {uid}, now at {version}"));
    }
}
