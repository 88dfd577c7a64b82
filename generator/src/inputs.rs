//! What a run reads, as callers name it: one path or several.

use std::path::{Path, PathBuf};

/// What is read, one path or several: files of YAML or JSON, folders, or `-` for standard input. Anything that is a path
/// (`"crds"`, a `String`, a `Path`, a `PathBuf`) will do, and arrays, slices and `Vec`s of them.
///
/// A file may hold several documents and `List`s. Of a folder all files that end in `.yaml`, `.yml` or `.json` are read,
/// hidden ones excepted, and documents of other kinds are skipped.
///
/// ```no_run
/// let config = crdgen::configure().out("src/crds");
/// config.generate("crds")?;
/// config.generate(["crds", "more/crd.yaml"])?;
/// config.generate(vec![std::path::PathBuf::from("crds")])?;
/// # Ok::<(), crdgen::Error>(())
/// ```
pub trait Inputs {
    /// The paths, in the order given.
    fn into_paths(self) -> Vec<PathBuf>;
}

macro_rules! one_path {
    ($($Path:ty),*) => {$(
        impl Inputs for $Path {
            fn into_paths(self) -> Vec<PathBuf> {
                vec![self.into()]
            }
        }
    )*};
}

one_path! { &str, &String, String, &Path, PathBuf }

impl Inputs for &PathBuf {
    fn into_paths(self) -> Vec<PathBuf> {
        vec![self.clone()]
    }
}

impl<P: AsRef<Path>> Inputs for &[P] {
    fn into_paths(self) -> Vec<PathBuf> {
        self.iter().map(|path| path.as_ref().to_owned()).collect()
    }
}

impl<P: AsRef<Path>, const N: usize> Inputs for [P; N] {
    fn into_paths(self) -> Vec<PathBuf> {
        self.as_slice().into_paths()
    }
}

impl<P: AsRef<Path>, const N: usize> Inputs for &[P; N] {
    fn into_paths(self) -> Vec<PathBuf> {
        self.as_slice().into_paths()
    }
}

impl<P: AsRef<Path>> Inputs for Vec<P> {
    fn into_paths(self) -> Vec<PathBuf> {
        self.as_slice().into_paths()
    }
}

impl<P: AsRef<Path>> Inputs for &Vec<P> {
    fn into_paths(self) -> Vec<PathBuf> {
        self.as_slice().into_paths()
    }
}
