//! Files → report: one of the shells, which reads files.
//!
//! In: paths. Out: the verdict of every object, in the order of the files. First the objects' kinds are looked for, then the CRDs of
//! these kinds are read, then the objects are judged; files are worked on in parallel, and a text is parsed anew for each step, so
//! that no more than a few are in memory as trees.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use crdgen_schema::{
    definition,
    diagnostic::{Diagnostic, Diagnostics},
};

use super::{
    Catalog, Object, Old, Options, Report,
    catalog::split,
    definitions::{Definitions, Kind},
    document, judge,
};
use crate::{
    code,
    load::{self, Source, Sources},
    options::Glob,
    parallel,
};

/// What is judged, by what.
#[derive(Debug, Default)]
pub(crate) struct Request {
    /// Files and folders of CRDs.
    pub(crate) crds: Vec<PathBuf>,
    /// Files and folders of objects, and of more CRDs.
    pub(crate) objects: Vec<PathBuf>,
    /// Files and folders of the objects that are replaced.
    pub(crate) old: Vec<PathBuf>,
    /// Files that are left out.
    pub(crate) skip: Vec<Glob>,
    /// How objects are judged.
    pub(crate) options: Options,
}

/// Whom to tell how far the work is.
pub(crate) trait Progress: Sync {
    /// A step begins that takes so many turns.
    fn start(&self, what: &'static str, turns: usize);
    /// One turn is done.
    fn turn(&self);
}

/// A file, and its text.
struct Text {
    name: String,
    text: String,
}

/// What is in a file, at first sight.
#[derive(Default)]
struct Survey {
    kinds: BTreeSet<Kind>,
    has_definitions: bool,
}

/// Judges everything.
pub(crate) fn run(request: &Request, progress: &dyn Progress) -> Report {
    let mut report = Report::default();
    let [objects, old] =
        [&request.objects, &request.old].map(|paths| read(paths, &request.skip, &mut report.diagnostics, progress));
    let surveys: Vec<Survey> = parallel::map(objects.iter().collect(), survey);
    let mut needed = BTreeSet::new();
    for survey in &surveys {
        needed.extend(survey.kinds.iter().cloned());
    }
    let mut definitions = read_definitions(request, &needed, progress);
    let among: Vec<&Text> =
        objects.iter().zip(&surveys).filter(|(_, survey)| survey.has_definitions).map(|(text, _)| text).collect();
    for loaded in parallel::map(among, definitions_in) {
        definitions.take(loaded, &needed);
    }
    let (catalog, warnings) = Catalog::new(definitions.needed);
    report.diagnostics.extend(definitions.diagnostics);
    report.diagnostics.extend(warnings);
    let old = collect_old(&old, &catalog, &mut report.diagnostics);
    progress.start("objects", objects.len());
    let is_alone = objects.len() == 1;
    let judged = parallel::map(objects, |text| {
        let documents = document::read(&text.name, &text.text);
        let judge = |object: &Object<'_>| judge(&text.name, object, &catalog, &old, request.options);
        let objects = documents.objects.iter().filter(|object| !is_definition(object));
        // Threads work on files, or on the objects of the only one.
        let judged = if is_alone { parallel::map(objects.collect(), judge) } else { objects.map(judge).collect() };
        progress.turn();
        (judged, documents.fault)
    });
    for (objects, fault) in judged {
        report.objects.extend(objects);
        report.diagnostics.extend(fault);
    }
    let is_empty = report.objects.is_empty() && !surveys.iter().any(|survey| survey.has_definitions);
    if is_empty && !report.diagnostics.has_errors() {
        report.diagnostics.push(no_objects(&request.objects));
    }
    report
}

/// Finds the files of all paths.
fn find(paths: &[PathBuf], skip: &[Glob], diagnostics: &mut Diagnostics) -> Vec<Source> {
    let mut sources = Sources::default();
    let mut found = Vec::new();
    for path in paths {
        match sources.find(path, skip) {
            Ok(files) => found.extend(files.new),
            Err(finding) => diagnostics.push(*finding),
        }
    }
    found
}

fn read(paths: &[PathBuf], skip: &[Glob], diagnostics: &mut Diagnostics, progress: &dyn Progress) -> Vec<Text> {
    let sources = find(paths, skip, diagnostics);
    progress.start("files", sources.len());
    let read = parallel::map(sources, |source| {
        let text = source.text().map(|text| Text { name: source.name, text });
        progress.turn();
        text
    });
    let mut texts = Vec::new();
    for text in read {
        match text {
            Ok(text) => texts.push(text),
            Err(finding) => diagnostics.push(*finding),
        }
    }
    texts
}

fn survey(text: &Text) -> Survey {
    let mut survey = Survey::default();
    for object in document::read(&text.name, &text.text).objects {
        let of = object.type_of();
        if is_definition(&object) {
            survey.has_definitions = true;
        } else {
            survey.kinds.insert((split(&of.api_version).0.to_owned(), of.kind));
        }
    }
    survey
}

fn is_definition(object: &Object<'_>) -> bool {
    let of = object.type_of();
    of.kind == "CustomResourceDefinition" && of.api_version.starts_with("apiextensions.k8s.io/")
}

fn read_definitions(request: &Request, needed: &BTreeSet<Kind>, progress: &dyn Progress) -> Definitions {
    let mut all = Definitions::default();
    let mut sources = Sources::default();
    for path in &request.crds {
        let found = match sources.find(path, &request.skip) {
            Ok(found) => found,
            Err(finding) => {
                all.diagnostics.push(*finding);
                continue;
            }
        };
        progress.start("CRDs", found.new.len());
        let read = parallel::map(found.new, |source| {
            let mut file = Definitions::default();
            match source.text() {
                Ok(text) => file.take(definition::load(&source.name, &text), needed),
                Err(finding) => file.diagnostics.push(*finding),
            }
            progress.turn();
            file
        });
        let mut of_path = Definitions { count: found.repeated, ..Definitions::default() };
        for file in read {
            of_path.append(file);
        }
        if of_path.count == 0 && !of_path.diagnostics.has_errors() {
            of_path.diagnostics.push(no_definitions(path));
        }
        all.append(of_path);
    }
    all
}

/// The CRDs among the objects of a file. What keeps the file from being read is found when its objects are judged.
fn definitions_in(text: &Text) -> definition::Loaded {
    let documents = document::read(&text.name, &text.text).objects.into_iter().filter(is_definition);
    let documents: Vec<_> = documents.map(|object| object.node).collect();
    definition::read_documents(&text.name, &text.text, &documents)
}

fn collect_old(texts: &[Text], catalog: &Catalog, diagnostics: &mut Diagnostics) -> Old {
    let mut old = Old::default();
    for text in texts {
        let documents = document::read(&text.name, &text.text);
        for object in &documents.objects {
            old.insert(object, catalog);
        }
        diagnostics.extend(documents.fault);
    }
    old
}

fn no_objects(paths: &[PathBuf]) -> Diagnostic {
    let name = match paths {
        [path] => load::shown(path),
        _ => String::new(),
    };
    let finding = Diagnostic::error("no objects found").code(code::INPUT).at(&name, None);
    finding.help("name files or folders of YAML or JSON with Kubernetes objects")
}

fn no_definitions(path: &Path) -> Diagnostic {
    let finding = Diagnostic::error("no CustomResourceDefinition found");
    let finding = finding.code(code::INPUT).at(&load::shown(path), None);
    finding.help("expected documents of kind CustomResourceDefinition, apiextensions.k8s.io/v1")
}
