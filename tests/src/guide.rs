//! The chapters of the guide whose examples need an API server, so that they are tested. The others are tested by the
//! runtime.

#[doc = include_str!("../../docs/guide/controllers.md")]
mod controllers {}

#[doc = include_str!("../../docs/guide/informers.md")]
mod informers {}

#[doc = include_str!("../../docs/guide/clients.md")]
mod clients {}

#[doc = include_str!("../../docs/guide/operators.md")]
mod operators {}

#[doc = include_str!("../../docs/guide/testing.md")]
mod testing {}
