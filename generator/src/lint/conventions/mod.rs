//! What can be said of a CRD by itself: constraints that do nothing, and the Kubernetes API conventions.
//!
//! In: a version of a definition. Out: findings, one family of checks in each file. The conventions are those that kube-api-linter
//! checks in Go source, as far as a CRD shows them.

mod bounds;
mod descriptions;
mod format;
mod kind;
mod lists;
mod names;
mod paths;
mod required;
mod sense;
mod status;

use super::{
    check::Check,
    finding::Sink,
    place::{Node, VersionOf},
};

/// Checks a version.
pub(crate) fn check(of: VersionOf<'_>, sink: &mut Sink<'_>) {
    status::check(of, sink);
    paths::check(of, sink);
    of.visit(&mut |node| {
        for check in [
            sense::check,
            format::check,
            kind::check,
            required::check,
            lists::check,
            bounds::check,
            names::check,
            descriptions::check,
        ] {
            check(node, sink);
        }
    });
}

/// Reports a node if something holds for it.
fn report(node: &Node<'_>, sink: &mut Sink<'_>, holds: bool, check: &'static Check, message: &str, help: &str) {
    if holds && sink.wants(check) {
        sink.push(check, node.spot(), message, help);
    }
}
