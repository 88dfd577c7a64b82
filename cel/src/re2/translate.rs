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
        source,
        rest: source,
        out: String::with_capacity(source.len() + 16),
        flags: String::new(),
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
    translator.finish_atom();
    Ok(translator.out)
}

/// Go's wording: what is wrong, and the part at fault.
pub(super) fn error(what: &str, part: &str) -> Error {
    Error { reason: format!("{what}: `{part}`") }
}

struct Translator<'p> {
    source: &'p str,
    rest: &'p str,
    out: String,
    /// Flags that hold from here on, `(?i)`, not written yet: Go lets a repetition reach over them.
    flags: String,
    /// The groups around.
    groups: Vec<Group>,
    /// What a repetition would repeat.
    atom: Option<Atom<'p>>,
    /// The greatest weight in this group, the atom's left out.
    weight: u64,
}

/// A group that is open.
struct Group {
    /// Where it starts in what is written.
    start: usize,
    /// The greatest weight that was found before it.
    weight: u64,
}

/// The last thing that was translated.
struct Atom<'p> {
    /// Where it starts in what is written.
    start: usize,
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
                self.start_atom();
                self.rest = class::translate(self.rest, &mut self.out)?;
            }
            '(' => self.open()?,
            ')' => self.close()?,
            '|' => {
                self.take(1);
                self.finish_atom();
                self.out.push('|');
            }
            '*' | '+' | '?' => self.repeat(1, None)?,
            '{' => match counts(self.rest) {
                Some((length, least, most)) => self.repeat_counted(length, least, most)?,
                None => self.literal(c),
            },
            '^' | '$' | '.' => {
                self.take(1);
                self.start_atom();
                self.out.push(c);
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

    /// What is written next can be repeated.
    fn start_atom(&mut self) {
        self.finish_atom();
        self.atom = Some(Atom { start: self.out.len(), weight: 0, repetition: None });
    }

    /// What was written last cannot be repeated any more.
    fn finish_atom(&mut self) {
        if let Some(atom) = self.atom.take() {
            self.weight = self.weight.max(atom.weight);
        }
        self.out.push_str(&std::mem::take(&mut self.flags));
    }

    fn literal(&mut self, c: char) {
        self.take(c.len_utf8());
        self.put_literal(c);
    }

    fn put_literal(&mut self, c: char) {
        self.start_atom();
        self.out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
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
            self.start_atom();
            self.out.push_str(anchor);
            return Ok(());
        }
        if let Some(quoted) = self.rest.strip_prefix(r"\Q") {
            let (literal, rest) = quoted.split_once(r"\E").unwrap_or((quoted, ""));
            literal.chars().for_each(|c| self.put_literal(c));
            self.rest = rest;
            return Ok(());
        }
        if let Some((class, rest)) = class::shorthand(self.rest)? {
            self.start_atom();
            self.out.push_str(&class);
            self.rest = rest;
            return Ok(());
        }
        let (code, rest) = class::escaped(self.rest)?;
        self.rest = rest;
        if let Some(c) = char::from_u32(code) {
            self.put_literal(c);
        } else {
            // A surrogate: no text has it.
            self.start_atom();
            self.out.push_str(class::NOTHING);
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
            return Ok(());
        }
        self.flags.push_str(&written);
        if let Some(atom) = &mut self.atom
            && atom.repetition.take().is_some()
        {
            // Behind flags Go repeats even a repetition.
            self.out.insert_str(atom.start, "(?:");
            self.out.push(')');
        }
        Ok(())
    }

    fn enter(&mut self, opening: &str) {
        self.finish_atom();
        self.groups.push(Group { start: self.out.len(), weight: self.weight });
        self.out.push_str(opening);
        self.weight = 0;
    }

    fn close(&mut self) -> Result<(), Error> {
        let Some(group) = self.groups.pop() else { return Err(error("unexpected )", self.source)) };
        self.take(1);
        self.finish_atom();
        self.out.push(')');
        self.atom = Some(Atom { start: group.start, weight: self.weight, repetition: None });
        self.weight = group.weight;
        Ok(())
    }

    fn repeat_counted(&mut self, length: usize, least: u64, most: Option<u64>) -> Result<(), Error> {
        let written = &self.rest[..length];
        if least > MAX_COUNT || most.is_some_and(|most| most > MAX_COUNT || most < least) {
            return Err(error("invalid repeat count", written));
        }
        // Without an upper limit, what stands inside counts at least once.
        self.repeat(length, Some(most.unwrap_or(least.max(1))))
    }

    /// Translates a repetition whose operator is so many bytes long. A counted one multiplies the counts inside.
    fn repeat(&mut self, length: usize, count: Option<u64>) -> Result<(), Error> {
        let start = self.rest;
        let length = length + usize::from(start[length..].starts_with('?'));
        if let Some(before) = self.atom.as_ref().and_then(|atom| atom.repetition) {
            let both = &before[..before.len() - start.len() + length];
            return Err(error("invalid nested repetition operator", both));
        }
        let Some(atom) = &mut self.atom else {
            return Err(error("missing argument to repetition operator", &start[..length]));
        };
        match count {
            None => {}
            Some(0) => atom.weight = 0,
            Some(count) => atom.weight = count * atom.weight.max(1),
        }
        if atom.weight > MAX_COUNT {
            return Err(error("invalid repeat count", &start[..length]));
        }
        atom.repetition = Some(start);
        let written = self.take(length);
        self.out.push_str(written);
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
    let (mut set, mut cleared, mut negative) = (String::new(), String::new(), false);
    for (index, c) in source.char_indices().skip(2) {
        let rest = &source[index + c.len_utf8()..];
        match c {
            'i' | 'm' | 's' | 'U' if negative => cleared.push(c),
            'i' | 'm' | 's' | 'U' => set.push(c),
            '-' if !negative => negative = true,
            ':' | ')' if !negative || !cleared.is_empty() => {
                let flags = unique(&set, &cleared);
                let opens = c == ':';
                let written = if flags.is_empty() && !opens { String::new() } else { format!("(?{flags}{c}") };
                return Ok((written, opens, rest));
            }
            _ => return Err(error("invalid or unsupported Perl syntax", &source[..source.len() - rest.len()])),
        }
    }
    Err(error("invalid or unsupported Perl syntax", source))
}

/// Flags as the target wants them: each once. Go takes the last word on a flag, which is the negated one.
fn unique(set: &str, cleared: &str) -> String {
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
