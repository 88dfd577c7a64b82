//! All checks as a table: what `crdgen lint --list` prints, and the documentation holds.

use std::fmt::Write as _;

use super::{
    check::{self, Check},
    profile::Profile,
};

/// A Markdown table: code, severity, profile, what is found, and where the rule comes from.
pub(crate) fn list() -> String {
    let mut out = String::from("| code | severity | profile | finds | source |\n|---|---|---|---|---|\n");
    for Check { code, severity, profile, meaning, source } in check::ALL {
        let profile = match profile {
            Profile::Default => "default",
            Profile::Strict => "strict",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "| `{code}` | {severity} | {profile} | {meaning} | {source} |");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_the_table() {
        let chapter = include_str!("../../../docs/lint.md");
        assert!(chapter.contains(&list()), "put the output of `crdgen lint --list` into docs/lint.md");
    }
}
