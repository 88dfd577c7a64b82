//! The safety net: objects made from the old schema are tried on the new one.
//!
//! In: two servers of one version, and what was found so far. Out: what was found, with a finding more, or a worse verdict, for
//! each object that contradicts it. Nothing is called compatible that such an object shows to be breaking.

use serde_json::Value;

use super::{
    blame::{Blame, Fault},
    code::{Change, Code, Subject},
    definition::place,
    finding::{Affects, Answer, Finding, Verdict, Witness},
    server::Server,
    walk::{Found, Side},
    witness::{Shown, show, smallest},
};
use crate::synthesis::Limits;

/// The objects that are tried in one version.
const LIMITS: Limits = Limits { turns: 8, parts: 60, nodes: 3000, steps: 400_000 };
/// No more findings are added, and every object is tried no more often.
const MOST_ADDED: usize = 20;

/// Why a finding that looked harmless is not.
const SHOWN: &str = "this is not seen in the schema alone, but shown by the object";

/// Tries objects, and corrects the findings about this version.
pub(super) fn correct(old: Side<'_>, new: Side<'_>, version: &str, found: &mut Vec<Found>) {
    let is_shown = |found: &&Found| found.finding.verdict == Verdict::Breaking || found.finding.witness.is_some();
    let mut explained: Vec<Blame> = found.iter().filter(is_shown).map(|found| found.blame.clone()).collect();
    let mut added = 0;
    let mut samples = old.server.synthesizer.samples(&LIMITS);
    while let Some((_, sample)) = samples.next_object() {
        while added < MOST_ADDED {
            let counts = |fault: Fault<'_>| !explained.iter().any(|blame| blame.concerns(fault));
            let shows = |object: &Value| show(old.server, new.server, object, &counts);
            if shows(&sample).is_none() {
                break;
            }
            let object = smallest(old.server, new.server, sample.clone(), &counts);
            let Some(result) = shows(&object) else { break };
            added += 1;
            explained.extend(result.places.iter().map(|path| Blame::of_path(path)));
            let index = concerned(found, &result.places).unwrap_or_else(|| {
                found.push(Found::new(new_finding(old, new, version, &result), Blame::of_path("")));
                found.len() - 1
            });
            let finding = &mut found[index].finding;
            finding.verdict = Verdict::Breaking;
            finding.affects = Affects { generated_code: finding.affects.generated_code, ..result.affects };
            finding.witness = Some(Witness { object, replaces: None, answer: result.answer });
            finding.note = Some(SHOWN.to_owned());
        }
    }
}

/// The first object that the new side refuses or keeps less of, made as small as it can be.
pub(super) fn first(old: &Server, new: &Server, limits: &Limits) -> Option<Witness> {
    let shows = |object: &Value| show(old, new, object, &|_| true);
    let mut samples = old.synthesizer.samples(limits);
    let objects = std::iter::from_fn(|| samples.next_object().map(|(_, object)| object));
    let object = objects.into_iter().find(|object| shows(object).is_some())?;
    let object = smallest(old, new, object, &|_| true);
    let answer = shows(&object)?.answer;
    Some(Witness { object, replaces: None, answer })
}

/// The finding that is not breaking yet and is about one of the places; of several the one deepest in the object.
fn concerned(found: &[Found], places: &[String]) -> Option<usize> {
    let may_be = |found: &Found| {
        let is_about_schema = found.finding.code.subject != Subject::Description;
        is_about_schema && found.finding.verdict != Verdict::Breaking
    };
    let covers = |found: &Found| places.iter().any(|path| found.blame.covers(path));
    let all = found.iter().enumerate().filter(|(_, found)| may_be(found) && covers(found));
    all.max_by_key(|(_, found)| found.blame.depth()).map(|(index, _)| index)
}

fn new_finding(old: Side<'_>, new: Side<'_>, version: &str, shown: &Shown) -> Finding {
    let (subject, change, message) = match shown.answer {
        Answer::Refuses(_) => (Subject::Object, Change::Refused, "an object that was accepted is refused"),
        Answer::Loses(_) => (Subject::StoredMember, Change::Removed, "an object loses a part that was kept"),
    };
    Finding {
        version: Some(version.to_owned()),
        path: shown.places.first().map(|path| print(path)).unwrap_or_default(),
        old: place(old.definition),
        new: place(new.definition),
        ..Finding::new(Code { subject, change }, Verdict::Breaking, message)
    }
}

/// A path of an error as findings have it: `spec.ports[*].name`.
fn print(path: &str) -> String {
    let mut printed = String::new();
    let mut rest = path.trim_start_matches('.');
    while let Some((before, index)) = rest.split_once('[') {
        let Some((index, after)) = index.split_once(']') else { break };
        let is_index = !index.is_empty() && index.bytes().all(|c| c.is_ascii_digit());
        printed.push_str(before);
        printed.push('[');
        printed.push_str(if is_index { "*" } else { index });
        printed.push(']');
        rest = after;
    }
    printed + rest
}
