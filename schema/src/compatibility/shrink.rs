//! Makes an object as small as it can be while it still shows the same.

use serde_json::Value;

/// What every object keeps.
const KEPT: [&str; 5] = ["/apiVersion", "/kind", "/metadata", "/metadata/name", "/metadata/namespace"];

/// Removes members and items from `object` as long as `shows` holds: of each object and array first many together, then fewer.
/// It is asked at most so often.
pub(super) fn shrink(object: Value, tries: usize, shows: impl Fn(&Value) -> bool) -> Value {
    let mut shrinking = Shrinking { object, tries, shows };
    let mut waiting = vec![String::new()];
    while let Some(pointer) = waiting.pop() {
        waiting.extend(shrinking.reduce(&pointer));
    }
    shrinking.object
}

struct Shrinking<F> {
    object: Value,
    tries: usize,
    shows: F,
}

impl<F: Fn(&Value) -> bool> Shrinking<F> {
    /// Removes what it can of the value at `pointer`; returns the pointers of what is left in it.
    fn reduce(&mut self, pointer: &str) -> Vec<String> {
        let mut removable = children(&self.object, pointer);
        removable.retain(|child| !KEPT.contains(&child.as_str()));
        let mut size = removable.len();
        while size > 0 {
            let mut left = Vec::new();
            for chunk in removable.chunks(size) {
                if !self.remove(chunk) {
                    left.extend_from_slice(chunk);
                }
            }
            removable = left;
            size = if size == 1 { 0 } else { size.div_ceil(2) };
        }
        // Items have moved to the front, so that their pointers are new.
        children(&self.object, pointer)
    }

    /// Removes all of these, if what is left shows the same.
    fn remove(&mut self, pointers: &[String]) -> bool {
        let Some(tries) = self.tries.checked_sub(1) else { return false };
        self.tries = tries;
        let smaller = pointers.iter().fold(self.object.clone(), |object, pointer| without(object, pointer));
        let shows = (self.shows)(&smaller);
        if shows {
            self.object = smaller;
        }
        shows
    }
}

/// The pointers of a value's members or items, the last first, so that removing one does not move those that follow.
fn children(object: &Value, pointer: &str) -> Vec<String> {
    let mut found: Vec<String> = match object.pointer(pointer) {
        Some(Value::Object(members)) => {
            members.keys().map(|name| format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))).collect()
        }
        Some(Value::Array(items)) => (0..items.len()).map(|index| format!("{pointer}/{index}")).collect(),
        _ => Vec::new(),
    };
    found.reverse();
    found
}

fn without(mut object: Value, pointer: &str) -> Value {
    let Some((parent, name)) = pointer.rsplit_once('/') else { return object };
    match object.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            if let Some(index) = name.parse().ok().filter(|index| *index < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
    object
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_shows_nothing_is_removed() {
        let object = json!({"apiVersion": "v", "kind": "K", "metadata": {"name": "n", "labels": {"a": "b"}}, "spec": {"a/b": [1, 2, 3], "c": {"d": 1}}});
        let shown = |object: &Value| {
            object.pointer("/spec/a~1b").and_then(Value::as_array).is_some_and(|items| items.contains(&json!(2)))
        };
        let expected = json!({"apiVersion": "v", "kind": "K", "metadata": {"name": "n"}, "spec": {"a/b": [2]}});
        assert_eq!(shrink(object, 100, shown), expected);
    }
}
