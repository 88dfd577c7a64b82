//! Nothing of one machine is in the project: no absolute paths, no registry other than crates.io.

use super::{
    finding::Finding,
    tree::{File, Tree},
};

/// What an absolute path of somebody's machine starts with.
const FOLDERS: [&str; 5] = ["/work/", "/home/", "/root/", "/Users/", "C:\\Users\\"];

/// What a file that configures tools says to use another registry.
const REGISTRIES: [&str; 9] = [
    "GOPROXY",
    "CARGO_REGISTRIES_",
    "CARGO_SOURCE_",
    "PIP_INDEX",
    "[source.",
    "[registries",
    "[registry]",
    "replace-with",
    "sparse+http",
];

/// Where `Cargo.lock` says that a package is from, if it is from crates.io.
const CRATES_IO: &str = "\"registry+https://github.com/rust-lang/crates.io-index\"";

/// This file holds all of them as data.
const OWN: &str = "xtask/src/tidy/machine.rs";

/// Absolute paths outside of tests and doc examples, and settings of other registries.
pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let files = tree.files.iter().filter(|file| file.path != OWN);
    files.flat_map(|file| if configures(file) { registries(file) } else { paths(file) }).collect()
}

/// Whether cargo, go or a shell reads the file.
fn configures(file: &File) -> bool {
    let path = file.path.as_str();
    let name = path.rsplit('/').next().unwrap_or(path);
    let known = ["Cargo.toml", "Cargo.lock", "config.toml", "go.mod", "pip.conf"];
    known.contains(&name) || path.starts_with(".ci/") || path.starts_with(".cargo/") || file.ends_in("sh")
}

fn paths(file: &File) -> Vec<Finding> {
    let mut found = Vec::new();
    for (line, number) in file.text.lines().zip(1..) {
        let example =
            file.rust.as_ref().is_some_and(|rust| rust.is_test_line(number) || line.trim_start().starts_with("//"));
        if !example {
            found.extend(absolute_path(&file.path, line, number));
        }
    }
    found
}

fn absolute_path(path: &str, line: &str, number: usize) -> Option<Finding> {
    let folder = FOLDERS.iter().find(|folder| {
        // `my/work/x` is below something: a path starts at a quote, a space or the like.
        let starts = |at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-}*/$~".contains(c));
        line.match_indices(**folder).any(|(at, _)| starts(at))
    })?;
    let what = format!("an absolute path of one machine (`{folder}…`)");
    Some(Finding::new(path, number, what, "find the place at run time, from the project's root or the arguments"))
}

fn registries(file: &File) -> Vec<Finding> {
    let mut found = Vec::new();
    for (line, number) in file.text.lines().zip(1..) {
        let setting = REGISTRIES.iter().find(|setting| line.contains(**setting));
        if let Some(setting) = setting {
            let what = format!("a registry of one machine (`{setting}`)");
            found.push(Finding::new(
                &file.path,
                number,
                what,
                "set it in your own configuration, outside of the project",
            ));
        }
        if line.starts_with("source = ") && !line.ends_with(CRATES_IO) {
            found.push(Finding::new(&file.path, number, "a package that is not from crates.io", "use one that is"));
        }
        found.extend(absolute_path(&file.path, line, number));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::tree;

    fn check(path: &str, text: &str, expected: &[usize]) {
        let lines: Vec<usize> = find(&tree(&[(path, text)])).iter().map(|finding| finding.line).collect();
        assert_eq!(lines, expected, "{text}");
    }

    #[test]
    fn absolute_paths_are_found() {
        check("a.md", "fine\nsee /work/x\n", &[2]);
        check("a/src/b.rs", "const A: &str = \"/home/me/x\";\n", &[1]);
        check(".ci/run", "cd /root/x\n", &[1]);
    }

    #[test]
    fn paths_below_something_and_examples_are_fine() {
        check("a.md", "target/work/x and $HOME/work/y and https://example.com/home/z\n", &[]);
        check("a/src/b.rs", "/// Such as `/home/me/x`.\nconst A: u8 = 1;\n", &[]);
        check("a/src/b.rs", "#[cfg(test)]\nmod tests {\n    const A: &str = \"/home/me\";\n}\n", &[]);
    }

    #[test]
    fn other_registries_are_found_where_tools_are_configured() {
        check(".cargo/config.toml", "[alias]\n[source.crates-io]\nreplace-with = \"mine\"\n", &[2, 3]);
        check("Cargo.lock", "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n", &[]);
        check("Cargo.lock", "source = \"sparse+https://example.com/index/\"\n", &[1, 1]);
        check("a.md", "about GOPROXY\n", &[]);
    }
}
