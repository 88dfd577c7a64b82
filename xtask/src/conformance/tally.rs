//! How many cases of a suite agree, and which do not.

use std::collections::BTreeMap;

use super::verdict::Verdict;

/// How many cases are named for each kind of difference.
const EXAMPLES: usize = 4;

/// The agreement of one suite.
#[derive(Default)]
pub(super) struct Tally {
    cases: usize,
    same_verdict: usize,
    same_errors: usize,
    same_stages: usize,
    differing: BTreeMap<String, Vec<String>>,
    /// Cases with an error that the server does not report.
    invented: Vec<String>,
}

impl Tally {
    pub(super) fn add(&mut self, kind: &str, id: &str, expected: &Verdict, found: &Verdict) {
        self.cases += 1;
        self.same_verdict += usize::from(expected.accepted == found.accepted);
        self.same_errors += usize::from(expected.accepted == found.accepted && expected.errors == found.errors);
        self.same_stages += usize::from(expected.stages == found.stages);
        if found.errors.iter().any(|error| !expected.errors.contains(error)) {
            self.invented.push(id.to_owned());
        }
        let difference = match (expected.accepted, found.accepted) {
            (true, false) => "refused wrongly",
            (false, true) => "accepted wrongly",
            _ if expected.errors != found.errors => "other errors",
            _ if expected.stages != found.stages => "another object",
            _ => return,
        };
        self.differing.entry(format!("{difference}: {kind}")).or_default().push(id.to_owned());
    }

    pub(super) fn reaches(&self, floors: [usize; 3]) -> bool {
        let enough = |same: usize, floor: usize| same * 1000 >= floor * self.cases;
        let same = [self.same_verdict, self.same_errors, self.same_stages];
        same.into_iter().zip(floors).all(|(same, floor)| enough(same, floor))
    }

    /// Whether an error was found that the server does not report.
    pub(super) fn invents(&self) -> bool {
        !self.invented.is_empty()
    }

    pub(super) fn print(&self, name: &str) {
        if self.cases == 0 {
            return;
        }
        let percent = |same: usize| {
            let tenths = same * 10_000 / self.cases;
            format!("{same} ({}.{:02} %)", tenths / 100, tenths % 100)
        };
        let same = [self.same_verdict, self.same_errors, self.same_stages].map(percent);
        println!("{name}: {} cases, verdict {}, errors {}, objects {}", self.cases, same[0], same[1], same[2]);
        for (difference, ids) in &self.differing {
            let examples: Vec<&str> = ids.iter().take(EXAMPLES).map(String::as_str).collect();
            println!("  {:5}  {difference}  {}", ids.len(), examples.join(" "));
        }
        if !self.invented.is_empty() {
            println!(
                "  {:5}  errors that the server does not report  {}",
                self.invented.len(),
                self.invented.join(" ")
            );
        }
    }
}
