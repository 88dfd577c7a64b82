//! Faults between controllers and an API server, and the search for what they break.
//!
//! A world has a server, a proxy before it, and behind that a controller built on the runtime, plain handlers, and
//! two candidates for a lease. Users change objects directly at the server, while a schedule that follows from a seed says which
//! requests and watches suffer which [`Fault`]. What must always hold is checked while all that happens; what must hold in the end, when
//! nothing goes wrong any more and all caches have converged. [`run`] runs many worlds: on embedded servers, each on a paused clock of
//! its own, where half-open connections and long waits cost no time, or on a real control plane, whose programs are killed as well,
//! and which clients reach as users' clients do.

mod attempts;
mod bug;
mod candidate;
mod class;
mod clock;
mod comparison;
mod fault;
mod host;
mod journal;
mod killer;
mod life;
mod line;
mod proxy;
mod reconciler;
mod request;
pub mod run;
mod schedule;
mod spectator;
mod users;
mod watch;
mod wire;
mod world;

pub use bug::Bug;
pub use fault::Fault;
pub use journal::{Check, Finding};

use fault::Tally;
use journal::Journal;
use schedule::Schedule;
