//! Every module says in its first lines what it is; a public one says it in prose, for readers of docs.rs.

use std::collections::BTreeSet;

use syn::{Attribute, Item, Meta, Visibility};

use super::{finding::Finding, rust, tree::Tree};

/// Modules without docs, and public modules with notes instead of prose.
pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let public = public_modules(tree);
    let mut found = Vec::new();
    for (file, rust) in tree.rust() {
        if !rust.is_test && !file.text.starts_with("//!") {
            let remedy = "say in a `//!` line what the module is";
            found.push(Finding::new(&file.path, 1, "the file does not open with module docs", remedy));
        }
        if public.contains(&file.path)
            && let Some(line) = telegram(&file.text)
        {
            let remedy = "say in sentences what the module is for, with an example";
            found.push(Finding::new(&file.path, line, "a public module whose docs are notes (`In: … Out: …`)", remedy));
        }
    }
    found
}

/// The line of the module docs that holds notes instead of prose.
fn telegram(text: &str) -> Option<usize> {
    let docs = text.lines().map_while(|line| line.strip_prefix("//!"));
    let is_note = |line: &str| {
        ["In: ", "Out: "].iter().any(|note| line.trim_start().starts_with(note) || line.contains(&format!(". {note}")))
    };
    docs.zip(1..).find(|(line, _)| is_note(line)).map(|(_, number)| number)
}

/// The files that users see as modules: each `lib.rs`, and what `pub mod` leads to from there.
fn public_modules(tree: &Tree) -> BTreeSet<String> {
    let mut pending: Vec<String> =
        tree.rust().map(|(file, _)| file.path.clone()).filter(|path| path.ends_with("src/lib.rs")).collect();
    let mut found = BTreeSet::new();
    while let Some(path) = pending.pop() {
        let Some(rust) = tree.file(&path).and_then(|file| file.rust.as_ref()) else { continue };
        for item in &rust.syntax.items {
            if let Item::Mod(module) = item
                && matches!(module.vis, Visibility::Public(_))
                && module.content.is_none()
                && !module.attrs.iter().any(is_hidden)
            {
                let base = format!("{}{}", rust::module_folder(&path), module.ident);
                pending.extend([format!("{base}.rs"), format!("{base}/mod.rs")]);
            }
        }
        found.insert(path);
    }
    found
}

fn is_hidden(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::List(list) => list.path.is_ident("doc") && list.tokens.to_string() == "hidden",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::tree;

    #[test]
    fn a_file_without_docs_is_found_unless_it_is_tests() {
        let found = find(&tree(&[
            ("a/src/lib.rs", "//! Docs.\n#[cfg(test)]\nmod tests;\nmod b;\n"),
            ("a/src/tests.rs", "fn f() {}"),
            ("a/src/b.rs", "// No docs.\nfn f() {}"),
        ]));
        assert_eq!(found.iter().map(|finding| finding.path.as_str()).collect::<Vec<_>>(), ["a/src/b.rs"]);
    }

    #[test]
    fn notes_are_for_private_modules_only() {
        let notes = "//! A thing.\n//!\n//! In: this. Out: that.\n";
        let found = find(&tree(&[
            (
                "a/src/lib.rs",
                "//! Prose. In: the case of doubt, ask.\npub mod open;\nmod closed;\n#[doc(hidden)]\npub mod hidden;\n",
            ),
            ("a/src/open.rs", &format!("{notes}pub mod deep;\nmod inner;\n")),
            ("a/src/open/deep.rs", notes),
            ("a/src/open/inner.rs", notes),
            ("a/src/closed.rs", notes),
            ("a/src/hidden.rs", notes),
        ]));
        let places: Vec<(&str, usize)> = found.iter().map(|finding| (finding.path.as_str(), finding.line)).collect();
        assert_eq!(places, [("a/src/lib.rs", 1), ("a/src/open.rs", 3), ("a/src/open/deep.rs", 3)]);
    }
}
