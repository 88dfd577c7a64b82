//! Semantic versions, as the Go package `github.com/blang/semver` reads them.

use std::cmp::Ordering;

use crdgen_cel::{Arena, Fault, Function, List, Opaque, OpaqueKind, Outcome, Overload, Value, costs::ONE, go::quoted};

use super::{READS_TEXT, no_overload};

const KIND: OpaqueKind =
    OpaqueKind { name: "kubernetes.Semver", size: None, equal: Some(|a, b| compare(a, b).is_eq()) };

pub(super) const FUNCTIONS: &[Function] = &[
    Function::costing(
        "semver",
        READS_TEXT,
        &[
            Overload::new("string_to_semver", "semver(string) -> kubernetes.Semver", semver),
            Overload::new("string_bool_to_semver", "semver(string, bool) -> kubernetes.Semver", semver),
        ],
    ),
    Function::costing(
        "isSemver",
        READS_TEXT,
        &[
            Overload::new("is_semver_string", "isSemver(string) -> bool", is_semver),
            Overload::new("is_semver_string_bool", "isSemver(string, bool) -> bool", is_semver),
        ],
    ),
    Function::costing(
        "isGreaterThan",
        ONE,
        &[Overload::new(
            "semver_is_greater_than",
            "kubernetes.Semver.isGreaterThan(kubernetes.Semver) -> bool",
            is_greater,
        )],
    ),
    Function::costing(
        "isLessThan",
        ONE,
        &[Overload::new("semver_is_less_than", "kubernetes.Semver.isLessThan(kubernetes.Semver) -> bool", is_less)],
    ),
    Function::costing(
        "compareTo",
        ONE,
        &[Overload::new("semver_compare_to", "kubernetes.Semver.compareTo(kubernetes.Semver) -> int", compare_to)],
    ),
    Function::costing("major", ONE, &[Overload::new("semver_major", "kubernetes.Semver.major() -> int", major)]),
    Function::costing("minor", ONE, &[Overload::new("semver_minor", "kubernetes.Semver.minor() -> int", minor)]),
    Function::costing("patch", ONE, &[Overload::new("semver_patch", "kubernetes.Semver.patch() -> int", patch)]),
];

/// Major, minor, patch, and the parts of the pre-release, which are numbers or texts.
type Version<'t> = ([u64; 3], Vec<Part<'t>>);

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'t> {
    Number(u64),
    Text(&'t str),
}

fn parse(text: &str) -> Result<Version<'_>, String> {
    if text.is_empty() {
        return Err("Version string empty".to_owned());
    }
    let mut parts = text.splitn(3, '.');
    let (Some(major), Some(minor), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return Err("No Major.Minor.Patch elements found".to_owned());
    };
    let (major, minor) = (number(major, "major", "Major")?, number(minor, "minor", "Minor")?);
    let (rest, build) = match rest.split_once('+') {
        Some((rest, build)) => (rest, Some(build)),
        None => (rest, None),
    };
    let (patch, pre) = match rest.split_once('-') {
        Some((patch, pre)) => (patch, Some(pre)),
        None => (rest, None),
    };
    let patch = number(patch, "patch", "Patch")?;
    let pre = pre.into_iter().flat_map(|pre| pre.split('.')).map(pre_release).collect::<Result<_, _>>()?;
    for part in build.into_iter().flat_map(|build| build.split('.')) {
        match part {
            "" => return Err("Build meta data is empty".to_owned()),
            part if !is_alphanumeric(part) => {
                return Err(format!("Invalid character(s) found in build meta data {}", quoted(part)));
            }
            _ => {}
        }
    }
    Ok(([major, minor, patch], pre))
}

fn is_alphanumeric(text: &str) -> bool {
    text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
}

fn number(text: &str, name: &str, title: &str) -> Result<u64, String> {
    if !text.bytes().all(|c| c.is_ascii_digit()) {
        return Err(format!("Invalid character(s) found in {name} number {}", quoted(text)));
    }
    if text.len() > 1 && text.starts_with('0') {
        return Err(format!("{title} number must not contain leading zeroes {}", quoted(text)));
    }
    go_number(text)
}

/// `strconv.ParseUint` of digits.
fn go_number(text: &str) -> Result<u64, String> {
    let why = if text.is_empty() { "invalid syntax" } else { "value out of range" };
    text.parse().map_err(|_| format!("strconv.ParseUint: parsing {}: {why}", quoted(text)))
}

fn pre_release(text: &str) -> Result<Part<'_>, String> {
    if text.is_empty() {
        return Err("Prerelease is empty".to_owned());
    }
    if text.bytes().all(|c| c.is_ascii_digit()) {
        if text.len() > 1 && text.starts_with('0') {
            let quoted = quoted(text);
            return Err(format!("Numeric PreRelease version must not contain leading zeroes {quoted}"));
        }
        return go_number(text).map(Part::Number);
    }
    if is_alphanumeric(text) {
        return Ok(Part::Text(text));
    }
    Err(format!("Invalid character(s) found in prerelease {}", quoted(text)))
}

/// `v01.2` → `1.2.0`
fn normalized(text: &str) -> Result<String, String> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let mut parts: Vec<String> = text.splitn(3, '.').map(without_zeroes).collect();
    if parts.len() < 3 {
        if parts.last().is_some_and(|last| last.contains(['+', '-'])) {
            return Err("short version cannot contain PreRelease/Build meta data".to_owned());
        }
        parts.resize(3, "0".to_owned());
    }
    Ok(parts.join("."))
}

fn without_zeroes(part: &str) -> String {
    let trimmed = part.trim_start_matches('0');
    match part.len() > 1 {
        true if !trimmed.starts_with(|c: char| c.is_ascii_digit()) => format!("0{trimmed}"),
        true => trimmed.to_owned(),
        false => part.to_owned(),
    }
}

/// The text that is to be read: as it is, or normalized if the second argument says so.
fn source<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a, &'a str> {
    let text = arguments[0].string()?;
    if !arguments.get(1).map_or(Ok(false), |normalize| normalize.bool())? {
        return Ok(text);
    }
    normalized(text).map(|text| arena.text(&text)).map_err(|error| Fault::new(arena, &error))
}

fn semver<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (numbers, pre) = parse(source(arena, arguments)?).map_err(|error| Fault::new(arena, &error))?;
    let pre: Vec<_> = pre
        .into_iter()
        .map(|part| match part {
            Part::Number(number) => Value::Uint(number),
            Part::Text(text) => Value::String(text),
        })
        .collect();
    let [major, minor, patch] = numbers.map(Value::Uint);
    let parts = [major, minor, patch, Value::List(List::Values(arena.values(&pre)))];
    Ok(arena.opaque(Opaque { kind: &KIND, parts: arena.values(&parts) }))
}

fn is_semver<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    match source(arena, arguments) {
        Ok(text) => Ok(Value::Bool(parse(text).is_ok())),
        Err(Fault::NO_SUCH_OVERLOAD) => no_overload(),
        Err(_) => Ok(Value::Bool(false)),
    }
}

fn compare(a: &Opaque<'_>, b: &Opaque<'_>) -> Ordering {
    let number = |version: &Opaque<'_>, index: usize| match version.parts[index] {
        Value::Uint(number) => number,
        _ => 0,
    };
    let numbers = (0..3).map(|index| number(a, index)).cmp((0..3).map(|index| number(b, index)));
    numbers.then_with(|| {
        let (a, b) = (pre_releases(a), pre_releases(b));
        // A version without a pre-release comes after those that have one.
        a.is_empty().cmp(&b.is_empty()).then_with(|| a.cmp(&b))
    })
}

fn pre_releases<'a>(version: &Opaque<'a>) -> Vec<Part<'a>> {
    let Value::List(List::Values(parts)) = version.parts[3] else { return Vec::new() };
    let part = |part: &Value<'a>| match part {
        Value::Uint(number) => Some(Part::Number(*number)),
        Value::String(text) => Some(Part::Text(text)),
        _ => None,
    };
    parts.iter().filter_map(part).collect()
}

fn version(value: Value<'_>) -> Outcome<'_, &Opaque<'_>> {
    match value {
        Value::Opaque(opaque) if opaque.kind.name == KIND.name => Ok(opaque),
        _ => no_overload(),
    }
}

fn ordering<'a>(arguments: &[Value<'a>]) -> Outcome<'a, Ordering> {
    Ok(compare(version(arguments[0])?, version(arguments[1])?))
}

fn is_greater<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(ordering(arguments)?.is_gt()))
}

fn is_less<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(ordering(arguments)?.is_lt()))
}

fn compare_to<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Int(ordering(arguments)? as i64))
}

/// As Go converts it: what is too large for an integer is negative.
#[allow(clippy::cast_possible_wrap)]
fn part<'a>(arguments: &[Value<'a>], index: usize) -> Outcome<'a> {
    match version(arguments[0])?.parts[index] {
        Value::Uint(number) => Ok(Value::Int(number as i64)),
        _ => no_overload(),
    }
}

fn major<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    part(arguments, 0)
}

fn minor<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    part(arguments, 1)
}

fn patch<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    part(arguments, 2)
}
