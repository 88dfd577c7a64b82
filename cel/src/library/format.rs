//! `"%s and %d".format([a, b])`, evaluated and checked.
//!
//! As version 2 of cel-go's string extension does it, which formats floats for American readers: digits in groups, powers
//! of ten written out.

use std::{fmt::Write as _, ops::ControlFlow};

use super::conversion;
use crate::{
    fault::{Fault, Outcome},
    go,
    static_type::Type,
    syntax::{Expression, Id, Kind},
    value::{Arena, Value},
};

/// Digits after the point where none are asked for.
const PRECISION: usize = 6;
/// Go's printer reads no larger number than this.
const LARGEST_NUMBER: usize = 10_000_009;
/// What Go's printer writes where it could not read a number.
const UNREADABLE: &str = "%!(NOVERB)";

/// How an argument is to be printed.
#[derive(Clone, Copy)]
enum Verb {
    Text,
    Decimal,
    Fixed(Option<usize>),
    Scientific(Option<usize>),
    Binary,
    Hexadecimal { upper: bool },
    Octal,
}

impl Verb {
    /// What to say about a value that cannot be printed this way.
    fn refusal(self, type_name: &str) -> String {
        let only = match self {
            Self::Text => {
                "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and \
                 timestamps"
            }
            Self::Decimal => "decimal clause can only be used on integers",
            Self::Fixed(_) => "fixed-point clause can only be used on doubles",
            Self::Scientific(_) => "scientific clause can only be used on doubles",
            Self::Binary => "only integers and bools can be formatted as binary",
            Self::Hexadecimal { .. } => "only integers, byte buffers, and strings can be formatted as hex",
            Self::Octal => "octal clause can only be used on integers",
        };
        format!("error during formatting: {only}, was given {type_name}")
    }
}

/// A piece of a format string.
enum Piece<'t> {
    Plain(&'t str),
    Clause(Verb),
}

/// Reads the next piece. `argument` says, before a clause is read, whether there is an argument for it.
fn next_piece<'t>(
    rest: &mut &'t str,
    argument: &mut dyn FnMut() -> Result<(), String>,
) -> Result<Option<Piece<'t>>, String> {
    let text = *rest;
    if let Some(after) = text.strip_prefix("%%") {
        *rest = after;
        return Ok(Some(Piece::Plain("%")));
    }
    if let Some(clause) = text.strip_prefix('%') {
        argument()?;
        if clause.is_empty() {
            return Err("unexpected end of string".to_owned());
        }
        let (verb, after) = verb(clause).map_err(|error| format!("could not parse formatting clause: {error}"))?;
        *rest = after;
        return Ok(Some(Piece::Clause(verb)));
    }
    let (plain, after) = text.split_at(text.find('%').unwrap_or(text.len()));
    *rest = after;
    Ok((!plain.is_empty()).then_some(Piece::Plain(plain)))
}

fn verb(text: &str) -> Result<(Verb, &str), String> {
    let (precision, rest) = precision(text).map_err(|error| format!("error while parsing precision: {error}"))?;
    let Some(letter) = rest.bytes().next() else { return Err("unexpected end of string".to_owned()) };
    let verb = match letter {
        b's' => Verb::Text,
        b'd' => Verb::Decimal,
        b'f' => Verb::Fixed(precision),
        b'e' => Verb::Scientific(precision),
        b'b' => Verb::Binary,
        b'x' => Verb::Hexadecimal { upper: false },
        b'X' => Verb::Hexadecimal { upper: true },
        b'o' => Verb::Octal,
        other => return Err(format!("unrecognized formatting clause \"{}\"", char::from(other))),
    };
    Ok((verb, &rest[1..]))
}

fn precision(text: &str) -> Result<(Option<usize>, &str), String> {
    let Some(rest) = text.strip_prefix('.') else { return Ok((None, text)) };
    let Some(end) = rest.find(|c: char| !c.is_ascii_digit()) else {
        return Err("could not find end of precision specifier".to_owned());
    };
    let (digits, rest) = rest.split_at(end);
    let number = digits.parse().map_err(|_| {
        let why = if digits.is_empty() { "invalid syntax" } else { "value out of range" };
        format!("error while converting precision to integer: strconv.Atoi: parsing {}: {why}", go::quoted(digits))
    })?;
    Ok((Some(number), rest))
}

/// Evaluates a format string.
pub(super) fn format<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (text, list) = (arguments[0].string()?, arguments[1].list()?);
    let fault = |message: String| Fault::new(arena, &message);
    let (mut rest, mut out, mut index) = (text, String::new(), 0);
    loop {
        let mut argument = || if index < list.len() { Ok(()) } else { Err(format!("index {index} out of range")) };
        match next_piece(&mut rest, &mut argument).map_err(fault)? {
            None => return Ok(Value::String(arena.text(&out))),
            Some(Piece::Plain(plain)) => out.push_str(plain),
            Some(Piece::Clause(verb)) => {
                let value = list.get(index, arena)?.ok_or(Fault::NO_SUCH_OVERLOAD)?;
                write(&mut out, verb, value).map_err(fault)?;
                index += 1;
            }
        }
    }
}

/// Checks a format string against the types of its arguments. A fault comes with the argument, unless the text is at fault.
pub(crate) fn check(
    text: &str,
    arguments: &[(Expression, bool)],
    type_of: impl Fn(Id) -> Type,
) -> Result<(), (Option<Id>, String)> {
    let (mut rest, mut index) = (text, 0);
    loop {
        match next_piece(&mut rest, &mut || Ok(())).map_err(|message| (None, message))? {
            None => break,
            Some(Piece::Plain(_)) => {}
            Some(Piece::Clause(verb)) => {
                let Some((argument, _)) = arguments.get(index) else {
                    return Err((None, format!("index {index} out of range")));
                };
                check_argument(verb, argument, &type_of)?;
                index += 1;
            }
        }
    }
    if arguments.len() > index {
        let found = arguments.len();
        let message = format!("too many arguments supplied to string.format (expected {index}, got {found})");
        return Err((None, message));
    }
    Ok(())
}

fn check_argument(verb: Verb, argument: &Expression, type_of: &dyn Fn(Id) -> Type) -> Result<(), (Option<Id>, String)> {
    let found = type_of(argument.id);
    let fits = match verb {
        _ if found == Type::Dyn => true,
        Verb::Text => !matches!(found, Type::Opaque(..) | Type::Object(_) | Type::Error),
        Verb::Decimal | Verb::Octal => matches!(found, Type::Int | Type::Uint),
        Verb::Fixed(_) | Verb::Scientific(_) => matches!(found, Type::Double | Type::String),
        Verb::Binary => matches!(found, Type::Int | Type::Uint | Type::Bool),
        Verb::Hexadecimal { .. } => matches!(found, Type::Int | Type::Uint | Type::String | Type::Bytes),
    };
    if !fits {
        return Err((Some(argument.id), verb.refusal(found.runtime_name())));
    }
    if let (Verb::Text, Kind::List(_) | Kind::Map(_)) = (verb, &argument.kind) {
        let mut inner = Ok(());
        argument.children(|child| {
            if inner.is_ok() {
                inner = check_argument(verb, child, type_of);
            }
        });
        return inner;
    }
    Ok(())
}

fn write(out: &mut String, verb: Verb, value: Value<'_>) -> Result<(), String> {
    let refused = || Err(verb.refusal(value.type_name()));
    let _ = match (verb, value) {
        (Verb::Text, _) => return write_text(out, value),
        (Verb::Decimal, Value::Int(number)) => write!(out, "{number}"),
        (Verb::Decimal, Value::Uint(number)) => write!(out, "{number}"),
        (Verb::Fixed(precision), _) => match float(value) {
            Some(number) => return fixed(out, number, precision.unwrap_or(PRECISION)),
            None => return refused(),
        },
        (Verb::Scientific(width), _) => match float(value) {
            Some(number) => return scientific(out, number, width.unwrap_or(PRECISION)),
            None => return refused(),
        },
        (Verb::Binary, Value::Int(number)) => write!(out, "{}{:b}", sign(number), number.unsigned_abs()),
        (Verb::Binary, Value::Uint(number)) => write!(out, "{number:b}"),
        (Verb::Binary, Value::Bool(flag)) => write!(out, "{}", u8::from(flag)),
        (Verb::Octal, Value::Int(number)) => write!(out, "{}{:o}", sign(number), number.unsigned_abs()),
        (Verb::Octal, Value::Uint(number)) => write!(out, "{number:o}"),
        (Verb::Hexadecimal { upper }, _) => {
            let text = match value {
                Value::Int(number) => format!("{}{:x}", sign(number), number.unsigned_abs()),
                Value::Uint(number) => format!("{number:x}"),
                Value::String(text) => hexadecimal(text.as_bytes()),
                Value::Bytes(bytes) => hexadecimal(bytes),
                _ => return refused(),
            };
            out.push_str(&if upper { text.to_uppercase() } else { text });
            Ok(())
        }
        _ => return refused(),
    };
    Ok(())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn sign(number: i64) -> &'static str {
    if number < 0 { "-" } else { "" }
}

/// A double, or one of the texts that stand for doubles without digits.
fn float(value: Value<'_>) -> Option<f64> {
    match value {
        Value::Double(number) => Some(number),
        Value::String("NaN") => Some(f64::NAN),
        Value::String("Infinity") => Some(f64::INFINITY),
        Value::String("-Infinity") => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

/// What is printed for a number without digits.
fn without_digits(number: f64) -> Option<&'static str> {
    match number {
        number if number.is_nan() => Some("NaN"),
        f64::INFINITY => Some("∞"),
        f64::NEG_INFINITY => Some("-∞"),
        _ => None,
    }
}

fn fixed(out: &mut String, number: f64, precision: usize) -> Result<(), String> {
    if let Some(text) = without_digits(number) {
        out.push_str(text);
        return Ok(());
    }
    if precision > LARGEST_NUMBER {
        out.push_str(UNREADABLE);
        return Ok(());
    }
    // Go's printer of languages counts digits in a byte.
    let precision = precision % 256;
    let text = format!("{number:.precision$}");
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let (sign, digits) = if let Some(digits) = whole.strip_prefix('-') { ("-", digits) } else { ("", whole) };
    out.push_str(sign);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out.push_str(fraction);
    Ok(())
}

/// Six digits after the point; what looks like a precision is a width, as in cel-go.
fn scientific(out: &mut String, number: f64, width: usize) -> Result<(), String> {
    if width > LARGEST_NUMBER {
        out.push_str(UNREADABLE);
        return Ok(());
    }
    // ... and the width in two.
    let width = width % 65_536;
    let text = without_digits(number).map_or_else(
        || {
            let text = format!("{number:.PRECISION$e}");
            let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            format!("{mantissa}×10{}", raised(exponent.parse().unwrap_or(0)))
        },
        str::to_owned,
    );
    let _ = write!(out, "{text:>width$}");
    Ok(())
}

/// At least two digits, raised.
fn raised(exponent: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = format!("{:02}", exponent.unsigned_abs());
    let sign = if exponent < 0 { "⁻" } else { "" };
    let raised = digits.bytes().map(|digit| DIGITS[usize::from(digit - b'0')]);
    sign.chars().chain(raised).collect()
}

fn write_text(out: &mut String, value: Value<'_>) -> Result<(), String> {
    match value {
        Value::List(_) => write_list(out, value),
        Value::Map(_) => write_map(out, value),
        Value::Optional(_) | Value::Opaque(_) => Err(Verb::Text.refusal(value.type_name())),
        _ => {
            let arena = Arena::new();
            let text = conversion::to_string(&arena, &[value]).map_err(|_| {
                let shown = go::quoted("invalid UTF-8 in bytes, cannot convert to string");
                format!("error during formatting: could not convert argument {shown} to string")
            })?;
            if let Value::String(text) = text {
                out.push_str(text);
            }
            Ok(())
        }
    }
}

/// A value within a list or a map.
fn write_inner(out: &mut String, value: Value<'_>) -> Result<(), String> {
    match value {
        Value::Double(number) if number.is_finite() => {
            let _ = write!(out, "{number:.PRECISION$}");
        }
        Value::Double(number) => out.push_str(&go::quoted(&go::float(number))),
        Value::String(text) => out.push_str(&go::quoted(text)),
        Value::Bytes(bytes) => {
            let _ = write!(out, "b{}", go::quoted(&String::from_utf8_lossy(bytes)));
        }
        Value::Timestamp(time) => {
            let _ = write!(out, "timestamp({})", go::quoted(&time.rfc3339()));
        }
        Value::Duration(duration) => {
            let _ = write!(out, "duration({})", go::quoted(&duration.text()));
        }
        Value::Optional(_) | Value::Opaque(_) => {
            return Err(format!("error during formatting: no formatting function for {}", value.type_name()));
        }
        other => return write_text(out, other),
    }
    Ok(())
}

fn write_list(out: &mut String, value: Value<'_>) -> Result<(), String> {
    let (Value::List(list), arena) = (value, Arena::new()) else { return Ok(()) };
    out.push('[');
    for (index, item) in list.iter(&arena).enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        write_inner(out, item.map_err(|fault| fault.to_string())?)?;
    }
    out.push(']');
    Ok(())
}

fn write_map(out: &mut String, value: Value<'_>) -> Result<(), String> {
    let (Value::Map(map), arena) = (value, Arena::new()) else { return Ok(()) };
    let (mut entries, mut failed) = (Vec::new(), Ok(()));
    map.each(&arena, &mut |key, value| match value
        .map_err(|fault| fault.to_string())
        .and_then(|value| entry(key, value))
    {
        Ok(entry) => {
            entries.push(entry);
            ControlFlow::Continue(())
        }
        Err(error) => {
            failed = Err(error);
            ControlFlow::Break(())
        }
    });
    failed?;
    entries.sort();
    let entries: Vec<_> = entries.into_iter().map(|(key, value)| format!("{key}:{value}")).collect();
    let _ = write!(out, "{{{}}}", entries.join(", "));
    Ok(())
}

fn entry(key: Value<'_>, value: Value<'_>) -> Result<(String, String), String> {
    if !matches!(key, Value::String(_) | Value::Bool(_) | Value::Int(_) | Value::Uint(_)) {
        return Err(format!("error during formatting: no formatting function for map key of type {}", key.type_name()));
    }
    let (mut name, mut text) = (String::new(), String::new());
    write_inner(&mut name, key)?;
    write_inner(&mut text, value)?;
    Ok((name, text))
}
