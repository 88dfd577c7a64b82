//! What is wrong with the syntax of a JSON text, in Go's words.
//!
//! In: bytes. Out: the error of Go's scanner, if it finds one. It looks at each byte once and keeps the open
//! brackets. Source: `encoding/json/scanner.go`, which `sigs.k8s.io/json` shares.

/// Go reads no deeper texts.
const MAX_DEPTH: usize = 10_000;

/// Why Go does not read a text.
pub fn syntax_error(text: &[u8]) -> Option<String> {
    let mut scanner = Scanner { text, at: 0, open: Vec::new() };
    scanner.value().and_then(|()| scanner.end()).err().map(|fault| fault.text())
}

/// Where a text goes wrong.
enum Fault {
    Ends,
    /// A byte that cannot stand there.
    Byte(u8, String),
}

impl Fault {
    fn text(&self) -> String {
        match self {
            Self::Ends => "unexpected end of JSON input".to_owned(),
            Self::Byte(byte, place) => format!("invalid character {} {place}", quoted(*byte)),
        }
    }
}

/// A byte as Go shows it, which takes it for a character.
fn quoted(byte: u8) -> String {
    match byte {
        b'\'' => r"'\''".to_owned(),
        b'"' => r#"'"'"#.to_owned(),
        _ => {
            let quoted = crdgen_cel::go::quoted(&char::from(byte).to_string());
            format!("'{}'", &quoted[1..quoted.len() - 1])
        }
    }
}

type Scanned = Result<(), Fault>;

struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
    /// The closing bracket of each array and object that is open.
    open: Vec<u8>,
}

impl Scanner<'_> {
    /// The next byte of a scalar. Go's scanner takes the end of the text for a space.
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(b' ')
    }

    /// The next byte that is not space, which is not read.
    fn peek_token(&mut self) -> Result<u8, Fault> {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.text.get(self.at) {
            self.at += 1;
        }
        self.text.get(self.at).copied().ok_or(Fault::Ends)
    }

    fn invalid(byte: u8, place: &str) -> Fault {
        Fault::Byte(byte, place.to_owned())
    }

    fn end(&mut self) -> Scanned {
        match self.peek_token() {
            Ok(byte) => Err(Self::invalid(byte, "after top-level value")),
            Err(_) => Ok(()),
        }
    }

    /// A value with everything in it. There is no recursion, as a text may be nested deeply.
    fn value(&mut self) -> Scanned {
        loop {
            let byte = self.peek_token()?;
            self.at += 1;
            match byte {
                b'{' => {
                    self.enter(byte, b'}')?;
                    if self.peek_token()? != b'}' {
                        self.key("looking for beginning of object key string")?;
                        continue;
                    }
                }
                b'[' => {
                    self.enter(byte, b']')?;
                    if self.peek_token()? != b']' {
                        continue;
                    }
                }
                _ => self.scalar(byte)?,
            }
            if !self.close()? {
                return Ok(());
            }
        }
    }

    fn enter(&mut self, opening: u8, closing: u8) -> Scanned {
        self.open.push(closing);
        if self.open.len() > MAX_DEPTH { Err(Self::invalid(opening, "exceeded max depth")) } else { Ok(()) }
    }

    /// Reads what follows a value: brackets that close, and a comma. Says whether there is another value.
    fn close(&mut self) -> Result<bool, Fault> {
        while let Some(closing) = self.open.last().copied() {
            let byte = self.peek_token()?;
            self.at += 1;
            let in_object = closing == b'}';
            match byte {
                _ if byte == closing => drop(self.open.pop()),
                b',' if in_object => {
                    self.key("looking for beginning of object key string")?;
                    return Ok(true);
                }
                b',' => return Ok(true),
                _ if in_object => return Err(Self::invalid(byte, "after object key:value pair")),
                _ => return Err(Self::invalid(byte, "after array element")),
            }
        }
        Ok(false)
    }

    /// The name of a member, and the colon behind it.
    fn key(&mut self, place: &str) -> Scanned {
        match self.peek_token()? {
            b'"' => self.at += 1,
            byte => return Err(Self::invalid(byte, place)),
        }
        self.string()?;
        match self.peek_token()? {
            b':' => self.at += 1,
            byte => return Err(Self::invalid(byte, "after object key")),
        }
        Ok(())
    }

    /// The rest of a scalar, after its first byte.
    fn scalar(&mut self, first: u8) -> Scanned {
        match first {
            b'"' => self.string(),
            b'-' => match self.peek() {
                byte @ b'0'..=b'9' => {
                    self.at += 1;
                    self.number(byte)
                }
                byte => Err(Self::invalid(byte, "in numeric literal")),
            },
            b'0'..=b'9' => self.number(first),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            byte => Err(Self::invalid(byte, "looking for beginning of value")),
        }
    }

    fn word(&mut self, word: &str) -> Scanned {
        for expected in word.bytes().skip(1) {
            let byte = self.peek();
            if byte != expected {
                let place = format!("in literal {word} (expecting {})", quoted(expected));
                return Err(Fault::Byte(byte, place));
            }
            self.at += 1;
        }
        Ok(())
    }

    /// The rest of a string, after its first quote.
    fn string(&mut self) -> Scanned {
        loop {
            let byte = *self.text.get(self.at).ok_or(Fault::Ends)?;
            self.at += 1;
            match byte {
                b'"' => return Ok(()),
                b'\\' => self.escape()?,
                0..0x20 => return Err(Self::invalid(byte, "in string literal")),
                _ => {}
            }
        }
    }

    fn escape(&mut self) -> Scanned {
        let byte = self.peek();
        self.at += 1;
        match byte {
            b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"' => Ok(()),
            b'u' => {
                for _ in 0..4 {
                    let digit = self.peek();
                    if !digit.is_ascii_hexdigit() {
                        return Err(Self::invalid(digit, r"in \u hexadecimal character escape"));
                    }
                    self.at += 1;
                }
                Ok(())
            }
            _ => Err(Self::invalid(byte, "in string escape code")),
        }
    }

    /// The rest of a number, after its first digit. What cannot be a part of it is left to what follows.
    fn number(&mut self, first: u8) -> Scanned {
        if first != b'0' {
            self.digits();
        }
        if self.peek() == b'.' {
            self.at += 1;
            self.some_digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.peek(), b'+' | b'-') {
                self.at += 1;
            }
            self.some_digits("in exponent of numeric literal")?;
        }
        Ok(())
    }

    fn some_digits(&mut self, place: &str) -> Scanned {
        match self.peek() {
            b'0'..=b'9' => {
                self.digits();
                Ok(())
            }
            byte => Err(Self::invalid(byte, place)),
        }
    }

    fn digits(&mut self) {
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts with what Go says of them; `None` for those that it reads.
    const TEXTS: &[(&[u8], Option<&str>)] = &[
        (b"", Some("unexpected end of JSON input")),
        (b"  ", Some("unexpected end of JSON input")),
        (b"{", Some("unexpected end of JSON input")),
        (b"[", Some("unexpected end of JSON input")),
        (b"[1", Some("unexpected end of JSON input")),
        (b"[1,", Some("unexpected end of JSON input")),
        (b"{\"a\"", Some("unexpected end of JSON input")),
        (b"{\"a\":", Some("unexpected end of JSON input")),
        (b"{\"a\":1", Some("unexpected end of JSON input")),
        (b"{\"a\":1,", Some("unexpected end of JSON input")),
        (b"\"a", Some("unexpected end of JSON input")),
        (b"\"a\\", Some("invalid character ' ' in string escape code")),
        (b"\"a\\u00", Some(r"invalid character ' ' in \u hexadecimal character escape")),
        (b"-", Some("invalid character ' ' in numeric literal")),
        (b"1.", Some("invalid character ' ' after decimal point in numeric literal")),
        (b"1e", Some("invalid character ' ' in exponent of numeric literal")),
        (b"tru", Some("invalid character ' ' in literal true (expecting 'e')")),
        (b"nul", Some("invalid character ' ' in literal null (expecting 'l')")),
        (b"x", Some("invalid character 'x' looking for beginning of value")),
        (b"'a'", Some(r"invalid character '\'' looking for beginning of value")),
        (b"\"a\" \"b\"", Some(r#"invalid character '"' after top-level value"#)),
        (b"{} x", Some("invalid character 'x' after top-level value")),
        (b"1 2", Some("invalid character '2' after top-level value")),
        (b"]", Some("invalid character ']' looking for beginning of value")),
        (b"}", Some("invalid character '}' looking for beginning of value")),
        (b",", Some("invalid character ',' looking for beginning of value")),
        (b":", Some("invalid character ':' looking for beginning of value")),
        (b"{x}", Some("invalid character 'x' looking for beginning of object key string")),
        (b"{'a':1}", Some(r"invalid character '\'' looking for beginning of object key string")),
        (b"{1:2}", Some("invalid character '1' looking for beginning of object key string")),
        (b"{\"a\":1,}", Some("invalid character '}' looking for beginning of object key string")),
        (b"[1,]", Some("invalid character ']' looking for beginning of value")),
        (b"[,]", Some("invalid character ',' looking for beginning of value")),
        (b"{,}", Some("invalid character ',' looking for beginning of object key string")),
        (b"{\"a\" 1}", Some("invalid character '1' after object key")),
        (b"{\"a\",1}", Some("invalid character ',' after object key")),
        (b"{\"a\":1 \"b\":2}", Some(r#"invalid character '"' after object key:value pair"#)),
        (b"{\"a\":1]", Some("invalid character ']' after object key:value pair")),
        (b"[1}", Some("invalid character '}' after array element")),
        (b"[1 2]", Some("invalid character '2' after array element")),
        (b"[\"a\":1]", Some("invalid character ':' after array element")),
        (b"\"a\nb\"", Some(r"invalid character '\n' in string literal")),
        (b"\"a\x00\"", Some(r"invalid character '\x00' in string literal")),
        (b"\"\t\"", Some(r"invalid character '\t' in string literal")),
        (b"\"\\x\"", Some("invalid character 'x' in string escape code")),
        (b"\"\\'\"", Some(r"invalid character '\'' in string escape code")),
        (b"\"\\u12x4\"", Some(r"invalid character 'x' in \u hexadecimal character escape")),
        (b"\"\\u12\"", Some(r#"invalid character '"' in \u hexadecimal character escape"#)),
        (b"+1", Some("invalid character '+' looking for beginning of value")),
        (b"01", Some("invalid character '1' after top-level value")),
        (b"-x", Some("invalid character 'x' in numeric literal")),
        (b"-01", Some("invalid character '1' after top-level value")),
        (b"1.x", Some("invalid character 'x' after decimal point in numeric literal")),
        (b".5", Some("invalid character '.' looking for beginning of value")),
        (b"1ex", Some("invalid character 'x' in exponent of numeric literal")),
        (b"1e+x", Some("invalid character 'x' in exponent of numeric literal")),
        (b"1x", Some("invalid character 'x' after top-level value")),
        (b"truth", Some("invalid character 't' in literal true (expecting 'e')")),
        (b"falsE", Some("invalid character 'E' in literal false (expecting 'e')")),
        (b"nil", Some("invalid character 'i' in literal null (expecting 'u')")),
        (b"NaN", Some("invalid character 'N' looking for beginning of value")),
        (b"Infinity", Some("invalid character 'I' looking for beginning of value")),
        (b"/* c */ 1", Some("invalid character '/' looking for beginning of value")),
        (b"{\"a\":undefined}", Some("invalid character 'u' looking for beginning of value")),
        (b"\xff", Some("invalid character 'ÿ' looking for beginning of value")),
        (b"\xef\xbb\xbf{}", Some("invalid character 'ï' looking for beginning of value")),
        (b"\"\xff\"", None),
        (b"\xc3\xa9", Some("invalid character 'Ã' looking for beginning of value")),
        (b"\x7f", Some(r"invalid character '\x7f' looking for beginning of value")),
        (b"{\"a\":\"b\"\"c\":1}", Some(r#"invalid character '"' after object key:value pair"#)),
        (b"[1,2", Some("unexpected end of JSON input")),
        (b"0", None),
        (b"-0", None),
        (b"-0.5e-3", None),
        (b"[[],{}]", None),
        (b"\"\\ud800\"", None),
    ];

    #[test]
    fn errors_are_gos() {
        for (text, expected) in TEXTS {
            assert_eq!(syntax_error(text).as_deref(), *expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn deep_texts_are_refused_where_go_refuses_them() {
        let nested = |depth: usize| ["[".repeat(depth), "]".repeat(depth)].concat();
        assert_eq!(syntax_error(nested(MAX_DEPTH).as_bytes()), None);
        assert_eq!(
            syntax_error(nested(MAX_DEPTH + 1).as_bytes()).as_deref(),
            Some("invalid character '[' exceeded max depth")
        );
        assert_eq!(syntax_error(&b"[".repeat(1_000_000)).as_deref(), Some("invalid character '[' exceeded max depth"));
    }
}
