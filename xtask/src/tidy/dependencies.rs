//! Each dependency has its line, with its reason, in ARCHITECTURE.md, and is named in one place, the workspace's manifest.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::{finding::Finding, tree::Tree};

const MANIFEST: &str = "Cargo.toml";
const PAGE: &str = "ARCHITECTURE.md";

/// Dependencies without a reason, reasons without a dependency, and dependencies with a version of their own.
pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let text = |path: &str| tree.file(path).map_or("", |file| &file.text);
    let mut found = with_own_version(tree);
    let explained = explained(text(PAGE));
    let named: BTreeSet<&str> = explained.iter().map(|(name, _)| *name).collect();
    let dependencies = dependencies(text(MANIFEST));
    for name in dependencies.iter().filter(|name| !named.contains(name.as_str())) {
        let what = format!("the dependency `{name}` has no line in {PAGE}");
        found.push(Finding::new(MANIFEST, line_of(text(MANIFEST), name), what, "add it to the table, with the reason"));
    }
    for (name, line) in explained.iter().filter(|(name, _)| !dependencies.contains(*name)) {
        let what = format!("`{name}` is not a dependency of the workspace");
        found.push(Finding::new(PAGE, *line, what, "delete it from the table"));
    }
    found
}

/// The names in the workspace's manifest that are not the workspace's own packages.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let table: Table = manifest.parse().unwrap_or_default();
    let dependencies = table.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    let dependencies = dependencies.and_then(Value::as_table).into_iter().flatten();
    dependencies.filter(|(_, value)| value.get("path").is_none()).map(|(name, _)| name.clone()).collect()
}

/// The names in the first column of the table below "Dependencies", with their lines. What is in parentheses is about them.
fn explained(page: &str) -> Vec<(&str, usize)> {
    let lines = page.lines().zip(1..).skip_while(|(line, _)| *line != "## Dependencies").skip(1);
    let rows = lines.take_while(|(line, _)| !line.starts_with("## ")).filter(|(line, _)| line.starts_with('|'));
    let mut found = Vec::new();
    for (row, number) in rows {
        let cell = row.split('|').nth(1).unwrap_or_default();
        let mut depth = 0_usize;
        for (index, part) in cell.split('`').enumerate() {
            if index % 2 == 0 {
                depth = (depth + part.matches('(').count()).saturating_sub(part.matches(')').count());
            } else if depth == 0 {
                found.push((part, number));
            }
        }
    }
    found
}

fn line_of(manifest: &str, name: &str) -> usize {
    let starts = |line: &str| line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(['=', '.']));
    manifest.lines().zip(1..).find(|(line, _)| starts(line)).map_or(1, |(_, number)| number)
}

/// Dependencies that a member does not take from the workspace.
fn with_own_version(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.files.iter().filter(|file| file.path.ends_with("/Cargo.toml")) {
        let Ok(manifest) = file.text.parse::<Table>() else {
            found.push(Finding::new(&file.path, 1, "the manifest is not TOML", "mend it"));
            continue;
        };
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, value) in manifest.get(section).and_then(Value::as_table).into_iter().flatten() {
                if value.get("workspace").and_then(Value::as_bool) != Some(true) {
                    let what = format!("the dependency `{name}` is not the workspace's");
                    let remedy = format!("name it in the workspace's {MANIFEST} and write `{name}.workspace = true`");
                    found.push(Finding::new(&file.path, line_of(&file.text, name), what, remedy));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::tree;

    const PAGE_TEXT: &str =
        "# A\n\n## Dependencies\n\n| crate | why |\n|---|---|\n| `a`, `b` (`feature`) | `x` |\n\n## More\n| `z` | |\n";

    fn check(dependencies: &str, expected: &[&str]) {
        let manifest = format!("[workspace.dependencies]\nown = {{ path = \"own\" }}\n{dependencies}");
        let found = find(&tree(&[(PAGE, PAGE_TEXT), (MANIFEST, &manifest)]));
        let found: Vec<String> =
            found.iter().map(|finding| format!("{}:{}: {}", finding.path, finding.line, finding.what)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_table_and_the_manifest_name_the_same() {
        check("a = \"1\"\nb = \"2\"\n", &[]);
        check(
            "a = \"1\"\nb = \"2\"\nc = \"3\"\n",
            &["Cargo.toml:5: the dependency `c` has no line in ARCHITECTURE.md"],
        );
        check("a = \"1\"\n", &["ARCHITECTURE.md:7: `b` is not a dependency of the workspace"]);
    }

    #[test]
    fn a_member_takes_its_dependencies_from_the_workspace() {
        let manifest = "[dependencies]\na.workspace = true\nb = { workspace = true, features = [\"c\"] }\n[dev-dependencies]\nd = \"1\"\n";
        let found = with_own_version(&tree(&[("m/Cargo.toml", manifest)]));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].line, found[0].what.as_str()), (5, "the dependency `d` is not the workspace's"));
    }
}
