//! What `check` says: each file that differs, with a unified diff.

use std::{fmt, time::Duration};

use crdgen_schema::diagnostic::Diagnostics;
use similar::TextDiff;

use super::Changes;

/// After this long a diff need no longer be the shortest.
const LONGEST: Duration = Duration::from_secs(1);

/// What [`Config::check`](crate::Config::check) found: the files of the output folder that are not as they would be written, by
/// their paths below it. Its text is a unified diff for each, then a line `stale: path` (or `missing`, `orphaned`) for each.
///
/// ```no_run
/// let report = crdgen::configure().out("src/crds").check("crds")?;
/// assert!(report.is_clean(), "{report}");
/// # Ok::<(), crdgen::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Files whose text differs.
    pub stale: Vec<String>,
    /// Files that are not there yet.
    pub missing: Vec<String>,
    /// Files that are no longer generated.
    pub orphaned: Vec<String>,
    /// What was found in the CRDs, warnings only.
    pub warnings: Diagnostics,
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

    /// Whether nothing differs: the folder is up to date.
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
