//! Changes → disk.
//!
//! A file is written beside its place and moved there, so that no reader ever sees half of it. What is no longer needed
//! goes last, with the folders that it leaves empty.

#![allow(clippy::disallowed_methods, reason = "this shell writes the file system")]

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{Changes, Error, failed};

const TEMPORARY: &str = ".crdgen-";

/// Makes the changes.
pub(super) fn apply(changes: &Changes, folder: &Path) -> Result<(), Error> {
    for (path, (_, text)) in &changes.write {
        replace(&folder.join(path), text)?;
    }
    for path in changes.remove.keys() {
        let path = folder.join(path);
        // What an interrupted run left behind may have been used by this one.
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&path)(error)),
            _ => {}
        }
        remove_empty_folders(&path, folder);
    }
    Ok(())
}

/// Whether a file of this name was on its way to its place.
pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY)
}

fn replace(path: &Path, text: &str) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed(folder))?;
    }
    let temporary = temporary(path);
    std::fs::write(&temporary, text).map_err(failed(&temporary))?;
    std::fs::rename(&temporary, path).map_err(failed(path))
}

fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{TEMPORARY}{name}"))
}

/// A folder that still holds something refuses, which ends the walk up.
fn remove_empty_folders(path: &Path, top: &Path) {
    let mut folder = path.parent();
    while let Some(path) = folder.filter(|path| *path != top) {
        if std::fs::remove_dir(path).is_err() {
            break;
        }
        folder = path.parent();
    }
}
