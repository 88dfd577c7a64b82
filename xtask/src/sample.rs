//! Which files a check looks at: all under a folder, those that a glob names, a seeded sample of them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Arguments that choose CRD files.
#[derive(Debug, clap::Args)]
pub(crate) struct Selection {
    /// The folder with CRDs
    #[arg(long, value_name = "DIR")]
    pub(crate) crds: PathBuf,
    /// Only CRD files whose path below the folder matches (`*` and `?`); may be given again
    #[arg(long, value_name = "GLOB")]
    pub(crate) only: Vec<String>,
    /// Only this many CRD files, chosen by the seed
    #[arg(long, value_name = "N")]
    pub(crate) sample: Option<usize>,
    /// The seed of the sample, and of all else that is left to chance
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
}

impl Selection {
    /// The chosen files: their paths below the folder, and their texts.
    pub(crate) fn texts(&self) -> Result<Vec<(String, String)>> {
        let mut files = files(&self.crds, &["yaml", "yml", "json"])?;
        let name = |file: &PathBuf| file.strip_prefix(&self.crds).unwrap_or(file).to_string_lossy().into_owned();
        if !self.only.is_empty() {
            files.retain(|file| self.only.iter().any(|glob| glob_matches(glob, &name(file))));
        }
        if let Some(count) = self.sample {
            files = sample(files, count, self.seed, name);
        }
        let read = |file: &PathBuf| {
            let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            Ok((name(file), text))
        };
        files.iter().map(read).collect()
    }
}

/// The files below `folder` with one of `extensions`, sorted by path.
pub(crate) fn files(folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(next) = pending.pop() {
        let entries = std::fs::read_dir(&next).with_context(|| format!("cannot read folder {}", next.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|ending| extensions.iter().any(|wanted| ending == *wanted)) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Whether `*` (any characters) and `?` (one character) in `glob` can make it equal to `name`.
pub(crate) fn glob_matches(glob: &str, name: &str) -> bool {
    let (glob, name): (Vec<char>, Vec<char>) = (glob.chars().collect(), name.chars().collect());
    let (mut at_glob, mut at_name, mut star) = (0, 0, None);
    while at_name < name.len() {
        if glob.get(at_glob) == Some(&'*') {
            star = Some((at_glob, at_name));
            at_glob += 1;
        } else if glob.get(at_glob).is_some_and(|&c| c == '?' || c == name[at_name]) {
            at_glob += 1;
            at_name += 1;
        } else if let Some((star_glob, star_name)) = star {
            star = Some((star_glob, star_name + 1));
            at_glob = star_glob + 1;
            at_name = star_name + 1;
        } else {
            return false;
        }
    }
    glob[at_glob..].iter().all(|&c| c == '*')
}

/// `count` of `items`, chosen by a hash of each one's name and the seed: the same on every machine, and an item's
/// luck does not depend on the others. Order is kept.
pub(crate) fn sample<T>(items: Vec<T>, count: usize, seed: u64, name: impl Fn(&T) -> String) -> Vec<T> {
    let mut ranked: Vec<(u64, usize)> =
        items.iter().enumerate().map(|(index, item)| (rank(&name(item), seed), index)).collect();
    ranked.sort_unstable();
    ranked.truncate(count);
    let mut chosen: Vec<usize> = ranked.into_iter().map(|(_, index)| index).collect();
    chosen.sort_unstable();
    let mut chosen = chosen.into_iter().peekable();
    items
        .into_iter()
        .enumerate()
        .filter(|(index, _)| chosen.next_if_eq(index).is_some())
        .map(|(_, item)| item)
        .collect()
}

/// FNV-1a, whose result is the same with every compiler (the standard library's hashes promise no such thing).
pub(crate) fn rank(name: &str, seed: u64) -> u64 {
    let bytes = seed.to_le_bytes().into_iter().chain(name.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_matches_as_in_a_shell() {
        assert!(glob_matches("cert-manager*/*_issuers.yaml", "cert-manager+x/cert-manager.io_issuers.yaml"));
        assert!(glob_matches("*", ""));
        assert!(glob_matches("a?c*", "abc"));
        assert!(!glob_matches("a?c", "ac"));
        assert!(!glob_matches("*_issuers.yaml", "issuers.yaml"));
    }

    #[test]
    fn a_sample_is_the_same_each_time_and_keeps_the_order() {
        let items: Vec<u32> = (0..1000).collect();
        let once = sample(items.clone(), 10, 7, u32::to_string);
        assert_eq!(once, sample(items.clone(), 10, 7, u32::to_string));
        assert!(once.is_sorted());
        assert_eq!(once.len(), 10);
        assert_ne!(once, sample(items, 10, 8, u32::to_string));
    }
}
