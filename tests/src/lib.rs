//! What the black-box tests share: the servers they run against, and the scenarios that must end the same on each.

pub mod control_plane;
pub mod ends;
pub mod faults;
pub mod handover;
pub mod harness;
pub mod interference;
pub mod random;
pub mod scenario;
pub mod traffic;
pub mod twins;
pub mod workloads;

#[cfg(doctest)]
mod guide;
