//! The Common Expression Language (CEL) as Kubernetes runs it.

pub mod re2;
