//! `crdgen.toml`. One of the shells: it reads the file.
//!
//! In: a file, or the paths of the CRDs that it may stand beside. Out: [`Settings`], with the names that
//! [`crate::Config`] has.

#![allow(clippy::disallowed_methods, reason = "this shell reads a file")]

use std::path::{Path, PathBuf};

use crate::{Error, load};

/// What can be set; none is unset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The output folder.
    pub(crate) out: Option<PathBuf>,
    /// Whether clients, listers and informers are left out.
    pub(crate) types_only: Option<bool>,
    /// The path of the runtime crate.
    pub(crate) runtime: Option<String>,
    /// The command that headers name.
    pub(crate) command: Option<String>,
}

const NAME: &str = "crdgen.toml";

impl Settings {
    /// These, and for what they leave open, the others.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            out: self.out.or(other.out),
            types_only: self.types_only.or(other.types_only),
            runtime: self.runtime.or(other.runtime),
            command: self.command.or(other.command),
        }
    }
}

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
                let message =
                    format!("{} is there too: choose one by `--config` or `Config::settings`", first.display());
                return Err(Error::Settings { path: file, message });
            }
            _ => found = Some(file),
        }
    }
    Ok(found)
}

/// Reads a settings file. Paths in it are relative to its folder.
pub(crate) fn read(path: &Path) -> Result<Settings, Error> {
    let failed = |message: String| Error::Settings { path: path.to_owned(), message };
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    let mut settings = parse(&text).map_err(failed)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    settings.out = settings.out.map(|out| folder.join(out));
    Ok(settings)
}

fn parse(text: &str) -> Result<Settings, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let mut settings = Settings::default();
    for (key, value) in table {
        match (key.as_str(), value) {
            ("out", toml::Value::String(text)) => settings.out = Some(text.into()),
            ("types_only", toml::Value::Boolean(flag)) => settings.types_only = Some(flag),
            ("runtime", toml::Value::String(text)) => settings.runtime = Some(text),
            ("command", toml::Value::String(text)) => settings.command = Some(text),
            ("types_only", _) => return Err("`types_only` must be true or false".to_owned()),
            ("out" | "runtime" | "command", _) => return Err(format!("`{key}` must be a string")),
            _ => {
                return Err(format!("unknown setting `{key}`; there are `out`, `types_only`, `runtime` and `command`"));
            }
        }
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_have_the_builders_names() {
        let settings = parse("out = \"src/crds\"\ntypes_only = true\nruntime = \"rt\"\ncommand = \"make crds\"\n");
        let expected = Settings {
            out: Some("src/crds".into()),
            types_only: Some(true),
            runtime: Some("rt".to_owned()),
            command: Some("make crds".to_owned()),
        };
        assert_eq!(settings, Ok(expected));
    }

    #[test]
    fn an_unknown_setting_is_an_error() {
        let error = parse("typesonly = true").unwrap_err();
        assert_eq!(error, "unknown setting `typesonly`; there are `out`, `types_only`, `runtime` and `command`");
        assert_eq!(parse("types_only = 1").unwrap_err(), "`types_only` must be true or false");
    }
}
