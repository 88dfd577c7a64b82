//! What has changed between two states of an object, as a JSON patch (RFC 6902).
//!
//! Only what is different is in it: members that neither state has, because the type does not know them or a cache left
//! them out, stay as the server has them, inside of lists too.

use serde_json::{Map, Value, json};

/// The operations that turn `old` into `new`.
pub(super) fn difference(old: &Value, new: &Value) -> Vec<Value> {
    let mut operations = Vec::new();
    compare(&mut String::new(), old, new, &mut operations);
    operations
}

fn compare(path: &mut String, old: &Value, new: &Value, operations: &mut Vec<Value>) {
    match (old, new) {
        _ if old == new => {}
        (Value::Object(old), Value::Object(new)) => compare_members(path, old, new, operations),
        (Value::Array(old), Value::Array(new)) => compare_items(path, old, new, operations),
        _ => operations.push(json!({ "op": "replace", "path": path, "value": new })),
    }
}

fn compare_members(path: &mut String, old: &Map<String, Value>, new: &Map<String, Value>, operations: &mut Vec<Value>) {
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        within(path, name, |path| operations.push(json!({ "op": "remove", "path": path })));
    }
    for (name, value) in new {
        within(path, name, |path| match old.get(name) {
            Some(old @ (Value::Object(_) | Value::Array(_))) => compare(path, old, value, operations),
            Some(old) if old == value => {}
            // `add` also replaces, and does not mind if the server has no such member.
            _ => operations.push(json!({ "op": "add", "path": path, "value": value })),
        });
    }
}

/// Items at the same place are the same item, but for those that were added or removed in the middle or at the end.
fn compare_items(path: &mut String, old: &[Value], new: &[Value], operations: &mut Vec<Value>) {
    let same_length = old.len() == new.len();
    let head = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(old, new)| old == new).count();
    let (old_middle, new_middle) = (old.len() - head - tail, new.len() - head - tail);
    let common = if same_length { old_middle } else { 0 };
    for index in head..head + common {
        within(path, &index.to_string(), |path| compare(path, &old[index], &new[index], operations));
    }
    for index in (head + common..head + old_middle).rev() {
        within(path, &index.to_string(), |path| operations.push(json!({ "op": "remove", "path": path })));
    }
    for (index, value) in new.iter().enumerate().take(head + new_middle).skip(head + common) {
        within(path, &index.to_string(), |path| {
            operations.push(json!({ "op": "add", "path": path, "value": value }));
        });
    }
}

/// Makes the changes between `old` and `new` in `document`, which may have more members than both, and fewer.
pub(super) fn transfer(old: &Value, new: Value, document: &mut Value) {
    if *old == new {
        return;
    }
    match (old, new, document) {
        (Value::Object(old), Value::Object(new), Value::Object(document)) => {
            for name in old.keys().filter(|name| !new.contains_key(*name)) {
                document.remove(name);
            }
            for (name, value) in new {
                match (old.get(&name), document.get_mut(&name)) {
                    (Some(old), Some(there)) => transfer(old, value, there),
                    (Some(old), None) if *old == value => {}
                    _ => drop(document.insert(name, value)),
                }
            }
        }
        (Value::Array(old), Value::Array(new), Value::Array(document))
            if old.len() == new.len() && old.len() == document.len() =>
        {
            for ((old, new), there) in old.iter().zip(new).zip(document) {
                transfer(old, new, there);
            }
        }
        (_, new, document) => *document = new,
    }
}

/// Calls `then` with the path of a member or item (RFC 6901).
fn within(path: &mut String, name: &str, then: impl FnOnce(&mut String)) {
    let length = path.len();
    path.push('/');
    path.push_str(&name.replace('~', "~0").replace('/', "~1"));
    then(path);
    path.truncate(length);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(old: &Value, new: &Value, expected: &Value) {
        assert_eq!(&Value::Array(difference(old, new)), expected, "{old} → {new}");
    }

    #[test]
    fn members_are_added_removed_and_compared() {
        check(&json!({ "a": 1 }), &json!({ "a": 1 }), &json!([]));
        check(
            &json!({ "a": 1, "b/~": { "x": 1 }, "c": null }),
            &json!({ "a": 2, "b/~": { "x": 1, "y": [] } }),
            &json!([
                { "op": "remove", "path": "/c" },
                { "op": "add", "path": "/a", "value": 2 },
                { "op": "add", "path": "/b~1~0/y", "value": [] },
            ]),
        );
    }

    #[test]
    fn a_document_keeps_what_neither_state_has() {
        let mut document = json!({ "spec": { "a": 1, "newer": true, "l": [{ "n": "a", "newer": 1 }] }, "kept": null });
        let old = json!({ "spec": { "a": 1, "l": [{ "n": "a" }] }, "status": {} });
        let new = json!({ "spec": { "l": [{ "n": "b" }] }, "status": { "phase": "Ready" } });
        transfer(&old, new, &mut document);
        let expected = json!({
            "spec": { "newer": true, "l": [{ "n": "b", "newer": 1 }] }, "status": { "phase": "Ready" }, "kept": null
        });
        assert_eq!(document, expected);
    }

    #[test]
    fn items_keep_what_only_the_server_knows_of_them() {
        check(
            &json!({ "l": [{ "n": "a", "v": 1 }, { "n": "b" }] }),
            &json!({ "l": [{ "n": "a", "v": 2 }, { "n": "b" }] }),
            &json!([{ "op": "add", "path": "/l/0/v", "value": 2 }]),
        );
        check(
            &json!([1, 2, 3, 4]),
            &json!([1, 4]),
            &json!([{ "op": "remove", "path": "/2" }, { "op": "remove", "path": "/1" }]),
        );
        check(
            &json!([1, 4]),
            &json!([1, 2, 3, 4]),
            &json!([{ "op": "add", "path": "/1", "value": 2 }, { "op": "add", "path": "/2", "value": 3 }]),
        );
        check(&json!([{ "n": "a" }]), &json!([]), &json!([{ "op": "remove", "path": "/0" }]));
    }
}
