//! Texts, numbers, booleans, listed values and values that may be anything.
//!
//! In: what a value must fulfil, and a plan. Out: one of the candidates that fulfil it. Candidates are made and checked
//! once for each schema.

use std::{collections::HashMap, rc::Rc};

use serde_json::{Number, Value, json};

use super::{
    build::accepts,
    format, number,
    plan::{Flavour, Plan},
    text,
    wanted::Wanted,
};
use crate::schema::{Schema, SchemaType};

/// So many candidates are kept.
const MOST: usize = 64;
/// From this turn on, values are numbered if they may be.
const MANY: usize = 24;
/// In objects that hold everything, no text is longer unless it must be.
const LONG: usize = 512;

/// The addresses of the schemas that a value must fulfil and of those that it need not, and its type.
type Key = (Vec<usize>, Vec<usize>, Option<&'static str>);

/// The candidates of every schema that was met.
#[derive(Default)]
pub(crate) struct Leaves<'s> {
    known: HashMap<Key, Rc<Vec<Value>>>,
    /// The greatest number of candidates that a schema had so far.
    pub(crate) most: usize,
    lifetime: std::marker::PhantomData<&'s Schema>,
}

impl<'s> Leaves<'s> {
    /// A scalar of that type; int-or-string without one.
    pub(super) fn pick(&mut self, wanted: &Wanted<'s>, kind: Option<SchemaType>, plan: Plan) -> Option<Value> {
        let candidates = self.candidates(wanted, kind);
        let special = match plan.flavour {
            Flavour::LargeIntegers if kind != Some(SchemaType::String) => large(wanted, plan),
            Flavour::Floats => float(wanted, &candidates),
            Flavour::WrongFormats if kind == Some(SchemaType::String) => wrong(wanted, plan),
            Flavour::Empties => candidates.iter().find(|value| value.as_str() == Some("")).cloned(),
            _ => None,
        };
        if special.is_some() {
            return special;
        }
        let short = |value: &&Value| value.as_str().is_none_or(|text| text.len() <= LONG);
        let count = candidates.iter().filter(short).count();
        self.most = self.most.max(count);
        if plan.turn >= MANY
            && let Some(numbered) = numbered(wanted, kind, plan)
        {
            return Some(numbered);
        }
        match count {
            0 => candidates.first().cloned(),
            _ => candidates.iter().filter(short).nth(plan.turn % count).cloned(),
        }
    }

    /// One of the values that an enum lists.
    pub(super) fn pick_listed(&mut self, wanted: &Wanted<'s>, plan: Plan) -> Option<Value> {
        let listed = wanted.parts.iter().find(|schema| !schema.enumeration.is_empty())?;
        let allowed: Vec<&Value> = listed.enumeration.iter().filter(|value| accepts(wanted, value)).collect();
        self.most = self.most.max(allowed.len());
        allowed.get(plan.turn.checked_rem(allowed.len())?).map(|value| (*value).clone())
    }

    /// A value of any type.
    pub(super) fn pick_any(&mut self, wanted: &Wanted<'s>, plan: Plan) -> Option<Value> {
        let values: Vec<Value> = any().into_iter().filter(|value| accepts(wanted, value)).collect();
        self.most = self.most.max(values.len());
        values.get(plan.turn.checked_rem(values.len())?).cloned()
    }

    /// All values worth trying that fulfil what is wanted, plain ones first.
    pub(crate) fn candidates(&mut self, wanted: &Wanted<'s>, kind: Option<SchemaType>) -> Rc<Vec<Value>> {
        let addresses = |schemas: &[&Schema]| schemas.iter().map(|schema| std::ptr::from_ref(*schema).addr()).collect();
        let key = (addresses(&wanted.parts), addresses(&wanted.also), kind.map(SchemaType::name));
        if let Some(known) = self.known.get(&key) {
            return Rc::clone(known);
        }
        let mut found = Vec::new();
        for value in raw(wanted, kind) {
            if found.len() < MOST && !found.contains(&value) && accepts(wanted, &value) {
                found.push(value);
            }
        }
        let found = Rc::new(found);
        self.known.insert(key, Rc::clone(&found));
        found
    }
}

/// Candidates, not checked: also those that only what need not hold suggests.
fn raw(wanted: &Wanted<'_>, kind: Option<SchemaType>) -> Vec<Value> {
    let texts = || text::texts(wanted).into_iter().map(Value::String);
    let mut values: Vec<Value> = wanted.all().filter_map(|schema| schema.default.as_deref().cloned()).collect();
    values.extend(wanted.also.iter().flat_map(|schema| schema.enumeration.iter().cloned()));
    if wanted.any(|schema| schema.int_or_string) && kind != Some(SchemaType::Integer) {
        values.extend(["25%", "8080"].map(Value::from));
    }
    match kind {
        Some(SchemaType::Boolean) => values.extend([true, false].map(Value::Bool)),
        Some(SchemaType::Integer) => values.extend(number::integers(wanted)),
        Some(SchemaType::Number) => values.extend(number::numbers(wanted)),
        Some(SchemaType::String) => values.extend(texts()),
        _ => {
            let mut texts = texts();
            for integer in number::integers(wanted) {
                values.push(integer);
                values.extend(texts.next());
            }
            values.extend(texts);
        }
    }
    values
}

/// A value that no other turn has, for long lists of unique items.
fn numbered(wanted: &Wanted<'_>, kind: Option<SchemaType>, plan: Plan) -> Option<Value> {
    let value = match kind {
        Some(SchemaType::Integer | SchemaType::Number) => Value::from(plan.turn),
        Some(SchemaType::String) => Value::from(format!("item-{}", plan.turn)),
        _ => return None,
    };
    accepts(wanted, &value).then_some(value)
}

/// An integer beyond 32 bits that fulfils everything but the format.
fn large(wanted: &Wanted<'_>, plan: Plan) -> Option<Value> {
    let without = without_format(wanted);
    let wanted = Wanted::all_of(&without);
    let allowed: Vec<i64> =
        number::LARGE.into_iter().filter(|number| accepts(&wanted, &Value::from(*number))).collect();
    allowed.get(plan.turn.checked_rem(allowed.len())?).map(|number| Value::from(*number))
}

/// The first integer among the candidates, written as a float, if that is allowed.
fn float(wanted: &Wanted<'_>, candidates: &[Value]) -> Option<Value> {
    let integer = candidates.iter().find_map(|value| i32::try_from(value.as_i64()?).ok())?;
    let float = Value::Number(Number::from_f64(f64::from(integer))?);
    accepts(wanted, &float).then_some(float)
}

/// A text that fulfils everything but the format, if there is a format.
fn wrong(wanted: &Wanted<'_>, plan: Plan) -> Option<Value> {
    if !wanted.any(|schema| schema.format.is_some()) {
        return None;
    }
    let without = without_format(wanted);
    let wanted = Wanted::all_of(&without);
    let allowed: Vec<&str> = format::WRONG.into_iter().filter(|text| accepts(&wanted, &Value::from(*text))).collect();
    allowed.get(plan.turn.checked_rem(allowed.len())?).map(|text| Value::from(*text))
}

fn without_format(wanted: &Wanted<'_>) -> Vec<Schema> {
    wanted.parts.iter().map(|schema| Schema { format: None, ..(*schema).clone() }).collect()
}

/// Values of every type.
fn any() -> Vec<Value> {
    vec![
        json!({"nested": {"items": [1, "a", null, true, {"deep": 1.5}], "text": "b"}}),
        json!("text"),
        json!(1),
        json!([1, "a", {"b": null}]),
        json!(true),
        json!({}),
        json!(2.5),
        json!([]),
        json!(9_007_199_254_740_993_i64),
        json!(""),
    ]
}
