//! `email`: what Go's `mail.ParseAddress` accepts, a reader of RFC 5322 with its own leniencies.

use std::net::IpAddr;

/// One address: `a@b`, `Name <a@b>`, `a@b (comment)`, or a group that holds one.
pub(super) fn is_address(text: &str) -> bool {
    let mut reader = Reader { rest: text };
    reader.address(true) == Some(1) && reader.skip_comments() && reader.rest.is_empty()
}

/// The text that is left. Every method takes what it reads, and says nothing if that is not there.
#[derive(Clone, Copy)]
struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    /// Reads an address, and returns how many it stands for: a group may hold several or none.
    fn address(&mut self, groups: bool) -> Option<usize> {
        self.skip_space();
        if self.spec() {
            self.skip_space();
            if self.rest.starts_with('(') {
                let comment = self.comment()?;
                if comment.split([' ', '\t']).any(has_unknown_charset) {
                    return None;
                }
            }
            return Some(1);
        }
        if !self.rest.starts_with('<') && !self.phrase() {
            return None;
        }
        self.skip_space();
        if groups && self.take(':') {
            return self.group();
        }
        (self.take('<') && self.spec() && self.take('>')).then_some(1)
    }

    fn group(&mut self) -> Option<usize> {
        self.skip_space();
        if self.take(';') {
            return self.skip_comments().then_some(0);
        }
        let mut count = 0;
        loop {
            count += self.address(false)?;
            if !self.skip_comments() {
                return None;
            }
            if self.take(';') {
                return self.skip_comments().then_some(count);
            }
            if !self.take(',') {
                return None;
            }
        }
    }

    /// `local@domain`; takes nothing if it is not there.
    fn spec(&mut self) -> bool {
        let start = *self;
        self.skip_space();
        let local = if self.rest.starts_with('"') {
            self.quoted().is_some_and(|text| !text.is_empty())
        } else {
            self.atom().is_some_and(is_dot_atom)
        };
        let read = local && self.take('@') && {
            self.skip_space();
            if self.rest.starts_with('[') { self.literal() } else { self.atom().is_some_and(is_dot_atom) }
        };
        if !read {
            *self = start;
        }
        read
    }

    /// One word or more. What follows the first and is not a word is left.
    fn phrase(&mut self) -> bool {
        let mut words = 0;
        loop {
            if words > 0 && !self.skip_comments() {
                return false;
            }
            self.skip_space();
            let word = if self.rest.starts_with('"') {
                self.quoted().is_some()
            } else {
                // A word of an unknown character set is not a word, but it is taken all the same.
                self.atom().is_some_and(|word| !has_unknown_charset(word))
            };
            if !word {
                return words > 0;
            }
            words += 1;
        }
    }

    /// A quoted text's content, escapes left as they are.
    fn quoted(&mut self) -> Option<&'t str> {
        let body = self.rest.strip_prefix('"')?;
        let mut escaped = false;
        for (index, c) in body.char_indices() {
            let visible = is_visible(c) || matches!(c, ' ' | '\t');
            match c {
                '"' if !escaped => {
                    self.rest = &body[index + 1..];
                    return Some(&body[..index]);
                }
                _ if !visible => return None,
                '\\' if !escaped => escaped = true,
                _ => escaped = false,
            }
        }
        None
    }

    /// Characters of an atom, dots included.
    fn atom(&mut self) -> Option<&'t str> {
        let end = self.rest.find(|c| !is_atom(c)).unwrap_or(self.rest.len());
        let (atom, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!atom.is_empty()).then_some(atom)
    }

    /// `[address]`
    fn literal(&mut self) -> bool {
        let Some((address, rest)) = self.rest[1..].split_once(']') else { return false };
        self.rest = rest;
        address.parse::<IpAddr>().is_ok()
    }

    /// Skips space and comments; false if a comment does not end.
    fn skip_comments(&mut self) -> bool {
        self.skip_space();
        while self.rest.starts_with('(') {
            if self.comment().is_none() {
                return false;
            }
            self.skip_space();
        }
        true
    }

    /// A comment's content; comments nest.
    fn comment(&mut self) -> Option<&'t str> {
        let (mut depth, mut escaped) = (0_usize, false);
        for (index, c) in self.rest.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '(' => depth += 1,
                ')' if depth == 1 => {
                    let content = &self.rest[1..index];
                    self.rest = &self.rest[index + 1..];
                    return Some(content);
                }
                ')' => depth -= 1,
                _ => {}
            }
        }
        None
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    fn take(&mut self, c: char) -> bool {
        let rest = self.rest.strip_prefix(c);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }
}

fn is_dot_atom(atom: &str) -> bool {
    !atom.starts_with('.') && !atom.ends_with('.') && !atom.contains("..")
}

fn is_atom(c: char) -> bool {
    is_visible(c) && !matches!(c, '(' | ')' | '<' | '>' | '[' | ']' | ':' | ';' | '@' | '\\' | ',' | '"')
}

fn is_visible(c: char) -> bool {
    !c.is_ascii() || c.is_ascii_graphic()
}

/// Whether this is an encoded word (RFC 2047) in a character set that Go does not know: it refuses that, while it takes
/// a malformed encoded word for a plain one.
fn has_unknown_charset(word: &str) -> bool {
    let Some(inner) = word.strip_prefix("=?").and_then(|word| word.strip_suffix("?=")) else { return false };
    let parts: Vec<&str> = inner.split('?').collect();
    let [charset, encoding, text] = parts.as_slice() else { return false };
    let decodes = match *encoding {
        "q" | "Q" => is_quoted_printable(text),
        "b" | "B" => text.is_empty() || super::code::is_base64(text),
        _ => false,
    };
    let known = ["utf-8", "iso-8859-1", "us-ascii"].iter().any(|known| charset.eq_ignore_ascii_case(known));
    decodes && !charset.is_empty() && !known
}

fn is_quoted_printable(text: &str) -> bool {
    let escapes = text.split('=').skip(1);
    let hexadecimal = |part: &str| part.get(..2).is_some_and(|digits| digits.bytes().all(|c| c.is_ascii_hexdigit()));
    text.bytes().all(|c| matches!(c, b' '..=b'~' | b'\n' | b'\r' | b'\t')) && escapes.into_iter().all(hexadecimal)
}
