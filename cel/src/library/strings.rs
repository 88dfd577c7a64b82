//! Functions of texts. Places in a text are counted in characters.

use super::{Function, Overload, format};
use crate::{
    cost,
    fault::{Fault, Outcome},
    go::short_escape,
    value::{Arena, List, Value},
};

/// The longest text that a function makes, in bytes.
const LONGEST: usize = 64 << 20;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("charAt", &[Overload::new("string_char_at_int", "string.charAt(int) -> string", char_at)]),
    Function::costing(
        "indexOf",
        cost::TRAVERSAL,
        &[
            Overload::new("string_index_of_string", "string.indexOf(string) -> int", index_of),
            Overload::new("string_index_of_string_int", "string.indexOf(string, int) -> int", index_of),
        ],
    ),
    Function::costing(
        "lastIndexOf",
        cost::TRAVERSAL,
        &[
            Overload::new("string_last_index_of_string", "string.lastIndexOf(string) -> int", last_index_of),
            Overload::new("string_last_index_of_string_int", "string.lastIndexOf(string, int) -> int", last_index_of),
        ],
    ),
    Function::costing(
        "lowerAscii",
        cost::SAME_SIZE,
        &[Overload::new("string_lower_ascii", "string.lowerAscii() -> string", lower_ascii)],
    ),
    Function::costing(
        "upperAscii",
        cost::SAME_SIZE,
        &[Overload::new("string_upper_ascii", "string.upperAscii() -> string", upper_ascii)],
    ),
    Function::costing("trim", cost::SAME_SIZE, &[Overload::new("string_trim", "string.trim() -> string", trim)]),
    Function::costing(
        "substring",
        cost::SAME_SIZE,
        &[
            Overload::new("string_substring_int", "string.substring(int) -> string", substring),
            Overload::new("string_substring_int_int", "string.substring(int, int) -> string", substring),
        ],
    ),
    Function::costing(
        "replace",
        cost::REPLACEMENT,
        &[
            Overload::new("string_replace_string_string", "string.replace(string, string) -> string", replace),
            Overload::new("string_replace_string_string_int", "string.replace(string, string, int) -> string", replace),
        ],
    ),
    Function::costing(
        "split",
        cost::SPLIT,
        &[
            Overload::new("string_split_string", "string.split(string) -> list(string)", split),
            Overload::new("string_split_string_int", "string.split(string, int) -> list(string)", split),
        ],
    ),
    Function::costing(
        "join",
        cost::JOIN,
        &[
            Overload::new("list_join", "list(string).join() -> string", join),
            Overload::new("list_join_string", "list(string).join(string) -> string", join),
        ],
    ),
    Function::new(
        "format",
        &[Overload::new("string_format", "string.format(list(dyn)) -> string", format::format).costing(cost::FORMAT)],
    ),
    Function::new(
        "strings.quote",
        &[Overload::new("strings_quote", "strings.quote(string) -> string", quote).costing(cost::QUOTE)],
    ),
];

fn out_of_range<T>(arena: &Arena, index: i64) -> Outcome<'_, T> {
    Err(Fault::new(arena, &format!("index out of range: {index}")))
}

/// The byte at which the character of an index begins; that of the end counts.
fn byte_of(text: &str, index: i64) -> Option<usize> {
    let index = usize::try_from(index).ok()?;
    let mut starts = text.char_indices().map(|(byte, _)| byte).chain([text.len()]);
    starts.nth(index)
}

fn count(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

fn char_at<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (text, index) = (arguments[0].string()?, arguments[1].int()?);
    let Some(byte) = byte_of(text, index) else { return out_of_range(arena, index) };
    let length = text[byte..].chars().next().map_or(0, char::len_utf8);
    Ok(Value::String(&text[byte..byte + length]))
}

fn index_of<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (text, part) = (arguments[0].string()?, arguments[1].string()?);
    let offset = arguments.get(2).map_or(Ok(0), |offset| offset.int())?;
    if part.is_empty() {
        return Ok(Value::Int(offset));
    }
    if offset < 0 {
        return out_of_range(arena, offset);
    }
    let found = byte_of(text, offset).and_then(|start| Some(start + text[start..].find(part)?));
    Ok(Value::Int(found.map_or(-1, |byte| count(&text[..byte]))))
}

fn last_index_of<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (text, part) = (arguments[0].string()?, arguments[1].string()?);
    let length = count(text);
    let offset = match arguments.get(2) {
        Some(offset) => offset.int()?,
        None if part.is_empty() => return Ok(Value::Int(length)),
        None if text.len() < part.len() => return Ok(Value::Int(-1)),
        None => length - 1,
    };
    if part.is_empty() {
        return Ok(Value::Int(offset));
    }
    if offset < 0 {
        return out_of_range(arena, offset);
    }
    if offset >= length {
        return Ok(Value::Int(-1));
    }
    // The part may begin at the offset and no later.
    let end = byte_of(text, offset.saturating_add(count(part))).unwrap_or(text.len());
    Ok(Value::Int(text[..end].rfind(part).map_or(-1, |byte| count(&text[..byte]))))
}

fn lower_ascii<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::String(arena.text(&arguments[0].string()?.to_ascii_lowercase())))
}

fn upper_ascii<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::String(arena.text(&arguments[0].string()?.to_ascii_uppercase())))
}

fn trim<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::String(arguments[0].string()?.trim()))
}

fn substring<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (text, start) = (arguments[0].string()?, arguments[1].int()?);
    let end = arguments.get(2).map(|end| end.int()).transpose()?;
    if let Some(end) = end.filter(|end| start > *end) {
        return Err(Fault::new(arena, &format!("invalid substring range. start: {start}, end: {end}")));
    }
    let Some(from) = byte_of(text, start) else { return out_of_range(arena, start) };
    let to = match end {
        None => text.len(),
        Some(end) => match byte_of(text, end) {
            Some(to) => to,
            None => return out_of_range(arena, end),
        },
    };
    Ok(Value::String(&text[from..to]))
}

fn replace<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (text, old, new) = (arguments[0].string()?, arguments[1].string()?, arguments[2].string()?);
    let limit = arguments.get(3).map_or(Ok(-1), |limit| limit.int())?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let replaced = text.matches(old).take(limit).count();
    if text.len().saturating_add(replaced.saturating_mul(new.len())) > LONGEST {
        return Err(Fault::OVER_BUDGET);
    }
    Ok(Value::String(arena.text(&text.replacen(old, new, limit))))
}

fn split<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (text, separator) = (arguments[0].string()?, arguments[1].string()?);
    let limit = arguments.get(2).map_or(Ok(-1), |limit| limit.int())?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let parts: Vec<_> = match separator {
        _ if limit == 0 => Vec::new(),
        "" => characters(text, limit).map(Value::String).collect(),
        separator => text.splitn(limit, separator).map(Value::String).collect(),
    };
    Ok(Value::List(List::Values(arena.values(&parts))))
}

/// Each character as a text, and what is beyond the limit in the last.
fn characters(text: &str, limit: usize) -> impl Iterator<Item = &str> {
    let (mut rest, mut left) = (text, limit);
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        left -= 1;
        let (part, after) = rest.split_at(if left == 0 { rest.len() } else { first.len_utf8() });
        rest = after;
        Some(part)
    })
}

fn join<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let list = arguments[0].list()?;
    let separator = arguments.get(1).map_or(Ok(""), |separator| separator.string())?;
    let mut out = String::new();
    for (index, item) in list.iter(arena).enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        let item = item?;
        let Value::String(text) = item else {
            return Err(Fault::new(arena, &format!("join: invalid input: {item}")));
        };
        out.push_str(text);
        if out.len() > LONGEST {
            return Err(Fault::OVER_BUDGET);
        }
    }
    Ok(Value::String(arena.text(&out)))
}

fn quote<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let mut out = String::from("\"");
    for c in arguments[0].string()?.chars() {
        match short_escape(c) {
            Some(escape) => out.push_str(escape),
            None => out.push(c),
        }
    }
    out.push('"');
    Ok(Value::String(arena.text(&out)))
}
