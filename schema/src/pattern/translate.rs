//! Go's regular expressions → those of the `regex` crate.
//!
//! In: a pattern in the syntax of Go's `regexp` (with `syntax.Perl`). Out: an equivalent pattern, or Go's complaint.
//! Everything is written out anew, so that nothing of the source has the target's meaning by accident.

use super::{Error, class};

/// The largest repetition count, alone or multiplied by those inside.
const MAX_COUNT: u64 = 1000;

/// Translates a pattern.
pub(super) fn translate(source: &str) -> Result<String, Error> {
    let mut translator = Translator {
        rest: source,
        out: String::with_capacity(source.len() + 16),
        groups: Vec::new(),
        atom: None,
        weight: 0,
    };
    while !translator.rest.is_empty() {
        translator.step()?;
    }
    if !translator.groups.is_empty() {
        return Err(error("missing closing )", source));
    }
    Ok(translator.out)
}

/// Go's wording: what is wrong, and the part at fault.
pub(super) fn error(what: &str, part: &str) -> Error {
    Error { reason: format!("{what}: `{part}`") }
}

struct Translator<'p> {
    rest: &'p str,
    out: String,
    /// The weights found so far in the groups around.
    groups: Vec<u64>,
    /// What a repetition would repeat.
    atom: Option<Atom<'p>>,
    /// The greatest weight in this group.
    weight: u64,
}

/// The last thing that was translated.
struct Atom<'p> {
    /// The largest product of nested counts in it.
    weight: u64,
    /// The repetition, if it is one, from its operator on.
    repetition: Option<&'p str>,
}

impl<'p> Translator<'p> {
    fn step(&mut self) -> Result<(), Error> {
        let Some(c) = self.rest.chars().next() else { return Ok(()) };
        match c {
            '\\' => self.escape()?,
            '[' => {
                self.rest = class::translate(self.rest, &mut self.out)?;
                self.put_atom();
            }
            '(' => self.open()?,
            ')' => self.close()?,
            '|' => {
                self.take(1);
                self.out.push('|');
                self.atom = None;
            }
            '*' | '+' | '?' => self.repeat(1, 1)?,
            '{' => match counts(self.rest) {
                Some((length, least, most)) => self.repeat_counted(length, least, most)?,
                None => self.literal(c),
            },
            '^' | '$' | '.' => {
                self.take(1);
                self.out.push(c);
                self.put_atom();
            }
            _ => self.literal(c),
        }
        Ok(())
    }

    /// Takes so many bytes of the source.
    fn take(&mut self, length: usize) -> &'p str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn put_atom(&mut self) {
        self.atom = Some(Atom { weight: 0, repetition: None });
    }

    fn literal(&mut self, c: char) {
        self.take(c.len_utf8());
        self.put_literal(c);
    }

    fn put_literal(&mut self, c: char) {
        self.out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
        self.put_atom();
    }

    fn escape(&mut self) -> Result<(), Error> {
        let anchor = match self.rest.as_bytes().get(1) {
            Some(b'A') => Some(r"\A"),
            Some(b'z') => Some(r"\z"),
            Some(b'b') => Some(r"(?-u:\b)"),
            Some(b'B') => Some(r"(?-u:\B)"),
            _ => None,
        };
        if let Some(anchor) = anchor {
            self.take(2);
            self.out.push_str(anchor);
            self.put_atom();
            return Ok(());
        }
        if let Some(quoted) = self.rest.strip_prefix(r"\Q") {
            let (literal, rest) = quoted.split_once(r"\E").unwrap_or((quoted, ""));
            literal.chars().for_each(|c| self.put_literal(c));
            self.rest = rest;
            return Ok(());
        }
        if let Some((class, rest)) = class::shorthand(self.rest)? {
            self.out.push_str(&class);
            self.rest = rest;
            self.put_atom();
            return Ok(());
        }
        let (code, rest) = class::escaped(self.rest)?;
        self.rest = rest;
        if let Some(c) = char::from_u32(code) {
            self.put_literal(c);
        } else {
            // A surrogate: no text has it.
            self.out.push_str(class::NOTHING);
            self.put_atom();
        }
        Ok(())
    }

    fn open(&mut self) -> Result<(), Error> {
        if !self.rest.starts_with("(?") {
            self.take(1);
            self.enter("(?:");
            return Ok(());
        }
        let (written, opens, rest) = flags(self.rest)?;
        self.rest = rest;
        if opens {
            self.enter(&written);
        } else {
            self.out.push_str(&written);
            self.atom = None;
        }
        Ok(())
    }

    fn enter(&mut self, opening: &str) {
        self.out.push_str(opening);
        self.groups.push(self.weight);
        self.weight = 0;
        self.atom = None;
    }

    fn close(&mut self) -> Result<(), Error> {
        let Some(outer) = self.groups.pop() else { return Err(error("unexpected )", self.rest)) };
        self.take(1);
        self.out.push(')');
        self.atom = Some(Atom { weight: self.weight, repetition: None });
        self.weight = outer.max(self.weight);
        Ok(())
    }

    fn repeat_counted(&mut self, length: usize, least: u64, most: Option<u64>) -> Result<(), Error> {
        let written = &self.rest[..length];
        if least > MAX_COUNT || most.is_some_and(|most| most > MAX_COUNT || most < least) {
            return Err(error("invalid repeat count", written));
        }
        self.repeat(length, most.unwrap_or(least))
    }

    /// Translates a repetition whose operator is so many bytes long and multiplies the counts inside by `factor`.
    fn repeat(&mut self, length: usize, factor: u64) -> Result<(), Error> {
        let start = self.rest;
        let Some(atom) = self.atom.take() else {
            return Err(error("missing argument to repetition operator", &start[..length]));
        };
        let lazy = usize::from(start[length..].starts_with('?'));
        if let Some(before) = atom.repetition {
            let both = &before[..before.len() - self.rest.len() + length];
            return Err(error("invalid nested repetition operator", both));
        }
        let counted = start.starts_with('{');
        let weight = match (counted, factor) {
            (true, 0) => 0,
            (true, _) => factor * atom.weight.max(1),
            (false, _) => atom.weight,
        };
        if weight > MAX_COUNT {
            return Err(error("invalid repeat count", &start[..length]));
        }
        let written = self.take(length + lazy);
        self.out.push_str(written);
        self.weight = self.weight.max(weight);
        self.atom = Some(Atom { weight, repetition: Some(start) });
        Ok(())
    }
}

/// A group that starts with `(?`: what to write for it, whether it stays open, and the rest.
fn flags(source: &str) -> Result<(String, bool, &str), Error> {
    let named = source.strip_prefix("(?P<").or_else(|| source.strip_prefix("(?<"));
    if let Some(named) = named {
        let (name, rest) = named.split_once('>').ok_or_else(|| error("invalid named capture", source))?;
        if name.is_empty() || !name.bytes().all(|c| c == b'_' || c.is_ascii_alphanumeric()) {
            return Err(error("invalid named capture", &source[..source.len() - rest.len()]));
        }
        return Ok(("(?:".to_owned(), true, rest));
    }
    let wrong = || error("invalid or unsupported Perl syntax", source.get(..4).unwrap_or(source));
    let end = source.find([':', ')']).ok_or_else(wrong)?;
    let flags = &source[2..end];
    let negated = flags.split_once('-').map(|(_, negated)| negated);
    let known = flags.bytes().all(|flag| matches!(flag, b'i' | b'm' | b's' | b'U' | b'-'));
    if !known || negated.is_some_and(|negated| negated.is_empty() || negated.contains('-')) {
        return Err(wrong());
    }
    let opens = source.as_bytes()[end] == b':';
    let rest = &source[end + 1..];
    let written =
        if flags.is_empty() && !opens { String::new() } else { format!("(?{}{}", unique(flags), &source[end..=end]) };
    Ok((written, opens, rest))
}

/// Flags as the target wants them: each once. Go takes the last word on a flag, which is the negated one.
fn unique(flags: &str) -> String {
    let (set, cleared) = flags.split_once('-').unwrap_or((flags, ""));
    let pick = |from: &str, not: &str| -> String {
        "imsU".chars().filter(|c| from.contains(*c) && !not.contains(*c)).collect()
    };
    let (set, cleared) = (pick(set, cleared), pick(cleared, ""));
    if cleared.is_empty() { set } else { format!("{set}-{cleared}") }
}

/// `{n}`, `{n,}` or `{n,m}` at the start: its length and counts. Anything else is literal text.
fn counts(source: &str) -> Option<(usize, u64, Option<u64>)> {
    let inner = &source[1..source.find('}')?];
    let (least, most) = match inner.split_once(',') {
        None => (count(inner)?, Some(count(inner)?)),
        Some((least, "")) => (count(least)?, None),
        Some((least, most)) => (count(least)?, Some(count(most)?)),
    };
    Some((inner.len() + 2, least, most))
}

/// A count without leading zeros; one too large for a number is only too large.
fn count(digits: &str) -> Option<u64> {
    if digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) || digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    Some(digits.parse().unwrap_or(u64::MAX))
}
