//! Controllers: a [`Reconciler`] is called for each object that needs work, once however many changes there were.
//!
//! A [`Controller`] takes changes from informers (of its own kind, of the kinds whose objects it [owns](Controller::owns),
//! of others that it [watches](Controller::watches)) and calls the reconciler from several workers, but never from two at
//! once for the same object. A call that fails is repeated with growing delays. A key is reconciled again only when the
//! caches show what it wrote. The behaviour is that of client-go's work queue and of controller-runtime.
//!
//! # Example
//!
//! A controller that takes a database from no status to `Provisioning` and, five seconds later, to `Ready`.
//!
//! ```
//! # use std::borrow::Cow;
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use crdgen_runtime::client::{self, connect};
//! use crdgen_runtime::controller::{Action, Context, Controller, Predicate, Reconciler};
//! use crdgen_runtime::events::EventType;
//! use crdgen_runtime::factory::SharedInformerFactory;
//! use crdgen_runtime::shutdown::Shutdown;
//! # use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
//! # #[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
//! # struct Database { metadata: ObjectMeta, spec: Spec, status: Option<Status> }
//! # #[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
//! # struct Spec { engine: String }
//! # #[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
//! # struct Status { phase: String, observed_generation: Option<i64> }
//! # impl kube::Resource for Database {
//! #     type DynamicType = ();
//! #     type Scope = k8s_openapi::NamespaceResourceScope;
//! #     fn kind(_: &()) -> Cow<'_, str> { "Database".into() }
//! #     fn group(_: &()) -> Cow<'_, str> { "example.com".into() }
//! #     fn version(_: &()) -> Cow<'_, str> { "v1".into() }
//! #     fn plural(_: &()) -> Cow<'_, str> { "databases".into() }
//! #     fn meta(&self) -> &ObjectMeta { &self.metadata }
//! #     fn meta_mut(&mut self) -> &mut ObjectMeta { &mut self.metadata }
//! # }
//!
//! struct Provisioner;
//!
//! impl Reconciler<Database> for Provisioner {
//!     type Error = client::Error;
//!
//!     async fn reconcile(&self, database: Arc<Database>, context: &Context<Database>) -> Result<Action, client::Error> {
//!         let generation = database.metadata.generation;
//!         let status = database.status.clone().unwrap_or_default();
//!         let (phase, action) = match status.phase.as_str() {
//!             "Ready" | "Failed" if status.observed_generation == generation => return Ok(Action::Done),
//!             _ if database.spec.engine != "PostgreSQL" => {
//!                 let note = format!("{} is not supported", database.spec.engine);
//!                 context.publish(&database, EventType::Warning, "UnsupportedEngine", "Provision", &note);
//!                 ("Failed", Action::Done)
//!             }
//!             "Provisioning" => ("Ready", Action::Done),
//!             _ => ("Provisioning", Action::RequeueAfter(Duration::from_secs(5))),
//!         };
//!         let change = |database: &mut Database| {
//!             let status = database.status.get_or_insert_default();
//!             status.phase = phase.to_owned();
//!             status.observed_generation = generation;
//!         };
//!         context.client().modify_status(&database, change).await?;
//!         Ok(action)
//!     }
//! }
//!
//! async fn run() -> Result<(), Box<dyn std::error::Error>> {
//!     let shutdown = Shutdown::on_signals()?;
//!     let informers = SharedInformerFactory::new(connect().await?);
//!     let controller = Controller::new("database-controller", &informers, Provisioner);
//!     controller.workers(4).events(Predicate::generation_changed()).run(&shutdown).await?;
//!     informers.shutdown().await;
//!     Ok(())
//! }
//! ```

mod builder;
mod context;
mod deletions;
mod observer;
mod predicate;
mod reconciler;
mod run;
mod share;
mod source;
mod turns;
mod worker;
mod writes;

#[cfg(test)]
mod tests;

pub use crate::outcome::Outcome;
pub use builder::Controller;
pub use context::Context;
pub use observer::Observer;
pub use predicate::Predicate;
pub use reconciler::{Action, Reconciler, Retry};
pub use run::Error;
