//! The files that paths name, and their texts.
//!
//! In: files, folders and `-`. Out: [`Source`]s, each file once, whatever it is called; and the text of each.

#![allow(clippy::disallowed_methods, reason = "this shell reads the file system")]

use std::{
    collections::BTreeSet,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use crdgen_schema::diagnostic::Diagnostic;

use super::walk;
use crate::{code, options::Glob};

/// Standard input, as a path.
pub(crate) const STDIN: &str = "-";
/// What findings call it.
const STDIN_NAME: &str = "<stdin>";

/// No file is larger: what never ends must not fill the memory.
const LARGEST: u64 = 1 << 28;

/// A file, or standard input.
#[derive(Debug)]
pub(crate) struct Source {
    /// The path as it was named, with slashes; `<stdin>`.
    pub(crate) name: String,
    /// Its path from the folder that was asked for; the name of a file that was.
    pub(crate) label: String,
    /// None for standard input.
    path: Option<PathBuf>,
}

/// What has been found so far.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// Every file and folder that was looked at.
    pub(crate) watched: Vec<PathBuf>,
    /// The files, by their real paths.
    seen: BTreeSet<PathBuf>,
}

/// The files of one path.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Those that no earlier path has named, sorted by name.
    pub(crate) new: Vec<Source>,
    /// How many an earlier path has named.
    pub(crate) repeated: usize,
}

impl Sources {
    /// The files of `path`, hidden ones and those that match a pattern in `skip` excepted. An error if it cannot be read, or is
    /// a folder without files that may hold objects.
    pub(crate) fn find(&mut self, path: &Path, skip: &[Glob]) -> Result<Found, Box<Diagnostic>> {
        if path.as_os_str() == STDIN {
            let source = Source { name: STDIN_NAME.to_owned(), label: STDIN_NAME.to_owned(), path: None };
            return Ok(Found { new: vec![source], repeated: 0 });
        }
        let files = walk::files(path, &mut self.watched);
        let files = files.map_err(|walk::Error { path, source }| Box::new(unreadable(&shown(&path), &source)))?;
        if files.is_empty() {
            let finding = Diagnostic::error("the folder holds no file that ends in .yaml, .yml or .json");
            let finding = finding.code(code::INPUT).at(&shown(path), None);
            return Err(finding.help("name the folder that holds the files").into());
        }
        let mut found = Found::default();
        for file in files {
            let (name, label) = (shown(&file), label(path, &file));
            if skip.iter().any(|pattern| pattern.matches(&name) || pattern.matches(&label)) {
                continue;
            }
            if self.seen.insert(std::fs::canonicalize(&file).unwrap_or_else(|_| file.clone())) {
                found.new.push(Source { name, label, path: Some(file) });
            } else {
                found.repeated += 1;
            }
        }
        Ok(found)
    }
}

impl Source {
    /// The text, without a byte order mark.
    pub(crate) fn text(&self) -> Result<String, Box<Diagnostic>> {
        let bytes = match &self.path {
            Some(path) => std::fs::File::open(path).and_then(read),
            None => read(io::stdin().lock()),
        };
        let bytes = bytes.map_err(|error| Box::new(unreadable(&self.name, &error)))?;
        let mut text = String::from_utf8(bytes).map_err(|_| {
            let finding = Diagnostic::error("the file is not UTF-8 text").code(code::INPUT).at(&self.name, None);
            Box::new(finding.help("save it as UTF-8"))
        })?;
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        Ok(text)
    }
}

fn unreadable(name: &str, error: &io::Error) -> Diagnostic {
    let finding = Diagnostic::error(format!("cannot be read: {error}")).code(code::INPUT).at(name, None);
    finding.help("check the path and its permissions")
}

/// A path as it was named, with slashes.
pub(crate) fn shown(path: &Path) -> String {
    if path.as_os_str() == STDIN { STDIN_NAME.to_owned() } else { path.to_string_lossy().replace('\\', "/") }
}

/// The path below a folder that was asked for; the name of a file that was.
fn label(root: &Path, file: &Path) -> String {
    match file.strip_prefix(root) {
        Ok(below) if !below.as_os_str().is_empty() => shown(below),
        _ => file.file_name().map(|name| shown(Path::new(name))).unwrap_or_default(),
    }
}

/// All bytes, as long as there is an end.
fn read(source: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other(format!("it has more than {} MB", LARGEST >> 20)));
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
