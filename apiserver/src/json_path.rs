//! The JSON paths of printer columns and of the scale subresource: `.spec.a[0]['b\.c']`, `..x`, `.l[-1:].x`, `.l[?(@.k=="v")]`.
//!
//! In: a path and a value. Out: the first value that it finds. Source: `k8s.io/client-go/util/jsonpath`, whose ways are kept:
//! a name in quotes is read like one after a dot, so a dot in it needs a backslash; and what cannot be evaluated anywhere gives
//! nothing at all.

mod parser;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

/// More values than that are not looked at: paths such as `..[*]..[*]` multiply them.
const MOST: usize = 100_000;

/// A parsed path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JsonPath(Vec<Step>);

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Field(String),
    /// `*` after a dot: all members or items.
    All,
    /// `..`: the value, and everything within that has parts.
    Descendants,
    Slice(Slice),
    /// `[a,b]`: what each of the paths finds.
    Union(Vec<Vec<Step>>),
    /// Items for which a path finds something.
    Exists(Vec<Step>),
    /// Items for which a comparison of what two paths find holds.
    Where(Box<Comparison>),
    /// A number or a truth value, for each value before it.
    Constant(Value),
    /// A text, whatever is before it.
    Text(Value),
    /// A word that means nothing, on which the evaluation fails.
    Unknown,
}

/// Items from `start` to before `end`; both count from the end if they are negative.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Slice {
    start: Option<i64>,
    end: Option<i64>,
    step: Option<i64>,
    /// Only the item at `start` is wanted.
    single: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct Comparison {
    left: Vec<Step>,
    /// `==`, `<=` and so on, or something that is none.
    operator: String,
    right: Vec<Step>,
}

/// What a path has found so far. `None` instead of it: the evaluation has failed.
type Found<'v> = Vec<Cow<'v, Value>>;

impl JsonPath {
    /// Reads a path; `None` if it is malformed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        parser::parse(text).map(Self)
    }

    /// The first value found.
    pub(crate) fn first<'v>(&'v self, root: &'v Value) -> Option<Cow<'v, Value>> {
        walk(&self.0, vec![Cow::Borrowed(root)])?.into_iter().next()
    }
}

fn walk<'v>(steps: &'v [Step], found: Found<'v>) -> Option<Found<'v>> {
    steps.iter().try_fold(found, |found, step| step.apply(found).filter(|found| found.len() <= MOST))
}

impl Step {
    fn apply<'v>(&'v self, found: Found<'v>) -> Option<Found<'v>> {
        match self {
            Self::Field(name) => Some(found.iter().filter_map(|value| field(value, name)).collect()),
            Self::All => Some(found.iter().flat_map(parts).collect()),
            Self::Descendants => {
                let mut all = Vec::new();
                found.into_iter().try_for_each(|value| descend(value, &mut all))?;
                Some(all)
            }
            Self::Slice(slice) => {
                let mut items = Vec::new();
                for value in found.iter().filter(|value| !value.is_null()) {
                    items.extend(slice.of(array(value)?)?);
                }
                Some(items)
            }
            Self::Union(paths) => {
                let each: Option<Vec<_>> = paths.iter().map(|path| walk(path, found.clone())).collect();
                Some(each?.into_iter().flatten().collect())
            }
            Self::Exists(path) => filter(&found, |item| {
                Some(walk(path, vec![Cow::Borrowed(item)]).is_some_and(|found| !found.is_empty()))
            }),
            Self::Where(comparison) => filter(&found, |item| comparison.holds(item)),
            Self::Constant(value) => Some(found.iter().map(|_| Cow::Borrowed(value)).collect()),
            Self::Text(text) => Some(vec![Cow::Borrowed(text)]),
            Self::Unknown => None,
        }
    }
}

fn field<'v>(value: &Cow<'v, Value>, name: &str) -> Option<Cow<'v, Value>> {
    match value {
        Cow::Borrowed(value) => value.as_object()?.get(name).map(Cow::Borrowed),
        Cow::Owned(_) => None,
    }
}

/// The members, the items, or the bytes of a text. What was made here has no parts.
fn parts<'v>(value: &Cow<'v, Value>) -> Vec<Cow<'v, Value>> {
    match value {
        Cow::Borrowed(Value::Object(members)) => members.values().map(Cow::Borrowed).collect(),
        Cow::Borrowed(Value::Array(items)) => items.iter().map(Cow::Borrowed).collect(),
        Cow::Borrowed(Value::String(text)) => text.bytes().map(|byte| Cow::Owned(Value::from(byte))).collect(),
        _ => Vec::new(),
    }
}

fn descend<'v>(value: Cow<'v, Value>, all: &mut Found<'v>) -> Option<()> {
    let parts = match &*value {
        // A text counts as something with parts, but bytes have none.
        Value::String(text) if !text.is_empty() => Vec::new(),
        _ => {
            let parts = parts(&value);
            if parts.is_empty() {
                return Some(());
            }
            parts
        }
    };
    if all.len() > MOST {
        return None;
    }
    all.push(value);
    parts.into_iter().try_for_each(|part| descend(part, all))
}

fn array<'v>(value: &Cow<'v, Value>) -> Option<&'v [Value]> {
    match value {
        Cow::Borrowed(Value::Array(items)) => Some(items),
        _ => None,
    }
}

/// The items of arrays for which something holds. Anything else than an array fails.
fn filter<'v>(found: &Found<'v>, holds: impl Fn(&'v Value) -> Option<bool>) -> Option<Found<'v>> {
    let mut kept = Vec::new();
    for value in found {
        for item in array(value)? {
            if holds(item)? {
                kept.push(Cow::Borrowed(item));
            }
        }
    }
    Some(kept)
}

impl Slice {
    /// The items; `None` if one of the bounds is not within the array.
    fn of<'v>(&self, items: &'v [Value]) -> Option<impl Iterator<Item = Cow<'v, Value>> + use<'v>> {
        let length = i64::try_from(items.len()).ok()?;
        let from_end = |index: i64| if index < 0 { index.saturating_add(length) } else { index };
        let start = from_end(self.start.unwrap_or(0));
        let end = match self.end {
            Some(end) => from_end(end),
            None if self.single => start.saturating_add(1),
            None => length,
        };
        let within = (0..length).contains(&start) && (start..=length).contains(&end);
        let step = usize::try_from(self.step.unwrap_or(1)).ok();
        let chosen = if start == end {
            &[]
        } else {
            items.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?).filter(|_| within)?
        };
        let step = if chosen.is_empty() { 1 } else { step.filter(|step| *step > 0)? };
        Some(chosen.iter().step_by(step).map(Cow::Borrowed))
    }
}

impl Comparison {
    fn holds(&self, item: &Value) -> Option<bool> {
        let left = walk(&self.left, vec![Cow::Borrowed(item)])?;
        let [left] = &*left else { return left.is_empty().then_some(false) };
        let right = walk(&self.right, vec![Cow::Borrowed(item)])?;
        let [right] = &*right else { return right.is_empty().then_some(false) };
        let order = || compare(left, right);
        Some(match &*self.operator {
            "==" => equal(left, right)?,
            "!=" => !equal(left, right)?,
            "<" => order()?.is_lt(),
            "<=" => order()?.is_le(),
            ">" => order()?.is_gt(),
            ">=" => order()?.is_ge(),
            _ => return None,
        })
    }
}

/// Whether two scalars of one type are equal; `None` if they are not such.
fn equal(left: &Value, right: &Value) -> Option<bool> {
    match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => Some(left == right),
        _ => compare(left, right).map(Ordering::is_eq),
    }
}

/// The order of two texts, integers or floats; `None` for anything else.
fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            (None, None) => left.as_f64()?.partial_cmp(&right.as_f64()?),
            _ => None,
        },
        _ => None,
    }
}
