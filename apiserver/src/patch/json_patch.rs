//! JSON patches, RFC 6902, with the quirks of the Go library that kube-apiserver uses.
//!
//! In: operations and a value. Out: the patched value. As in that library, the first character of a path is not looked
//! at, and negative indexes count from the end. Source: `gopkg.in/evanphx/json-patch.v4`.

use crdgen_schema::go::{self, Struct, Type, field};
use crdgen_schema::node::MAX_DEPTH;
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
    /// The body is not a list of operations whose members have the right types: 400.
    #[error("error decoding patch: {0}")]
    Undecodable(String),
    /// The same, if nobody has checked that before.
    #[error("{0}")]
    Malformed(String),
    /// It has too many operations: 413.
    #[error("The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {0}")]
    TooMany(usize),
    /// An operation failed: 422.
    #[error("the patch does not apply")]
    DoesNotApply,
}

/// Checks that a body is a list of operations, as the API server does if the request wants to know of unknown and duplicate
/// fields. Says which there are, in the order of the text.
pub(crate) fn check(patch: &Value, text: &str) -> Result<Vec<String>, Error> {
    static OPERATION: Struct = Struct::new(
        "handlers",
        "jsonPatchOp",
        &[field("op", Type::Text), field("path", Type::Text), field("from", Type::Text), field("value", Type::Any)],
    );
    if !matches!(patch, Value::Null | Value::Array(_)) {
        return Err(Error::Undecodable(go::cannot_unmarshal(patch, "[]handlers.jsonPatchOp")));
    }
    go::strict_items(text, &OPERATION).map_or(Ok(Vec::new()), |found| found.map_err(Error::Undecodable))
}

/// Applies a patch.
pub(crate) fn apply(target: &mut Value, patch: &Value) -> Result<(), Error> {
    let operations = match patch {
        Value::Null => return Ok(()),
        Value::Array(operations) => operations,
        _ => return Err(Error::Malformed(go::cannot_unmarshal(patch, "jsonpatch.Patch"))),
    };
    if let Some(bad) = operations.iter().find(|operation| !operation.is_object() && !operation.is_null()) {
        return Err(Error::Malformed(go::cannot_unmarshal(bad, "jsonpatch.Operation")));
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
    let path = operation["path"].as_str()?;
    // An operation without a value has the value null.
    let value = operation.get("value").unwrap_or(&Value::Null);
    match operation["op"].as_str()? {
        "replace" if path.is_empty() => {
            take(value, MAX_DEPTH, &mut MAX_MOVED.clone())?;
            (value.is_object() || value.is_array()).then(|| target.clone_from(value))
        }
        "test" if path.is_empty() => equal(target, value).then_some(()),
        operator => run_at(target, operator, &parts(path)?, operation, value, budget),
    }
}

/// Runs an operation that is not about the whole object.
fn run_at(
    target: &mut Value,
    operator: &str,
    path: &[String],
    operation: &Value,
    value: &Value,
    budget: &mut Budget,
) -> Option<()> {
    let depth = MAX_DEPTH.checked_sub(path.len())?;
    match operator {
        "add" => {
            // Only the nesting is checked here: values in the patch cannot be larger than the body.
            take(value, depth, &mut MAX_MOVED.clone())?;
            add(target, path, value.clone())
        }
        "remove" => remove(target, path).map(|_| ()),
        "replace" => {
            take(value, depth, &mut MAX_MOVED.clone())?;
            replace(target, path, value)
        }
        "move" => {
            let moved = remove(target, &parts(operation["from"].as_str()?)?)?;
            take(&moved, depth, &mut budget.moved)?;
            add(target, path, moved)
        }
        "copy" => {
            let copied = get(target, &parts(operation["from"].as_str()?)?)?;
            take(copied, depth, &mut budget.copied)?;
            let copied = copied.clone();
            add(target, path, copied)
        }
        "test" => {
            let found = get(target, path)?;
            equal(found, value).then_some(())
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

/// The parts of a path without its escapes; none if it has no slash.
pub(super) fn parts(path: &str) -> Option<Vec<String>> {
    let (_, path) = path.split_once('/')?;
    Some(path.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect())
}

/// The value at a place. The library takes a member that is not there for null, if its object is there.
fn get<'a>(target: &'a Value, path: &[String]) -> Option<&'a Value> {
    let (last, parent) = path.split_last()?;
    let parent = parent.iter().try_fold(target, |value, part| match value {
        Value::Array(items) => items.get(index(part, items.len())?),
        other => other.get(part),
    })?;
    match parent {
        Value::Object(members) => Some(members.get(last).unwrap_or(&Value::Null)),
        Value::Array(items) => items.get(index(last, items.len())?),
        _ => None,
    }
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

fn add(target: &mut Value, path: &[String], value: Value) -> Option<()> {
    let (last, parent) = path.split_last()?;
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

/// A member that is not there is added.
fn replace(target: &mut Value, path: &[String], value: &Value) -> Option<()> {
    let (last, parent) = path.split_last()?;
    match find_mut(target, parent)? {
        Value::Object(members) => {
            members.insert(last.clone(), value.clone());
        }
        Value::Array(items) => {
            let at = index(last, items.len())?;
            items.get_mut(at)?.clone_from(value);
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
    fn a_member_that_is_not_there_is_null_if_its_object_is_there() {
        let patch = json!([
            {"op": "test", "path": "/x"},
            {"op": "copy", "from": "/x", "path": "/y"},
            {"op": "replace", "path": "/z", "value": 1},
            {"op": "replace", "path": "", "value": {"w": 1}},
            {"op": "test", "path": "", "value": {"w": 1}},
        ]);
        check(&patch, &Ok(json!({"w": 1})));
        fails(&json!({"op": "test", "path": "/x/y"}));
        fails(&json!({"op": "copy", "from": "/l/2", "path": "/y"}));
        fails(&json!({"op": "replace", "path": "", "value": 1}));
        fails(&json!({"op": "add", "path": "", "value": {}}));
        fails(&json!({"op": "add", "path": "x", "value": 1}));
    }

    #[test]
    fn operations_are_checked_as_the_struct_that_they_are() {
        let checked = |text: &str| check_text(text).map_err(|error| error.to_string());
        let found = [r#"duplicate field "[0].op""#, r#"unknown field "[0].x""#].map(str::to_owned);
        assert_eq!(checked(r#"[{"op": "add", "op": "add", "x": 1, "value": {"a": 1, "a": 1}}]"#), Ok(found.to_vec()));
        let wrong = |what: &str| Err(format!("error decoding patch: json: cannot unmarshal {what}"));
        let number = wrong("number into Go struct field jsonPatchOp.op of type string");
        assert_eq!(checked(r#"[{"x": 1}, {"op": 1}]"#), number);
        assert_eq!(checked("[1]"), wrong("number into Go value of type handlers.jsonPatchOp"));
        assert_eq!(checked("{}"), wrong("object into Go value of type []handlers.jsonPatchOp"));
        assert_eq!(checked("null"), Ok(Vec::new()));
    }

    fn check_text(text: &str) -> Result<Vec<String>, Error> {
        super::check(&serde_json::from_str(text).unwrap(), text)
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
        check(&json!({}), &malformed("json: cannot unmarshal object into Go value of type jsonpatch.Patch"));
        check(&json!([1]), &malformed("json: cannot unmarshal number into Go value of type jsonpatch.Operation"));
        check(&json!([null]), &Err(Error::DoesNotApply));
        let many: Vec<Value> = vec![json!({"op": "test", "path": "/a/b", "value": 1}); MAX_OPERATIONS + 1];
        check(&Value::Array(many), &Err(Error::TooMany(MAX_OPERATIONS + 1)));
    }
}
