//! Descriptions: what `kubectl explain` shows.

use super::report;
use crate::lint::{check, finding::Sink, place::Node};

/// What markers start with that have an effect only where a generator reads them.
const MARKERS: [&str; 4] = ["+kubebuilder:", "+k8s:", "+listType=", "+listMapKey="];

/// Checks a node.
pub(super) fn check(node: &Node<'_>, sink: &mut Sink<'_>) {
    let description = node.schema.description.as_deref().unwrap_or_default().trim();
    let has_marker =
        || description.lines().any(|line| MARKERS.iter().any(|marker| line.trim_start().starts_with(marker)));
    report(
        node,
        sink,
        !description.is_empty() && has_marker(),
        check::MARKER_IN_DESCRIPTION,
        "the description contains a marker, which had no effect",
        "put the marker right above the field in the Go source, without an empty line after it",
    );
    let Some(name) = node.name() else { return };
    report(
        node,
        sink,
        description.is_empty(),
        check::DESCRIPTION,
        "the property has no description",
        "say what it is for",
    );
    let first = description.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    report(
        node,
        sink,
        first != name && first.eq_ignore_ascii_case(name),
        check::DESCRIPTION_START,
        "the description starts with the name of the field in Go",
        "start it with the property's name, as users write it",
    );
}
