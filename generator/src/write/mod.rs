//! Files → disk, or `check`: the same comparison, with another last step. One of the shells.
//!
//! In: a [`Tree`] and a folder. Out: the folder holds exactly that, or a report of what differs. Everything is looked
//! at before the first byte is written, and a file that is not ours is never touched.

#![allow(clippy::disallowed_methods, reason = "this shell reads and writes the file system")]

mod apply;
mod existing;
mod manifest;
mod report;
#[cfg(test)]
mod tests;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
};

pub(crate) use manifest::NAME as MANIFEST;
pub use report::Report;

use crate::{naming::Names, render::Tree};
use manifest::{Fault, Manifest};

/// Why nothing, or not everything, was written: the reason in [`Error::Write`](crate::Error::Write).
///
/// ```no_run
/// match crdgen::configure().out("src").generate("crds") {
///     Err(crdgen::Error::Write(crdgen::WriteError::Foreign(files))) => println!("not ours: {files:?}"),
///     other => println!("{}", other?),
/// }
/// # Ok::<(), crdgen::Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There are files in the output folder that crdgen has not written: move them, or choose a folder of its own. Nothing
    /// was changed.
    #[error(
        "these files in the output folder are not crdgen's, so nothing was written:{}\n\
         move them, or name another folder",
        list(.0)
    )]
    Foreign(Vec<PathBuf>),
    /// The manifest of the output folder (`.crdgen`) is damaged, for example by a merge conflict: restore it. Nothing was
    /// changed.
    #[error(
        "line {line} of {MANIFEST} in the output folder is damaged: restore the file from version control, or delete the \
         folder to give all names anew"
    )]
    Manifest {
        /// The line, counted from 1.
        line: usize,
    },
    /// Two files would have names that a file system without case could not tell apart: choose another name for one of the
    /// types with [`Config::type_names`](crate::Config::type_names). Nothing was changed.
    #[error("two files would have the same name where case does not count: {0}")]
    SameName(String),
    /// A file or folder could not be read or written: check its permissions, and the space on the disk.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
}

/// What would make a folder hold exactly a tree.
#[derive(Debug, Default)]
pub(crate) struct Changes<'t> {
    /// Files to write, by path: the text that is there now (`None` if there is no file), and the new text.
    write: BTreeMap<&'t str, (Option<String>, Cow<'t, str>)>,
    /// Files to remove, with their text.
    remove: BTreeMap<String, String>,
}

/// Makes `folder` hold exactly `tree`. Files whose text is the same are not touched. If a text cannot be written, none
/// of them has changed.
pub(crate) fn write<'t>(tree: &'t Tree<'_>, folder: &Path) -> Result<Changes<'t>, Error> {
    let changes = compare(tree, folder)?;
    apply::apply(&changes, folder)?;
    Ok(changes)
}

/// Says what [`write()`] would change.
pub(crate) fn check(tree: &Tree<'_>, folder: &Path) -> Result<Report, Error> {
    Ok(Report::new(&compare(tree, folder)?))
}

/// The path and the text of a tree's manifest.
pub(crate) fn manifest(tree: &Tree<'_>) -> (String, String) {
    (MANIFEST.to_owned(), Manifest::of(tree).text())
}

/// What the names in an output folder stand for; nothing if it is not there or is not ours.
pub(crate) fn given_names(folder: &Path) -> Result<Names, Error> {
    let path = folder.join(MANIFEST);
    match std::fs::read_to_string(&path) {
        Ok(text) => names_of(&text),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(Names::default())
        }
        Err(error) => Err(failed(&path)(error)),
    }
}

/// What the names of the output with this manifest stand for.
pub(crate) fn names_of(manifest: &str) -> Result<Names, Error> {
    match Manifest::read(manifest) {
        Ok(manifest) => Ok(manifest.names),
        // Writing will say that the folder belongs to somebody else.
        Err(Fault::Foreign) => Ok(Names::default()),
        Err(Fault::Line(line)) => Err(Error::Manifest { line }),
    }
}

impl Changes<'_> {
    /// How many files are written.
    pub(crate) fn written(&self) -> usize {
        self.write.len()
    }

    /// How many files are removed.
    pub(crate) fn removed(&self) -> usize {
        self.remove.len()
    }
}

/// Looks at everything, changes nothing.
fn compare<'t>(tree: &'t Tree<'_>, folder: &Path) -> Result<Changes<'t>, Error> {
    distinct_names(tree)?;
    let mut changes = Changes { remove: existing::files(folder)?, ..Changes::default() };
    for (path, text) in &tree.files {
        changes.compare(path, Cow::Borrowed(text));
    }
    changes.compare(MANIFEST, Manifest::of(tree).text().into());
    Ok(changes)
}

impl<'t> Changes<'t> {
    fn compare(&mut self, path: &'t str, text: Cow<'t, str>) {
        let before = self.remove.remove(path);
        if before.as_deref() != Some(&*text) {
            self.write.insert(path, (before, text));
        }
    }
}

fn distinct_names(tree: &Tree<'_>) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    match tree.files.keys().find(|path| !seen.insert(path.to_lowercase())) {
        Some(path) => Err(Error::SameName(path.clone())),
        None => Ok(()),
    }
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { path, source }
}

fn list(paths: &[PathBuf]) -> String {
    const SHOWN: usize = 10;
    let mut lines: Vec<String> = paths.iter().take(SHOWN).map(|path| format!("\n  {}", path.display())).collect();
    if paths.len() > SHOWN {
        lines.push("\n  and more".to_owned());
    }
    lines.concat()
}
