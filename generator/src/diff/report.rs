//! What was found, CRD by CRD.

use crdgen_schema::compatibility::{Finding, Verdict};

/// What has changed between two sets of CRDs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Report {
    /// How many CRDs there are on either side.
    pub(crate) compared: usize,
    /// The CRDs that have changed, by name.
    pub(crate) changed: Vec<Changed>,
}

/// What has changed about one CRD.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Changed {
    /// Its name.
    pub(crate) name: String,
    /// What has changed, at least one thing.
    pub(crate) findings: Vec<Finding>,
}

impl Report {
    /// The worst verdict; compatible if nothing has changed.
    pub(crate) fn verdict(&self) -> Verdict {
        self.changed.iter().map(Changed::verdict).max().unwrap_or_default()
    }

    /// The same without findings that are less bad than `least`.
    #[must_use]
    pub(crate) fn at_least(&self, least: Verdict) -> Self {
        let changed = self.changed.iter().filter_map(|changed| {
            let mut findings = changed.findings.clone();
            findings.retain(|finding| finding.verdict >= least);
            (!findings.is_empty()).then(|| Changed { name: changed.name.clone(), findings })
        });
        Self { compared: self.compared, changed: changed.collect() }
    }

    /// All findings, each with the name of its CRD.
    pub(crate) fn findings(&self) -> impl Iterator<Item = (&str, &Finding)> {
        let all = self.changed.iter();
        all.flat_map(|changed| changed.findings.iter().map(|finding| (changed.name.as_str(), finding)))
    }

    /// One line: how many CRDs were compared, and how many findings there are of each verdict.
    pub(crate) fn summary(&self) -> String {
        let crds = if self.compared == 1 { "1 CRD".to_owned() } else { format!("{} CRDs", self.compared) };
        let count = |verdict| self.findings().filter(|(_, finding)| finding.verdict == verdict).count();
        let counts = [
            (count(Verdict::Breaking), "breaking"),
            (count(Verdict::NeedsMigration), "in need of a migration"),
            (count(Verdict::Compatible), "compatible"),
        ];
        let told: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
        let told = if told.is_empty() { "no change".to_owned() } else { told.join(", ") };
        format!("{crds} compared: {told}")
    }
}

impl Changed {
    /// The worst verdict about this CRD.
    pub(crate) fn verdict(&self) -> Verdict {
        self.findings.iter().map(|finding| finding.verdict).max().unwrap_or_default()
    }
}
