//! What every Kubernetes object has: metadata, and ways to read and write it.
//!
//! In: JSON objects. Out: their parts. Whether metadata is valid is decided in `crdgen_schema::metadata`.

mod access;
pub(crate) mod condition;
pub(crate) mod finalizers;
pub(crate) mod generate;
pub(crate) mod owner;

pub(crate) use access::{copy, key, meta, reset_for_status, set, text};
