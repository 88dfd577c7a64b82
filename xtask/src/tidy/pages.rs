//! The pages that people read first: short, and up to date.

use super::{finding::Finding, tree::Tree};

/// The most lines of ARCHITECTURE.md: what is longer is not read before a change.
const ARCHITECTURE: usize = 200;

/// ARCHITECTURE.md that is too long, CHANGELOG.md that does not start with what is not released yet.
pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    if let Some(page) = tree.file("ARCHITECTURE.md") {
        let lines = page.text.lines().count();
        if lines > ARCHITECTURE {
            let what = format!("the page has {lines} lines, more than {ARCHITECTURE}");
            found.push(Finding::new(&page.path, ARCHITECTURE + 1, what, "leave to the modules' docs what they say"));
        }
    }
    if let Some(page) = tree.file("CHANGELOG.md") {
        let first = page.text.lines().zip(1..).find(|(line, _)| line.starts_with("## "));
        if first.is_none_or(|(line, _)| line != "## Unreleased") {
            let line = first.map_or(1, |(_, number)| number);
            let remedy = "put what is not released yet below a heading `## Unreleased`";
            found.push(Finding::new(&page.path, line, "the first heading is not `## Unreleased`", remedy));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::tree;

    #[test]
    fn the_changelog_starts_with_what_is_unreleased() {
        assert!(find(&tree(&[("CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n## 0.1.0\n")])).is_empty());
        assert_eq!(find(&tree(&[("CHANGELOG.md", "# Changelog\n\n## 0.1.0\n\n## Unreleased\n")]))[0].line, 3);
        assert_eq!(find(&tree(&[("CHANGELOG.md", "# Changelog\n")]))[0].line, 1);
    }

    #[test]
    fn the_architecture_fits_on_200_lines() {
        assert!(find(&tree(&[("ARCHITECTURE.md", &"a\n".repeat(200))])).is_empty());
        assert_eq!(find(&tree(&[("ARCHITECTURE.md", &"a\n".repeat(201))])).len(), 1);
    }
}
