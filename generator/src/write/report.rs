//! What `check` says: each file that differs, with a unified diff.

use std::{fmt, time::Duration};

use similar::TextDiff;

use super::Changes;

/// After this long a diff need no longer be the shortest.
const LONGEST: Duration = Duration::from_secs(1);

/// The files of a folder that are not as they would be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Files whose text differs.
    pub stale: Vec<String>,
    /// Files that are not there.
    pub missing: Vec<String>,
    /// Files that should not be there.
    pub orphaned: Vec<String>,
    diffs: Vec<String>,
}

impl Report {
    pub(super) fn new(changes: &Changes<'_>) -> Self {
        let mut report = Self::default();
        for (path, (before, after)) in &changes.write {
            let names = if before.is_some() { &mut report.stale } else { &mut report.missing };
            names.push((*path).to_owned());
            let from = before.as_ref().map_or("/dev/null".to_owned(), |_| format!("a/{path}"));
            report.diffs.push(diff(before.as_deref().unwrap_or_default(), after, &from, &format!("b/{path}")));
        }
        for (path, text) in &changes.remove {
            report.orphaned.push(path.clone());
            report.diffs.push(diff(text, "", &format!("a/{path}"), "/dev/null"));
        }
        report
    }

    /// Whether nothing differs.
    pub fn is_clean(&self) -> bool {
        self.diffs.is_empty()
    }
}

/// The diffs, then the names.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diff in &self.diffs {
            f.write_str(diff)?;
        }
        for (what, paths) in [("stale", &self.stale), ("missing", &self.missing), ("orphaned", &self.orphaned)] {
            for path in paths {
                writeln!(f, "{what}: {path}")?;
            }
        }
        Ok(())
    }
}

fn diff(before: &str, after: &str, from: &str, to: &str) -> String {
    let diff = TextDiff::configure().timeout(LONGEST).diff_lines(before, after);
    diff.unified_diff().header(from, to).to_string()
}
