//! The primitive checks of a schema, each on a scalar or a length, with kube-apiserver's words.
//!
//! In: a value and a limit. Out: the [`Violation`], if there is one, which becomes a [`field::Error`] once the path is known.
//! The schema validator, generated types and the API server all call these. No schema is needed.

mod number;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use crdgen_cel::re2;
use serde_json::Value;

use crate::{
    field::{self, ErrorType, Path},
    format::Format,
    go::{print_json, print_quoted},
    view::{Arena, View},
};

pub use number::{NumberFormat, is_integral, maximum, minimum, multiple_of, range};

/// A broken constraint, without the path.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    kind: ErrorType,
    value: String,
    detail: String,
    named_in: NamedIn,
}

/// Where an error names the field that is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NamedIn {
    /// In its field only.
    Field,
    /// In its field, and in front of the detail: `spec.size in body should be at least 3 chars long`.
    FieldAndDetail,
    /// In its field, and in front of the detail, which begins with the name of a member: `spec.size in body is a forbidden
    /// property` if `spec` is at fault.
    FieldAndMember,
    /// In its field, and within the detail: `factor MultipleOf declared for spec.size must be positive: 0`.
    FieldAndFactor,
    /// At the end of the detail only: the field of the error is the root.
    DetailOnly,
}

impl Violation {
    /// The field error of this violation at `path`.
    pub fn at(self, path: &Path<'_>) -> field::Error {
        self.below(None, path)
    }

    /// The field error at `path`, for a schema that is checked against the part of an object that `base` names: a status
    /// update checks the status alone. The detail speaks of the part, the field of the object.
    pub fn below(self, base: Option<&str>, path: &Path<'_>) -> field::Error {
        let dotted = path.dotted().to_string();
        let detail = match self.named_in {
            NamedIn::Field => self.detail,
            NamedIn::FieldAndDetail => format!("{dotted} {}", self.detail),
            NamedIn::FieldAndMember => format!("{dotted}.{}", self.detail),
            NamedIn::FieldAndFactor => format!("factor MultipleOf declared for {dotted} {}", self.detail),
            NamedIn::DetailOnly => format!("{} in {dotted}", self.detail),
        };
        let field = if self.named_in == NamedIn::DetailOnly { "" } else { dotted.strip_prefix('.').unwrap_or(&dotted) };
        let field = match base {
            Some(base) if field.is_empty() => base.to_owned(),
            Some(base) => format!("{base}.{field}"),
            None if field.is_empty() => Path::ROOT.to_string(),
            None => field.to_owned(),
        };
        field::Error::new(self.kind, field, self.value, detail)
    }

    fn invalid(value: String, detail: &str) -> Self {
        Self { kind: ErrorType::Invalid, value, detail: format!("in body {detail}"), named_in: NamedIn::FieldAndDetail }
    }

    fn plain(error: field::Error) -> Self {
        Self { kind: error.kind, value: error.value, detail: error.detail, named_in: NamedIn::Field }
    }
}

/// A required member that is missing; the path is the member's.
pub fn required() -> Violation {
    Violation::plain(field::Error::required("", ""))
}

/// A member that is not declared where `additionalProperties` is false; the path is the object's.
pub fn forbidden_property(name: &str) -> Violation {
    let detail = format!("{name} in body is a forbidden property");
    Violation { kind: ErrorType::Invalid, value: print_quoted(name), detail, named_in: NamedIn::FieldAndMember }
}

/// A value of the type `found` where `expected` is wanted.
pub fn wrong_type(expected: &str, found: &str) -> Violation {
    let found = print_quoted(found);
    Violation {
        kind: ErrorType::TypeInvalid,
        detail: format!("in body must be of type {expected}: {found}"),
        value: found,
        named_in: NamedIn::FieldAndDetail,
    }
}

/// A text of fewer than `limit` code points.
pub fn min_length(text: &str, limit: i64) -> Option<Violation> {
    let short = i64::try_from(text.chars().count()).is_ok_and(|length| length < limit);
    short.then(|| Violation::invalid(print_quoted(text), &format!("should be at least {limit} chars long")))
}

/// A text of more than `limit` code points.
pub fn max_length(text: &str, limit: i64) -> Option<Violation> {
    // A text has at most as many code points as bytes: most need not be counted.
    exceeds(text.len(), limit).then_some(())?;
    exceeds(text.chars().count(), limit).then(|| Violation::plain(field::Error::too_long("", limit)))
}

/// A text that has no match of the pattern. A pattern that does not compile matches nothing.
pub fn matches(text: &str, pattern: &str) -> Option<Violation> {
    let told = match re2::cached(pattern) {
        Ok(compiled) if compiled.is_match(text) => return None,
        Ok(_) => pattern.to_owned(),
        Err(error) => format!("{pattern}, but pattern is invalid: {error}"),
    };
    Some(Violation::invalid(print_quoted(text), &format!("should match '{told}'")))
}

/// A text that has not the format of that name. Formats that are not enforced accept everything.
pub fn format(text: &str, name: &str) -> Option<Violation> {
    let format = Format::from_name(name)?;
    if format.matches(text) { None } else { Some(wrong_type(name, text)) }
}

/// Fewer than `limit` items.
pub fn min_items(count: usize, limit: i64) -> Option<Violation> {
    falls_short(count, limit)
        .then(|| Violation::invalid(count.to_string(), &format!("should have at least {limit} items")))
}

/// More than `limit` items.
pub fn max_items(count: usize, limit: i64) -> Option<Violation> {
    exceeds(count, limit).then(|| Violation::plain(field::Error::too_many("", count, limit)))
}

/// Fewer than `limit` properties.
pub fn min_properties(count: usize, limit: i64) -> Option<Violation> {
    falls_short(count, limit)
        .then(|| Violation::invalid(count.to_string(), &format!("should have at least {limit} properties")))
}

/// More than `limit` properties.
pub fn max_properties(count: usize, limit: i64) -> Option<Violation> {
    exceeds(count, limit).then(|| Violation::plain(field::Error::too_many("", count, limit)))
}

/// Items that are not unique although `uniqueItems` says so. (No CRD may say so.)
pub fn unique_items(items: View<'_>) -> Option<Violation> {
    let (mut seen, arena) = (HashSet::new(), Arena::new());
    let repeated = items.items(&arena).any(|item| !seen.insert(item.to_json()));
    repeated.then(|| Violation::invalid(print_quoted(""), "shouldn't contain duplicates"))
}

/// A value that is none of an enum's. Like Go, the value is converted to the type of each first: 2.9 is 2 beside integers,
/// and 49 is "1" beside texts. Null is in no enum.
pub fn one_of(value: View<'_>, allowed: &[Value]) -> Option<Violation> {
    if allowed.iter().any(|candidate| converts_to(value, candidate)) {
        return None;
    }
    let shown: Vec<String> = allowed
        .iter()
        .map(|candidate| candidate.as_str().map_or_else(|| print_json(candidate), str::to_owned))
        .collect();
    let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
    Some(Violation::plain(field::Error::not_supported("", &value.to_json(), &shown)))
}

#[allow(clippy::float_cmp)] // Go compares exactly.
fn converts_to(value: View<'_>, candidate: &Value) -> bool {
    match (value, View::from(candidate)) {
        (View::Null, _) | (_, View::Null) => false,
        (View::Float(value), View::Int(candidate)) => number::truncate(value) == candidate,
        (View::Int(_) | View::Float(_), View::Float(candidate)) => {
            value.as_number().is_some_and(|value| value.as_f64() == candidate)
        }
        // Go converts an integer to the text of that code point.
        (View::Int(code), View::Text(candidate)) => {
            let c = u32::try_from(code).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER);
            candidate.chars().eq([c])
        }
        (value, candidate) => value.is_same(candidate, &Arena::new()),
    }
}

fn exceeds(count: usize, limit: i64) -> bool {
    i64::try_from(count).is_ok_and(|count| count > limit)
}

fn falls_short(count: usize, limit: i64) -> bool {
    i64::try_from(count).is_ok_and(|count| count < limit)
}
