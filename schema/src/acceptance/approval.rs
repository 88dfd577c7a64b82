//! Kubernetes' own groups need an approval, which is an annotation.
//!
//! In: the metadata of a CRD, and of the one that it replaces. Out: a field error. What was not approved before may stay so.
//!
//! Source: `validateAPIApproval`, `apihelpers.GetAPIApprovalState`.

use serde_json::Value;

use crate::{
    field::{Error, Path},
    format::Format,
};

const ANNOTATION: &str = "api-approved.kubernetes.io";

/// What the annotation says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Missing,
    /// It says that there is no approval.
    Bypassed,
    Approved,
    Invalid,
}

/// Checks the annotation of a CRD of a protected group.
pub(super) fn check(group: &str, metadata: &Value, old: Option<&Value>) -> Option<Error> {
    const SEE: &str = "see https://github.com/kubernetes/enhancements/pull/1111";
    let protected = ["k8s.io", "kubernetes.io"]
        .iter()
        .any(|domain| group.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    let state = State::of(metadata);
    if !protected || old.is_some_and(|old| State::of(old) == state) {
        return None;
    }
    let annotations = Path::ROOT.child("metadata");
    let annotations = annotations.child("annotations");
    let (path, start) = (annotations.key(ANNOTATION), "protected groups must have approval annotation");
    match state {
        State::Missing => Some(Error::required(path, format!("{start} \"{ANNOTATION}\", {SEE}"))),
        State::Bypassed | State::Approved => None,
        State::Invalid => {
            let either = "with either a URL or a reason starting with \"unapproved\"";
            let detail = format!("{start} \"{ANNOTATION}\" {either}, {SEE}");
            Some(Error::invalid_text(path, annotation(metadata), detail))
        }
    }
}

impl State {
    fn of(metadata: &Value) -> Self {
        match annotation(metadata) {
            "" => Self::Missing,
            given if given.starts_with("unapproved") => Self::Bypassed,
            given if is_url_with_host(given) => Self::Approved,
            _ => Self::Invalid,
        }
    }
}

fn annotation(metadata: &Value) -> &str {
    metadata["annotations"][ANNOTATION].as_str().unwrap_or_default()
}

fn is_url_with_host(text: &str) -> bool {
    let host = text.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
    !host.is_empty() && Format::Uri.matches(text)
}
