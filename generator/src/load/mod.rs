//! Paths → definitions. One of the shells: it reads files.
//!
//! In: files, folders and `-`. Out: every definition in them, what was read, and all findings. Folders are walked in
//! the order of their names, and files are read in parallel; hidden entries are skipped, and so are documents of other
//! kinds.

#![allow(clippy::disallowed_methods, reason = "this shell reads the file system")]

mod walk;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read as _,
    path::{Path, PathBuf},
};

use crate::{code, parallel};
use crdgen_schema::{
    definition::{self, Definition},
    diagnostic::{Diagnostic, Diagnostics},
};

/// What a set of paths holds.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// All definitions, file by file.
    pub(crate) definitions: Vec<Definition>,
    /// What a source file is called in output: its path from the folder that was asked for. It is the same on every
    /// machine, from every working directory and wherever the folder is.
    pub(crate) labels: BTreeMap<String, String>,
    /// Every file and folder that was looked at.
    pub(crate) watched: Vec<PathBuf>,
    /// What was found.
    pub(crate) diagnostics: Diagnostics,
    /// What kube-apiserver would refuse.
    pub(crate) refusals: Diagnostics,
    /// The files that have been read, whatever they were called.
    seen: BTreeSet<PathBuf>,
}

/// Standard input, as a path.
pub(crate) const STDIN: &str = "-";

/// No file is larger: what never ends must not fill the memory.
const LARGEST: u64 = 1 << 28;

/// Reads everything. Faults of one file do not hide those of another, and a file that is named twice is read once.
pub(crate) fn load(paths: &[PathBuf]) -> Loaded {
    let mut input = Loaded::default();
    for path in paths {
        if path.as_os_str() == STDIN {
            input.stdin();
        } else {
            input.path(path);
        }
    }
    let duplicates = definition::check_unique(&input.definitions);
    input.diagnostics.extend(duplicates);
    input
}

impl Loaded {
    fn stdin(&mut self) {
        const NAME: &str = "<stdin>";
        let found = self.take(Read::new(NAME.to_owned(), NAME.to_owned(), read(std::io::stdin().lock())));
        self.expect_some(found, NAME);
    }

    fn path(&mut self, path: &Path) {
        let name = shown(path);
        let files = match walk::files(path, &mut self.watched) {
            Ok(files) => files,
            Err(walk::Error { path, source }) => {
                self.diagnostics.push(unreadable(&shown(&path), &source));
                return;
            }
        };
        if files.is_empty() {
            let finding = Diagnostic::error("the folder holds no file that ends in .yaml, .yml or .json")
                .code(code::INPUT)
                .at(&name, None);
            self.diagnostics.push(finding.help("name the folder that holds the CustomResourceDefinitions"));
            return;
        }
        let new: Vec<PathBuf> = files.iter().filter(|file| self.is_new(file)).cloned().collect();
        let mut found = files.len() - new.len();
        let read = parallel::map(new, |file| Read::file(path, &file));
        for read in read {
            found += self.take(read);
        }
        self.expect_some(found, &name);
    }

    /// Whether a file has not been read yet, by whatever name.
    fn is_new(&mut self, file: &Path) -> bool {
        self.seen.insert(std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned()))
    }

    /// Takes what a file holds, and says how many definitions there were, counting faulty ones.
    fn take(&mut self, read: Read) -> usize {
        let Read { name, label, content } = read;
        match content {
            Ok(loaded) => {
                let found = loaded.definitions.len() + usize::from(loaded.diagnostics.has_errors());
                self.labels.insert(name, label);
                self.definitions.extend(loaded.definitions);
                self.diagnostics.extend(loaded.diagnostics);
                self.refusals.extend(loaded.refusals);
                found
            }
            Err(finding) => {
                self.diagnostics.push(finding);
                1
            }
        }
    }

    fn expect_some(&mut self, found: usize, name: &str) {
        if found == 0 {
            let finding = Diagnostic::error("no CustomResourceDefinition found").code(code::INPUT).at(name, None);
            self.diagnostics
                .push(finding.help("expected documents of kind CustomResourceDefinition, apiextensions.k8s.io/v1"));
        }
    }
}

/// What one file holds.
struct Read {
    name: String,
    label: String,
    content: Result<definition::Loaded, Diagnostic>,
}

impl Read {
    fn file(root: &Path, file: &Path) -> Self {
        Self::new(shown(file), label(root, file), std::fs::File::open(file).and_then(read))
    }

    fn new(name: String, label: String, bytes: std::io::Result<Vec<u8>>) -> Self {
        let content = match bytes.map(String::from_utf8) {
            Ok(Ok(text)) => Ok(definition::load(&name, text.strip_prefix('\u{feff}').unwrap_or(&text))),
            Ok(Err(_)) => Err(Diagnostic::error("the file is not UTF-8 text")
                .code(code::INPUT)
                .at(&name, None)
                .help("save it as UTF-8")),
            Err(error) => Err(unreadable(&name, &error)),
        };
        Self { name, label, content }
    }
}

fn unreadable(name: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error(format!("cannot be read: {error}"))
        .code(code::INPUT)
        .at(name, None)
        .help("check the path and its permissions")
}

/// A path as it was named, with slashes.
fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

/// The path below a folder that was asked for; the name of a file that was.
fn label(root: &Path, file: &Path) -> String {
    match file.strip_prefix(root) {
        Ok(below) if !below.as_os_str().is_empty() => shown(below),
        _ => file.file_name().map(|name| shown(Path::new(name))).unwrap_or_default(),
    }
}

/// All bytes, as long as there is an end.
fn read(source: impl std::io::Read) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(std::io::Error::other(format!("it has more than {} MB", LARGEST >> 20)));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_does_not_depend_on_where_the_command_runs() {
        assert_eq!(label(Path::new("/home/me/crds"), Path::new("/home/me/crds/a/b.yaml")), "a/b.yaml");
        assert_eq!(label(Path::new("../crds"), Path::new("../crds/b.yaml")), "b.yaml");
        assert_eq!(label(Path::new("."), Path::new("./b.yaml")), "b.yaml");
        assert_eq!(label(Path::new("x/b.yaml"), Path::new("x/b.yaml")), "b.yaml");
    }
}
