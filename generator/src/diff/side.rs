//! One side of a comparison: where its CRDs come from, and the CRDs. One of the shells: it reads files and runs git.

use std::{fmt, path::PathBuf};

use crdgen_schema::{
    definition::{self, Definition},
    diagnostic::{Diagnostics, Severity},
};

use super::git;
use crate::load;

/// Before a revision: `git:HEAD~1:crds`.
const GIT: &str = "git:";

/// Where the CRDs of one side come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// A file, a folder, or `-` for standard input.
    Path(PathBuf),
    /// A file or folder as it was at a revision, in the repository of the working directory.
    Git {
        /// The revision: a commit, a branch, a tag, `HEAD~1`.
        revision: String,
        /// The path from the working directory; empty for all of it.
        path: String,
    },
}

/// Why the CRDs of one side could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// Both sides are standard input.
    #[error("both sides are standard input: only one can be")]
    BothStdin,
    /// It starts with `git:`, and does not go on with a revision, a colon and a path.
    #[error("{0:?} names no revision and path: write git:REVISION:PATH, git:HEAD~1:crds for instance")]
    Malformed(String),
    /// git failed.
    #[error("{side}: {message}")]
    Git {
        /// The side as it was written.
        side: String,
        /// What git says.
        message: String,
    },
    /// The CRDs have faults, or there are none.
    #[error("{0}")]
    Input(Diagnostics),
}

impl Side {
    /// Reads what a person wrote: a path, `-`, or `git:REVISION:PATH`.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let Some(rest) = text.strip_prefix(GIT) else { return Ok(Self::Path(PathBuf::from(text))) };
        match rest.split_once(':') {
            // A revision that looks like an option would be one.
            Some((revision, path)) if !revision.is_empty() && !revision.starts_with('-') => {
                Ok(Self::Git { revision: revision.to_owned(), path: path.to_owned() })
            }
            _ => Err(Error::Malformed(text.to_owned())),
        }
    }

    /// Whether this is standard input.
    pub(crate) fn is_stdin(&self) -> bool {
        matches!(self, Self::Path(path) if path.as_os_str() == load::STDIN)
    }

    /// The CRDs, if all that was found is right.
    pub(crate) fn read(&self) -> Result<Vec<Definition>, Error> {
        match self {
            Self::Path(path) => {
                let input = load::load(std::slice::from_ref(path));
                checked(input.definitions, input.diagnostics)
            }
            Self::Git { revision, path } => self.read_git(revision, path),
        }
    }

    fn read_git(&self, revision: &str, path: &str) -> Result<Vec<Definition>, Error> {
        let fail = |message| Error::Git { side: self.to_string(), message };
        let (mut definitions, mut diagnostics) = (Vec::new(), Diagnostics::default());
        for file in git::files(revision, path).map_err(fail)? {
            let name = format!("{revision}:{}", file.path);
            let loaded = definition::load(&name, file.text.strip_prefix('\u{feff}').unwrap_or(&file.text));
            definitions.extend(loaded.definitions);
            diagnostics.extend(loaded.diagnostics);
        }
        if definitions.is_empty() && !diagnostics.has_errors() {
            return Err(fail("no CustomResourceDefinition found in files that end in .yaml, .yml or .json".to_owned()));
        }
        diagnostics.extend(definition::check_unique(&definitions));
        checked(definitions, diagnostics)
    }
}

/// As a person writes it.
impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Git { revision, path } => write!(f, "{GIT}{revision}:{path}"),
        }
    }
}

/// The path of a file that may be named with its revision, which is `REVISION:PATH` then.
pub(super) fn path_in_repository(file: &str) -> &str {
    match file.split_once(':') {
        // The drive of a path on Windows is one letter.
        Some((revision, path)) if revision.len() > 1 => path,
        _ => file,
    }
}

/// Warnings are about the CRDs as such, and not about the change.
fn checked(definitions: Vec<Definition>, diagnostics: Diagnostics) -> Result<Vec<Definition>, Error> {
    if diagnostics.has_errors() {
        let errors = diagnostics.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        return Err(Error::Input(Diagnostics(errors.collect())));
    }
    Ok(definitions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_is_a_path_or_a_revision_and_a_path() {
        let git = |revision: &str, path: &str| Side::Git { revision: revision.to_owned(), path: path.to_owned() };
        for (text, side) in [
            ("crds", Side::Path(PathBuf::from("crds"))),
            ("-", Side::Path(PathBuf::from("-"))),
            ("git:HEAD~1:crds/a.yaml", git("HEAD~1", "crds/a.yaml")),
            ("git:v1.0:", git("v1.0", "")),
            ("git:main:odd:name", git("main", "odd:name")),
        ] {
            let parsed = Side::parse(text).unwrap();
            assert_eq!((&parsed, parsed.to_string().as_str()), (&side, text));
        }
        for text in ["git:", "git:HEAD", "git::crds", "git:--help:crds"] {
            assert!(matches!(Side::parse(text), Err(Error::Malformed(_))), "{text}");
        }
    }

    #[test]
    fn an_annotation_names_the_path_alone() {
        assert_eq!(path_in_repository("HEAD~1:crds/a.yaml"), "crds/a.yaml");
        assert_eq!(path_in_repository("crds/a.yaml"), "crds/a.yaml");
        assert_eq!(path_in_repository("C:/crds/a.yaml"), "C:/crds/a.yaml");
    }
}
