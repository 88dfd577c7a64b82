//! Counts the objects that are made for every version of every CRD under a folder, and how many of them are accepted.
//!
//!     cargo run --release -p crdgen-schema --example synthesize -- crds/

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use crdgen_schema::{
    definition::{self, Definition},
    synthesis::{Limits, Purpose, Sample, Synthesizer},
};

#[derive(Default)]
struct Count {
    definitions: usize,
    versions: usize,
    /// Accepted and refused objects by what they are for.
    objects: BTreeMap<String, [usize; 2]>,
    /// Versions without an accepted minimal object, and without an accepted full one.
    missing: Vec<String>,
}

fn main() -> io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "fixtures/crds".to_owned());
    let mut files = Vec::new();
    find(Path::new(&folder), &mut files)?;
    files.sort();
    let mut count = Count::default();
    for file in files {
        let text = fs::read_to_string(&file)?;
        for definition in definition::load(&file.to_string_lossy(), &text).definitions {
            count.take(&definition);
        }
    }
    count.print();
    Ok(())
}

impl Count {
    fn take(&mut self, definition: &Definition) {
        self.definitions += 1;
        for version in &definition.versions {
            self.versions += 1;
            let Some(synthesizer) = Synthesizer::new(definition, &version.name) else { continue };
            let (mut minimal, mut full) = (false, false);
            for sample in synthesizer.samples(&Limits::default()) {
                self.count(&sample);
                minimal |= sample.is_accepted() && sample.purpose == Purpose::Minimal;
                full |= sample.is_accepted() && matches!(sample.purpose, Purpose::Full(_));
            }
            // Where nothing is optional, the minimal object is the full one.
            let is_tiny =
                version.schema.properties.keys().all(|name| is_given(name) || version.schema.required.contains(name));
            for (found, what) in [(minimal, "minimal"), (full || minimal && is_tiny, "full")] {
                if !found {
                    self.missing.push(format!("{} {}: no {what} object", definition.source.file, version.name));
                }
            }
        }
    }

    fn count(&mut self, sample: &Sample) {
        let purpose = sample.purpose.to_string();
        let kind = purpose.split([',', ' ']).next().unwrap_or_default().to_owned();
        self.objects.entry(kind).or_default()[usize::from(!sample.is_accepted())] += 1;
    }

    fn print(&self) {
        println!("{} CRDs, {} versions", self.definitions, self.versions);
        for (purpose, [accepted, refused]) in &self.objects {
            println!("  {purpose}: {accepted} accepted, {refused} refused");
        }
        let sum = |index: usize| self.objects.values().map(|counts| counts[index]).sum::<usize>();
        println!("{} objects accepted, {} refused", sum(0), sum(1));
        println!("{} versions without a minimal or full object", self.missing.len());
        for missing in &self.missing {
            println!("  {missing}");
        }
    }
}

fn is_given(name: &str) -> bool {
    matches!(name, "apiVersion" | "kind" | "metadata")
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}
