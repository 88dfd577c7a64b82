//! Texts that match a pattern.
//!
//! In: a pattern as a schema has it, and how long a text should be. Out: texts that most likely match; the caller checks
//! them, since anchors and word borders are not looked at. Work and length are bounded.

use regex_syntax::{
    ParserBuilder,
    hir::{Class, Hir, HirKind},
};

use crdgen_cel::re2::cached;

/// No text is longer, in bytes.
const LONGEST: usize = 65_536;
/// So many steps are taken for one text.
const MAX_STEPS: usize = 200_000;
/// So many ends of ranges are kept of a class without printable characters.
const MAX_ENDS: usize = 8;
/// How deep groups may nest.
const NEST_LIMIT: u32 = 200;
/// How often an unbounded repetition is repeated, at first sparingly.
const GROWTHS: [u32; 8] = [0, 1, 2, 6, 14, 40, 130, 1100];

/// A pattern from which texts are made.
pub(crate) struct Source {
    root: Part,
}

/// A part of a pattern, with what is needed to write a text.
enum Part {
    Nothing,
    Text(String),
    /// Characters to choose from, at least one.
    Class(Vec<char>),
    Repeat {
        least: u32,
        most: u32,
        part: Box<Part>,
    },
    Sequence(Vec<Part>),
    Choice(Vec<Part>),
    /// What no text matches.
    Never,
}

impl Source {
    /// Reads a pattern. None if it is not one, or is nested too deeply.
    pub(crate) fn new(pattern: &str) -> Option<Self> {
        let pattern = cached(pattern).ok()?;
        let hir = ParserBuilder::new().nest_limit(NEST_LIMIT).build().parse(pattern.translated()).ok()?;
        Some(Self { root: part(&hir) })
    }

    /// Texts of at least `least` and at most `most` characters, different ones where the pattern leaves a choice.
    pub(crate) fn texts(&self, least: usize, most: usize, count: usize) -> Vec<String> {
        let mut texts = Vec::new();
        for variant in 0..count {
            let text = self.fitting(least, most, variant);
            texts.extend(text.filter(|text| !texts.contains(text)));
        }
        texts
    }

    fn fitting(&self, least: usize, most: usize, variant: usize) -> Option<String> {
        let length = |text: &String| text.chars().count();
        // What grows too long for one growth does so for all that follow.
        let texts = |growths: &mut dyn Iterator<Item = u32>| {
            let texts = growths.map_while(|growth| self.text(growth, variant));
            texts.take_while(|text| length(text) <= most).find(|text| length(text) >= least)
        };
        texts(&mut GROWTHS.into_iter().skip(variant % 3))
            .or_else(|| texts(&mut GROWTHS.into_iter()))
            // One repetition at a time, for patterns that few lengths fit.
            .or_else(|| texts(&mut (1..64)))
    }

    fn text(&self, growth: u32, variant: usize) -> Option<String> {
        let mut writer = Writer { out: String::new(), growth, variant, places: 0, steps: MAX_STEPS };
        writer.write(&self.root)?;
        Some(writer.out)
    }
}

fn part(hir: &Hir) -> Part {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Part::Nothing,
        HirKind::Literal(literal) => Part::Text(String::from_utf8_lossy(&literal.0).into_owned()),
        HirKind::Class(class) => {
            let characters = characters(class);
            if characters.is_empty() { Part::Never } else { Part::Class(characters) }
        }
        HirKind::Repetition(repetition) => Part::Repeat {
            least: repetition.min,
            most: repetition.max.unwrap_or(u32::MAX),
            part: Box::new(part(&repetition.sub)),
        },
        HirKind::Capture(capture) => part(&capture.sub),
        HirKind::Concat(parts) => Part::Sequence(parts.iter().map(part).collect()),
        HirKind::Alternation(branches) => Part::Choice(branches.iter().map(part).collect()),
    }
}

/// Characters of a class: letters and digits, then the other printable ones; if there are none, the ends of its ranges.
fn characters(class: &Class) -> Vec<char> {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.ranges().iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => {
            class.ranges().iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect()
        }
    };
    let has = |c: &char| ranges.iter().any(|(start, end)| (start..=end).contains(&c));
    let common = ('a'..='z').chain('0'..='9').chain('A'..='Z');
    let printable = (' '..='~').filter(|c| !c.is_ascii_alphanumeric());
    let found: Vec<char> = common.chain(printable).filter(has).collect();
    if !found.is_empty() {
        return found;
    }
    ranges.iter().flat_map(|(start, end)| [*start, *end]).take(MAX_ENDS).collect()
}

struct Writer {
    out: String,
    /// How much more often than necessary something is repeated.
    growth: u32,
    /// Which alternative and which character is taken.
    variant: usize,
    /// How many choices were made.
    places: usize,
    steps: usize,
}

impl Writer {
    /// None if the text grows too long, or nothing matches.
    fn write(&mut self, part: &Part) -> Option<()> {
        self.steps = self.steps.checked_sub(1)?;
        match part {
            Part::Nothing => {}
            Part::Text(text) => self.out.push_str(text),
            Part::Class(characters) => {
                let choice = self.choice() % characters.len();
                self.out.push(characters[choice]);
            }
            Part::Repeat { least, most, part } => {
                let count = least.saturating_add(self.growth).min(*most);
                (0..count).try_for_each(|_| self.write(part))?;
            }
            Part::Sequence(parts) => parts.iter().try_for_each(|part| self.write(part))?,
            Part::Choice(branches) => {
                let choice = self.choice();
                self.write(branches.get(choice % branches.len())?)?;
            }
            Part::Never => return None,
        }
        (self.out.len() <= LONGEST).then_some(())
    }

    /// A number that differs from place to place and from variant to variant; all zero in the first variant.
    fn choice(&mut self) -> usize {
        self.places += 1;
        if self.variant == 0 { 0 } else { self.variant.wrapping_mul(7).wrapping_add(self.places * 3) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crdgen_cel::re2::Pattern;

    /// Texts are made of the pattern, and all match it.
    fn check(pattern: &str, least: usize, most: usize) {
        let texts = Source::new(pattern).unwrap().texts(least, most, 6);
        assert!(!texts.is_empty(), "{pattern}");
        let compiled = Pattern::new(pattern).unwrap();
        for text in &texts {
            assert!(compiled.is_match(text), "{pattern} must match {text:?}");
            assert!((least..=most).contains(&text.chars().count()), "{text:?}");
        }
    }

    #[test]
    fn texts_match_their_pattern() {
        check("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", 0, 63);
        check(r"^(\d+(\.\d+)?)(Ki|Mi|Gi)?$", 0, 20);
        check("^(a|b){3}$", 0, 9);
        check("^$|^[A-Z]+$", 0, 9);
        check(r"^[^\s]+$", 0, 9);
    }

    #[test]
    fn texts_have_the_wanted_length() {
        check("^[a-z]+$", 50, 60);
        check("^x*$", 1000, 2000);
    }

    #[test]
    fn a_pattern_without_end_is_given_up() {
        let huge = Source::new("((((a?b?)*){10}){10}){10}").unwrap();
        assert!(huge.texts(0, 10, 3).len() <= 3);
        assert!(Source::new("(").is_none());
    }
}
