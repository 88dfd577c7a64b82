//! Operators: several controllers that share informers, of which one replica works, and which probes and Prometheus see.
//!
//! An [`Operator`] starts the informers, waits for the lease if there is an election, runs the controllers, and stops it all
//! in order. It is what controller-runtime calls a manager. Nothing depends on it: controllers, informers and elections run
//! as well without it.
//!
//! ```
//! # use std::sync::Arc;
//! use std::net::SocketAddr;
//!
//! use crdgen_runtime::client::{self, connect};
//! use crdgen_runtime::controller::{Action, Context, Controller, Reconciler};
//! use crdgen_runtime::factory::SharedInformerFactory;
//! use crdgen_runtime::leader::LeaderElection;
//! use crdgen_runtime::operator::Operator;
//! use crdgen_runtime::shutdown::Shutdown;
//! # use k8s_openapi::api::{apps::v1::Deployment, core::v1::ConfigMap};
//! # struct Websites;
//! # impl Reconciler<ConfigMap> for Websites {
//! #     type Error = client::Error;
//! #     async fn reconcile(&self, _: Arc<ConfigMap>, _: &Context<ConfigMap>) -> Result<Action, client::Error> {
//! #         Ok(Action::Done)
//! #     }
//! # }
//!
//! async fn run() -> Result<(), Box<dyn std::error::Error>> {
//!     let shutdown = Shutdown::on_signals()?;
//!     let connection = connect().await?;
//!     let election = LeaderElection::new(connection.default_namespace(), "website-operator");
//!     let informers = SharedInformerFactory::new(connection);
//!     Operator::new(&informers)
//!         .controller(Controller::new("website", &informers, Websites).owns::<Deployment>())
//!         .elect(election)
//!         .listen(SocketAddr::from(([0, 0, 0, 0], 8080)))
//!         .run(&shutdown)
//!         .await?;
//!     Ok(())
//! }
//! ```
//!
//! # Start and stop
//!
//! First the endpoints answer. Then all informers start, also while another replica leads: whoever takes over has its caches
//! already. Controllers start once their caches are complete, those of the leader once it holds the lease.
//!
//! After a shutdown request the controllers complete what is queued, each within its
//! [drain timeout](crate::controller::Controller::drain_timeout), and tasks are waited for as long. Then the lease is given
//! up, the informers stop, and at last the endpoints. A second request cancels whatever runs. The same happens when a
//! controller or a task fails; [`run`](Operator::run) returns its error then, and the program should end, to be started
//! again by Kubernetes. After a lost lease everything that only the leader does is cancelled at once.
//!
//! With a [sharding](Operator::shard) all replicas run the controllers, each on its share of the keys: see
//! [`sharding`](crate::sharding). Shards are given up when the controllers have ended. A lost lease costs its shard alone.

mod builder;
mod endpoints;
mod member;
mod probe;
mod run;

#[cfg(test)]
mod tests;

pub use builder::Operator;
pub use run::Error;
