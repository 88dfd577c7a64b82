//! `metadata.managedFields`: who set which field last.
//!
//! In: the object before and after a write, its schema, and who wrote. Out: the new entries.
//! Source: `k8s.io/apimachinery/pkg/util/managedfields`, `sigs.k8s.io/structured-merge-diff`.

pub(crate) mod compare;
pub(crate) mod entries;
pub(crate) mod field_set;
pub(crate) mod shape;
pub(crate) mod update;
