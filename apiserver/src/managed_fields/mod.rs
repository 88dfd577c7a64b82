//! `metadata.managedFields`: who set which field last; and server-side apply, which is decided by it.
//!
//! In: the object before a write, the object or configuration that was sent, their shape, and who wrote. Out: the object
//! with its new entries, or the conflicts. What the object is for, and how it is stored, is not known here.
//! Source: `k8s.io/apimachinery/pkg/util/managedfields`, `sigs.k8s.io/structured-merge-diff`.

pub(crate) mod conflict;
pub(crate) mod entries;
pub(crate) mod field_set;
pub(crate) mod path;
pub(crate) mod scale;
pub(crate) mod shape;
pub(crate) mod versions;
pub(crate) mod writer;

mod apply;
mod cap;
mod last_applied;
mod order;
mod prune;
#[cfg(test)]
mod tests;
mod typed;
mod update;
