//! Reads JSON paths, as `k8s.io/client-go/util/jsonpath/parser.go` does.
//!
//! In: the text of a path. Out: its steps. A path is read up to a brace that closes; what is behind that says nothing of the first
//! value.

use serde_json::Value;

use super::{Comparison, Slice, Step};

/// How deep filters may nest. Each level is a call.
const MOST_NESTED: usize = 16;

/// Reads a path; `None` if it is malformed.
pub(super) fn parse(text: &str) -> Option<Vec<Step>> {
    action(text, 0)
}

fn action(text: &str, depth: usize) -> Option<Vec<Step>> {
    if depth > MOST_NESTED {
        return None;
    }
    let text = format!("{text}}}");
    Parser { rest: &text, steps: Vec::new(), depth }.read()
}

struct Parser<'t> {
    rest: &'t str,
    steps: Vec<Step>,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn read(mut self) -> Option<Vec<Step>> {
        loop {
            if self.rest.starts_with('}') {
                return Some(self.steps);
            } else if self.take("[?(") {
                self.filter()?;
            } else if self.take("..") {
                self.descendants()?;
            } else {
                let first = self.rest.chars().next()?;
                match first {
                    '+' | '-' | '0'..='9' => self.number()?,
                    c if is_word(c) => self.word(),
                    _ => {
                        self.rest = &self.rest[first.len_utf8()..];
                        match first {
                            ' ' | '@' | '$' => {}
                            '[' => self.bracket()?,
                            '"' | '\'' => self.quote(first)?,
                            '.' => self.field(),
                            _ => return None,
                        }
                    }
                }
            }
        }
    }

    /// Goes past a text, if it stands here.
    fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Everything up to a place, which is gone past.
    fn take_until(&mut self, end: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// `name` after a dot. A backslash makes the character after it a part of the name.
    fn field(&mut self) {
        let mut escaped = false;
        let end = self.rest.find(|c| {
            let ends = !escaped && ends_name(c);
            escaped = c == '\\' && !escaped;
            ends
        });
        let name = self.take_until(end.unwrap_or(self.rest.len()));
        self.steps.push(if name == "*" { Step::All } else { Step::Field(name.replace('\\', "")) });
    }

    fn descendants(&mut self) -> Option<()> {
        if self.steps.last() == Some(&Step::Descendants) {
            return None;
        }
        self.steps.push(Step::Descendants);
        if self.rest.starts_with(is_word) {
            self.field();
        }
        Some(())
    }

    /// `true`, `false`, or a word that is not known.
    fn word(&mut self) {
        let word = self.take_until(self.rest.find(ends_name).unwrap_or(self.rest.len()));
        self.steps.push(match word {
            "true" | "false" => Step::Constant(Value::Bool(word == "true")),
            _ => Step::Unknown,
        });
    }

    fn number(&mut self) -> Option<()> {
        let signs = usize::from(self.rest.starts_with(['+', '-']));
        let digits = self.rest[signs..].find(|c: char| c != '.' && !c.is_ascii_digit())?;
        let text = self.take_until(signs + digits);
        let integer = text.parse::<i64>().map(Value::from);
        self.steps.push(Step::Constant(integer.or_else(|_| text.parse::<f64>().map(Value::from)).ok()?));
        Some(())
    }

    fn quote(&mut self, quote: char) -> Option<()> {
        let closes = |(at, _): &(usize, &str)| !self.rest[..*at].ends_with('\\');
        let end = self.rest.match_indices(quote).find(closes)?.0;
        let text = unescaped(self.take_until(end))?;
        self.take(quote.encode_utf8(&mut [0; 4]));
        self.steps.push(Step::Text(Value::from(text)));
        Some(())
    }

    /// `0]`, `-1:]`, `'name']`, `0,1]`, after the opening bracket.
    fn bracket(&mut self) -> Option<()> {
        let inner = self.take_until(self.rest.find([']', '\n'])?);
        if !self.take("]") {
            return None;
        }
        if inner.contains(',') {
            let each = inner.split(',').map(|one| action(&format!("[{}]", one.trim_matches(' ')), self.depth + 1));
            self.steps.push(Step::Union(each.collect::<Option<_>>()?));
            return Some(());
        }
        let name = inner.strip_prefix('\'').and_then(|inner| inner.strip_suffix('\''));
        match name.filter(|name| !name.contains('\'')) {
            Some(name) => self.steps.extend(action(&format!(".{name}"), self.depth + 1)?),
            None => self.steps.push(Step::Slice(slice(if inner == "*" { ":" } else { inner })?)),
        }
        Some(())
    }

    /// `@.a=="b")]`, after `[?(`.
    fn filter(&mut self) -> Option<()> {
        let text = self.take_until(end_of_filter(self.rest)?);
        if !self.take(")]") {
            return None;
        }
        let depth = self.depth + 1;
        let step = match comparison(text) {
            None => Step::Exists(action(text, depth)?),
            Some((left, operator, right)) => {
                let (left, right) = (action(left, depth)?, action(right, depth)?);
                Step::Where(Box::new(Comparison { left, operator: operator.to_owned(), right }))
            }
        };
        self.steps.push(step);
        Some(())
    }
}

/// Where the parenthesis closes that ends a filter. Parentheses in the one quoted text that it may have do not count.
fn end_of_filter(text: &str) -> Option<usize> {
    let (mut quote, mut closed) = (None, false);
    for (at, c) in text.char_indices() {
        match c {
            '\n' => return None,
            '"' | '\'' if quote.is_none() => quote = Some(c),
            _ if quote == Some(c) && !text[..at].ends_with('\\') => closed = true,
            ')' if quote.is_some() == closed => return Some(at),
            _ => {}
        }
    }
    None
}

/// Both sides of a comparison, and its operator.
fn comparison(text: &str) -> Option<(&str, &str, &str)> {
    let is_operator = |c: char| matches!(c, '!' | '<' | '>' | '=');
    let start = text.find(is_operator).filter(|start| *start > 0)?;
    let end = text[start..].find(|c| !is_operator(c)).map_or(text.len() - 1, |length| start + length);
    (end > start).then(|| (&text[..start], &text[start..end], &text[end..]))
}

/// `start:end:step`, each of which may be absent.
fn slice(text: &str) -> Option<Slice> {
    let mut bounds = text.split(':');
    let mut bound = || match bounds.next() {
        None => Some((false, None)),
        Some("") => Some((true, None)),
        Some(number) => number.parse().ok().filter(|_| !number.starts_with('+')).map(|number| (true, Some(number))),
    };
    let ((_, start), (has_end, end), (_, step)) = (bound()?, bound()?, bound()?);
    bounds.next().is_none().then_some(Slice { start, end, step, single: !has_end })
}

/// The text of a literal in quotes.
fn unescaped(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        out.push(match c {
            '\\' => match characters.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                c @ ('\\' | '\'' | '"') => c,
                _ => return None,
            },
            c => c,
        });
    }
    Some(out)
}

fn ends_name(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '.' | ',' | '[' | ']' | '$' | '@' | '{' | '}')
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}
