//! What is checked: the profile, what is switched on and off, and where.
//!
//! In: texts from the command line and from `crdgen.toml`. Out: [`Settings`], or what is wrong with them.

use super::{
    check::{self, Check},
    profile::Profile,
    release::Release,
};
use crate::{options, place};

/// What is checked.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Which checks are on.
    pub(crate) profile: Profile,
    /// The oldest release that the CRDs are for.
    pub(crate) kubernetes: Option<Release>,
    /// From which share of its limit on a rule is reported, in percent.
    pub(crate) cost_share: u8,
    /// Checks that are on whatever the profile.
    enabled: Vec<&'static Check>,
    /// Checks that are off, everywhere or at places.
    disabled: Vec<Disabled>,
}

/// A check that is off.
#[derive(Clone, Debug)]
struct Disabled {
    check: &'static Check,
    /// Where; everywhere if there is none.
    at: Option<options::Glob>,
}

/// The share of its limit above which a rule is reported, in percent.
const COST_SHARE: u8 = 80;

impl Settings {
    /// Reads what was written. An error says which text is wrong.
    pub(crate) fn new(options: &options::Lint) -> Result<Self, String> {
        let profile = |name: &String| {
            Profile::from_name(name).ok_or_else(|| format!("there is no profile {name:?}: write default or strict"))
        };
        let cost_share = options.cost_share.unwrap_or(i64::from(COST_SHARE));
        let cost_share = u8::try_from(cost_share).ok().filter(|share| (1..=100).contains(share));
        Ok(Self {
            profile: options.profile.as_ref().map(profile).transpose()?.unwrap_or_default(),
            kubernetes: options.kubernetes.as_deref().map(str::parse).transpose()?,
            cost_share: cost_share.ok_or("the share of the cost limit is a number from 1 to 100")?,
            enabled: options.enable.iter().map(|code| named(code)).collect::<Result<_, _>>()?,
            disabled: options.disable.iter().map(|text| Disabled::parse(text)).collect::<Result<_, _>>()?,
        })
    }

    /// Whether a check runs at all.
    pub(crate) fn has(&self, check: &'static Check) -> bool {
        let is_on = check.profile <= self.profile || self.enabled.iter().any(|enabled| enabled.code == check.code);
        is_on && !self.disabled.iter().any(|disabled| disabled.at.is_none() && disabled.check.code == check.code)
    }

    /// Whether findings of a code at a place are reported.
    pub(crate) fn reports(&self, code: &str, place: &str) -> bool {
        let place = place::without_elements(place);
        !self
            .disabled
            .iter()
            .any(|disabled| disabled.check.code == code && disabled.at.as_ref().is_none_or(|glob| glob.matches(&place)))
    }

    /// Places that were named and at which nothing was found, as they were written.
    pub(crate) fn unused(&self) -> Vec<String> {
        let unused = self.disabled.iter().filter(|disabled| self.has(disabled.check));
        unused
            .filter_map(|disabled| Some(format!("{}={}", disabled.check.code, disabled.at.as_ref()?.unused()?)))
            .collect()
    }
}

impl Disabled {
    /// Reads `CODE` or `CODE=PLACES`.
    fn parse(text: &str) -> Result<Self, String> {
        let (code, at) = match text.split_once('=') {
            Some((code, at)) => (code, Some(options::Glob::new(at)?)),
            None => (text, None),
        };
        Ok(Self { check: named(code)?, at })
    }
}

fn named(code: &str) -> Result<&'static Check, String> {
    check::find(code).ok_or_else(|| {
        let codes: Vec<&str> = check::ALL.iter().map(|check| check.code).collect();
        match similar::get_close_matches(code, &codes, 1, 0.6).first() {
            Some(close) => format!("there is no check {code:?}: did you mean `{close}`?"),
            None => format!("there is no check {code:?}: `crdgen lint --list` names all"),
        }
    })
}
