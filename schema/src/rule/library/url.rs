//! URLs: `url("https://example.com:80/a?b=c").getHost()`.
//!
//! As Go's `net/url` reads them, with its words for what it does not read.

use std::{collections::BTreeMap, fmt::Write as _};

use crdgen_cel::{
    Arena, Cost, Fault, Function, List, Map, Opaque, OpaqueKind, Outcome, Overload, PER_CHARACTER, Value, costs::ONE,
    go::quoted,
};

use super::{READS_TEXT, ip, no_overload};

/// What is read is as large as what it is read from.
const READS_ADDRESS: Cost = Cost {
    estimate: |call| crdgen_cel::CallEstimate::of(call.size(0).scaled(PER_CHARACTER)).giving(call.size(0)),
    ..READS_TEXT
};

const KIND: OpaqueKind = OpaqueKind {
    name: "kubernetes.URL",
    size: None,
    equal: Some(|a, b| matches!((text(a, 4), text(b, 4)), (Some(a), Some(b)) if a == b)),
};

macro_rules! getter {
    ($name:literal, $id:literal, $result:literal, $body:expr) => {
        Function::costing(
            $name,
            ONE,
            &[Overload::new($id, concat!("kubernetes.URL.", $name, "() -> ", $result), $body)],
        )
    };
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function::costing("url", READS_ADDRESS, &[Overload::new("string_to_url", "url(string) -> kubernetes.URL", to_url)]),
    Function::new("isURL", &[Overload::new("is_url_string", "isURL(string) -> bool", is_url)]),
    getter!("getScheme", "url_get_scheme", "string", |_, arguments| part(arguments, 0)),
    getter!("getHost", "url_get_host", "string", |_, arguments| part(arguments, 1)),
    getter!("getHostname", "url_get_hostname", "string", |_, arguments| {
        Ok(Value::String(split_host(part(arguments, 1)?.string()?).0))
    }),
    getter!("getPort", "url_get_port", "string", |_, arguments| {
        Ok(Value::String(split_host(part(arguments, 1)?.string()?).1))
    }),
    getter!("getEscapedPath", "url_get_escaped_path", "string", |_, arguments| part(arguments, 2)),
    getter!("getQuery", "url_get_query", "map(string, list(string))", query),
];

/// A URL, as far as CEL sees it.
struct Url {
    scheme: String,
    /// With the port.
    host: String,
    escaped_path: String,
    query: String,
    /// As `URL.String` prints it.
    text: String,
}

/// Which characters need no escape where.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Path,
    Host,
    Zone,
    UserPassword,
    Query,
    Fragment,
}

/// `url.ParseRequestURI`.
pub(super) fn check_request(text: &str) -> Result<(), String> {
    parse(text, true).map(drop).map_err(|error| format!("parse {}: {error}", quoted(text)))
}

/// `url.ParseRequestURI`, and then `url.Parse`.
fn parse_both(text: &str) -> Result<Url, String> {
    check_request(text)?;
    let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
    let mut url = parse(rest, false).map_err(|error| format!("parse {}: {error}", quoted(rest)))?;
    if !fragment.is_empty() {
        let bytes = unescape(fragment, Part::Fragment).map_err(|error| format!("parse {}: {error}", quoted(text)))?;
        url.text.push('#');
        url.text.push_str(&escaped_as_written(fragment, &bytes, Part::Fragment));
    }
    Ok(url)
}

fn parse(text: &str, is_request: bool) -> Result<Url, String> {
    if text.bytes().any(|c| c < b' ' || c == 0x7f) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    if text.is_empty() && is_request {
        return Err("empty url".to_owned());
    }
    let mut url = Url {
        scheme: String::new(),
        host: String::new(),
        escaped_path: String::new(),
        query: String::new(),
        text: String::new(),
    };
    if text == "*" {
        url.escaped_path = "*".to_owned();
        url.text = "*".to_owned();
        return Ok(url);
    }
    let (scheme, rest) = scheme(text)?;
    url.scheme = scheme.to_ascii_lowercase();
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(query)),
        None => (rest, None),
    };
    url.query = query.unwrap_or_default().to_owned();
    if !rest.starts_with('/') {
        if !url.scheme.is_empty() {
            // What has a scheme and no slash is not looked into.
            url.text = format!("{}:{rest}{}", url.scheme, shown_query(query));
            return Ok(url);
        }
        if is_request {
            return Err("invalid URI for request".to_owned());
        }
        if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    let has_authority = !url.scheme.is_empty() || !is_request && !rest.starts_with("///");
    let (mut user, mut path, mut authority) = (String::new(), rest, false);
    if let Some(after) = rest.strip_prefix("//").filter(|_| has_authority) {
        let (named, after) = after.split_at(after.find('/').unwrap_or(after.len()));
        (user, url.host) = parse_authority(&url.scheme, named)?;
        (path, authority) = (after, true);
    }
    let bytes = unescape(path, Part::Path)?;
    url.escaped_path = escaped_as_written(path, &bytes, Part::Path);
    url.text = shown(&url, &user, authority, query);
    Ok(url)
}

/// `URL.String`, without the fragment.
fn shown(url: &Url, user: &str, authority: bool, query: Option<&str>) -> String {
    let mut out = String::new();
    if !url.scheme.is_empty() {
        out = format!("{}:", url.scheme);
    }
    if authority && !(url.host.is_empty() && url.escaped_path.is_empty() && user.is_empty()) {
        out.push_str("//");
    }
    out.push_str(user);
    out.push_str(&escape(url.host.as_bytes(), Part::Host));
    if !url.escaped_path.is_empty() && !url.escaped_path.starts_with('/') && !url.host.is_empty() {
        out.push('/');
    }
    if out.is_empty() && url.escaped_path.split('/').next().is_some_and(|segment| segment.contains(':')) {
        out.push_str("./");
    }
    out.push_str(&url.escaped_path);
    out + &shown_query(query)
}

fn shown_query(query: Option<&str>) -> String {
    query.map(|query| format!("?{query}")).unwrap_or_default()
}

fn scheme(text: &str) -> Result<(&str, &str), String> {
    for (index, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if index > 0 => {}
            ':' if index == 0 => return Err("missing protocol scheme".to_owned()),
            ':' => return Ok((&text[..index], &text[index + 1..])),
            _ => break,
        }
    }
    Ok(("", text))
}

/// The user as it is printed, with its `@`, and the host with its port.
fn parse_authority(scheme: &str, authority: &str) -> Result<(String, String), String> {
    let Some((user, host)) = authority.rsplit_once('@') else {
        return Ok((String::new(), parse_host(scheme, authority)?));
    };
    let host = parse_host(scheme, host)?;
    let is_valid = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
    if !user.chars().all(is_valid) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    let printed = |text: &str| unescape(text, Part::UserPassword).map(|bytes| escape(&bytes, Part::UserPassword));
    let user = match user.split_once(':') {
        None => printed(user)?,
        Some((name, password)) => format!("{}:{}", printed(name)?, printed(password)?),
    };
    Ok((user + "@", host))
}

fn parse_host(scheme: &str, host: &str) -> Result<String, String> {
    let checked_port = |port: &str| {
        let is_port =
            port.is_empty() || port.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|c| c.is_ascii_digit()));
        if is_port { Ok(()) } else { Err(format!("invalid port {} after host", quoted(port))) }
    };
    match host.rfind('[') {
        Some(0) => {
            let close = host.rfind(']').ok_or("missing ']' in host")?;
            let port = &host[close + 1..];
            checked_port(port)?;
            let inner = &host[1..close];
            let unescaped = match inner.find("%25") {
                Some(zone) => {
                    let address = unescape_text(&inner[..zone], Part::Host)?;
                    address + &unescape_text(&inner[zone..], Part::Zone)?
                }
                None => unescape_text(inner, Part::Host)?,
            };
            let address = ip::parse(&unescaped).map_err(|error| format!("invalid host: {error}"))?;
            if address.bytes.len() == 4 {
                return Err("invalid IP-literal".to_owned());
            }
            return Ok(format!("[{unescaped}]{port}"));
        }
        Some(_) => return Err("invalid IP-literal".to_owned()),
        None => {}
    }
    if let Some(first) = host.find(':') {
        let is_web = matches!(scheme, "http" | "https");
        let start = if is_web { first } else { host.rfind(':').unwrap_or(first) };
        checked_port(&host[start..])?;
    }
    unescape_text(host, Part::Host)
}

/// Invalid UTF-8 is replaced: no host has any.
fn unescape_text(text: &str, part: Part) -> Result<String, String> {
    unescape(text, part).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn needs_escape(c: u8, part: Part) -> bool {
    if c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.' | b'~') {
        return false;
    }
    match part {
        Part::Host | Part::Zone => !b"!$&'()*+,;=:[]<>\"".contains(&c),
        Part::Path => !b"$&+,/:;=@".contains(&c),
        Part::UserPassword => !b"$&+,;=".contains(&c),
        Part::Query => true,
        Part::Fragment => !b"$&+,/:;=?@!()*".contains(&c),
    }
}

fn unescape(text: &str, part: Part) -> Result<Vec<u8>, String> {
    let bytes = text.as_bytes();
    let (mut out, mut index) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(c) = bytes.get(index) {
        index += 1;
        match c {
            b'%' => {
                let digits = bytes.get(index..index + 2).and_then(|digits| std::str::from_utf8(digits).ok());
                let valid = digits.filter(|digits| digits.bytes().all(|c| c.is_ascii_hexdigit()));
                let Some(byte) = valid.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
                    let end = (index + 2).min(bytes.len());
                    return Err(bad_escape(&bytes[index - 1..end]));
                };
                let refused = match part {
                    Part::Host => byte < 0x80 && byte != b'%',
                    Part::Zone => byte != b'%' && byte != b' ' && needs_escape(byte, Part::Host),
                    _ => false,
                };
                if refused {
                    return Err(bad_escape(&bytes[index - 1..index + 2]));
                }
                out.push(byte);
                index += 2;
            }
            b'+' if part == Part::Query => out.push(b' '),
            c => {
                if matches!(part, Part::Host | Part::Zone) && *c < 0x80 && needs_escape(*c, part) {
                    let shown = quoted(&char::from(*c).to_string());
                    return Err(format!("invalid character {shown} in host name"));
                }
                out.push(*c);
            }
        }
    }
    Ok(out)
}

fn bad_escape(bytes: &[u8]) -> String {
    format!("invalid URL escape {}", quoted(&String::from_utf8_lossy(bytes)))
}

fn escape(bytes: &[u8], part: Part) -> String {
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes {
        if needs_escape(*byte, part) {
            let _ = write!(out, "%{byte:02X}");
        } else {
            out.push(char::from(*byte));
        }
    }
    out
}

/// As it was written, if that is a valid way to escape it; otherwise escaped anew.
fn escaped_as_written(written: &str, bytes: &[u8], part: Part) -> String {
    let is_valid = |c: u8| b"!$&'()*+,;=:@[]%".contains(&c) || !needs_escape(c, part);
    if written.bytes().all(is_valid) { written.to_owned() } else { escape(bytes, part) }
}

/// The host without its port, and the port.
fn split_host(host: &str) -> (&str, &str) {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|c| c.is_ascii_digit()) => (name, port),
        _ => (host, ""),
    };
    (name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name), port)
}

fn to_url<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let url = parse_both(arguments[0].string()?)
        .map_err(|error| Fault::new(arena, &format!("URL parse error during conversion from string: {error}")))?;
    let Url { scheme, host, escaped_path, query, text } = url;
    let parts = [scheme, host, escaped_path, query, text].map(|part| Value::String(arena.text(&part)));
    Ok(arena.opaque(Opaque { kind: &KIND, parts: arena.values(&parts) }))
}

fn is_url<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(check_request(arguments[0].string()?).is_ok()))
}

fn text<'a>(opaque: &Opaque<'a>, index: usize) -> Option<&'a str> {
    match opaque.parts.get(index) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

fn part<'a>(arguments: &[Value<'a>], index: usize) -> Outcome<'a> {
    match arguments[0] {
        Value::Opaque(opaque) if opaque.kind.name == KIND.name => {
            text(opaque, index).map(Value::String).ok_or(Fault::NO_SUCH_OVERLOAD)
        }
        _ => no_overload(),
    }
}

/// The query's names with their values; invalid pairs are left out.
fn query<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    const MOST_PAIRS: usize = 10_000;
    let text = part(arguments, 3)?.string()?;
    let mut values: BTreeMap<String, Vec<Value<'a>>> = BTreeMap::new();
    let pairs = if text.matches('&').count() < MOST_PAIRS { text } else { "" };
    for pair in pairs.split('&').filter(|pair| !pair.is_empty() && !pair.contains(';')) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if let (Ok(name), Ok(value)) = (unescape_text(name, Part::Query), unescape_text(value, Part::Query)) {
            values.entry(name).or_default().push(Value::String(arena.text(&value)));
        }
    }
    let entry = |(name, values): (String, Vec<Value<'a>>)| {
        (Value::String(arena.text(&name)), Value::List(List::Values(arena.values(&values))))
    };
    Ok(Value::Map(Map::from_entries(values.into_iter().map(entry).collect(), arena)))
}
