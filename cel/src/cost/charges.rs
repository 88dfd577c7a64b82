//! What the functions of CEL's own libraries cost.

use super::{
    Call, CallEstimate, Charge, Cost, LIST, PER_CHARACTER, PER_PATTERN_CHARACTER, Range, characters, scale, size,
};
use crate::{
    fault::Outcome,
    static_type::Type,
    value::{Arena, Value},
};

/// 1.
pub const ONE: Cost = Cost { charge: Charge::Arguments(|_, _| 1), estimate: |_| CallEstimate::ONE };

/// Reading the first argument once.
const READ_FIRST: Charge = Charge::Arguments(|_, arguments| characters(size(arguments[0])));

/// `a + b` of texts.
pub(crate) const CONCATENATION: Cost = Cost {
    charge: Charge::Arguments(|_, arguments| characters(size(arguments[0]) + size(arguments[1]))),
    // The estimate of `+` knows sizes of items as well; see `estimate`.
    estimate: |_| CallEstimate::ONE,
};

/// `a < b` of texts: as much as the shorter one.
pub(crate) const COMPARISON: Cost = Cost {
    charge: Charge::Arguments(|_, arguments| characters(size(arguments[0]).min(size(arguments[1])))),
    estimate: |call| {
        let most = call.size(0).max.min(call.size(1).max);
        CallEstimate::of(Range { min: u64::from(most > 0), max: most }.scaled(PER_CHARACTER))
    },
};

/// `a == b`: values of a library's own type are compared at once.
pub(crate) const EQUALITY: Cost = Cost {
    charge: Charge::Arguments(|_, arguments| match arguments[0] {
        Ok(Value::Opaque(_)) => 1,
        _ => characters(size(arguments[0]).min(size(arguments[1]))),
    }),
    estimate: |call| match call.argument(0).kind {
        found if found == call.argument(1).kind && is_library_type(found) => equality_of_library_type(call),
        _ => (COMPARISON.estimate)(call),
    },
};

fn is_library_type(found: &Type) -> bool {
    matches!(found, Type::Opaque(..) | Type::Object(_))
        && matches!(
            found.runtime_name(),
            "net.IP"
                | "net.CIDR"
                | "kubernetes.Quantity"
                | "kubernetes.Semver"
                | "kubernetes.NamedFormat"
                | "kubernetes.URL"
        )
}

/// Kubernetes' numbers for its own types.
fn equality_of_library_type(call: &Call<'_>) -> CallEstimate {
    const LONGEST_FORMAT_NAME: u64 = 64;
    let characters = |max| CallEstimate::of(Range { min: 1, max }.scaled(PER_CHARACTER));
    match call.argument(0).kind.runtime_name() {
        "kubernetes.NamedFormat" => characters(LONGEST_FORMAT_NAME),
        "kubernetes.URL" => characters(call.argument(1).size.map_or(1, |size| size.max)),
        _ => CallEstimate::ONE,
    }
}

/// `a in list`.
pub(crate) const MEMBERSHIP: Cost = Cost {
    charge: Charge::Arguments(|_, arguments| size(arguments[1])),
    estimate: |call| CallEstimate::of(call.size(1).scaled(1.0)),
};

/// `text.matches(pattern)`.
pub(crate) const PATTERN_MATCH: Cost =
    Cost { charge: Charge::Arguments(pattern_match), estimate: |call| estimate_match(call) };

/// A text, one character more, times a pattern.
pub fn pattern_match<'a>(_: &'a Arena, arguments: &[Outcome<'a>]) -> u64 {
    let pattern = scale(size(arguments[1]), PER_PATTERN_CHARACTER);
    characters(size(arguments[0]) + 1).saturating_mul(pattern)
}

/// The estimate of [`pattern_match`].
pub fn estimate_match(call: &Call<'_>) -> CallEstimate {
    let text = call.target_size().plus(Range::ONE).scaled(PER_CHARACTER);
    CallEstimate::of(text.times(call.size(0).scaled(PER_PATTERN_CHARACTER)))
}

/// `text.contains(part)`.
pub(crate) const SEARCH: Cost = Cost {
    charge: Charge::Arguments(|_, arguments| {
        characters(size(arguments[0])).saturating_mul(characters(size(arguments[1])))
    }),
    estimate: |call| {
        let text = call.target_size().scaled(PER_CHARACTER);
        CallEstimate::of(text.times(call.size(0).scaled(PER_CHARACTER)))
    },
};

/// `text.startsWith(part)`: charged by the text, estimated by the part.
pub(crate) const AFFIX: Cost =
    Cost { charge: READ_FIRST, estimate: |call| CallEstimate::of(call.size(0).scaled(PER_CHARACTER)) };

/// `bytes(text)`: a character has four bytes at most.
pub(crate) const TEXT_TO_BYTES: Cost = Cost {
    charge: READ_FIRST,
    estimate: |call| {
        let Range { min, max } = call.size(0);
        CallEstimate::of(call.size(0).scaled(PER_CHARACTER)).giving(Range { min, max: max.wrapping_mul(4) })
    },
};

/// `string(bytes)`.
pub(crate) const BYTES_TO_TEXT: Cost = Cost {
    charge: READ_FIRST,
    estimate: |call| {
        let Range { min, max } = call.size(0);
        CallEstimate::of(call.size(0).scaled(PER_CHARACTER)).giving(Range { min: min / 4, max })
    },
};

/// `text.format(…)`: the arguments are not counted.
pub(crate) const FORMAT: Cost =
    Cost { charge: READ_FIRST, estimate: |call| CallEstimate::of(call.target_size().scaled(PER_CHARACTER)) };

/// `strings.quote(text)`: each character may get a backslash.
pub(crate) const QUOTE: Cost = Cost {
    charge: READ_FIRST,
    estimate: |call| {
        let Range { min, max } = call.size(0);
        let size = Range { min: min + 2, max: max.wrapping_mul(2).wrapping_add(2) };
        CallEstimate::of(call.size(0).scaled(PER_CHARACTER)).giving(size)
    },
};

/// A function of a text that gives a text of that size at most.
pub(crate) const SAME_SIZE: Cost = Cost {
    charge: READ_FIRST,
    estimate: |call| CallEstimate::of(call.target_size().scaled(PER_CHARACTER)).giving(call.target_size()),
};

const READ_TWICE: Charge = Charge::Arguments(|_, arguments| scale(size(arguments[0]), 2.0 * PER_CHARACTER));

/// `text.replace(old, new)`.
pub(crate) const REPLACEMENT: Cost = Cost {
    charge: READ_TWICE,
    estimate: |call| {
        let text = call.target_size();
        let (old, new) = (call.size(0), call.size(1));
        // How often something is replaced at most, and how much of the text is left then; the same at least.
        let (most, left) = match (old.min, new.max <= old.min) {
            (0, _) => (text.max.saturating_add(1), text.max),
            (_, true) => (0, text.max),
            (old, false) => (divide(text.max, old), 0),
        };
        let (least, least_left) = match (old.max, old.max <= new.min) {
            (0, _) => (text.min.saturating_add(1), text.min),
            (_, true) => (0, text.min),
            (old, false) => (divide(text.min, old), 0),
        };
        let size = Range { min: least, max: most }.times(new).plus(Range { min: least_left, max: left });
        CallEstimate::of(text.scaled(2.0 * PER_CHARACTER)).giving(size)
    },
};

/// Rounded up.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // As in Kubernetes.
fn divide(number: u64, by: u64) -> u64 {
    (number as f64 / by as f64).ceil() as u64
}

/// `text.split(separator)`.
pub(crate) const SPLIT: Cost = Cost {
    charge: READ_TWICE,
    estimate: |call| {
        let text = call.target_size();
        let limit = call.arguments.get(1).and_then(super::Operand::literal_int);
        #[allow(clippy::cast_sign_loss)] // As in Kubernetes: a negative limit is none.
        let max = limit.map_or(text.max, |limit| limit as u64);
        CallEstimate::of(text.scaled(2.0 * PER_CHARACTER)).giving(Range { min: 0, max })
    },
};

/// `list.join(separator)`.
pub(crate) const JOIN: Cost = Cost {
    charge: Charge::Result(|result| scale(size(result), 2.0 * PER_CHARACTER)),
    estimate: |call| {
        let list = call.target_size();
        let mut text = call.item_of_target().map_or(Range::ZERO, |item| list.times(call.size_of(&item)));
        if !call.arguments.is_empty() {
            let separators = Range { min: list.min.saturating_sub(1), max: list.max.saturating_sub(1) };
            text = text.plus(call.size(0).times(separators));
        }
        CallEstimate::of(text.scaled(PER_CHARACTER)).giving(text)
    },
};

/// A function that reads all of a list or a text: `indexOf`, and Kubernetes' `sum`, `min`, `max` and `isSorted`.
pub const TRAVERSAL: Cost = Cost {
    charge: Charge::Arguments(|arena, arguments| arguments[0].map_or(1, |value| traversal(arena, value))),
    estimate: |call| match call.item_of_target() {
        Some(item) => {
            let is_text = matches!(item.kind, Type::String | Type::Bytes);
            let more = if is_text { call.size_of(&item).scaled(PER_CHARACTER) } else { Range::ZERO };
            CallEstimate::of(call.target_size().times(Range::ONE.plus(more)))
        }
        None => CallEstimate::of(call.target_size().scaled(PER_CHARACTER)),
    },
};

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // As in Kubernetes.
fn traversal<'a>(arena: &'a Arena, value: Value<'a>) -> u64 {
    let bytes = |length: usize| (length as f64 * PER_CHARACTER) as u64;
    match value {
        Value::String(text) => bytes(text.len()),
        Value::Bytes(text) => bytes(text.len()),
        Value::List(list) => list.iter(arena).map(|item| item.map_or(1, |item| traversal(arena, item))).sum(),
        Value::Map(map) => {
            let entries = map.entries(arena).unwrap_or_default();
            entries.into_iter().map(|(key, value)| traversal(arena, key) + traversal(arena, value)).sum()
        }
        _ => 1,
    }
}

/// A call that makes a list: 1, and 10 for the list, and so much for each of `size`.
fn made_list(factor: f64, size: Range) -> CallEstimate {
    let cost = size.scaled(factor).plus(Range::ONE).plus(Range::exactly(LIST));
    CallEstimate::of(cost).giving(size)
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // As in cel-go; casts saturate.
fn charge_made_list(factor: f64, size: u64) -> u64 {
    let cost = size as f64 * factor;
    // Less than nothing, where a negative depth is refused, is taken off as in Go.
    if cost < 0.0 {
        (cost as i64).cast_unsigned().wrapping_add(1 + LIST)
    } else {
        (cost as u64).saturating_add(1 + LIST)
    }
}

const BY_NEW_LIST: Charge = Charge::Result(|result| charge_made_list(1.0, size(result)));

/// `list.slice(from, to)`.
pub(crate) const SLICE: Cost = Cost {
    charge: BY_NEW_LIST,
    estimate: |call| {
        let start = call.argument(0).count_or(0);
        let end = call.argument(1).count_or(call.target_size().max);
        made_list(1.0, Range::exactly(end.wrapping_sub(start)))
    },
};

/// `lists.range(count)`: known before so many numbers are made.
pub(crate) const RANGE: Cost = Cost {
    charge: Charge::Arguments(|_, arguments| {
        let count = match arguments[0] {
            Ok(Value::Int(count)) => u64::try_from(count).unwrap_or(0),
            _ => 1,
        };
        charge_made_list(1.0, count)
    }),
    estimate: |call| made_list(1.0, Range::exactly(call.argument(0).count_or(u64::MAX))),
};

/// `list.reverse()`.
pub(crate) const REVERSE: Cost = Cost { charge: BY_NEW_LIST, estimate: |call| made_list(1.0, call.target_size()) };

/// `list.flatten(depth)`.
#[allow(clippy::cast_precision_loss)] // As in cel-go.
pub(crate) const FLATTEN: Cost = Cost {
    charge: Charge::Arguments(|_, arguments| {
        let depth = match arguments.get(1) {
            Some(Ok(Value::Int(depth))) => *depth as f64,
            _ => 1.0,
        };
        charge_made_list(depth, size(arguments[0]))
    }),
    estimate: |call| {
        let depth = call.arguments.first().map_or(1, |depth| depth.count_or(u64::MAX));
        made_list(depth as f64, call.target_size())
    },
};

/// Each item compared with each, at most.
fn self_comparison<'a>(arena: &'a Arena, list: Outcome<'a>) -> u64 {
    let count = size(list);
    let first = list.ok().and_then(|list| list.list().ok()).and_then(|list| list.get(0, arena).ok()?);
    let factor = if matches!(first, Some(Value::String(_) | Value::Bytes(_))) { 2.0 + PER_CHARACTER } else { 2.0 };
    charge_made_list(factor, count.saturating_mul(count))
}

fn estimate_self_comparison(list: Range, item: Option<&Type>) -> CallEstimate {
    let is_text = matches!(item, Some(Type::String | Type::Bytes));
    made_list(if is_text { 2.0 + PER_CHARACTER } else { 2.0 }, list.times(list))
}

/// `list.distinct()`.
pub(crate) const DISTINCT: Cost = Cost {
    charge: Charge::Arguments(|arena, arguments| self_comparison(arena, arguments[0])),
    estimate: |call| estimate_self_comparison(call.target_size(), None),
};

/// `list.sort()`.
pub(crate) const SORT: Cost = Cost {
    charge: Charge::Arguments(|arena, arguments| self_comparison(arena, arguments[0])),
    estimate: |call| estimate_self_comparison(call.target_size(), call.item_of_target().map(|item| item.kind)),
};

/// `list.sortBy(x, key)`: by its keys.
pub(crate) const SORT_BY: Cost = Cost {
    charge: Charge::Arguments(|arena, arguments| self_comparison(arena, arguments[1])),
    estimate: |call| {
        let keys = call.argument(0);
        let item = if let Type::List(item) = keys.kind { Some(&**item) } else { None };
        estimate_self_comparison(call.size(0), item)
    },
};

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // As in cel-go.
fn set_charge(arguments: &[Outcome<'_>], factor: f64) -> u64 {
    let product = size(arguments[0]).saturating_mul(size(arguments[1]));
    ((product as f64 * factor) as u64).saturating_add(1)
}

fn set_estimate(call: &Call<'_>, factor: f64) -> CallEstimate {
    CallEstimate::of(call.size(0).times(call.size(1)).scaled(factor).plus(Range::ONE))
}

/// `sets.contains(a, b)`, `sets.intersects(a, b)`.
pub(crate) const SETS: Cost = Cost {
    charge: Charge::Arguments(|_, arguments| set_charge(arguments, 1.0)),
    estimate: |call| set_estimate(call, 1.0),
};

/// `sets.equivalent(a, b)`.
pub(crate) const EQUIVALENT_SETS: Cost = Cost {
    charge: Charge::Arguments(|_, arguments| set_charge(arguments, 2.0)),
    estimate: |call| set_estimate(call, 2.0),
};
