//! What has changed between two sets of CRDs, and what it breaks: what is beneath the command `crdgen diff`.
//!
//! [`side`](Side) reads a set of CRDs from a folder, a file, standard input or a git revision. [`compare`] pairs CRDs by name
//! and compares each pair ([`crdgen_schema::compatibility`] does the work); [`Report`] is printed as text, as JSON or as
//! annotations for GitHub. Only reading touches the world.

mod git;
mod github;
mod json;
mod pairing;
mod report;
mod rust;
mod side;
mod text;

pub(crate) use pairing::compare;
pub(crate) use report::{Changed, Report};
pub(crate) use side::{Error, Side};
