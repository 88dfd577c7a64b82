//! Which texts match one pattern and not another.
//!
//! In: two patterns, as schemas have them. Out: texts that match the first only, the shortest first; or that there are none,
//! which is a proof; or nothing, if the patterns are too large. Both are turned into automata, which are walked together.

use std::{
    cell::Cell,
    collections::{BTreeMap, VecDeque},
};

use regex_automata::{
    Anchored, MatchKind,
    dfa::{Automaton, StartKind, dense},
    util::{primitives::StateID, start, syntax},
};

use crdgen_cel::re2;

/// The memory of one automaton, in bytes.
const SIZE_LIMIT: usize = 2 << 20;
/// The work for all patterns of one version, in bytes.
const WORK: usize = 100 << 20;
/// A step in both automata is as much work as making so many bytes.
const WORK_PER_STEP: usize = 4;
/// No more pairs of states are looked at.
const MAX_PAIRS: usize = 60_000;
/// So many texts are enough.
const ENOUGH: usize = 6;

/// What one pattern matches and another one does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    /// Whatever matches the first matches the second.
    None,
    /// These match the first and not the second.
    Words(Vec<String>),
    /// The patterns are too large, or are none.
    Unknown,
}

/// The work that may still be done for patterns, in bytes of automata: hostile patterns make large ones.
#[derive(Debug)]
pub(super) struct Budget(Cell<usize>);

impl Default for Budget {
    fn default() -> Self {
        Self(Cell::new(WORK))
    }
}

impl Budget {
    fn spend(&self, work: usize) {
        self.0.set(self.0.get().saturating_sub(work));
    }
}

/// What `old` matches and `new` does not.
pub(super) fn difference(old: &str, new: &str, budget: &Budget) -> Difference {
    if budget.0.get() == 0 {
        return Difference::Unknown;
    }
    let build = |source| {
        let automaton = automaton(source);
        budget.spend(automaton.as_ref().map_or(SIZE_LIMIT, Dfa::memory_usage));
        automaton
    };
    let words = build(old).zip(build(new)).and_then(|(old, new)| Walk::new(&old, &new)?.words(budget));
    match words {
        None => Difference::Unknown,
        Some(words) if words.is_empty() => Difference::None,
        Some(words) => Difference::Words(words),
    }
}

type Dfa = dense::DFA<Vec<u32>>;

fn automaton(source: &str) -> Option<Dfa> {
    let translated = re2::cached(source).ok()?;
    let config = dense::Config::new()
        .start_kind(StartKind::Unanchored)
        .match_kind(MatchKind::All)
        .dfa_size_limit(Some(SIZE_LIMIT))
        .determinize_size_limit(Some(SIZE_LIMIT));
    let mut builder = dense::Builder::new();
    builder.configure(config).syntax(syntax::Config::new().nest_limit(200));
    builder.build(translated.translated()).ok()
}

/// How far a text has come in both automata.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    /// None once it has matched.
    old: Option<StateID>,
    new: StateID,
    /// What is missing of a character.
    rest: Rest,
}

/// What must follow for the bytes so far to be UTF-8: so many bytes, and a range for the next one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rest {
    count: u8,
    from: u8,
    to: u8,
}

struct Walk<'d> {
    old: &'d Dfa,
    new: &'d Dfa,
    /// One byte of each kind that the automata tell apart, those that read best first.
    bytes: Vec<u8>,
    /// Every state that was met, with the byte that led to it and the index of the state that it came from.
    met: Vec<(State, u8, usize)>,
    known: BTreeMap<State, usize>,
}

impl<'d> Walk<'d> {
    fn new(old: &'d Dfa, new: &'d Dfa) -> Option<Self> {
        let start = start::Config::new().anchored(Anchored::No);
        let state =
            State { old: Some(old.start_state(&start).ok()?), new: new.start_state(&start).ok()?, rest: Rest::NONE };
        let mut seen = BTreeMap::new();
        let readable = (b'a'..=b'z').chain(b'0'..=b'9').chain(b'A'..=b'Z').chain(b' '..=b'~');
        for byte in readable.chain(0..=255) {
            let kind = (old.byte_classes().get(byte), new.byte_classes().get(byte), utf8_kind(byte));
            let order = seen.len();
            seen.entry(kind).or_insert((order, byte));
        }
        let mut bytes: Vec<(usize, u8)> = seen.into_values().collect();
        bytes.sort_unstable();
        let bytes = bytes.into_iter().map(|(_, byte)| byte).collect();
        Some(Self { old, new, bytes, met: vec![(state, 0, 0)], known: BTreeMap::from([(state, 0)]) })
    }

    /// A breadth-first walk: short texts are found first. None if it does not come to an end.
    fn words(mut self, budget: &Budget) -> Option<Vec<String>> {
        let mut words = Vec::new();
        let mut waiting = VecDeque::from([0]);
        while let Some(index) = waiting.pop_front() {
            budget.spend(self.bytes.len() * WORK_PER_STEP);
            let state = self.met[index].0;
            if state.rest == Rest::NONE && self.ends_in_old_only(state) {
                words.extend(self.word(index));
                if words.len() >= ENOUGH {
                    return Some(words);
                }
            }
            for byte_index in 0..self.bytes.len() {
                let byte = self.bytes[byte_index];
                let Some(next) = self.step(state, byte)? else { continue };
                if self.known.contains_key(&next) {
                    continue;
                }
                if self.met.len() >= MAX_PAIRS {
                    return if words.is_empty() { None } else { Some(words) };
                }
                self.known.insert(next, self.met.len());
                waiting.push_back(self.met.len());
                self.met.push((next, byte, index));
            }
        }
        Some(words)
    }

    /// The state after a byte; nothing if no text that goes on so is of interest. None at all if an automaton gives up.
    #[allow(clippy::option_option)] // The outer one is the walk's, the inner one the answer.
    fn step(&self, state: State, byte: u8) -> Option<Option<State>> {
        let Some(rest) = state.rest.after(byte) else { return Some(None) };
        let new = self.new.next_state(state.new, byte);
        let old = state.old.map(|old| self.old.next_state(old, byte));
        if self.new.is_quit_state(new) || old.is_some_and(|old| self.old.is_quit_state(old)) {
            return None;
        }
        // What has matched the new pattern goes on matching, and what cannot match the old one never will.
        if self.new.is_match_state(new) || old.is_some_and(|old| self.old.is_dead_state(old)) {
            return Some(None);
        }
        let old = old.filter(|old| !self.old.is_match_state(*old));
        Some(Some(State { old, new, rest }))
    }

    fn ends_in_old_only(&self, state: State) -> bool {
        let ends = |dfa: &Dfa, state| dfa.is_match_state(dfa.next_eoi_state(state));
        state.old.is_none_or(|old| ends(self.old, old)) && !ends(self.new, state.new)
    }

    fn word(&self, mut index: usize) -> Option<String> {
        let mut bytes = Vec::new();
        while index != 0 {
            let (_, byte, from) = self.met[index];
            bytes.push(byte);
            index = from;
        }
        bytes.reverse();
        String::from_utf8(bytes).ok()
    }
}

impl Rest {
    const NONE: Self = Self { count: 0, from: 0, to: 0 };

    /// What is missing after this byte; nothing if it may not stand here.
    fn after(self, byte: u8) -> Option<Self> {
        let rest = |count, from, to| Some(Self { count, from, to });
        if self.count > 0 {
            let fits = (self.from..=self.to).contains(&byte);
            return match (fits, self.count) {
                (false, _) => None,
                (true, 1) => Some(Self::NONE),
                (true, count) => rest(count - 1, 0x80, 0xbf),
            };
        }
        match byte {
            0..=0x7f => Some(Self::NONE),
            0xc2..=0xdf => rest(1, 0x80, 0xbf),
            0xe0 => rest(2, 0xa0, 0xbf),
            0xed => rest(2, 0x80, 0x9f),
            0xe1..=0xef => rest(2, 0x80, 0xbf),
            0xf0 => rest(3, 0x90, 0xbf),
            0xf1..=0xf3 => rest(3, 0x80, 0xbf),
            0xf4 => rest(3, 0x80, 0x8f),
            _ => None,
        }
    }
}

/// Bytes of one kind may stand at the same places in UTF-8.
fn utf8_kind(byte: u8) -> u8 {
    match byte {
        0..=0x7f => 0,
        0x80..=0x8f => 1,
        0x90..=0x9f => 2,
        0xa0..=0xbf => 3,
        0xc0..=0xc1 | 0xf5..=0xff => 4,
        0xc2..=0xdf => 5,
        0xe0 => 6,
        0xed => 7,
        0xe1..=0xef => 8,
        0xf0 => 9,
        0xf1..=0xf3 => 10,
        0xf4 => 11,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crdgen_cel::re2::Pattern;

    /// Whatever matches `old` matches `new`.
    fn check_included(old: &str, new: &str) {
        assert_eq!(difference(old, new, &Budget::default()), Difference::None, "{old} {new}");
    }

    /// Some text matches `old` and not `new`.
    fn check_different(old: &str, new: &str) {
        let Difference::Words(words) = difference(old, new, &Budget::default()) else {
            panic!("{old} {new}: no words")
        };
        let (old, new) = (Pattern::new(old).unwrap(), Pattern::new(new).unwrap());
        for word in words {
            assert!(old.is_match(&word) && !new.is_match(&word), "{word:?}");
        }
    }

    #[test]
    fn what_one_pattern_includes_is_proven() {
        check_included("^[a-z]+$", "^[a-z0-9]*$");
        check_included("^[a-z]{1,63}$", "(?s)^.{0,63}$");
        check_included("a|b", "[ab]");
        check_included(r"^\d+$", "^[0-9]");
        check_included("^(https?)://", "://");
        check_included("^x$", "");
        check_included("^a\\b", "^a");
    }

    #[test]
    fn what_only_one_pattern_matches_is_shown() {
        check_different("^[a-z0-9]*$", "^[a-z]+$");
        check_different("^[a-z]+$", "^[a-z]{1,63}$");
        check_different("[ab]", "a");
        check_different("^.$", "^[a-z]$");
        check_different("", "^x");
        check_different("^[^a]$", r"^[\x00-\x7F]$");
        check_different("^a", "^a\\b");
    }

    #[test]
    fn what_is_too_large_or_no_pattern_is_unknown() {
        assert_eq!(difference("(", "a", &Budget::default()), Difference::Unknown);
        assert_eq!(
            difference(r"^(\pL{1,500}-){1,2}$", r"^(\pL{1,499}-){1,2}x$", &Budget::default()),
            Difference::Unknown
        );
        let spent = Budget::default();
        spent.spend(usize::MAX);
        assert_eq!(difference("a", "a", &spent), Difference::Unknown);
    }
}
