//! Releases of Kubernetes.

use std::{fmt, str::FromStr};

/// A minor release of Kubernetes 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Release {
    /// The second number: 28 for 1.28.
    pub(crate) minor: u32,
}

impl Release {
    /// 1.`minor`.
    pub(crate) const fn new(minor: u32) -> Self {
        Self { minor }
    }
}

/// `1.28`, `v1.28` and `1.28.3` are the same.
impl FromStr for Release {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut numbers = text.strip_prefix('v').unwrap_or(text).split('.');
        let (major, minor, rest) = (numbers.next(), numbers.next(), numbers.count());
        match (major, minor.map(str::parse)) {
            (Some("1"), Some(Ok(minor))) if rest <= 1 => Ok(Self::new(minor)),
            _ => Err(format!("{text:?} is not a release of Kubernetes: write 1.28 for instance")),
        }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_written_in_several_ways() {
        for text in ["1.28", "v1.28", "1.28.3"] {
            assert_eq!(text.parse(), Ok(Release::new(28)), "{text}");
        }
        for text in ["", "1", "2.1", "1.x", "1.28.3.4"] {
            assert!(text.parse::<Release>().is_err(), "{text}");
        }
    }
}
