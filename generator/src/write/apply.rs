//! Changes → disk.
//!
//! All texts are first written beside their places: a full disk or a folder that cannot be written to is noticed then,
//! and nothing has changed. Then they are moved there, so that no reader ever sees half of a file. What is no longer
//! needed goes last, with the folders that it leaves empty. Whenever this ends, the manifest names all that is there.

#![allow(clippy::disallowed_methods, reason = "this shell writes the file system")]

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
};

use super::{
    Changes, Error, failed,
    manifest::{self, Manifest},
};
use crate::parallel;

const TEMPORARY: &str = ".crdgen-";

/// Makes the changes.
pub(super) fn apply(changes: &Changes<'_>, folder: &Path) -> Result<(), Error> {
    let texts: Vec<(PathBuf, &str)> = changes
        .write
        .iter()
        .filter(|(path, _)| **path != manifest::NAME)
        .map(|(path, (_, text))| (folder.join(path), &**text))
        .collect();
    let staged =
        create_folders(&texts, folder).and_then(|()| parallel::try_each(&texts, |(place, text)| stage(place, text)));
    let (between, last) = manifests(changes);
    let announced = staged.and_then(|()| between.map_or(Ok(()), |text| replace(&folder.join(manifest::NAME), &text)));
    if let Err(error) = announced {
        for (place, _) in &texts {
            unstage(place, folder);
        }
        return Err(error);
    }
    parallel::try_each(&texts, |(place, _)| place_staged(place))?;
    for path in changes.remove.keys() {
        remove(&folder.join(path), folder)?;
    }
    last.map_or(Ok(()), |text| replace(&folder.join(manifest::NAME), text))
}

fn create_folders(texts: &[(PathBuf, &str)], top: &Path) -> Result<(), Error> {
    let folders: BTreeSet<&Path> = texts.iter().filter_map(|(place, _)| place.parent()).chain([top]).collect();
    folders.into_iter().try_for_each(|folder| std::fs::create_dir_all(folder).map_err(failed(folder)))
}

/// The manifest while files come and go, and the one after that.
fn manifests<'t>(changes: &'t Changes<'_>) -> (Option<String>, Option<&'t str>) {
    let Some((before, after)) = changes.write.get(manifest::NAME) else { return (None, None) };
    let Some(before) = before else { return (Some(after.to_string()), None) };
    let read = |text: &str| Manifest::read(text).unwrap_or_default();
    let both = read(before).union(read(after)).text();
    let last = (both != **after).then_some(&**after);
    (Some(both), last)
}

/// Whether a file of this name was on its way to its place.
pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY)
}

fn replace(path: &Path, text: &str) -> Result<(), Error> {
    stage(path, text)?;
    place_staged(path)
}

/// Writes a text beside its place, whose folder is there.
fn stage(path: &Path, text: &str) -> Result<(), Error> {
    let temporary = temporary(path);
    std::fs::write(&temporary, text).map_err(failed(&temporary))
}

/// Moves it to its place.
fn place_staged(path: &Path) -> Result<(), Error> {
    std::fs::rename(temporary(path), path).map_err(failed(path))
}

/// Takes it away again. There may be none: something else has failed already.
fn unstage(path: &Path, top: &Path) {
    let _ = std::fs::remove_file(temporary(path));
    remove_empty_folders(path, top);
}

/// What an interrupted run left behind may have been used by this one.
fn remove(path: &Path, top: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(path)(error)),
        _ => {}
    }
    remove_empty_folders(path, top);
    Ok(())
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
