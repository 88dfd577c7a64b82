//! Many findings of one kind → one, with a count.
//!
//! In: findings. Out: the first one of each kind and how many are like it, in the order in which the first ones were found.

use std::{collections::BTreeMap, fmt};

use super::{Diagnostic, Diagnostics};

/// A finding, and how many more there are that differ from it in their place only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Folded<'a> {
    /// The first one that was found.
    pub first: &'a Diagnostic,
    /// How many more there are like it.
    pub more: usize,
}

impl Diagnostics {
    /// The findings, those that differ in file, position and path only made one, in the order of the first ones.
    pub fn folded(&self) -> Vec<Folded<'_>> {
        let mut folded: Vec<Folded<'_>> = Vec::new();
        let mut known = BTreeMap::new();
        for first in self {
            let kind = (first.severity, first.code, &first.message, &first.help);
            let place = *known.entry(kind).or_insert(folded.len());
            match folded.get_mut(place) {
                Some(same) => same.more += 1,
                None => folded.push(Folded { first, more: 0 }),
            }
        }
        folded
    }
}

/// As the first finding, with a line `… and 41 more places like this` if there are more.
impl fmt::Display for Folded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first.write(f, self.more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Position;

    #[test]
    fn findings_that_differ_in_their_place_only_become_one() {
        let odd =
            |line| Diagnostic::warning("odd").at("a.yaml", Some(Position { line, column: 1 })).on(format!("l{line}"));
        let diagnostics = Diagnostics(vec![
            odd(7).help("mend it"),
            Diagnostic::error("odd"),
            odd(2).help("mend it"),
            odd(3).help("or else"),
            odd(7).help("mend it"),
            odd(8).help("mend it").code("of-another-kind"),
            odd(9).help("or else"),
        ]);
        let shown: Vec<String> = diagnostics.folded().iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "a.yaml:7:1: warning: odd\n  at l7\n  … and 2 more places like this\n  help: mend it",
                "error: odd",
                "a.yaml:3:1: warning: odd\n  at l3\n  … and 1 more place like this\n  help: or else",
                "a.yaml:8:1: warning: odd\n  at l8\n  help: mend it",
            ]
        );
    }
}
