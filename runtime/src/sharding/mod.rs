//! Sharding: all replicas of a program work, each on its share of the keys.
//!
//! The keys are shared out among a fixed number of shards, by a hash. Each shard is a `Lease`: whoever holds it, and nobody else,
//! works on its keys, by the rules of a [leader election](crate::leader). Which replica should hold which lease, all replicas
//! compute for themselves from the same list of replicas; while they do not agree on that list, a shard waits, and nothing
//! worse happens. A shard moves when its replica has let go of it: its keys begin no more turns, those that run come to their
//! end, and only then is the lease given up.
//!
//! An [operator](crate::operator::Operator::shard) does all of it. Without one, a [`Replica`] takes part, and controllers are
//! given its [`Partition`]:
//!
//! ```
//! # use std::sync::Arc;
//! # use crdgen_runtime::{client, controller::{Action, Context}};
//! use crdgen_runtime::controller::{Controller, Reconciler};
//! use crdgen_runtime::factory::SharedInformerFactory;
//! use crdgen_runtime::sharding::{Replica, Sharding};
//! use crdgen_runtime::shutdown::Shutdown;
//! use k8s_openapi::api::core::v1::ConfigMap;
//! use tokio_util::sync::CancellationToken;
//!
//! async fn run<R: Reconciler<ConfigMap>>(
//!     connection: kube::Client,
//!     reconciler: R,
//!     shutdown: &Shutdown,
//! ) -> Result<(), Box<dyn std::error::Error>> {
//!     let replica = Replica::new(connection.clone(), Sharding::new("database-system", "database-controller"))?;
//!     let informers = SharedInformerFactory::new(connection);
//!     let controller = Controller::new("database", &informers, reconciler).partition(&replica.partition());
//!     let stop = CancellationToken::new();
//!     let sharding = tokio::spawn(replica.run(stop.clone()));
//!     // First the controller ends, then its shards are given up.
//!     let outcome = controller.run(shutdown).await;
//!     stop.cancel();
//!     sharding.await?;
//!     Ok(outcome?)
//! }
//! ```
//!
//! # What is lost
//!
//! When a shard is taken, all its objects that there are are reconciled. An object that vanished while nobody held its shard, or
//! whose end had not been cleaned up after when the shard was let go, leads to no call of
//! [`deleted`](crate::controller::Reconciler::deleted), as when no controller runs. With a
//! [finalizer](crate::controller::Controller::finalizer) no deletion is missed.

mod assignment;
mod config;
mod grant;
mod hash;
mod lease;
mod members;
mod partition;
mod replica;
mod standing;

#[cfg(test)]
mod tests;

pub use config::{Invalid, Sharding};
pub use partition::Partition;
pub(crate) use partition::{Participant, Seat, Tenure};
pub use replica::Replica;
