//! What a pod does that a standard does not allow.

use std::collections::BTreeSet;

use serde_json::Value;

use super::level::{Level, Standard};
use super::{baseline, restricted};

/// A rule that is broken: in short, and with all that breaks it.
pub(super) struct Violation {
    pub(super) reason: String,
    pub(super) detail: String,
}

/// All of a pod.
pub(super) struct Violations(Vec<Violation>);

/// A pod or a pod template that is checked.
pub(super) struct Pod<'a> {
    pub(super) standard: &'a Standard,
    pub(super) metadata: &'a Value,
    pub(super) spec: &'a Value,
}

impl Violations {
    /// Checks a pod or a pod template.
    pub(super) fn of(standard: &Standard, pod: &Value) -> Self {
        let checked = Pod { standard, metadata: &pod["metadata"], spec: &pod["spec"] };
        Self(match standard.level {
            Level::Privileged => Vec::new(),
            Level::Baseline => baseline::check(&checked),
            Level::Restricted => {
                let mut all = baseline::check(&checked);
                all.extend(restricted::check(&checked));
                all
            }
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In short.
    pub(super) fn reasons(&self) -> String {
        self.0.iter().map(|violation| violation.reason.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// With all that breaks a rule.
    pub(super) fn details(&self) -> String {
        let tell = |violation: &Violation| match violation.detail.as_str() {
            "" => violation.reason.clone(),
            detail => format!("{} ({detail})", violation.reason),
        };
        self.0.iter().map(tell).collect::<Vec<_>>().join(", ")
    }
}

impl<'a> Pod<'a> {
    /// All containers, in the order of Go's visitor.
    pub(super) fn containers(&self) -> impl Iterator<Item = &'a Value> + use<'a> {
        let spec = self.spec;
        ["initContainers", "containers", "ephemeralContainers"]
            .into_iter()
            .filter_map(move |list| spec[list].as_array())
            .flatten()
    }

    /// The names of the containers of which `is_bad` is true.
    pub(super) fn bad(&self, is_bad: impl Fn(&Value) -> bool) -> Vec<&'a str> {
        self.containers().filter(|container| is_bad(container)).map(|container| text(&container["name"])).collect()
    }

    /// Whether the pod's root is nobody outside of it.
    pub(super) fn is_in_user_namespace(&self) -> bool {
        self.standard.has(35) && self.spec["hostUsers"] == false
    }

    pub(super) fn is_for_windows(&self) -> bool {
        self.spec["os"]["name"] == "windows"
    }
}

/// A violation, unless nobody breaks the rule.
pub(super) fn if_any(bad: &[&str], reason: &str, tell: impl FnOnce(&str) -> String) -> Option<Violation> {
    let detail = || tell(&containers(bad));
    (!bad.is_empty()).then(|| Violation { reason: reason.to_owned(), detail: detail() })
}

/// `pod and containers "a", "b"`.
pub(super) fn setters(pod: bool, bad: &[&str]) -> Option<String> {
    let parts: Vec<String> =
        pod.then(|| "pod".to_owned()).into_iter().chain((!bad.is_empty()).then(|| containers(bad))).collect();
    (!parts.is_empty()).then(|| parts.join(" and "))
}

/// `containers "a", "b"`.
pub(super) fn containers(names: &[&str]) -> String {
    format!("{} {}", plural("container", names.len()), quoted(names))
}

/// The word for one or for several.
pub(super) fn plural(word: &str, count: usize) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

/// `"a", "b"`.
pub(super) fn quoted<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    texts.into_iter().map(|text| format!("\"{}\"", text.as_ref())).collect::<Vec<_>>().join(", ")
}

/// The text; an empty one if there is none.
pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The distinct texts, sorted.
pub(super) fn set<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    texts.into_iter().collect()
}
