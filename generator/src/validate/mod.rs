//! The API server's verdict of objects, offline: what is beneath the command `crdgen validate`.
//!
//! [`run`] reads CRDs and objects, and judges each object by the CRD of its kind: [`document`](Object) finds the objects in a
//! text and where their fields are, [`catalog`](Catalog) has the strategy of each kind, and [`verdict`](judge) asks it.
//! [`Report`] is printed as text, as JSON, for CI systems (JUnit, SARIF) or as annotations for GitHub. Only reading touches the
//! world; what depends on what is stored, on admission plugins and on webhooks is not checked.

mod catalog;
mod definitions;
mod document;
mod findings;
mod github;
mod json;
mod junit;
mod no_match;
mod old;
mod report;
mod run;
mod sarif;
mod text;
mod verdict;

use catalog::Catalog;
use document::Object;
use old::Old;
pub(crate) use report::{Report, Stored};
pub(crate) use run::{Progress, Request, run};
pub(crate) use verdict::Options;
use verdict::judge;
