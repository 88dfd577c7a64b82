//! The YAML and JSON files below a path.

#![allow(clippy::disallowed_methods, reason = "this shell reads the file system")]

use std::{
    io,
    path::{Path, PathBuf},
};

/// A path that could not be read.
pub(super) struct Error {
    pub(super) path: PathBuf,
    pub(super) source: io::Error,
}

/// Folders nest at most this deep: links may form a circle.
const DEEPEST: usize = 64;

/// What only output folders hold.
const OUTPUT: &str = crate::write::MANIFEST;

/// The files below `path`, sorted by name, or `path` itself if it is a file, whatever it ends in. `watched` gains all
/// files and folders.
pub(super) fn files(path: &Path, watched: &mut Vec<PathBuf>) -> Result<Vec<PathBuf>, Error> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error { path, source }
    };
    watched.push(path.to_owned());
    if !std::fs::metadata(path).map_err(failed(path))?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut pending = vec![(path.to_owned(), 0)];
    while let Some((folder, depth)) = pending.pop() {
        if depth > DEEPEST {
            return Err(failed(&folder)(io::Error::other(
                "folders nest too deep: a link may lead back to a folder around it",
            )));
        }
        for entry in std::fs::read_dir(&folder).map_err(failed(&folder))? {
            let path = entry.map_err(failed(&folder))?.path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
                continue;
            }
            let kind = std::fs::metadata(&path).map_err(failed(&path))?;
            if kind.is_dir() {
                // An output folder below its own input holds a copy of every CRD.
                if path.join(OUTPUT).exists() {
                    continue;
                }
                watched.push(path.clone());
                pending.push((path, depth + 1));
            } else if is_schema_file(&path) {
                // Nobody asked for it by name, and a pipe or a device may never end.
                if !kind.is_file() {
                    return Err(failed(&path)(io::Error::other("it is neither a file nor a folder")));
                }
                watched.push(path.clone());
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_schema_file(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known)))
}
