//! The proof for one CRD: generate, grow, generate over it, compare.

use crdgen_schema::definition::{self, Definition};

use super::{compare::compare, generation::Generation, report::Report};
use crate::mutation::{Variant, chain, shortened, variants};

/// A CRD to prove it for.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// Its file, and its name.
    name: String,
    /// The CRD as JSON.
    json: String,
    /// Another CRD of the same group that is not longer, as JSON: chains grow in its company.
    company: Option<String>,
}

/// Whether the new output knows the names of the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// It is generated over the old one's manifest.
    Kept,
    /// It is generated as if there were no other.
    Anew,
}

/// How many random mutations follow each other in a chain, and how many chains there are: fewer of a CRD that is longer
/// than this as JSON.
const CHAIN_LENGTH: usize = 3;
const CHAINS: u64 = 4;
const CHAINS_OF_LONG: u64 = 2;
const LONG: usize = 100_000;

/// All CRDs of some files, given as names and texts. What is not a CRD is left out.
pub(crate) fn subjects(files: &[(String, String)]) -> Vec<Subject> {
    let mut found: Vec<(String, Definition)> = Vec::new();
    for (file, text) in files {
        let loaded = definition::load(file, text);
        let folder = file.split('/').next().unwrap_or_default();
        found.extend(loaded.definitions.into_iter().map(|definition| (folder.to_owned(), definition)));
    }
    let json: Vec<String> = found.iter().map(|(_, definition)| short(definition)).collect();
    let subject = |(index, (folder, definition)): (usize, &(String, Definition))| {
        let may_join = |other: &usize| {
            let (its_folder, other_definition) = &found[*other];
            its_folder == folder
                && other_definition.group == definition.group
                && other_definition.names.kind != definition.names.kind
                && json[*other].len() <= json[index].len()
        };
        let company = (index + 1..found.len()).chain(0..index).find(may_join).map(|other| json[other].clone());
        let name = format!("{} ({})", definition.source.file, definition.name);
        Subject { name, json: json[index].clone(), company }
    };
    found.iter().enumerate().map(subject).collect()
}

fn short(definition: &Definition) -> String {
    shortened(&definition.json).unwrap_or_else(|_| definition.json.clone())
}

/// Compares the CRD's output with that of each variant, and the outputs of a chain's steps with each other.
pub(crate) fn prove(subject: &Subject, seed: u64, names: Names) -> Report {
    let mut proof = Proof { subject, names, report: Report::default() };
    proof.report.crds = 1;
    if let Err(cause) = proof.alone(seed).and_then(|()| proof.in_company(seed)) {
        proof.report.refuse("the CRD itself", &cause);
    }
    proof.report
}

struct Proof<'s> {
    subject: &'s Subject,
    names: Names,
    report: Report,
}

impl Proof<'_> {
    fn alone(&mut self, seed: u64) -> Result<(), String> {
        let json = &self.subject.json;
        let old = Generation::new(json, None, None)?;
        for variant in variants(json, seed).map_err(|error| error.to_string())? {
            self.step(&old, (json, &variant.text), &variant);
        }
        Ok(())
    }

    fn in_company(&mut self, seed: u64) -> Result<(), String> {
        let company = self.subject.company.as_ref().map(|json| format!("---\n{json}\n")).unwrap_or_default();
        let json = &self.subject.json;
        let before = format!("{json}\n{company}");
        let first = Generation::new(&before, None, None)?;
        let chains = if json.len() > LONG { CHAINS_OF_LONG } else { CHAINS };
        for number in 0..chains {
            let steps = chain(json, seed.wrapping_add(number), CHAIN_LENGTH).map_err(|error| error.to_string())?;
            let (mut last, mut before) = (None, before.clone());
            for variant in steps {
                let after = format!("{}{company}", variant.text);
                last = self.step(last.as_ref().unwrap_or(&first), (&before, &after), &variant);
                if last.is_none() {
                    break;
                }
                before = after;
            }
        }
        Ok(())
    }

    /// Generates a variant over an output, and compares the two.
    fn step(&mut self, old: &Generation, texts: (&str, &str), variant: &Variant) -> Option<Generation> {
        let manifest = (self.names == Names::Kept).then(|| old.manifest());
        match Generation::new(texts.1, manifest, Some(old)) {
            Ok(new) => {
                self.report.add(&self.subject.name, variant, texts, compare(old.tree(), new.tree()));
                Some(new)
            }
            Err(cause) => {
                self.report.refuse(variant.mutation, &cause);
                None
            }
        }
    }
}
