//! The settings of `crdgen lint`, as they are written: `[lint]` in `crdgen.toml`, and the flags of the command.
//!
//! What the texts mean is decided where they are used.

/// What is written; what is not has a default.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Lint {
    /// `profile`: `default` or `strict`.
    pub(crate) profile: Option<String>,
    /// `kubernetes`: the oldest release that the CRDs are for.
    pub(crate) kubernetes: Option<String>,
    /// `cost_share`: from which share of its limit on a rule is reported, in percent.
    pub(crate) cost_share: Option<i64>,
    /// `deny_warnings`: whether warnings fail the command.
    pub(crate) deny_warnings: Option<bool>,
    /// `enable`: codes of checks that are on whatever the profile.
    pub(crate) enable: Vec<String>,
    /// `disable`: checks that are off, as `CODE` or `CODE=PLACES`.
    pub(crate) disable: Vec<String>,
}

impl Lint {
    /// These, and for what they leave open, the others.
    pub(crate) fn or(mut self, other: Self) -> Self {
        self.enable.extend(other.enable);
        self.disable.extend(other.disable);
        Self {
            profile: self.profile.or(other.profile),
            kubernetes: self.kubernetes.or(other.kubernetes),
            cost_share: self.cost_share.or(other.cost_share),
            deny_warnings: self.deny_warnings.or(other.deny_warnings),
            ..self
        }
    }
}
