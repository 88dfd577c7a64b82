//! Changes of JSON values: members, items, types, sizes, depths.

use fastrand::Rng;
use serde_json::{Map, Number, Value, json};

use super::{NUMBERS, hostile_text};

/// Changes a value in one to five places. `others` are values to take parts from.
pub(crate) fn change_json(random: &mut Rng, value: &mut Value, others: &[Value]) {
    for _ in 0..random.usize(1..=5) {
        let place = place(random, value);
        change(random, place, others);
    }
}

/// A part of a value, of any depth.
fn place<'v>(random: &mut Rng, value: &'v mut Value) -> &'v mut Value {
    let parts = value.as_object().map_or_else(|| value.as_array().map_or(0, Vec::len), Map::len);
    if parts == 0 || random.u8(..6) == 0 {
        return value;
    }
    let chosen = random.usize(..parts);
    match value {
        Value::Object(members) => {
            let key = members.keys().nth(chosen).cloned().unwrap_or_default();
            place(random, &mut members[&key])
        }
        other => place(random, &mut other[chosen]),
    }
}

/// A copy of a part of a value.
fn part_of(random: &mut Rng, others: &[Value]) -> Value {
    let mut other = random.choice(others).cloned().unwrap_or_default();
    place(random, &mut other).take()
}

/// The value without one of its parts, for each of its parts: the largest ones first.
pub(crate) fn reductions(value: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    for path in paths(value).iter().filter(|path| !path.is_empty()) {
        let Some((parent, last)) = path.rsplit_once('/') else { continue };
        let mut reduced = value.clone();
        match reduced.pointer_mut(parent) {
            Some(Value::Object(members)) => drop(members.remove(&last.replace("~1", "/").replace("~0", "~"))),
            Some(Value::Array(items)) => drop(last.parse().map(|index: usize| items.remove(index))),
            _ => continue,
        }
        found.push(reduced);
    }
    found
}

/// The JSON pointers of a value's parts, the root first.
fn paths(value: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut next = 0;
    while let Some(path) = found.get(next).cloned() {
        match value.pointer(&path) {
            Some(Value::Object(members)) => {
                found.extend(members.keys().map(|key| format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"))));
            }
            Some(Value::Array(items)) => found.extend((0..items.len()).map(|index| format!("{path}/{index}"))),
            _ => {}
        }
        next += 1;
    }
    found
}

fn change(random: &mut Rng, place: &mut Value, others: &[Value]) {
    match random.u8(..10) {
        0..=2 => *place = scalar(random),
        3 => *place = part_of(random, others),
        4 => *place = nested(random, place.take()),
        5 => *place = json!([place.take(), scalar(random)]),
        _ => match place {
            Value::Object(members) => change_members(random, members, others),
            Value::Array(items) => change_items(random, items),
            Value::String(text) => *text = super::change_text(random, text, &[]),
            Value::Number(number) => *place = number_near(random, number),
            _ => *place = scalar(random),
        },
    }
}

fn change_members(random: &mut Rng, members: &mut Map<String, Value>, others: &[Value]) {
    let keys: Vec<String> = members.keys().cloned().collect();
    let key = random.choice(&keys).cloned().unwrap_or_default();
    match random.u8(..5) {
        0 => drop(members.remove(&key)),
        1 => drop(members.insert(hostile_text(random), scalar(random))),
        2 => {
            let other = random.choice(others).and_then(Value::as_object);
            let entry = other.and_then(|other| random.choice(other.iter()));
            members.extend(entry.map(|(key, value)| (key.clone(), value.clone())));
        }
        3 => {
            let value = members.get(&key).cloned().unwrap_or_default();
            let most = if is_small(&value) && random.u8(..) < 8 { 5000 } else { 5 };
            members.extend((0..most).map(|number| (format!("{key}{number}"), value.clone())));
        }
        _ => {
            let value = members.remove(&key).unwrap_or_default();
            let mut characters: Vec<char> = key.chars().collect();
            if let Some(first) = characters.first_mut() {
                *first = random.char(..);
            }
            members.insert(characters.into_iter().collect(), value);
        }
    }
}

fn change_items(random: &mut Rng, items: &mut Vec<Value>) {
    let Some(item) = random.choice(&*items).cloned() else { return items.push(scalar(random)) };
    match random.u8(..4) {
        0 => drop(items.pop()),
        1 => items.push(item),
        2 => items.push(scalar(random)),
        _ if !is_small(&item) => random.shuffle(items),
        _ => {
            let many = if random.u8(..) < 8 { 5000 } else { 20 };
            items.extend((0..many).map(|_| item.clone()));
        }
    }
}

/// Whether there may be thousands of them.
fn is_small(value: &Value) -> bool {
    match value {
        Value::Object(_) | Value::Array(_) => false,
        Value::String(text) => text.len() < 100,
        _ => true,
    }
}

/// A value deep within others.
fn nested(random: &mut Rng, value: Value) -> Value {
    let depth = [1, 2, 10, 60, 120][random.usize(..5)];
    let in_list = random.bool();
    (0..depth).fold(value, |inner, _| if in_list { json!([inner]) } else { json!({ "a": inner }) })
}

fn scalar(random: &mut Rng) -> Value {
    match random.u8(..8) {
        0 => Value::Null,
        1 => Value::Bool(random.bool()),
        2 | 3 => Value::from(NUMBERS[random.usize(..NUMBERS.len())]),
        4 => json!([0.5, -0.0, 1e300, 5e-324, 1.0, 9_007_199_254_740_992.0, 1.8e19][random.usize(..7)]),
        5 => Value::from(hostile_text(random)),
        6 => json!({}),
        _ => json!([]),
    }
}

fn number_near(random: &mut Rng, number: &Number) -> Value {
    match number.as_i64() {
        Some(integer) if random.bool() => Value::from(integer.wrapping_add(random.i64(-2..=2))),
        Some(integer) => Value::from(integer.wrapping_mul(random.i64(-3..=1000))),
        None => json!(number.as_f64().unwrap_or_default() * random.f64()),
    }
}
