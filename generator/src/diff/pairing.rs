//! Two sets of CRDs, paired by name.
//!
//! In: definitions of both sides. Out: the report.

use std::collections::{BTreeMap, BTreeSet};

use crdgen_schema::{
    compatibility::{self, Answer, Change, Code, Finding, Place, Subject, Verdict, Witness},
    definition::Definition,
    synthesis::{Limits, Sample, Synthesizer},
};

use super::{Changed, Report, rust};

/// Compares definitions of the same name. One that is new breaks nothing, one that is gone breaks everything.
pub(crate) fn compare(old: &[Definition], new: &[Definition]) -> Report {
    let (old, new) = (by_name(old), by_name(new));
    let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let compared = names.len();
    let changed = names.into_iter().filter_map(|name| {
        let findings = match (old.get(name), new.get(name)) {
            // What is written in the same way needs no second look.
            (Some(old), Some(new)) if old.document() == new.document() => Vec::new(),
            (Some(old), Some(new)) => {
                let mut findings = compatibility::compare(old, new).findings;
                let names = rust::compare(old, new, &findings);
                findings.extend(names);
                findings
            }
            (Some(old), None) => vec![removed(old)],
            (None, Some(new)) => vec![added(new)],
            (None, None) => Vec::new(),
        };
        (!findings.is_empty()).then(|| Changed { name: name.to_owned(), findings })
    });
    Report { compared, changed: changed.collect() }
}

fn by_name(definitions: &[Definition]) -> BTreeMap<&str, &Definition> {
    definitions.iter().map(|definition| (definition.name.as_str(), definition)).collect()
}

fn added(definition: &Definition) -> Finding {
    let code = Code { subject: Subject::Definition, change: Change::Added };
    let mut finding = Finding::new(code, Verdict::Compatible, "the CustomResourceDefinition is new");
    finding.new = place(definition);
    finding.affects.generated_code = true;
    finding
}

fn removed(definition: &Definition) -> Finding {
    let code = Code { subject: Subject::Definition, change: Change::Removed };
    let mut finding = Finding::new(code, Verdict::Breaking, "the CustomResourceDefinition is gone");
    finding.old = place(definition);
    finding.affects.stored_objects = true;
    finding.affects.clients = true;
    finding.affects.generated_code = true;
    finding.note = Some("when a CRD is deleted, the API server deletes all its objects".to_owned());
    finding.witness = definition.versions.iter().find_map(|version| {
        let synthesizer = Synthesizer::new(definition, &version.name)?;
        let sample = synthesizer.samples(&Limits::default()).find(Sample::is_accepted)?;
        let answer = Answer::Refuses("the server could not find the requested resource".to_owned());
        Some(Witness { object: sample.object, replaces: None, answer })
    });
    finding
}

fn place(definition: &Definition) -> Place {
    Place { file: definition.source.file.clone(), position: definition.source.position }
}
