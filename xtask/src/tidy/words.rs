//! Words that the project has given up: phrases, names in code and names of files, listed in `words.toml`.

use std::{ops::Range, sync::LazyLock};

use serde::Deserialize;

use super::{
    finding::Finding,
    tree::{File, Tree},
};

/// The table. It holds all retired words, and so does this file.
const TABLE: &str = include_str!("words.toml");
const OWN: [&str; 2] = ["xtask/src/tidy/words.toml", "xtask/src/tidy/words.rs"];

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    text: Vec<Retired>,
    identifier: Vec<Retired>,
    file: Vec<Retired>,
}

/// Words that were given up together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Retired {
    words: Vec<String>,
    /// Longer phrases that hold one of the words and are fine.
    #[serde(default)]
    unless: Vec<String>,
    write: String,
    because: String,
    #[serde(default)]
    only: Vec<String>,
}

/// A table that cannot be read fails the tests of this module.
static WORDS: LazyLock<Result<Words, String>> =
    LazyLock::new(|| toml::from_str(TABLE).map_err(|error: toml::de::Error| error.to_string()));

/// Retired phrases in Rust, pages and manifests.
pub(super) fn texts(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files(tree) {
        if file.rust.is_none() && !["md", "toml"].iter().any(|ending| file.ends_in(ending)) {
            continue;
        }
        let prose = Prose::of(&file.text);
        for (entry, word) in retired(&file.path, |words| &words.text) {
            let lines = prose.lines_with(word, &entry.unless);
            found.extend(lines.into_iter().map(|line| entry.finding(&file.path, line, word)));
        }
    }
    found
}

/// Retired names in code, each once a file.
pub(super) fn identifiers(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (file, rust) in files(tree).filter_map(|file| Some((file, file.rust.as_ref()?))) {
        for (entry, word) in retired(&file.path, |words| &words.identifier) {
            let first = rust.tokens.iter().find(|token| token.text == *word);
            found.extend(first.map(|token| entry.finding(&file.path, token.line, word)));
        }
    }
    found
}

/// Retired names of files and folders. What is generated is named after what is in a CRD.
pub(super) fn file_names(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in files(tree).filter(|file| file.rust.is_some()) {
        for (entry, word) in retired(&file.path, |words| &words.file) {
            if file.path.split('/').any(|part| part.strip_suffix(".rs").unwrap_or(part) == word) {
                found.push(entry.finding(&file.path, 1, word));
            }
        }
    }
    found
}

fn files(tree: &Tree) -> impl Iterator<Item = &File> {
    tree.files.iter().filter(|file| !OWN.contains(&file.path.as_str()))
}

/// The words of one kind that a file must not hold.
fn retired(path: &str, kind: fn(&Words) -> &Vec<Retired>) -> impl Iterator<Item = (&'static Retired, &'static String)> {
    let entries = WORDS.as_ref().map(kind).into_iter().flatten();
    let entries = entries.filter(move |entry| entry.concerns(path));
    entries.flat_map(|entry| entry.words.iter().map(move |word| (entry, word)))
}

impl Retired {
    fn concerns(&self, path: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|start| path.starts_with(start.as_str()))
    }

    fn finding(&self, path: &str, line: usize, word: &str) -> Finding {
        Finding::new(path, line, format!("{word:?}"), format!("write {}, because {}", self.write, self.because))
    }
}

/// A file's text as one line in lower case, without what opens comments, and where each of its lines starts.
#[derive(Default)]
struct Prose {
    text: String,
    starts: Vec<usize>,
}

impl Prose {
    fn of(text: &str) -> Self {
        let mut prose = Self::default();
        for line in text.lines() {
            prose.starts.push(prose.text.len());
            let line = line.trim_start();
            let line = ["///", "//!", "//", "#"].iter().find_map(|start| line.strip_prefix(start)).unwrap_or(line);
            prose.text.push_str(&line.trim().to_ascii_lowercase());
            prose.text.push(' ');
        }
        prose
    }

    /// The lines on which a phrase starts, as whole words and not as part of one of `unless`.
    fn lines_with(&self, phrase: &str, unless: &[String]) -> Vec<usize> {
        let allowed: Vec<Range<usize>> = unless.iter().flat_map(|phrase| self.places(phrase)).collect();
        let inside = |place: &Range<usize>| allowed.iter().any(|it| it.start <= place.start && place.end <= it.end);
        let places = self.places(phrase).into_iter().filter(|place| !inside(place));
        places.map(|place| self.starts.partition_point(|start| *start <= place.start)).collect()
    }

    fn places(&self, phrase: &str) -> Vec<Range<usize>> {
        let phrase = phrase.to_ascii_lowercase();
        let part = |c: char| c.is_alphanumeric() || c == '_';
        let places = self.text.match_indices(&phrase).map(|(at, _)| at..at + phrase.len());
        places.filter(|it| !self.text[..it.start].ends_with(part) && !self.text[it.end..].starts_with(part)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::tree;

    type Find = fn(&Tree) -> Vec<Finding>;

    fn check(find: Find, path: &str, text: &str, expected: &[usize]) {
        let lines: Vec<usize> = find(&tree(&[(path, text)])).iter().map(|finding| finding.line).collect();
        assert_eq!(lines, expected, "{path}: {text}");
    }

    #[test]
    fn a_phrase_is_found_in_comments_texts_and_pages_across_lines() {
        check(texts, "a.rs", "fn f() {}\n// The key is\n// there twice.\n", &[2]);
        check(texts, "a.rs", "const A: &str = \"it Is there twice\";", &[1]);
        check(texts, "a.md", "One.\n\nIt is there twice.", &[3]);
    }

    #[test]
    fn a_phrase_is_made_of_whole_words() {
        check(texts, "a.rs", "// this there twice\n// his is there twiceness\n", &[]);
    }

    #[test]
    fn a_longer_phrase_may_be_fine() {
        check(texts, "a.md", "A key that is no text.\nThere is\nno text. It is no longer there.\n", &[1]);
    }

    #[test]
    fn what_is_generated_is_the_generators_business() {
        check(texts, "a.rs", "// @generated\n// is there twice\n", &[]);
    }

    #[test]
    fn an_identifier_is_found_in_the_folders_that_it_is_about() {
        check(
            identifiers,
            "runtime/src/a.rs",
            "struct Rule;\nfn f(a: Rule) {}\nstruct ValidationRule;\n// Rule\n",
            &[1],
        );
        check(identifiers, "schema/src/a.rs", "struct Rule;", &[]);
    }

    #[test]
    fn a_file_is_not_named_after_how_it_is_used() {
        check(file_names, "a/src/util.rs", "", &[1]);
        check(file_names, "a/src/helpers/b.rs", "", &[1]);
        check(file_names, "a/src/utility.rs", "", &[]);
    }

    #[test]
    fn the_table_can_be_read_and_gives_reasons() {
        let words = WORDS.as_ref().unwrap();
        for entry in words.text.iter().chain(&words.identifier).chain(&words.file) {
            assert!(!entry.words.is_empty() && !entry.write.is_empty() && !entry.because.is_empty());
        }
    }
}
