//! The part of a collection that one of several clients asks for: `shardSelector`, ranges of the hash of a field.
//!
//! In: the text, an expression of CEL in which only `shardRange` and `||` may stand. Out: [`ShardSelector`]. It is parsed and never
//! evaluated. Source: KEP-5866, `k8s.io/apiserver/pkg/sharding`, `k8s.io/apimachinery/pkg/sharding`.

use std::fmt;
use std::iter::Peekable;
use std::str::CharIndices;

use serde_json::Value;

use crate::object::text;

/// The fields whose hashes can be asked for.
const FIELDS: [&str; 2] = ["object.metadata.uid", "object.metadata.namespace"];
/// The end of all hashes, which no hash reaches.
const END: &str = "0x10000000000000000";
/// How deep parentheses may be nested, as in CEL.
const MAX_DEPTH: usize = 250;

/// Ranges of hashes of one field; what is in one of them is selected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ShardSelector {
    field: String,
    ranges: Vec<(u128, u128)>,
}

impl ShardSelector {
    /// Reads a selector, or says why that is none in the words of kube-apiserver (those of syntax errors are others).
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("empty shard selector is not allowed; omit the parameter for unfiltered lists".to_owned());
        }
        let mut parser = Parser { text, rest: text.char_indices().peekable(), depth: 0 };
        let expression = parser.choice()?;
        if let Some((at, _)) = parser.peek() {
            return Err(unexpected(&text[at..]));
        }
        let mut ranges = Vec::new();
        expression.read(&mut ranges)?;
        let field = ranges[0].0.clone();
        if let Some((other, ..)) = ranges.iter().find(|(other, ..)| *other != field) {
            return Err(format!("all shard ranges must use the same field, got {other:?} and {field:?}"));
        }
        Ok(Self { field, ranges: ranges.into_iter().map(|(_, start, end)| (start, end)).collect() })
    }

    /// Whether an object is in the part.
    pub(crate) fn matches(&self, object: &Value) -> bool {
        let name = self.field.rsplit('.').next().unwrap_or_default();
        let hash = u128::from(fnv1a(text(object, name).as_bytes()));
        self.ranges.iter().any(|(start, end)| (start..end).contains(&&hash))
    }
}

/// As lists repeat it.
impl fmt::Display for ShardSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (start, end)) in self.ranges.iter().enumerate() {
            let or = if index > 0 { " || " } else { "" };
            write!(f, "{or}shardRange({}, '0x{start:016x}', '0x{end:016x}')", self.field)?;
        }
        Ok(())
    }
}

/// The hash of a text (64-bit FNV-1a).
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What is read of an expression.
enum Expression {
    /// Names with dots between them.
    Path(String),
    Text(String),
    Call(String, Vec<Expression>),
    Or(Vec<Expression>),
}

impl Expression {
    /// Collects the ranges: the field, the start and the end of each.
    fn read(&self, ranges: &mut Vec<(String, u128, u128)>) -> Result<(), String> {
        match self {
            Self::Or(choices) => choices.iter().try_for_each(|choice| choice.read(ranges)),
            Self::Call(name, arguments) if name == "shardRange" => {
                let [field, start, end] = arguments.as_slice() else {
                    return Err(format!("shardRange() requires exactly 3 arguments, got {}", arguments.len()));
                };
                let field = field.field()?;
                let (start, end) = (start.bound("hexStart")?, end.bound("hexEnd")?);
                if start.1 >= end.1 {
                    return Err(format!("shard range start {} must be less than end {}", start.0, end.0));
                }
                ranges.push((field, start.1, end.1));
                Ok(())
            }
            Self::Call(name, _) => Err(format!("unsupported function {name:?}; only shardRange() and || are allowed")),
            other => {
                Err(format!("unexpected expression kind {}; expected shardRange() call or || operator", other.kind()))
            }
        }
    }

    /// The number that cel-go has for its kind.
    fn kind(&self) -> u8 {
        match self {
            Self::Call(..) | Self::Or(_) => 1,
            Self::Path(path) => {
                if path.contains('.') {
                    7
                } else {
                    3
                }
            }
            Self::Text(_) => 5,
        }
    }

    fn field(&self) -> Result<String, String> {
        match self {
            Self::Path(path) if FIELDS.contains(&path.as_str()) => Ok(path.clone()),
            Self::Path(path) => Err(format!("unsupported field path {path:?}; supported: {}", FIELDS.join(", "))),
            other => Err(format!(
                "shardRange() first argument: expected field path (e.g. object.metadata.uid), got expression kind {}",
                other.kind()
            )),
        }
    }

    /// A hash, with its text.
    fn bound(&self, name: &str) -> Result<(&str, u128), String> {
        let Self::Text(text) = self else {
            return Err(format!("{name} must be a string literal (e.g. '0xff'), got expression kind {}", self.kind()));
        };
        let Some(hex) = text.strip_prefix("0x") else {
            return Err(format!("{name} must have '0x' prefix, got {text:?}"));
        };
        if hex.is_empty() {
            return Err(format!("{name}: hex value is required after '0x'"));
        }
        if hex.len() > 17 {
            return Err(format!("{name}: hex value too long ({} chars, max 17): {hex:?}", hex.len()));
        }
        if let Some(digit) = hex.chars().find(|digit| !matches!(digit, '0'..='9' | 'a'..='f')) {
            return Err(format!("{name}: invalid hex character {:?} in {text:?}", digit.to_string()));
        }
        if hex.len() == 17 && text != END {
            return Err(format!("{name}: 17-digit hex value must be '{END}' (2^64), got {text:?}"));
        }
        if hex.len() < 16 {
            let meant = format!("0x{hex:0>16}");
            return Err(format!(
                "{name} must be a 0x-prefixed 16-digit hex value, got {text:?} (did you mean {meant:?}?)"
            ));
        }
        u128::from_str_radix(hex, 16).map(|bound| (text.as_str(), bound)).map_err(|error| error.to_string())
    }
}

struct Parser<'a> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
    depth: usize,
}

impl Parser<'_> {
    /// What comes next, apart from white space.
    fn peek(&mut self) -> Option<(usize, char)> {
        while self.rest.next_if(|(_, letter)| letter.is_ascii_whitespace()).is_some() {}
        self.rest.peek().copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek().is_some_and(|(_, letter)| letter == wanted);
        if found {
            self.rest.next();
        }
        found
    }

    fn need(&mut self, wanted: char) -> Result<(), String> {
        if self.take(wanted) { Ok(()) } else { Err(self.refusal()) }
    }

    fn refusal(&mut self) -> String {
        let at = self.peek().map_or(self.text.len(), |(at, _)| at);
        unexpected(&self.text[at..])
    }

    fn choice(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("CEL parse error: expression recursion limit exceeded: {MAX_DEPTH}"));
        }
        let mut choices = vec![self.operand()?];
        while self.take('|') {
            self.need('|')?;
            choices.push(self.operand()?);
        }
        self.depth -= 1;
        Ok(if choices.len() == 1 { choices.remove(0) } else { Expression::Or(choices) })
    }

    fn operand(&mut self) -> Result<Expression, String> {
        match self.peek() {
            Some((_, '(')) => {
                self.rest.next();
                let inner = self.choice()?;
                self.need(')')?;
                Ok(inner)
            }
            Some((_, quote @ ('\'' | '"'))) => self.literal(quote),
            Some((_, letter)) if letter == '_' || letter.is_ascii_alphabetic() => self.name(),
            _ => Err(self.refusal()),
        }
    }

    fn literal(&mut self, quote: char) -> Result<Expression, String> {
        self.rest.next();
        let mut text = String::new();
        for (_, letter) in self.rest.by_ref() {
            match letter {
                end if end == quote => return Ok(Expression::Text(text)),
                '\\' | '\n' => break,
                letter => text.push(letter),
            }
        }
        Err(self.refusal())
    }

    /// A path or a call.
    fn name(&mut self) -> Result<Expression, String> {
        let mut path = String::new();
        loop {
            self.peek();
            let before = path.len();
            while let Some((_, letter)) =
                self.rest.next_if(|(_, letter)| *letter == '_' || letter.is_ascii_alphanumeric())
            {
                path.push(letter);
            }
            if path.len() == before {
                return Err(self.refusal());
            }
            if !self.take('.') {
                break;
            }
            path.push('.');
        }
        if path.contains('.') || !self.take('(') {
            return Ok(Expression::Path(path));
        }
        let mut arguments = Vec::new();
        while !self.take(')') {
            if !arguments.is_empty() {
                self.need(',')?;
            }
            arguments.push(self.choice()?);
        }
        Ok(Expression::Call(path, arguments))
    }
}

fn unexpected(rest: &str) -> String {
    let shown: String = rest.chars().take(20).collect();
    let shown = if shown.is_empty() { "<EOF>" } else { &shown };
    format!("CEL parse error: Syntax error: unexpected input '{shown}'")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LOW: &str = "shardRange(object.metadata.uid, '0x0000000000000000', '0x8000000000000000')";
    const HIGH: &str = "shardRange(object.metadata.uid, '0x8000000000000000', '0x10000000000000000')";

    #[test]
    fn every_object_is_in_one_of_two_halves() {
        let halves = [LOW, HIGH].map(|text| ShardSelector::parse(text).unwrap());
        let counts = halves.map(|half| {
            let uids = (0..1000).map(|number| format!("{number:08x}-0000-4000-8000-000000000000"));
            uids.filter(|uid| half.matches(&json!({"metadata": {"uid": uid}}))).count()
        });
        assert_eq!(counts[0] + counts[1], 1000);
        assert!(counts[0] > 300 && counts[1] > 300, "{counts:?}");
    }

    #[test]
    fn the_hash_is_that_of_go() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_selector_is_printed_as_it_can_be_read() {
        for text in [LOW.to_owned(), format!("{LOW} || {HIGH}")] {
            assert_eq!(ShardSelector::parse(&text).unwrap().to_string(), text);
        }
        let spaced = format!(" ( {} )||{HIGH} ", LOW.replace(", ", ",\t").replace('\'', "\""));
        assert_eq!(ShardSelector::parse(&spaced).unwrap().to_string(), format!("{LOW} || {HIGH}"));
    }

    #[test]
    fn what_is_no_selector_is_refused_with_gos_words() {
        let check = |text: &str, why: &str| assert_eq!(ShardSelector::parse(text).unwrap_err(), why, "{text}");
        check(" ", "empty shard selector is not allowed; omit the parameter for unfiltered lists");
        check("size(a)", "unsupported function \"size\"; only shardRange() and || are allowed");
        check("a.b", "unexpected expression kind 7; expected shardRange() call or || operator");
        check("shardRange(a)", "shardRange() requires exactly 3 arguments, got 1");
        check(
            &LOW.replace("uid", "name"),
            "unsupported field path \"object.metadata.name\"; supported: object.metadata.uid, object.metadata.namespace",
        );
        check(
            &LOW.replace("'0x0000000000000000'", "'0x0'"),
            "hexStart must be a 0x-prefixed 16-digit hex value, got \"0x0\" (did you mean \"0x0000000000000000\"?)",
        );
        check(
            &format!("{LOW} || {}", HIGH.replace("uid", "namespace")),
            "all shard ranges must use the same field, got \"object.metadata.namespace\" and \"object.metadata.uid\"",
        );
        check(
            &HIGH.replace("'0x10000000000000000'", "'0x8000000000000000'"),
            "shard range start 0x8000000000000000 must be less than end 0x8000000000000000",
        );
        check("shardRange(", "CEL parse error: Syntax error: unexpected input '<EOF>'");
        let deep = "(".repeat(100_000);
        check(&deep, "CEL parse error: expression recursion limit exceeded: 250");
    }
}
