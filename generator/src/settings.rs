//! `crdgen.toml`. One of the shells: it reads the file.
//!
//! In: a file, or the paths of the CRDs that it may stand beside. Out: [`Options`].

#![allow(clippy::disallowed_methods, reason = "this shell reads a file")]

use std::path::{Path, PathBuf};

use crate::{
    Error, load,
    options::{self, Options},
};

const NAME: &str = "crdgen.toml";

/// The settings file that stands beside the CRDs, if there is one: in a folder, or in the folder of a file.
pub(crate) fn beside(paths: &[PathBuf]) -> Result<Option<PathBuf>, Error> {
    let mut found: Option<PathBuf> = None;
    for path in paths.iter().filter(|path| path.as_os_str() != load::STDIN) {
        let folder = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
        let file = folder.join(NAME);
        if !file.is_file() {
            continue;
        }
        match &found {
            Some(first) if *first != file => {
                let message = format!(
                    "there is another settings file, {}: choose one by `--config` or `Config::settings`",
                    first.display()
                );
                return Err(Error::Settings { path: file, message });
            }
            _ => found = Some(file),
        }
    }
    Ok(found)
}

/// Reads a settings file. Paths in it are relative to its folder.
pub(crate) fn read(path: &Path) -> Result<Options, Error> {
    let failed = |message: String| Error::Settings { path: path.to_owned(), message };
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let mut options = options::parse(&text).map_err(failed)?;
    options.check().map_err(failed)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    options.out = options.out.map(|out| folder.join(out));
    Ok(options)
}
