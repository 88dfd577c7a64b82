//! How many cases of a suite agree, and which do not.

use std::collections::BTreeMap;

use super::verdict::Verdict;

/// How many cases are named for each kind of difference.
const EXAMPLES: usize = 4;

/// The agreement of one suite.
#[derive(Default)]
pub(super) struct Tally {
    /// How many cases have each aspect, and how many of them agree.
    aspects: [Aspect; 5],
    differing: BTreeMap<String, Vec<String>>,
    /// Why cases could not be judged.
    unread: Vec<String>,
}

#[derive(Clone, Copy, Default)]
struct Aspect {
    cases: usize,
    same: usize,
}

/// What is compared, and the least agreement in tenths of a percent.
const ASPECTS: [(&str, usize); 5] =
    [("verdict", 1000), ("errors", 999), ("wording", 990), ("objects", 1000), ("costs", 1000)];

impl Tally {
    pub(super) fn add(&mut self, kind: &str, id: &str, expected: &Verdict, found: &Verdict) {
        let same_verdict = expected.accepted == found.accepted;
        let same_errors = same_verdict && expected.errors == found.errors;
        let words = expected.words.as_ref().zip(found.words.as_ref()).filter(|_| same_errors);
        let results = [
            Some(same_verdict),
            Some(same_errors),
            words.map(|(expected, found)| expected == found),
            Some(expected.stages == found.stages),
            expected.costs.as_ref().map(|costs| Some(costs) == found.costs.as_ref()),
        ];
        for (aspect, result) in self.aspects.iter_mut().zip(results) {
            aspect.cases += usize::from(result.is_some());
            aspect.same += usize::from(result == Some(true));
        }
        let difference = match results.iter().position(|result| *result == Some(false)) {
            Some(0) if expected.accepted => "refused wrongly",
            Some(0) => "accepted wrongly",
            Some(1) => "other errors",
            Some(2) => "other words",
            Some(3) => "another object",
            Some(_) => "other costs",
            None => return,
        };
        self.differing.entry(format!("{difference}: {kind}")).or_default().push(id.to_owned());
    }

    /// Notes a case that cannot be judged, because its CRD cannot be read.
    pub(super) fn add_unread(&mut self, why: String) {
        self.unread.push(why);
    }

    /// Whether agreement is as high as it must be.
    pub(super) fn is_enough(&self) -> bool {
        self.aspects.iter().zip(ASPECTS).all(|(aspect, (_, least))| aspect.same * 1000 >= least * aspect.cases)
    }

    pub(super) fn print(&self, name: &str) {
        if self.aspects[0].cases == 0 {
            return;
        }
        let percent = |(aspect, (name, _)): (&Aspect, (&str, usize))| {
            let hundredths = aspect.same * 10_000 / aspect.cases.max(1);
            format!("{name} {} of {} ({}.{:02} %)", aspect.same, aspect.cases, hundredths / 100, hundredths % 100)
        };
        let aspects = self.aspects.iter().zip(ASPECTS).filter(|(aspect, _)| aspect.cases > 0).map(percent);
        println!("{name}: {}", aspects.collect::<Vec<_>>().join(", "));
        for (difference, ids) in &self.differing {
            let examples: Vec<&str> = ids.iter().take(EXAMPLES).map(String::as_str).collect();
            println!("  {:5}  {difference}  {}", ids.len(), examples.join(" "));
        }
        if !self.unread.is_empty() {
            println!("  {:5}  could not be judged", self.unread.len());
            self.unread.iter().take(EXAMPLES).for_each(|why| println!("         {}", why.replace('\n', " ")));
        }
    }
}
