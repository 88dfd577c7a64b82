//! The walk over the schemas of one version on both sides.
//!
//! In: two servers of that version. Out: findings, each with the object that shows it, where there is one.

use std::sync::LazyLock;

use super::{
    blame::Blame,
    code::{Change, Code, Subject},
    draft::{Draft, Trial, Weight},
    finding::{Affects, Finding, Place, Verdict},
    keyword::{self, Pair, Prunes},
    language::Budget,
    server::Server,
    witness::{Outcome, Search, Suspicion},
};
use crate::{
    definition::Definition,
    diagnostic::Position,
    schema::Schema,
    synthesis::{Plan, Size, Step, print_place},
};

const NOT_FOUND: &str = "no object was found that shows it, though some were tried: check it by hand";
const GIVEN_UP: &str = "there are too many changes to look for an object for each: check it by hand";
const EXCLUDED: &str = "every value that is possible was tried, and none is refused";

/// The schema of a member that nobody declares.
static ANYTHING: LazyLock<Schema> = LazyLock::new(Schema::default);

/// One side of a comparison.
#[derive(Clone, Copy)]
pub(super) struct Side<'s> {
    pub(super) definition: &'s Definition,
    pub(super) server: &'s Server,
}

/// A finding, and which faults of an object it explains.
pub(super) struct Found {
    pub(super) finding: Finding,
    pub(super) blame: Blame,
}

/// Compares the schemas of one version.
pub(super) fn walk(old: Side<'_>, new: Side<'_>, version: &str) -> Vec<Found> {
    let mut walk = Walk {
        version,
        files: [&old.definition.source.file, &new.definition.source.file],
        search: Search::new(old.server, new.server),
        budget: Budget::default(),
        found: Vec::new(),
        reworded: Vec::new(),
    };
    let prunes = |side: Side<'_>| !side.definition.preserve_unknown_fields;
    let pair = Pair {
        old: old.server.synthesizer.strategy.schema(),
        new: new.server.synthesizer.strategy.schema(),
        prunes: Prunes { old: prunes(old), new: prunes(new) },
        is_resource: true,
    };
    walk.node(&mut Vec::new(), pair, [old.definition.source.position, new.definition.source.position]);
    walk.report_reworded();
    walk.found
}

struct Walk<'w, 's> {
    version: &'w str,
    files: [&'w str; 2],
    search: Search<'s>,
    /// For patterns.
    budget: Budget,
    found: Vec<Found>,
    /// The places of descriptions that changed.
    reworded: Vec<(String, [Place; 2])>,
}

impl<'s> Walk<'_, 's> {
    /// Compares a node; `around` is where the nearest known place is on each side.
    fn node(&mut self, steps: &mut Vec<Step>, pair: Pair<'s>, around: [Option<Position>; 2]) {
        let at = [pair.old.at.or(around[0]), pair.new.at.or(around[1])];
        if keyword::is_reworded(pair.old, pair.new) {
            self.reworded.push((print_place(steps), self.places(at)));
        }
        for draft in keyword::drafts(pair, &self.budget) {
            let found = self.draft(steps, pair, at, &draft);
            self.found.push(found);
        }
        for child in keyword::children(pair) {
            steps.push(child.step);
            self.node(steps, child.pair, at);
            steps.pop();
        }
    }

    fn draft(&mut self, steps: &[Step], pair: Pair<'s>, at: [Option<Position>; 2], draft: &Draft) -> Found {
        let mut place = steps.to_vec();
        place.extend(draft.member.clone().map(Step::Member));
        let member_at = |schema: &Schema| draft.member.as_ref().and_then(|name| schema.properties.get(name)?.at);
        let [old, new] = self.places([member_at(pair.old).or(at[0]), member_at(pair.new).or(at[1])]);
        let mut finding = Finding {
            version: Some(self.version.to_owned()),
            path: print_place(&place),
            old,
            new,
            ..Finding::new(draft.code, Verdict::Compatible, draft.message.clone())
        };
        let blame = Blame::of_draft(steps, draft);
        if draft.weight != Weight::Safe {
            let outcome = self.search(steps, &place, pair, draft, &blame);
            judge(&mut finding, outcome, &draft.weight);
            let is_breaking = finding.verdict == Verdict::Breaking;
            if is_breaking && (finding.code.subject, finding.code.change) == (Subject::Rule, Change::Changed) {
                finding.code.change = Change::Tightened;
            }
            if is_breaking && !finding.affects.stored_objects {
                // What is missing is forgiven as long as what it is missing in does not change.
                let kept = if draft.trial == Trial::WithoutMember { steps } else { &place };
                finding.note = Some(forgiven(&print_place(kept)));
            }
        }
        finding.affects.generated_code = draft.generated_code;
        Found::new(finding, Blame::explained(steps, draft))
    }

    fn search(&mut self, steps: &[Step], place: &[Step], pair: Pair<'s>, draft: &Draft, blame: &Blame) -> Outcome {
        let member = draft.member.as_deref().filter(|_| draft.trial == Trial::Member);
        let within = |schema: &'s Schema| match member {
            Some(name) => schema.properties.get(name).unwrap_or(&ANYTHING),
            None => schema,
        };
        let suspicion = Suspicion {
            steps: if member.is_some() { place } else { steps },
            blame,
            old: within(pair.old),
            new: within(pair.new),
            hints: &draft.hints,
            omitted: draft.member.as_deref().filter(|_| draft.trial == Trial::WithoutMember),
            adds_unknown: draft.trial == Trial::UnknownMember,
            plan: Plan::default(),
        };
        let ways: Vec<Vec<Step>> = draft.probes.iter().map(|probe| way(steps, &probe.members)).collect();
        let probes = draft.probes.iter().zip(&ways).map(|(probe, steps)| {
            let below = |schema: &'s Schema| {
                let mut names = probe.members.iter();
                names.try_fold(schema, |schema, name| schema.properties.get(name)).unwrap_or(&ANYTHING)
            };
            Suspicion { steps, old: below(pair.old), new: below(pair.new), hints: &probe.hints, ..suspicion }
        });
        if draft.concerns_updates {
            let places: Vec<Suspicion<'_, 's>> = [suspicion].into_iter().chain(probes).collect();
            return self.search.find_update(&places, blame);
        }
        let mut outcome = self.search.find(&suspicion);
        // Other rules may need members that the smallest object does not have.
        let full = Plan { size: Size::Full, ..Plan::default() };
        for probe in probes.flat_map(|probe| [probe, Suspicion { plan: full, ..probe }]) {
            if matches!(outcome, Outcome::Found(..) | Outcome::GivenUp) {
                break;
            }
            outcome = self.search.find_by_hints(&probe);
        }
        outcome
    }

    fn places(&self, at: [Option<Position>; 2]) -> [Place; 2] {
        let place = |index: usize| Place { file: self.files[index].to_owned(), position: at[index] };
        [place(0), place(1)]
    }

    /// One finding for all descriptions of the version.
    fn report_reworded(&mut self) {
        let Some((path, [old, new])) = self.reworded.first().cloned() else { return };
        let message = match self.reworded.len() {
            1 => "a description has changed".to_owned(),
            count => format!("{count} descriptions have changed, this one first"),
        };
        let code = Code { subject: Subject::Description, change: Change::Changed };
        let version = Some(self.version.to_owned());
        let mut finding = Finding { version, path, old, new, ..Finding::new(code, Verdict::Compatible, message) };
        finding.affects.generated_code = true;
        self.found.push(Found::new(finding, Blame::of_path("")));
    }
}

impl Found {
    pub(super) fn new(finding: Finding, blame: Blame) -> Self {
        Self { finding, blame }
    }
}

/// The way to a member of a member of a node.
fn way(node: &[Step], members: &[String]) -> Vec<Step> {
    node.iter().cloned().chain(members.iter().cloned().map(Step::Member)).collect()
}

/// What the API server forgives in stored objects.
fn forgiven(path: &str) -> String {
    let path = if path.is_empty() { "the object" } else { path };
    format!("updates of stored objects pass as long as nothing changes at {path}")
}

/// Sets the verdict of a change that may break something.
fn judge(finding: &mut Finding, outcome: Outcome, weight: &Weight) {
    let undecided = Affects { clients: true, ..Affects::default() };
    let (verdict, note) = match outcome {
        Outcome::Found(witness, affects) => {
            finding.witness = Some(witness);
            finding.affects = affects;
            finding.verdict = Verdict::Breaking;
            return;
        }
        Outcome::Excluded if *weight == Weight::Suspect => {
            finding.note = Some(EXCLUDED.to_owned());
            return;
        }
        Outcome::Excluded | Outcome::NotFound => (Verdict::NeedsMigration, NOT_FOUND),
        Outcome::GivenUp => (Verdict::NeedsMigration, GIVEN_UP),
    };
    finding.verdict = verdict;
    finding.affects = undecided;
    finding.note = Some(match weight {
        Weight::Attention(why) => (*why).to_owned(),
        _ => note.to_owned(),
    });
}
