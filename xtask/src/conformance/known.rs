//! The differences that are known. Any other is a failure, and so is one of these that has gone.
//!
//! `docs/conformance.md` gives the reason of each.

/// A case that differs.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) suite: &'static str,
    pub(super) id: &'static str,
    /// What of it differs: `wording`, for example.
    pub(super) aspect: &'static str,
}

/// All of them.
const KNOWN: &[Known] =
    &[Known { suite: "k8s-tests", id: "validation/TestValidateCustomResourceDefinitionUpdate/0016", aspect: "errors" }];

/// The known difference of a case.
pub(super) fn find(suite: &str, id: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.suite == suite && known.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_tells_of_every_known_difference_and_of_no_other() {
        let page = include_str!("../../../docs/conformance.md");
        let (_, rest) = page.split_once("## Known differences").unwrap();
        let listed: Vec<&str> = rest.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`')).collect();
        assert_eq!(listed, KNOWN.iter().map(|known| known.id).collect::<Vec<_>>());
    }
}
