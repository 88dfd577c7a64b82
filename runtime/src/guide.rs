//! The chapters of the guide whose examples need no server, so that they are tested. The others are tested by the crate
//! `tests`, which has one.

#[doc = include_str!("../../docs/guide/queue.md")]
mod queue {}

#[doc = include_str!("../../docs/guide/observing.md")]
mod observing {}
