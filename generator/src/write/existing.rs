//! What is in the output folder already.
//!
//! In: a folder. Out: the text of each file that is ours; if there are others, an error that names them. Hidden files
//! are left alone (`.gitattributes`), except the manifest and what an interrupted run left behind.

#![allow(clippy::disallowed_methods, reason = "this shell reads the file system")]

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
};

use super::{
    Error, apply, failed,
    manifest::{self, Fault, Manifest},
};
use crate::render::MARK;

/// A folder of anything else is recognised as such long before this many.
const MOST_FOREIGN: usize = 20;

/// The text of all files that are ours, by path with slashes. A folder that is not there is empty.
pub(super) fn files(folder: &Path) -> Result<BTreeMap<String, String>, Error> {
    let mut found = BTreeMap::new();
    let mut foreign = Vec::new();
    let manifest_path = folder.join(manifest::NAME);
    let named = match read(&manifest_path)? {
        Some(text) => match Manifest::read(&text) {
            Ok(manifest) => {
                found.insert(manifest::NAME.to_owned(), text);
                manifest.files
            }
            Err(Fault::Foreign) => return Err(Error::Foreign(vec![manifest_path])),
            Err(Fault::Line(line)) => return Err(Error::Manifest { line }),
        },
        None => BTreeSet::new(),
    };
    let mut pending = vec![(folder.to_owned(), String::new())];
    while let Some((path, prefix)) = pending.pop() {
        if foreign.len() >= MOST_FOREIGN {
            break;
        }
        for name in entries(&path)? {
            let (path, relative) = (path.join(&name), format!("{prefix}{name}"));
            let kind = std::fs::symlink_metadata(&path).map_err(failed(&path))?.file_type();
            if name.starts_with('.') && !apply::is_temporary(&name) {
                continue;
            }
            if kind.is_dir() {
                pending.push((path, format!("{relative}/")));
                continue;
            }
            // Only a file is read: a pipe would make this wait for ever.
            let text = if kind.is_file() { ours(&path, &relative, &named).map_err(failed(&path))? } else { None };
            match text {
                Some(text) => drop(found.insert(relative, text)),
                None => foreign.push(path),
            }
        }
    }
    if foreign.is_empty() { Ok(found) } else { Err(Error::Foreign(foreign)) }
}

/// The text of a file, if it is ours.
fn ours(path: &Path, relative: &str, named: &BTreeSet<String>) -> io::Result<Option<String>> {
    let temporary = relative.rsplit('/').next().is_some_and(apply::is_temporary);
    let known = temporary || named.contains(relative);
    if !known && !manifest::carries_header(relative) {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&std::fs::read(path)?).into_owned();
    Ok((known || text.starts_with(MARK)).then_some(text))
}

fn read(path: &PathBuf) -> Result<Option<String>, Error> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path)(error)),
    }
}

/// The names in a folder, sorted.
fn entries(folder: &Path) -> Result<BTreeSet<String>, Error> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(failed(folder)(error)),
    };
    entries.map(|entry| Ok(entry.map_err(failed(folder))?.file_name().to_string_lossy().into_owned())).collect()
}
