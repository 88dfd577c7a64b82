//! Reads JSON texts of the usual kind, which are nearly all.
//!
//! In: a text. Out: its value; none if anything in it is unusual: then `serde_json` reads it once more, and has the last word and
//! the words of errors. It is there because `serde_json` takes its time for texts with many escapes, such as scripts and
//! templates, and takes `-0` for a float.

use serde_json::{Map, Number, Value};

/// Deeper texts are unusual.
const DEPTH: usize = 100;
/// Integers of so many digits fit 64 bits.
const DIGITS: usize = 18;

/// The value of a text.
pub(super) fn read(text: &str) -> Option<Value> {
    let mut reader = Reader::new(text);
    let value = reader.value()?;
    reader.is_at_end().then_some(value)
}

pub(super) struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    /// What a string with escapes is put together in.
    scratch: Vec<u8>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0, scratch: Vec::new() }
    }

    /// Whether nothing but space is left.
    pub(super) fn is_at_end(&mut self) -> bool {
        self.skip_space();
        self.at == self.text.len()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// The next byte that is not space, which is read.
    pub(super) fn next(&mut self) -> Option<u8> {
        self.skip_space();
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn value(&mut self) -> Option<Value> {
        match self.next()? {
            b'"' => self.string().map(Value::String),
            b'{' => self.nested(Self::object),
            b'[' => self.nested(Self::array),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word("rue", Value::Bool(true)),
            b'f' => self.word("alse", Value::Bool(false)),
            b'n' => self.word("ull", Value::Null),
            _ => None,
        }
    }

    pub(super) fn word<V>(&mut self, rest: &str, value: V) -> Option<V> {
        self.text[self.at..].starts_with(rest).then(|| {
            self.at += rest.len();
            value
        })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Option<Value>) -> Option<Value> {
        self.depth += 1;
        let value = if self.depth > DEPTH { None } else { read(self) };
        self.depth -= 1;
        value
    }

    /// Of members with the same name the last counts.
    fn object(&mut self) -> Option<Value> {
        let mut members = Map::new();
        let mut next = self.next()?;
        while next != b'}' || !members.is_empty() {
            if next != b'"' {
                return None;
            }
            let name = self.string()?;
            if self.next()? != b':' {
                return None;
            }
            members.insert(name, self.value()?);
            match self.next()? {
                b',' => next = self.next()?,
                b'}' => break,
                _ => return None,
            }
        }
        Some(Value::Object(members))
    }

    fn array(&mut self) -> Option<Value> {
        let mut items = Vec::new();
        self.skip_space();
        if self.peek()? == b']' {
            self.at += 1;
            return Some(Value::Array(items));
        }
        loop {
            items.push(self.value()?);
            match self.next()? {
                b',' => {}
                b']' => return Some(Value::Array(items)),
                _ => return None,
            }
        }
    }

    /// The rest of a string, after its first quote.
    pub(super) fn string(&mut self) -> Option<String> {
        let (bytes, start) = (self.text.as_bytes(), self.at);
        let mut end = start;
        while let Some(word) = word_at(bytes, end) {
            let plain = plain_bytes(word);
            end += plain;
            if plain < WORD {
                break;
            }
        }
        end += bytes[end..].iter().position(|byte| is_special(*byte))?;
        self.at = end + 1;
        match bytes[end] {
            b'"' => Some(self.text[start..end].to_owned()),
            b'\\' => self.escaped_string(start, end),
            _ => None,
        }
    }

    /// A string with escapes, of which the first is at `end`.
    fn escaped_string(&mut self, start: usize, end: usize) -> Option<String> {
        let bytes = self.text.as_bytes();
        self.scratch.clear();
        self.scratch.extend_from_slice(&bytes[start..end]);
        let (mut at, mut length) = (end, self.scratch.len());
        loop {
            // Room for whole words, so that each is written at once, whatever of it counts.
            if self.scratch.len() < length + 2 * WORD {
                self.scratch.resize(2 * length + 8 * WORD, 0);
            }
            match *bytes.get(at)? {
                b'"' => break,
                b'\\' => match UNESCAPED[usize::from(*bytes.get(at + 1)?)] {
                    0 => {
                        let mut written = [0; 4];
                        let character = self.coded(&mut at)?.encode_utf8(&mut written).len();
                        self.scratch[length..length + 4].copy_from_slice(&written);
                        length += character;
                    }
                    plain => {
                        self.scratch[length] = plain;
                        (at, length) = (at + 2, length + 1);
                    }
                },
                0..0x20 => return None,
                byte => {
                    let (word, plain) = word_at(bytes, at).map_or((byte.into(), 1), |word| (word, plain_bytes(word)));
                    self.scratch[length..length + WORD].copy_from_slice(&word.to_le_bytes());
                    (at, length) = (at + plain, length + plain);
                }
            }
        }
        self.at = at + 1;
        str::from_utf8(&self.scratch[..length]).ok().map(str::to_owned)
    }

    /// What the escape `\u` at that place stands for; the place becomes that behind it.
    fn coded(&self, at: &mut usize) -> Option<char> {
        let first = self.code(at)?;
        if (0xD800..0xDC00).contains(&first) {
            return char::decode_utf16([first, self.code(at)?]).next()?.ok();
        }
        char::from_u32(first.into())
    }

    /// The four hexadecimal digits of an escape `\u`.
    fn code(&self, at: &mut usize) -> Option<u16> {
        let digits = self.text.get(*at..*at + 6)?.strip_prefix("\\u")?;
        *at += 6;
        if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) { u16::from_str_radix(digits, 16).ok() } else { None }
    }

    /// The text of a number, of which the first byte was read.
    pub(super) fn number_text(&mut self) -> &'t str {
        let rest = &self.text[self.at - 1..];
        let is_part = |byte: u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let written = &rest[..rest.bytes().position(|byte| !is_part(byte)).unwrap_or(rest.len())];
        self.at += written.len() - 1;
        written
    }

    /// A number, of which the first byte was read.
    fn number(&mut self) -> Option<Value> {
        let written = self.number_text();
        let digits = written.strip_prefix('-').unwrap_or(written);
        let is_integer = (1..=DIGITS).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
        if is_integer && (digits == "0" || !digits.starts_with('0')) {
            return written.parse::<i64>().ok().map(Value::from);
        }
        serde_json::from_str::<Number>(written).ok().map(Value::Number)
    }
}

/// What stands behind a backslash, by what it stands for; otherwise 0.
const UNESCAPED: [u8; 256] = {
    let mut table = [0; 256];
    let escapes = b"\"\"\\\\//b\x08f\x0cn\nr\rt\t";
    let mut at = 0;
    while at < escapes.len() {
        table[escapes[at] as usize] = escapes[at + 1];
        at += 2;
    }
    table
};

/// How many bytes of a string are looked at together.
const WORD: usize = 8;

fn word_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// What does not stand for itself in a string.
fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..0x20)
}

/// How many bytes of a word stand for themselves, before the first that does not.
fn plain_bytes(word: u64) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; WORD]);
    const TOPS: u64 = ONES << 7;
    // The first byte with its top bit set is the first that is below the limit; after it there may be others.
    let below = |word: u64, limit: u8| word.wrapping_sub(ONES * u64::from(limit)) & !word & TOPS;
    let is = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    let special = below(word, 0x20) | is(b'"') | is(b'\\');
    (special.trailing_zeros() / 8) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(texts: &[&str]) {
        for text in texts {
            let expected = serde_json::from_str::<Value>(text).ok();
            assert_eq!(read(text), expected, "{text:?}");
        }
    }

    #[test]
    fn scalars() {
        check(&["null", " true ", "false", "0", "-1", "12345678901234567", "1234567890123456789"]);
        check(&["18446744073709551615", "18446744073709551616", "-9223372036854775809", "1e400", "123.456e7"]);
        check(&["1.0", "-0.0", "1e3", "-1.5E-3", "0.1"]);
        check(&["", " ", "nul", "truefalse", "1 2", "\u{feff}1"]);
        check(&["01", "-", "1.", ".5", "+1", "1e", "--1", "1-2"]);
    }

    #[test]
    fn strings() {
        check(&[r#""""#, r#""a""#, r#""a\n\t\"\\\/\b\f\r""#, r#""\u0041\ud83d\ude00é\u00e9""#]);
        check(&[r#""a long text without any escape, é""#, r#""a long text with an escape at the end\n""#]);
        check(&[r#""\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n""#, r#""\u00e9\u00e9\u00e9\u00e9\u00e9""#]);
        check(&["\"", r#""\"#, r#""\x""#, r#""\u12""#, r#""\u+123""#, r#""\u12é""#]);
        check(&[r#""\ud800""#, r#""\ud800\u0041""#, r#""\ud800\n""#, r#""\udc00""#]);
        check(&["\"a\nb\"", "\"a long text without\n any escape\"", "\"an escape\\n and\n a line\""]);
    }

    #[test]
    fn arrays_and_objects() {
        check(&["[]", "[ ]", "[1, [2], {}]", "{}", "{ }", "\t[\r\n1 ]\n", r#"{"a": 1, "b": {"c": [null]}, "a": 2}"#]);
        check(&["[", "[1", "[1,", "[1,]", "[,]", "[}", "{]"]);
        check(&["{", r#"{"a""#, r#"{"a":"#, r#"{"a":1"#, r#"{"a":1,}"#, "{,}", "{1:2}", "{\"a\" 1}"]);
    }

    #[test]
    fn negative_zero_is_zero() {
        assert_eq!(read("[-0, -0.0]"), Some(Value::from(vec![Value::from(0), Value::from(-0.0)])));
    }

    #[test]
    fn deep_texts_are_left_to_others() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(&nested(DEPTH)).is_some());
        assert!(read(&nested(DEPTH + 1)).is_none() && read(&"[".repeat(1_000_000)).is_none());
    }
}
