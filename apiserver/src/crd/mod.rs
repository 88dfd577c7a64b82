//! Custom resource definitions as API objects: whether they are acceptable, their names, and their status.
//!
//! Source: `k8s.io/apiextensions-apiserver`.

pub(crate) mod acceptance;
pub(crate) mod names;
pub(crate) mod status;
