//! JSON patches, RFC 6902, with the quirks of the Go library that kube-apiserver uses.
//!
//! In: operations and a value. Out: the patched value. As in that library, the first character of a path is not looked
//! at, and negative indexes count from the end. Source: `gopkg.in/evanphx/json-patch.v4`.

use crdgen_schema::{go, node::MAX_DEPTH};
use serde_json::Value;

/// The most operations in a patch, as in kube-apiserver.
const MAX_OPERATIONS: usize = 10_000;
/// How many bytes one patch may copy, as in kube-apiserver. Without a limit, copies of copies would grow exponentially.
const MAX_COPIED: usize = 3 * 1024 * 1024;
/// How many bytes one patch may move. Moving costs no memory, only time.
const MAX_MOVED: usize = 64 * 1024 * 1024;

/// Why a patch cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// The body is not a JSON patch: 400.
    #[error("error decoding patch: {0}")]
    Malformed(String),
    /// It has too many operations: 413.
    #[error("The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {0}")]
    TooMany(usize),
    /// An operation failed: 422.
    #[error("the patch does not apply")]
    DoesNotApply,
}

/// Applies a patch.
pub(crate) fn apply(target: &mut Value, patch: &Value) -> Result<(), Error> {
    if patch.is_null() {
        return Ok(());
    }
    let Value::Array(operations) = patch else {
        return Err(Error::Malformed(go::cannot_unmarshal(patch, "[]handlers.jsonPatchOp")));
    };
    if let Some(bad) = operations.iter().find(|operation| !operation.is_object()) {
        return Err(Error::Malformed(go::cannot_unmarshal(bad, "handlers.jsonPatchOp")));
    }
    if operations.len() > MAX_OPERATIONS {
        return Err(Error::TooMany(operations.len()));
    }
    let mut budget = Budget { copied: MAX_COPIED, moved: MAX_MOVED };
    operations.iter().try_for_each(|operation| run(target, operation, &mut budget).ok_or(Error::DoesNotApply))
}

/// How many more bytes the patch may copy and move.
struct Budget {
    copied: usize,
    moved: usize,
}

/// Runs one operation; `None` if it fails.
fn run(target: &mut Value, operation: &Value, budget: &mut Budget) -> Option<()> {
    let path = parts(operation["path"].as_str()?);
    // An operation without a value has the value null.
    let value = operation.get("value").unwrap_or(&Value::Null);
    match operation["op"].as_str()? {
        "add" => {
            // Only the nesting is checked here: values in the patch cannot be larger than the body.
            take(value, MAX_DEPTH.checked_sub(path.len())?, &mut MAX_MOVED.clone())?;
            add(target, &path, value.clone())
        }
        "remove" => remove(target, &path).map(|_| ()),
        "replace" => {
            take(value, MAX_DEPTH.checked_sub(path.len())?, &mut MAX_MOVED.clone())?;
            replace(target, &path, value.clone())
        }
        "move" => {
            let moved = remove(target, &parts(operation["from"].as_str()?))?;
            take(&moved, MAX_DEPTH.checked_sub(path.len())?, &mut budget.moved)?;
            add(target, &path, moved)
        }
        "copy" => {
            let copied = find(target, &parts(operation["from"].as_str()?))?;
            take(copied, MAX_DEPTH.checked_sub(path.len())?, &mut budget.copied)?;
            let copied = copied.clone();
            add(target, &path, copied)
        }
        "test" => {
            let found = find(target, &path);
            let equal = found.map_or(value.is_null(), |found| equal(found, value));
            equal.then_some(())
        }
        _ => None,
    }
}

/// Takes the size of a value (about its length as text) from the budget; `None` if the budget does not suffice or the
/// value is nested more than `depth` levels deep.
fn take(value: &Value, depth: usize, budget: &mut usize) -> Option<()> {
    *budget = budget.checked_sub(1)?;
    let below = depth.checked_sub(1)?;
    match value {
        Value::String(text) => {
            *budget = budget.checked_sub(text.len())?;
            Some(())
        }
        Value::Array(items) => items.iter().try_for_each(|item| take(item, below, budget)),
        Value::Object(members) => members.iter().try_for_each(|(name, member)| {
            *budget = budget.checked_sub(name.len())?;
            take(member, below, budget)
        }),
        _ => Some(()),
    }
}

fn parts(path: &str) -> Vec<String> {
    if path.is_empty() {
        return Vec::new();
    }
    path.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
}

fn find<'a>(target: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(target, |value, part| match value {
        Value::Array(items) => items.get(index(part, items.len())?),
        other => other.get(part),
    })
}

fn find_mut<'a>(target: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    path.iter().try_fold(target, |value, part| match value {
        Value::Array(items) => {
            let at = index(part, items.len())?;
            items.get_mut(at)
        }
        other => other.get_mut(part),
    })
}

/// As in the library, a member of an object need not be there.
fn replace(target: &mut Value, path: &[String], value: Value) -> Option<()> {
    let place = match path.split_last() {
        Some((last, parent)) => match find_mut(target, parent)? {
            Value::Object(members) => members.entry(last.as_str()).or_insert(Value::Null),
            other => find_mut(other, std::slice::from_ref(last))?,
        },
        None => target,
    };
    *place = value;
    Some(())
}

fn add(target: &mut Value, path: &[String], value: Value) -> Option<()> {
    let Some((last, parent)) = path.split_last() else {
        *target = value;
        return Some(());
    };
    match find_mut(target, parent)? {
        Value::Object(members) => {
            members.insert(last.clone(), value);
        }
        Value::Array(items) => {
            // An item can also be added behind the last one.
            let at = if last == "-" { items.len() } else { index(last, items.len() + 1)? };
            if at > items.len() {
                return None;
            }
            items.insert(at, value);
        }
        _ => return None,
    }
    Some(())
}

fn remove(target: &mut Value, path: &[String]) -> Option<Value> {
    let (last, parent) = path.split_last()?;
    match find_mut(target, parent)? {
        Value::Object(members) => members.remove(last),
        Value::Array(items) => {
            let at = index(last, items.len())?;
            (at < items.len()).then(|| items.remove(at))
        }
        _ => None,
    }
}

/// A negative index counts from the end.
fn index(part: &str, length: usize) -> Option<usize> {
    let number: i64 = part.parse().ok()?;
    let length = i64::try_from(length).ok()?;
    usize::try_from(if number < 0 { number + length } else { number }).ok()
}

/// Numbers are compared by value.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(patch: &Value, expected: &Result<Value, Error>) {
        let mut value = json!({"a": {"b": 1}, "l": ["x", "y"], "e/f": {"~": 1}});
        assert_eq!(apply(&mut value, patch).map(|()| value), *expected, "{patch}");
    }

    fn fails(operation: &Value) {
        check(&json!([operation]), &Err(Error::DoesNotApply));
    }

    #[test]
    fn operations_change_the_value_in_turn() {
        let patch = json!([
            {"op": "test", "path": "/a/b", "value": 1.0},
            {"op": "add", "path": "/a/c", "value": 2},
            {"op": "remove", "path": "/a/b"},
            {"op": "replace", "path": "/e~1f/~0", "value": 2},
            {"op": "add", "path": "/l/1", "value": "m"},
            {"op": "add", "path": "/l/-", "value": "z"},
            {"op": "copy", "from": "/a/c", "path": "/d"},
            {"op": "move", "from": "/l/0", "path": "/x"},
        ]);
        check(&patch, &Ok(json!({"a": {"c": 2}, "d": 2, "x": "x", "l": ["m", "y", "z"], "e/f": {"~": 2}})));
    }

    #[test]
    fn an_operation_that_fails_fails_the_patch() {
        fails(&json!({"op": "test", "path": "/a/b", "value": 2}));
        fails(&json!({"op": "remove", "path": "/a/x"}));
        fails(&json!({"op": "replace", "path": "/x/y", "value": 1}));
        fails(&json!({"op": "add", "path": "/l/9", "value": 1}));
        fails(&json!({"op": "add", "path": "/l/x", "value": 1}));
        fails(&json!({"op": "frob", "path": "/a"}));
        fails(&json!({"path": "/a"}));
    }

    #[test]
    fn copies_of_copies_end_at_the_budget_and_at_the_depth_of_any_value() {
        let wide = json!({"op": "copy", "from": "/l", "path": "/l/-"});
        check(&Value::Array(vec![wide; 100]), &Err(Error::DoesNotApply));
        let mut long = json!({"l": ["x".repeat(1_000_000)]});
        let copy = json!({"op": "copy", "from": "/l/0", "path": "/l/-"});
        assert_eq!(apply(&mut long.clone(), &json!([copy, copy, copy])), Ok(()));
        assert_eq!(apply(&mut long, &Value::Array(vec![copy; 4])), Err(Error::DoesNotApply));
        let deep = json!({"op": "move", "from": "/a", "path": "/a/b"});
        fails(&deep);
        let nested: Vec<Value> = (0..300)
            .map(|level| json!({"op": "add", "path": format!("/a{}", "/x".repeat(level)), "value": {}}))
            .collect();
        check(&Value::Array(nested), &Err(Error::DoesNotApply));
    }

    #[test]
    fn what_is_no_list_of_operations_is_malformed() {
        let malformed = |why: &str| Err(Error::Malformed(why.to_owned()));
        check(&Value::Null, &Ok(json!({"a": {"b": 1}, "l": ["x", "y"], "e/f": {"~": 1}})));
        check(&json!({}), &malformed("json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp"));
        check(&json!([1]), &malformed("json: cannot unmarshal number into Go value of type handlers.jsonPatchOp"));
        let many: Vec<Value> = vec![json!({"op": "test", "path": "/a/b", "value": 1}); MAX_OPERATIONS + 1];
        check(&Value::Array(many), &Err(Error::TooMany(MAX_OPERATIONS + 1)));
    }
}
