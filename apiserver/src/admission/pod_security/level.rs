//! The standards, and the labels that ask for them.
//!
//! Source: `k8s.io/pod-security-admission/api`.

use std::fmt;

use crdgen_schema::field;
use serde_json::Value;

/// How much pods may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Privileged,
    Baseline,
    Restricted,
}

/// A minor version of Kubernetes, or the latest one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Version(pub(super) Option<u32>);

/// A level as it was in some version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standard {
    pub(super) level: Level,
    pub(super) version: Version,
}

/// What a namespace asks for. What is audited goes nowhere here.
pub(super) struct Policy {
    pub(super) enforce: Standard,
    pub(super) warn: Standard,
}

impl fmt::Display for Standard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Privileged => "privileged",
            Level::Baseline => "baseline",
            Level::Restricted => "restricted",
        };
        match self.version.0 {
            Some(minor) => write!(formatter, "{level}:v1.{minor}"),
            None => write!(formatter, "{level}:latest"),
        }
    }
}

impl Standard {
    /// Whether rules that came with that version apply.
    pub(super) fn has(&self, minor: u32) -> bool {
        self.version.0.is_none_or(|own| own >= minor)
    }
}

impl Policy {
    /// Reads the labels of a namespace.
    pub(super) fn of(namespace: &Value) -> (Self, Vec<field::Error>) {
        let mut reader = Reader { labels: &namespace["metadata"]["labels"], faults: Vec::new() };
        let enforced = reader.level("enforce");
        let enforce = Standard {
            level: enforced.unwrap_or(Ok(Level::Privileged)).unwrap_or(Level::Restricted),
            version: reader.version("enforce").unwrap_or(Version(None)),
        };
        reader.level("audit");
        reader.version("audit");
        let warned = reader.level("warn");
        let version = reader.version("warn");
        let level = warned.unwrap_or(Ok(Level::Privileged)).unwrap_or(Level::Privileged);
        let mut warn = Standard { level, version: version.unwrap_or(Version(None)) };
        if warned.is_none() && matches!(enforced, Some(Ok(_))) && enforce.level > warn.level {
            warn.level = enforce.level;
            warn.version = version.unwrap_or(enforce.version);
        }
        (Self { enforce, warn }, reader.faults)
    }
}

struct Reader<'a> {
    labels: &'a Value,
    faults: Vec<field::Error>,
}

impl Reader<'_> {
    /// A level; none if there is no label, an error if it cannot be read.
    fn level(&mut self, mode: &str) -> Option<Result<Level, ()>> {
        let label = format!("pod-security.kubernetes.io/{mode}");
        let level = match self.labels[&label].as_str()? {
            "privileged" => Ok(Level::Privileged),
            "baseline" => Ok(Level::Baseline),
            "restricted" => Ok(Level::Restricted),
            _ => Err(()),
        };
        if level.is_err() {
            self.fault(&label, "must be one of privileged, baseline, restricted");
        }
        Some(level)
    }

    fn version(&mut self, mode: &str) -> Option<Version> {
        let label = format!("pod-security.kubernetes.io/{mode}-version");
        let text = self.labels[&label].as_str()?;
        let minor = text.strip_prefix("v1.").filter(|minor| {
            let is_number = !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit());
            is_number && (*minor == "0" || !minor.starts_with('0'))
        });
        match minor.and_then(|minor| minor.parse().ok()) {
            Some(minor) => return Some(Version(Some(minor))),
            None if text == "latest" => {}
            None => self.fault(&label, "must be \"latest\" or \"v1.x\""),
        }
        Some(Version(None))
    }

    fn fault(&mut self, label: &str, why: &str) {
        let metadata = field::Path::ROOT.child("metadata");
        let labels = metadata.child("labels");
        let path = labels.key(label);
        self.faults.push(field::Error::invalid(path, &self.labels[label], why));
    }
}
