//! From text to tokens: the longest token wins, and what is none is skipped and reported, as ANTLR does.

use super::token::{Token, TokenKind};

/// Text that begins no token.
pub(super) struct Unrecognized {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The tokens of a text, the last of which is [`TokenKind::End`], and what was skipped.
pub(super) fn tokens(source: &str) -> (Vec<Token>, Vec<Unrecognized>) {
    let mut lexer = Lexer { source, position: 0, tokens: Vec::new(), skipped: Vec::new() };
    while lexer.position < source.len() {
        lexer.step();
    }
    lexer.tokens.push(Token { kind: TokenKind::End, start: source.len(), end: source.len() });
    (lexer.tokens, lexer.skipped)
}

struct Lexer<'s> {
    source: &'s str,
    position: usize,
    tokens: Vec<Token>,
    skipped: Vec<Unrecognized>,
}

/// A token's kind and length; or how many bytes begin a token without completing one.
type Found = Result<(TokenKind, usize), usize>;

impl Lexer<'_> {
    fn step(&mut self) {
        let rest = &self.source[self.position..];
        if let Some(length) = blank(rest) {
            self.position += length;
            return;
        }
        let start = self.position;
        match token(rest) {
            Ok((kind, length)) => {
                self.position += length;
                self.tokens.push(Token { kind, start, end: self.position });
            }
            // The character that cannot continue is skipped with what stands before it.
            Err(length) => {
                let next = rest[length..].chars().next().map_or(0, char::len_utf8);
                self.position += length + next;
                self.skipped.push(Unrecognized { start, end: self.position });
            }
        }
    }
}

/// The length of white space or a comment.
fn blank(text: &str) -> Option<usize> {
    let spaces = text.len() - text.trim_start_matches(['\t', ' ', '\r', '\n', '\u{c}']).len();
    match spaces {
        0 if text.starts_with("//") => Some(text.find('\n').unwrap_or(text.len())),
        0 => None,
        spaces => Some(spaces),
    }
}

fn token(text: &str) -> Found {
    let first = text.as_bytes()[0];
    match first {
        b'"' | b'\'' => string(text, false).map(|length| (TokenKind::String, length)),
        b'`' => escaped_identifier(text),
        b'0'..=b'9' => Ok(number(text)),
        b'.' if text[1..].starts_with(|c: char| c.is_ascii_digit()) => Ok(number(text)),
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => Ok(prefixed_string(text).unwrap_or_else(|| word(text))),
        _ => symbol(text),
    }
}

fn symbol(text: &str) -> Found {
    use TokenKind as K;
    let bytes = text.as_bytes();
    let second = bytes.get(1).copied();
    let kind = match (bytes[0], second) {
        (b'=', Some(b'=')) => return Ok((K::Equal, 2)),
        (b'!', Some(b'=')) => return Ok((K::NotEqual, 2)),
        (b'<', Some(b'=')) => return Ok((K::LessEqual, 2)),
        (b'>', Some(b'=')) => return Ok((K::GreaterEqual, 2)),
        (b'&', Some(b'&')) => return Ok((K::And, 2)),
        (b'|', Some(b'|')) => return Ok((K::Or, 2)),
        (b'=' | b'&' | b'|', _) => return Err(1),
        (b'<', _) => K::Less,
        (b'>', _) => K::Greater,
        (b'!', _) => K::Not,
        (b'[', _) => K::OpenBracket,
        (b']', _) => K::CloseBracket,
        (b'{', _) => K::OpenBrace,
        (b'}', _) => K::CloseBrace,
        (b'(', _) => K::OpenParenthesis,
        (b')', _) => K::CloseParenthesis,
        (b'.', _) => K::Dot,
        (b',', _) => K::Comma,
        (b'-', _) => K::Minus,
        (b'?', _) => K::Question,
        (b':', _) => K::Colon,
        (b'+', _) => K::Plus,
        (b'*', _) => K::Star,
        (b'/', _) => K::Slash,
        (b'%', _) => K::Percent,
        _ => return Err(0),
    };
    Ok((kind, 1))
}

fn word(text: &str) -> (TokenKind, usize) {
    let length = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let kind = match &text[..length] {
        "in" => TokenKind::In,
        "true" => TokenKind::True,
        "false" => TokenKind::False,
        "null" => TokenKind::Null,
        _ => TokenKind::Identifier,
    };
    (kind, length)
}

fn escaped_identifier(text: &str) -> Found {
    let within = |c: char| c.is_ascii_alphanumeric() || "_.-/ ".contains(c);
    let length = 1 + text[1..].find(|c: char| !within(c)).unwrap_or(text.len() - 1);
    let ends = length > 1 && text[length..].starts_with('`');
    if ends { Ok((TokenKind::EscapedIdentifier, length + 1)) } else { Err(length) }
}

fn digits(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())
}

fn number(text: &str) -> (TokenKind, usize) {
    let hexadecimal =
        text.strip_prefix("0x").map_or(0, |rest| rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len()));
    let (mut kind, mut length) = (TokenKind::Int, if hexadecimal > 0 { hexadecimal + 2 } else { digits(text) });
    if hexadecimal == 0 {
        let fraction = text[length..].strip_prefix('.').map_or(0, digits);
        if fraction > 0 {
            (kind, length) = (TokenKind::Float, length + 1 + fraction);
        }
        let exponent = exponent(&text[length..]);
        if exponent > 0 {
            (kind, length) = (TokenKind::Float, length + exponent);
        }
    }
    let unsigned = kind == TokenKind::Int && text[length..].starts_with(['u', 'U']);
    if unsigned { (TokenKind::Uint, length + 1) } else { (kind, length) }
}

/// The length of `e`, a sign perhaps, and digits; 0 if there are none.
fn exponent(text: &str) -> usize {
    let Some(rest) = text.strip_prefix(['e', 'E']) else { return 0 };
    let sign = usize::from(rest.starts_with(['+', '-']));
    match digits(&rest[sign..]) {
        0 => 0,
        digits => 1 + sign + digits,
    }
}

/// A string with `r` before it, or bytes; otherwise it is a word.
fn prefixed_string(text: &str) -> Option<(TokenKind, usize)> {
    let (kind, prefix) = match text.as_bytes()[0] {
        b'b' | b'B' => (TokenKind::Bytes, 1),
        _ => (TokenKind::String, 0),
    };
    let raw = text[prefix..].starts_with(['r', 'R']);
    let prefix = prefix + usize::from(raw);
    let rest = text[prefix..].starts_with(['"', '\'']).then_some(&text[prefix..])?;
    Some((kind, prefix + string(rest, raw).ok()?))
}

/// The length of a quoted string, or of its part before the character that cannot continue it.
fn string(text: &str, raw: bool) -> Result<usize, usize> {
    let quote = &text[..1];
    let triple = quote.repeat(3);
    if text.starts_with(&triple)
        && let Ok(length) = quoted(text, &triple, raw)
    {
        return Ok(length);
    }
    // Without an end of three quotes, the first two are an empty string.
    quoted(text, quote, raw)
}

fn quoted(text: &str, quote: &str, raw: bool) -> Result<usize, usize> {
    let mut length = quote.len();
    while let Some(next) = text[length..].chars().next() {
        let rest = &text[length..];
        if rest.starts_with(quote) {
            return Ok(length + quote.len());
        }
        length += match next {
            '\\' if !raw => escape(rest).map_err(|valid| length + valid)?,
            '\n' | '\r' if quote.len() == 1 => return Err(length),
            next => next.len_utf8(),
        };
    }
    Err(length)
}

/// The length of an escape sequence, or of its part before the character that cannot continue it.
fn escape(text: &str) -> Result<usize, usize> {
    let Some(letter) = text[1..].chars().next() else { return Err(1) };
    let is_octal = |c: char| ('0'..='7').contains(&c);
    let is_hexadecimal = |c: char| c.is_ascii_hexdigit();
    let (count, is_digit): (usize, &dyn Fn(char) -> bool) = match letter {
        'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '"' | '\'' | '\\' | '?' | '`' => return Ok(2),
        '0'..='3' => (2, &is_octal),
        'x' | 'X' => (2, &is_hexadecimal),
        'u' => (4, &is_hexadecimal),
        'U' => (8, &is_hexadecimal),
        _ => return Err(1),
    };
    match text[2..].chars().take(count).take_while(|c| is_digit(*c)).count() {
        found if found == count => Ok(2 + count),
        found => Err(2 + found),
    }
}
