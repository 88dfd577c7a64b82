//! How many cases of a suite agree, and which do not.

use std::collections::{BTreeMap, BTreeSet};

use super::{known, verdict::Verdict};

/// How many cases are shown for each kind of difference.
const EXAMPLES: usize = 4;
/// How much of a text is shown, in characters.
const LONGEST: usize = 400;

/// The agreement of one suite.
pub(super) struct Tally {
    suite: &'static str,
    /// How many cases have each aspect, and how many of them agree.
    aspects: [Aspect; 5],
    /// What differs, by kind.
    differing: BTreeMap<String, Vec<Difference>>,
    /// The cases with a known difference that were compared, and those of them that differ in that way.
    known: BTreeSet<&'static str>,
    met: BTreeSet<&'static str>,
    /// Why cases could not be judged.
    unread: Vec<String>,
    /// How many cases were not compared, by reason.
    skipped: BTreeMap<&'static str, usize>,
}

#[derive(Clone, Copy, Default)]
struct Aspect {
    cases: usize,
    same: usize,
}

struct Difference {
    id: String,
    expected: String,
    found: String,
}

/// What is compared.
const ASPECTS: [&str; 5] = ["verdict", "errors", "wording", "objects", "costs"];

impl Tally {
    /// That of a suite of which nothing has been compared.
    pub(super) fn new(suite: &'static str) -> Self {
        Self {
            suite,
            aspects: [Aspect::default(); 5],
            differing: BTreeMap::new(),
            known: BTreeSet::new(),
            met: BTreeSet::new(),
            unread: Vec::new(),
            skipped: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, kind: &str, id: &str, expected: &Verdict, found: &Verdict) {
        let same_verdict = expected.accepted == found.accepted;
        let same_errors = same_verdict && expected.errors() == found.errors();
        let words = expected.words().zip(found.words()).filter(|_| same_errors);
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
        let known = known::find(self.suite, id);
        self.known.extend(known.map(|known| known.id));
        let Some(aspect) = results.iter().position(|result| *result == Some(false)) else { return };
        if let Some(known) = known.filter(|known| known.aspect == ASPECTS[aspect]) {
            self.met.insert(known.id);
            return;
        }
        let difference = match aspect {
            0 if expected.accepted => "refused wrongly",
            0 => "accepted wrongly",
            1 => "other errors",
            2 => "other words",
            3 => "another object",
            _ => "other costs",
        };
        let shown = |verdict: &Verdict| match aspect {
            0 | 1 => format!("{:?}", verdict.errors()),
            2 => verdict.words().unwrap_or_default().join("; "),
            3 => verdict.stages.join("; "),
            _ => verdict.costs.clone().unwrap_or_default(),
        };
        let difference = self.differing.entry(format!("{difference}: {kind}")).or_default();
        difference.push(Difference { id: id.to_owned(), expected: shown(expected), found: shown(found) });
    }

    /// Notes a case that cannot be judged, because its CRD cannot be read.
    pub(super) fn add_unread(&mut self, why: String) {
        self.unread.push(why);
    }

    /// Notes a case that says nothing about this code.
    pub(super) fn add_skipped(&mut self, why: &'static str) {
        *self.skipped.entry(why).or_default() += 1;
    }

    /// Whether everything agrees but for the known differences, and could be judged.
    pub(super) fn is_complete(&self) -> bool {
        self.differing.is_empty() && self.unread.is_empty() && self.known == self.met
    }

    pub(super) fn print(&self) {
        if self.aspects[0].cases == 0 {
            return;
        }
        let percent = |(aspect, name): (&Aspect, &str)| {
            let hundredths = aspect.same * 10_000 / aspect.cases.max(1);
            format!("{name} {} of {} ({}.{:02} %)", aspect.same, aspect.cases, hundredths / 100, hundredths % 100)
        };
        let aspects = self.aspects.iter().zip(ASPECTS).filter(|(aspect, _)| aspect.cases > 0).map(percent);
        println!("{}: {}", self.suite, aspects.collect::<Vec<_>>().join(", "));
        for (difference, cases) in &self.differing {
            println!("  {:5}  {difference}", cases.len());
            for Difference { id, expected, found } in cases.iter().take(EXAMPLES) {
                println!("         {id}\n           expected {}\n           found    {}", cut(expected), cut(found));
            }
        }
        if !self.unread.is_empty() {
            println!("  {:5}  could not be judged", self.unread.len());
            self.unread.iter().take(EXAMPLES).for_each(|why| println!("         {}", why.replace('\n', " ")));
        }
        for id in &self.known {
            let what = if self.met.contains(id) { "known difference" } else { "known difference that is gone" };
            println!("         {what}: {id}");
        }
        for (why, cases) in &self.skipped {
            println!("  {cases:5}  not compared: {why}");
        }
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
