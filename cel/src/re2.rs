//! Patterns as Go and the API server match them: RE2 syntax, unanchored, in time linear in the text.
//!
//! The pattern is translated to the syntax of the `regex` crate, so that classes, escapes, flags and limits mean what they
//! mean in Go, and what Go refuses is refused with its reason.
//!
//! ```
//! use crdgen_cel::re2::Pattern;
//!
//! let pattern = Pattern::new("^[a-z]+$")?;
//! assert!(pattern.is_match("abc"));
//! // `$` never matches before a final newline.
//! assert!(!pattern.is_match("abc\n"));
//! assert!(Pattern::new("(?=a)").is_err());
//! # Ok::<(), crdgen_cel::re2::Error>(())
//! ```

mod class;
mod translate;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock},
};

use foldhash::fast::RandomState;
use regex::{Regex, RegexBuilder};

/// The memory that one compiled pattern may take, in bytes: a thousand repetitions of a Unicode class fit.
const SIZE_LIMIT: usize = 32 << 20;
/// How deep groups may nest; Go's own limit.
const NEST_LIMIT: u32 = 1000;
/// With so many groups no pattern nests too deeply, repetitions and alternatives included.
const NESTED_SAFELY: usize = 200;
/// The memory that one search with a pattern may take for states that it has seen, in bytes.
const SEARCH_LIMIT: usize = 512 << 10;
/// The memory that most compiled patterns need at most, and the few that need more than those.
const USUAL_SIZES: [usize; 2] = [64 << 10, 1 << 20];
/// How many patterns [`cached`] knows, and how much memory those that are compiled may take together.
const CACHE_LIMIT: usize = 4096;
const CACHE_BYTES: usize = 512 << 20;

/// A compiled pattern.
#[derive(Clone)]
pub struct Pattern {
    source: Arc<str>,
    regex: Regex,
    /// The memory that it takes at most, in bytes.
    weight: usize,
}

/// A pattern that Go refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("error parsing regexp: {reason}")]
pub struct Error {
    /// Why, with the part of the pattern that is at fault.
    pub reason: String,
}

/// What is known of a pattern.
struct Known {
    translated: Result<String, Error>,
    /// Found when it is first matched.
    compiled: OnceLock<Result<Arc<Pattern>, Error>>,
}

impl Pattern {
    /// Compiles a pattern.
    pub fn new(source: &str) -> Result<Self, Error> {
        Self::compile(source, &translate::translate(source)?)
    }

    /// Tries with little memory first, because a compiled pattern does not say how much it takes.
    fn compile(source: &str, translated: &str) -> Result<Self, Error> {
        let mut builder = RegexBuilder::new(translated);
        builder.nest_limit(NEST_LIMIT).dfa_size_limit(SEARCH_LIMIT);
        for size in USUAL_SIZES.into_iter().chain([SIZE_LIMIT]) {
            match builder.size_limit(size).build() {
                Ok(regex) => return Ok(Self { source: source.into(), regex, weight: size + SEARCH_LIMIT }),
                Err(regex::Error::CompiledTooBig(_)) if size < SIZE_LIMIT => {}
                Err(error) => return Err(Error { reason: reason(&error, source) }),
            }
        }
        Err(Error { reason: reason(&regex::Error::CompiledTooBig(SIZE_LIMIT), source) })
    }

    /// Whether any part of `text` matches.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }

    /// The first match in `text`.
    pub fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.regex.find(text).map(|found| found.as_str())
    }

    /// All matches in `text` that do not overlap, first to last.
    pub fn find_all<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> {
        self.regex.find_iter(text).map(|found| found.as_str())
    }

    /// The same pattern in the syntax of the `regex` crate.
    pub fn translated(&self) -> &str {
        self.regex.as_str()
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.source
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.source)
    }
}

/// Two patterns are equal if they are written equally.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

/// Whether Go takes a pattern. It is translated and not compiled, which costs a fraction; all that [`Pattern::new`] may find
/// beyond that is that a pattern needs too much memory here.
pub fn check(source: &str) -> Result<(), Error> {
    // Each level of nesting that counts towards the limit needs a parenthesis.
    if source.matches('(').count() > NESTED_SAFELY {
        return cached(source).map(|_| ());
    }
    known(source).translated.as_ref().map(|_| ()).map_err(Clone::clone)
}

/// The compiled pattern, from a cache shared by the whole process. It is emptied when it has grown too large, so that
/// foreign schemas and objects cannot fill the memory.
pub fn cached(source: &str) -> Result<Arc<Pattern>, Error> {
    let known = known(source);
    let mut added = 0;
    let compile = || {
        let pattern = Pattern::compile(source, known.translated.as_ref().map_err(Clone::clone)?)?;
        added = pattern.weight;
        Ok(Arc::new(pattern))
    };
    let compiled = known.compiled.get_or_init(compile).clone();
    if added > 0 {
        CACHE.write().unwrap_or_else(PoisonError::into_inner).add_weight(added);
    }
    compiled
}

/// Patterns by their text.
#[derive(Default)]
struct Cache {
    known: HashMap<Box<str>, Arc<Known>, RandomState>,
    /// The memory that those which are compiled take at most, in bytes.
    weight: usize,
}

static CACHE: LazyLock<RwLock<Cache>> = LazyLock::new(RwLock::default);

impl Cache {
    fn add_weight(&mut self, weight: usize) {
        self.weight += weight;
        if self.weight > CACHE_BYTES {
            *self = Self::default();
        }
    }

    fn insert(&mut self, source: &str, known: &Arc<Known>) {
        if self.known.len() >= CACHE_LIMIT {
            *self = Self::default();
        }
        self.known.insert(source.into(), known.clone());
    }
}

/// What the cache has about a pattern, good or bad.
fn known(source: &str) -> Arc<Known> {
    if let Some(known) = CACHE.read().unwrap_or_else(PoisonError::into_inner).known.get(source) {
        return known.clone();
    }
    let known = Arc::new(Known { translated: translate::translate(source), compiled: OnceLock::new() });
    CACHE.write().unwrap_or_else(PoisonError::into_inner).insert(source, &known);
    known
}

fn reason(error: &regex::Error, source: &str) -> String {
    match error {
        regex::Error::CompiledTooBig(limit) => format!("the pattern needs more than {limit} bytes: `{source}`"),
        // The translation is ours, so only the last line of the drawing that `regex` makes is of use.
        error => {
            let text = error.to_string();
            let last = text.lines().next_back().unwrap_or_default().trim_start_matches("error: ");
            format!("{last}: `{source}`")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_forgets_patterns_before_they_fill_the_memory() {
        let mut cache = Cache::default();
        let large = Pattern::new(r"\pL{150}").unwrap();
        assert!(large.weight > USUAL_SIZES[0] + SEARCH_LIMIT);
        assert_eq!(Pattern::new("^[a-z]+$").unwrap().weight, USUAL_SIZES[0] + SEARCH_LIMIT);
        for number in 0..10_000 {
            let known = Arc::new(Known { translated: Ok(String::new()), compiled: OnceLock::new() });
            cache.insert(&format!("a{{{number}}}"), &known);
            cache.add_weight(large.weight);
            assert!(cache.weight <= CACHE_BYTES && cache.known.len() <= CACHE_LIMIT);
        }
    }

    fn check(pattern: &str, matching: &[&str], other: &[&str]) {
        let compiled = Pattern::new(pattern).unwrap();
        assert_eq!(super::check(pattern), Ok(()), "{pattern}");
        for text in matching {
            assert!(compiled.is_match(text), "{pattern} must match {text:?}");
        }
        for text in other {
            assert!(!compiled.is_match(text), "{pattern} must not match {text:?}");
        }
    }

    fn check_error(pattern: &str, part: &str) {
        let error = Pattern::new(pattern).expect_err(pattern);
        assert!(error.to_string().contains(part), "{pattern}: {error}");
        assert_eq!(super::check(pattern), Err(error), "{pattern}");
    }

    #[test]
    fn patterns_are_not_anchored() {
        check("b+", &["abc", "b"], &["", "ac"]);
        check("^b$", &["b"], &["ab", "b\n", "b\nb"]);
        check("(?m)^b$", &["a\nb\nc"], &["ab"]);
        check(r"\Ab\z", &["b"], &["b\n"]);
    }

    #[test]
    fn perl_classes_are_ascii() {
        check(r"^\d$", &["7"], &["٧"]);
        check(r"^\w$", &["_", "Z"], &["é"]);
        check(r"^\W$", &["é", "-"], &["a"]);
        check(r"^\s$", &[" ", "\t", "\n", "\u{c}", "\r"], &["\u{b}", "\u{a0}"]);
        check(r"^é\b", &[], &["é"]);
        check(r"a\b", &["aé"], &["ab"]);
        check(r"a\B", &["ab"], &["aé", "a"]);
    }

    #[test]
    fn posix_classes_work_inside_classes() {
        check("^[[:alpha:]_]+$", &["a_Z"], &["é", "1"]);
        check("^[[:^digit:]]$", &["a", "é"], &["1"]);
        check_error("[[:foo:]]", "invalid character class range");
    }

    #[test]
    fn brackets_and_dashes_are_literal_in_classes() {
        check(r"^[a[b]$", &["[", "a", "b"], &["c"]);
        check("^[]a]$", &["]", "a"], &["b"]);
        check("^[^]a]$", &["b"], &["]"]);
        check(r"^[\d-_]+$", &["1-_"], &["a"]);
        check(r"^[a-]$", &["a", "-"], &["b"]);
        check(r"^[&&~~-]+$", &["&~-"], &["a"]);
        check(r"^[#[\]@]$", &["#", "[", "]", "@"], &["\\"]);
        check_error("[b-a]", "b-a");
        check_error(r"[a-\d]", r"\d");
        check_error("[a", "missing closing ]");
    }

    #[test]
    fn surrogates_are_no_characters_and_leave_no_gap() {
        check(r"[\x{D800}-\x{DFFF}]|^\x{D800}|\p{Cs}", &[], &["a", "\u{d7ff}", "\u{e000}"]);
        for pattern in
            [r"[^\x{0}-\x{10FFFF}]", r"[^\x{0}-\x{D7FF}\x{E000}-\x{10FFFF}]", r"[^\x{0}-\x{D800}\x{DFFF}-\x{10FFFF}]"]
        {
            check(pattern, &[], &["a", "\u{d7ff}", "\u{e000}", "\u{10ffff}"]);
        }
    }

    #[test]
    fn classes_mean_the_same_where_case_does_not_count() {
        check("(?i)^[^b]$", &["c", "é"], &["b", "B"]);
        check(r"(?i)^[\x{D800}a]$", &["a", "A"], &["b", "B"]);
        check(r"(?i)^[\x{D800}]|^[^\x{D800}]b", &["aB"], &["a", "B"]);
    }

    #[test]
    fn unicode_classes_have_the_names_that_go_knows() {
        check(r"^\p{greek}\p{ Upper-case_letter }\p{any}\P{Assigned}\p{^L_u}$", &["αΒ1\u{378}c"], &[]);
        check(r"^[^\p{Any}]|^[\P{Any}]|^[\p{ASCII}]$", &["a"], &["é"]);
        for name in ["Grek", "Old_Italic", "SignWriting", "Alphabetic", "Script=Greek", "sc=Greek", "L&", "", "Garay"] {
            check_error(&format!(r"\p{{{name}}}"), "invalid character class range");
        }
    }

    #[test]
    fn escapes_are_those_of_go() {
        check(r"^\Qa.b*\E+$", &["a.b**"], &["axb"]);
        check(r"^\Qa.b", &["a.b"], &["axb"]);
        check(r"^[^/\0]$", &["a"], &["/", "\0"]);
        check(r"^\012$", &["\n"], &["12"]);
        check(r"^\x41\x{1F600}\v\_\-$", &["A😀\u{b}_-"], &["A"]);
        check(r"^\p{Greek}\pL\P{Lu}$", &["αβc"], &["αβC"]);
        check(r"^\p{^Greek}$", &["a"], &["α"]);
        for (pattern, part) in [
            (r"\C", r"\C"),
            (r"\1", r"\1"),
            (r"\8", r"\8"),
            (r"\q", r"\q"),
            (r"\Z", r"\Z"),
            (r"\E", r"\E"),
            (r"[\b]", r"\b"),
            (r"\x{110000}a", r"`\x{110000`"),
            (r"\x4", r"`\x4`"),
            (r"\x{}", r"`\x{}`"),
            ("\\", "trailing backslash"),
            (r"\p{Nope}", "Nope"),
        ] {
            check_error(pattern, part);
        }
    }

    #[test]
    fn groups_are_those_of_go() {
        check("^(?<n>a)(?P<m>b)(?:c)$", &["abc"], &["ab"]);
        check("^(?i)ab(?-i:C)$", &["ABC", "abC"], &["abc"]);
        check("(?s)a.b", &["a\nb"], &[]);
        check("a.b", &["axb"], &["a\nb"]);
        for pattern in ["(?=a)", "(?!a)", "(?<=a)b", "(?<!a)b", "(?>a)", "(?x)a", "(?i-)a", "(?P<>a)", "(?<a-b>c)"] {
            assert!(Pattern::new(pattern).is_err(), "{pattern}");
        }
        check_error("(a", "missing closing )");
        check_error("a)b", "unexpected ): `a)b`");
        check_error("(?i=b)", "invalid or unsupported Perl syntax: `(?i=`");
        check_error("(?i", "invalid or unsupported Perl syntax: `(?i`");
    }

    #[test]
    fn a_repetition_reaches_over_flags() {
        check("^a(?i)+B$", &["aaab"], &["Aab"]);
        check("^a{2}(?i){2}(?s)b$", &["aaaaB"], &["aab", "AAaab"]);
        check("^(a|b(?i))c$", &["bc"], &["bC"]);
        check_error("(?i)*", "missing argument");
    }

    #[test]
    fn repetitions_are_limited_and_never_nested() {
        check("^a{2,3}$", &["aa", "aaa"], &["a", "aaaa"]);
        check("^a{,2}$", &["a{,2}"], &["aa"]);
        check("^a{02}{$", &["a{02}{"], &["aa{"]);
        check("^a+?b*?c??$", &["aabbc"], &[]);
        check("^(a|)*$", &["", "aa"], &["b"]);
        check("^(?:(a{100}){0}|b){11}$", &[&"b".repeat(11)], &["a"]);
        check("^(a{100}){10}$", &[&"a".repeat(1000)], &["a"]);
        for (pattern, part) in [
            ("a**", "**"),
            ("a{2}{3}", "{2}{3}"),
            ("a+*", "+*"),
            ("*a", "missing argument"),
            ("(+)", "missing argument"),
            ("a{1001}", "{1001}"),
            ("a{3,2}", "{3,2}"),
            ("(a{100}){11}", "{11}"),
            ("((a{1000}){0,}){2}", "{2}"),
            ("*?", "`*?`"),
            ("a**?", "`**?`"),
        ] {
            check_error(pattern, part);
        }
    }

    #[test]
    fn patterns_cannot_take_much_memory_or_stack() {
        assert!(Pattern::new(r"^\pL{1,253}$").is_ok());
        let large = r"\pL{1000}".repeat(50);
        assert!(Pattern::new(&large).unwrap_err().to_string().contains("the pattern needs more than"));
        assert_eq!(super::check(&large), Ok(()));
        assert!(Pattern::new(&"(".repeat(100_000)).is_err());
        assert!(Pattern::new(&("(".repeat(5000) + &")".repeat(5000))).is_err());
    }

    #[test]
    fn the_cache_answers_for_good_and_bad_patterns() {
        for _ in 0..2 {
            assert!(cached("^a$").unwrap().is_match("a"));
            assert!(cached("(").is_err());
        }
        assert_eq!(*cached("^a$").unwrap(), Pattern::new("^a$").unwrap());
    }
}
