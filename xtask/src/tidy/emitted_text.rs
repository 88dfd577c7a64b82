//! No text of generated code is patched: what `render` writes, it writes from the model.
//!
//! Searching or replacing in text that was just printed decides on spelling what the model should have decided, and breaks
//! when a name happens to contain what is searched for.

use super::{finding::Finding, rust::Rust, tree::Tree};

/// Where code is printed.
const FOLDER: &str = "generator/src/render/";

/// Methods that change a text.
const CHANGES: [&str; 6] =
    ["replace", "replacen", "replace_range", "trim_start_matches", "trim_end_matches", "trim_matches"];
/// Methods that look into a text, if what they look for is spelled out.
const LOOKS: [&str; 8] =
    ["contains", "starts_with", "ends_with", "find", "split", "split_once", "strip_prefix", "strip_suffix"];

const REMEDY: &str = "let the model hold what is decided here, and print it once as it shall be";

/// Places that patch or search text where code is printed.
pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let printing = tree.rust().filter(|(file, _)| file.path.starts_with(FOLDER));
    printing
        .flat_map(|(file, rust)| changes(&file.path, rust).chain(looks(&file.path, rust)).collect::<Vec<_>>())
        .collect()
}

fn changes(path: &str, rust: &Rust) -> impl Iterator<Item = Finding> {
    CHANGES.iter().flat_map(move |method| {
        let lines: Vec<usize> = rust.runs(&[".", method, "("]).map(|run| run[1].line).collect();
        lines.into_iter().map(move |line| Finding::new(path, line, format!("`.{method}(…)` on printed text"), REMEDY))
    })
}

fn looks(path: &str, rust: &Rust) -> impl Iterator<Item = Finding> {
    rust.tokens.windows(4).filter_map(move |run| {
        let [dot, method, open, text] = run else { return None };
        let spelled = text.text.starts_with('"') || text.text.starts_with("r\"") || text.text.starts_with('\'');
        let hit = dot.text == "." && LOOKS.contains(&method.text.as_str()) && open.text == "(" && spelled;
        let what = || format!("`.{}({})` on printed text", method.text, text.text);
        (hit && !rust.is_test_line(method.line)).then(|| Finding::new(path, method.line, what(), REMEDY))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::tree;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let mut lines: Vec<usize> = find(&tree(&[(path, text)])).iter().map(|finding| finding.line).collect();
        lines.sort_unstable();
        lines
    }

    #[test]
    fn patching_and_searching_text_is_found_where_code_is_printed() {
        let text = "fn f(text: &str) {\n    text.replace(a, b);\n    if text.contains(\"BTreeMap\") {}\n    text.trim_start_matches('-');\n}\n";
        assert_eq!(lines("generator/src/render/item.rs", text), [2, 3, 4]);
        assert!(lines("generator/src/lower/mod.rs", text).is_empty());
    }

    #[test]
    fn asking_a_set_and_testing_are_fine() {
        let text = "fn f() {\n    self.own.contains(short);\n}\n#[cfg(test)]\nmod tests {\n    fn t() { text.contains(\"x\"); }\n}\n";
        assert!(lines("generator/src/render/item.rs", text).is_empty());
    }
}
