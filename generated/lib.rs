//! crdgen's own output, and a controller that runs on it.
//!
//! `src/` is what `cargo xtask codegen` writes from `fixtures/crds`; [`controller`] is what a person writes for the
//! [`Database`](api::example_com::v1alpha1::Database) controller: a reconciler and, in `controller/main.rs`, a `main`.

/// What crdgen generated: a module for each group and version, and the clients and informers of all.
#[path = "src/mod.rs"]
pub mod api;
pub mod controller;
