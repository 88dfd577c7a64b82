//! The page that says which of our tests pins what client-go's and controller-runtime's own tests pin: every test of ours that
//! it names exists, and no rule and no name of a Go test is left out.
//!
//! The rules are in `runtime-semantics.md`, beside the project; where that is absent, only the page itself is checked.

use std::collections::BTreeSet;

use syn::{Item, ItemFn};

use super::{
    finding::Finding,
    tree::{File, Tree},
};

const PAGE: &str = "docs/client-go-tests.md";
/// Where the tests are that the page names, by the paths that `cargo test` knows them by.
const TESTS: &str = "runtime/src/";
/// Quotations of fewer words are not the names of test cases.
const CASE_WORDS: usize = 4;

/// Rows that name a test that does not exist, or neither a test nor a reason; rules and Go tests that no row is about.
pub(super) fn find(tree: &Tree) -> Vec<Finding> {
    let Some(page) = tree.file(PAGE) else { return Vec::new() };
    let mut found = wrong_rows(page, &tests(tree));
    let rows: Vec<Row<'_>> = page.text.lines().zip(1..).filter_map(|(line, number)| Row::read(line, number)).collect();
    for mention in tree.semantics.iter().flat_map(|text| mentions(text)) {
        if !rows.iter().any(|row| mention.is_in(row)) {
            let remedy = "add a row with the test of ours, or with the reason why there is none";
            found.push(Finding::new(PAGE, 1, format!("no row is about {mention}"), remedy));
        }
    }
    found
}

/// A row of the page.
struct Row<'p> {
    line: usize,
    rule: &'p str,
    go: &'p str,
    ours: &'p str,
}

impl<'p> Row<'p> {
    /// A row that begins with the number of a rule, such as `2.5`.
    fn read(text: &'p str, line: usize) -> Option<Self> {
        let mut cells = text.strip_prefix('|')?.split('|').map(str::trim);
        let rule = cells.next().filter(|rule| rule.starts_with(|c: char| c.is_ascii_digit()))?;
        Some(Self { line, rule, go: cells.next()?, ours: cells.next()? })
    }
}

fn wrong_rows(page: &File, tests: &BTreeSet<String>) -> Vec<Finding> {
    let mut found = Vec::new();
    for row in page.text.lines().zip(1..).filter_map(|(line, number)| Row::read(line, number)) {
        let named: Vec<&str> = in_backticks(row.ours).filter(|name| name.contains("tests::")).collect();
        for name in &named {
            if !tests.contains(*name) {
                let remedy = format!("name it as `cargo test` does, or write it; tests are looked for in {TESTS}");
                found.push(Finding::new(PAGE, row.line, format!("there is no test `{name}`"), remedy));
            }
        }
        if named.is_empty() && row.ours.split_whitespace().count() < CASE_WORDS {
            let remedy = "name a test, or say why there is none";
            found.push(Finding::new(PAGE, row.line, format!("rule {} has neither test nor reason", row.rule), remedy));
        }
    }
    found
}

/// The tests, by their paths.
fn tests(tree: &Tree) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (file, rust) in tree.rust() {
        let Some(path) = file.path.strip_prefix(TESTS).and_then(|path| path.strip_suffix(".rs")) else { continue };
        let module = path.strip_suffix("/mod").unwrap_or(path).replace('/', "::");
        collect(&rust.syntax.items, &module, &mut found);
    }
    found
}

fn collect(items: &[Item], module: &str, found: &mut BTreeSet<String>) {
    for item in items {
        match item {
            Item::Fn(function) if is_test(function) => drop(found.insert(format!("{module}::{}", function.sig.ident))),
            Item::Mod(inner) => {
                let items = inner.content.as_ref().map(|(_, items)| items.as_slice()).unwrap_or_default();
                collect(items, &format!("{module}::{}", inner.ident), found);
            }
            _ => {}
        }
    }
}

/// `#[test]` or `#[tokio::test]`.
fn is_test(function: &ItemFn) -> bool {
    function.attrs.iter().any(|attribute| attribute.path().segments.last().is_some_and(|last| last.ident == "test"))
}

/// Something that the rules mention and the page must have.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mention {
    /// A rule, by its number.
    Rule(String),
    /// A Go test, by its whole name.
    Test(String),
    /// A Go test, by how its name ends (`…OverFlow`).
    Ending(String),
    /// All tests of a file.
    File(String),
    /// A case of a test, by its words.
    Case(String),
}

impl Mention {
    fn is_in(&self, row: &Row<'_>) -> bool {
        let mut names = in_backticks(row.go);
        match self {
            Self::Rule(number) => row.rule == number,
            Self::Test(name) => names.any(|known| known == name),
            Self::Ending(ending) => names.any(|known| known.ends_with(ending.as_str())),
            Self::File(file) => names.any(|known| file.ends_with(known)),
            Self::Case(words) => row.go.contains(words.as_str()),
        }
    }
}

impl std::fmt::Display for Mention {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rule(number) => write!(f, "rule {number}"),
            Self::Test(name) => write!(f, "`{name}`"),
            Self::Ending(ending) => write!(f, "a Go test whose name ends in `{ending}`"),
            Self::File(file) => write!(f, "the tests of `{file}`"),
            Self::Case(words) => write!(f, "the case {words:?}"),
        }
    }
}

/// Everything that the rules mention.
fn mentions(semantics: &str) -> BTreeSet<Mention> {
    let mut found = BTreeSet::new();
    let (mut section, mut bullets, mut family) = (0, 0, None);
    for line in semantics.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            section = leading_number(heading).unwrap_or_default();
            (bullets, family) = (0, None);
        }
        if section == 0 {
            continue;
        }
        let bullet = line.strip_prefix("- ");
        bullets += usize::from(bullet.is_some());
        let rule = leading_number(line).or(bullet.map(|_| bullets));
        let text = bullet.or(line.split_once(". ").map(|(_, text)| text)).unwrap_or_default();
        // What kube-rs does instead does not count.
        if let Some(number) = rule.filter(|_| !text.starts_with("kube")) {
            found.insert(Mention::Rule(format!("{section}.{number}")));
        }
        found.extend(cases(line).map(Mention::Case));
        let files = in_backticks(line).filter(|name| name.ends_with("_test.go"));
        found.extend(files.map(|file| Mention::File(file.to_owned())));
        for word in line.split(|c: char| !(c.is_alphanumeric() || "_…{},./:".contains(c))) {
            for part in expanded(word) {
                found.extend(mention(&part, &mut family));
            }
        }
    }
    found
}

/// The name in a word of the rules. Names that begin with `_` go on with the `family` of the last whole name: `TestRealFIFO`.
fn mention(word: &str, family: &mut Option<String>) -> Option<Mention> {
    // `controller_test.go:TestOne` is a name with its file.
    let word = word.trim_matches([',', '.', '/', ':']);
    let word = word.rsplit_once(':').map_or(word, |(_, name)| name);
    let is_name = |rest: &str| rest.starts_with(|c: char| c.is_ascii_uppercase());
    if let Some(rest) = word.strip_prefix("Test").filter(|rest| is_name(rest)) {
        if let Some((first, _)) = rest.split_once('_') {
            *family = Some(format!("Test{first}"));
        }
        return Some(Mention::Test(word.to_owned()));
    }
    let (before, rest) = word.split_once('_').unwrap_or((word, ""));
    if let Some(family) = family.as_deref().filter(|_| before.len() < 2 && !rest.is_empty() && !rest.contains('_')) {
        return Some(Mention::Test(format!("{family}{word}")));
    }
    word.strip_prefix('…').filter(|ending| is_name(ending)).map(|ending| Mention::Ending(ending.to_owned()))
}

/// `Test{Before,After}` is two words; the names behind a file's are words of their own.
fn expanded(word: &str) -> Vec<String> {
    match word.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?))) {
        Some((before, (choices, after))) => {
            choices.split(',').map(|choice| format!("{before}{choice}{after}")).collect()
        }
        None => word.split(',').map(str::to_owned).collect(),
    }
}

/// Quotations that are long enough to be the name of a case.
fn cases(line: &str) -> impl Iterator<Item = String> {
    let plain: String = line.split('`').step_by(2).collect();
    let quoted: Vec<String> = plain.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    quoted.into_iter().filter(|words| words.split_whitespace().count() >= CASE_WORDS)
}

fn in_backticks(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn leading_number(text: &str) -> Option<usize> {
    text.split_once('.')?.0.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::tree;

    const RULES: &str = "# Rules\n`file:Test`\n## 2. Queue\n1. In order. `TestRealFIFO_basic`, `_addUpdate`. `W_ReplaceMakes`.\n\
                         2. `a/controller_test.go:TestOne, TestTwo{A,B}` (\"a case of four words\", \"too few\")\n   kube: none.\n\
                         ## 3. Metrics\n- `_errors_total`, `…OverFlow`, `a/lease_test.go` (b_test.go).\n- kube-rs: none\n";

    fn found(page: &str, semantics: Option<&str>) -> Vec<String> {
        let mut tree = tree(&[
            (PAGE, page),
            ("runtime/src/queue/tests.rs", "#[tokio::test]\nasync fn one() {}\nfn helper() {}\n"),
            ("runtime/src/wait/mod.rs", "mod tests { #[test] fn two() {} }"),
        ]);
        tree.semantics = semantics.map(str::to_owned);
        find(&tree).iter().map(|finding| finding.what.clone()).collect()
    }

    #[test]
    fn a_row_names_a_test_that_exists_or_a_reason() {
        let none = found(
            "| 2.1 | `TestA` | `queue::tests::one`, `wait::tests::two` |\n| 2.2 | - | there is no such thing here |",
            None,
        );
        assert!(none.is_empty(), "{none:?}");
        assert_eq!(
            found("| 2.1 | `TestA` | `queue::tests::helper` |", None),
            ["there is no test `queue::tests::helper`"]
        );
        assert_eq!(found("| 2.1 | `TestA` | - |", None), ["rule 2.1 has neither test nor reason"]);
    }

    #[test]
    fn everything_that_the_rules_mention_has_a_row() {
        let names = mentions(RULES);
        let shown: Vec<String> = names.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "rule 2.1",
                "rule 2.2",
                "rule 3.1",
                "`TestOne`",
                "`TestRealFIFOW_ReplaceMakes`",
                "`TestRealFIFO_addUpdate`",
                "`TestRealFIFO_basic`",
                "`TestTwoA`",
                "`TestTwoB`",
                "a Go test whose name ends in `OverFlow`",
                "the tests of `a/lease_test.go`",
                "the case \"a case of four words\"",
            ]
        );
        let page = "| 2.1 | `TestRealFIFO_basic`, `TestRealFIFO_addUpdate`, `TestRealFIFOW_ReplaceMakes` | `queue::tests::one` |\n\
                    | 2.2 | `TestOne`, `TestTwoA` \"a case of four words\" | `queue::tests::one` |\n\
                    | 3.1 | `TestRateLimiterOverFlow`, `lease_test.go` | `queue::tests::one` |\n";
        assert_eq!(found(page, Some(RULES)), ["no row is about `TestTwoB`"]);
    }
}
