//! Leader election: of several replicas of a program one works, and another takes over when it ends.
//!
//! The replicas share a `Lease`, in which the leader writes its identity and renews it all the time. The others wait until
//! the lease has not changed for its whole duration, by their own clocks: no clock is ever compared with another one. This
//! is client-go's `tools/leaderelection`, with its defaults.
//!
//! ```
//! use crdgen_runtime::leader::{self, LeaderElection, LeaderElector};
//! use tokio_util::sync::CancellationToken;
//!
//! async fn run(connection: kube::Client, stop: CancellationToken) -> Result<(), leader::Error> {
//!     let election = LeaderElection::new("database-system", "database-controller");
//!     let elector = LeaderElector::new(connection, election)?;
//!     elector
//!         .run(stop, |leading| async move {
//!             // Works until `leading` is cancelled: by a stop, or because the lease was lost.
//!             leading.cancelled().await;
//!         })
//!         .await
//! }
//! ```

mod config;
mod elector;
mod record;

#[cfg(test)]
mod tests;

pub use config::{Invalid, LeaderElection};
pub use elector::{Error, LeaderElector, Leadership};
pub(crate) use record::Observed;
