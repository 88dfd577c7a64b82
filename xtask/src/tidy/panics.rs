//! No panics outside of tests: a caller gets an error that it can act on.

use super::{finding::Finding, tree::Tree};

/// What panics, as tokens, and how it is called.
const PANICS: [(&[&str], &str); 8] = [
    (&[".", "unwrap", "(", ")"], "`.unwrap()`"),
    (&[".", "unwrap_err", "(", ")"], "`.unwrap_err()`"),
    (&[":", ":", "unwrap"], "`unwrap` as a function"),
    (&[".", "expect", "("], "`.expect(…)`"),
    (&["panic", "!"], "`panic!`"),
    (&["todo", "!"], "`todo!`"),
    (&["unimplemented", "!"], "`unimplemented!`"),
    (&["unreachable", "!"], "`unreachable!`"),
];

/// Everything outside of tests that panics on purpose.
pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (file, rust) in tree.rust() {
        for (tokens, name) in PANICS {
            let place = |line| Finding::new(&file.path, line, format!("{name} outside of tests"), "return an error");
            found.extend(rust.runs(tokens).map(|run| place(run[run.len() - 1].line)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::tree;

    fn check(path: &str, body: &str, expected: usize) {
        let text = format!("fn f() {{\n    {body};\n}}\n");
        assert_eq!(find(&tree(&[(path, &text)])).len(), expected, "{body}");
    }

    #[test]
    fn each_way_to_panic_is_found() {
        for body in [
            "a.unwrap()",
            "a\n        .unwrap()",
            "print!(\"{}\", a.unwrap())",
            "a.map(Option::unwrap)",
            "a.expect(\"some\")",
            "panic!(\"no\")",
            "todo!()",
            "unimplemented!()",
            "unreachable!()",
        ] {
            check("a/src/b.rs", body, 1);
        }
    }

    #[test]
    fn what_does_not_panic_is_fine() {
        for body in
            ["a.unwrap_or_default()", "let b = \"panic!()\"", "a.expected()", "// a.unwrap()\n    a()", "a(expect(b))"]
        {
            check("a/src/b.rs", body, 0);
        }
    }

    #[test]
    fn tests_and_doc_examples_may_panic() {
        check("a/tests/b.rs", "a.unwrap()", 0);
        let tests =
            "/// ```\n/// a.unwrap();\n/// ```\nfn f() {}\n#[cfg(test)]\nmod tests {\n    fn t() { a.unwrap() }\n}\n";
        assert!(find(&tree(&[("a/src/b.rs", tests)])).is_empty());
    }
}
