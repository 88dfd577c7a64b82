//! The YAML and JSON files below a path.

use std::io;
use std::path::{Path, PathBuf};

use super::ManifestError;

/// Folders nest at most this deep: links may form a circle.
const DEEPEST: usize = 64;

/// The files below `path` sorted by name, or `path` itself if it is a file. Hidden files and folders are left out.
pub(super) fn find(path: &Path) -> Result<Vec<PathBuf>, ManifestError> {
    let mut found = Vec::new();
    let is_folder = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?.is_dir();
    let mut pending = if is_folder { vec![(path.to_owned(), 0)] } else { Vec::new() };
    if !is_folder {
        found.push(path.to_owned());
    }
    while let Some((folder, depth)) = pending.pop() {
        if depth > DEEPEST {
            let why = "folders nest too deep: a link may lead back to a folder around it";
            return Err(unreadable(&folder, &io::Error::other(why)));
        }
        for entry in std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))? {
            let path = entry.map_err(|error| unreadable(&folder, &error))?.path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
                continue;
            }
            // A file may vanish between the two calls; then it is as if it had never been there.
            let Ok(kind) = std::fs::metadata(&path) else { continue };
            if kind.is_dir() {
                pending.push((path, depth + 1));
            } else if kind.is_file() && is_manifest(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn unreadable(path: &Path, error: &io::Error) -> ManifestError {
    ManifestError { place: path.display().to_string(), why: format!("cannot be read: {error}") }
}

fn is_manifest(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension.eq_ignore_ascii_case(known)))
}
