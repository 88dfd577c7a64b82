//! The text that Go's patch library makes of an object: it is what the API server decodes, and quotes if it cannot.
//!
//! In: the current object and a patch, as documents. Out: the patched document. Members are sorted wherever the library has
//! looked into an object; what it did not touch stays as it was written. Nobody needs the text of a patch that is fine, and so
//! the values are patched first, in the modules beside this one. Source: `gopkg.in/evanphx/json-patch.v4`.

use std::collections::BTreeMap;

use crdgen_schema::go;
use crdgen_schema::json::Document;
use serde_json::Value;

/// Members by name; of duplicates the last counts.
type Members = BTreeMap<String, Document<'static>>;

/// What a merge patch makes of an object.
pub(crate) fn merged(current: Document<'static>, patch: Document<'static>) -> Document<'static> {
    match (current, patch) {
        (Document::Object(own), Document::Object(changes)) => {
            let mut own = Members::from_iter(own);
            for (name, change) in Members::from_iter(changes) {
                let value = match (own.remove(&name), change) {
                    (_, Document::Null) => continue,
                    (None | Some(Document::Null), change) => pruned(change),
                    (Some(value), change) => merged(value, change),
                };
                own.insert(name, value);
            }
            Document::Object(own.into_iter().collect())
        }
        (Document::Object(_), replacement) => replacement,
        (_, replacement) => pruned(replacement),
    }
}

/// A value without the nulls in its objects.
fn pruned(value: Document<'static>) -> Document<'static> {
    match value {
        Document::Object(members) => {
            let members = Members::from_iter(members).into_iter().filter(|(_, member)| *member != Document::Null);
            Document::Object(members.map(|(name, member)| (name, pruned(member))).collect())
        }
        Document::Array(items) => Document::Array(items.into_iter().map(pruned).collect()),
        other => other,
    }
}

/// What the operations of a JSON patch made of an object: `patched` is the result, in the order in which it would be written
/// if nothing had been touched.
pub(crate) fn operated(patched: Document<'static>, operations: &Document<'static>) -> Document<'static> {
    let Document::Array(operations) = operations else { return patched };
    operations.iter().fold(patched, |mut patched, operation| {
        let text = |name: &str| match member(operation, name) {
            Some(Document::String(text)) => Some(text.as_str()),
            _ => None,
        };
        for path in [text("from"), text("path")].into_iter().flatten() {
            open(&mut patched, path);
        }
        if let (Some("add" | "replace"), Some(path), Some(value)) =
            (text("op"), text("path"), member(operation, "value"))
        {
            restore(&mut patched, path, value);
        }
        patched
    })
}

fn member<'a>(document: &'a Document<'static>, name: &str) -> Option<&'a Document<'static>> {
    let Document::Object(members) = document else { return None };
    members.iter().rev().find(|(candidate, _)| candidate == name).map(|(_, member)| member)
}

/// Sorts the members of the objects on the way to a place.
fn open(document: &mut Document<'static>, path: &str) {
    let mut place = Some(document);
    for part in super::json_patch::parts(path).unwrap_or_default() {
        let Some(object) = place else { return };
        if let Document::Object(members) = &mut *object {
            members.sort_by(|(name, _), (other, _)| name.cmp(other));
        }
        place = below(object, &part);
    }
}

/// Writes the value at a place as the patch does, if it is still there.
fn restore(document: &mut Document<'static>, path: &str, value: &Document<'static>) {
    let mut place = Some(document);
    for part in super::json_patch::parts(path).unwrap_or_default() {
        place = place.and_then(|place| below(place, &part));
    }
    if let Some(place) = place.filter(|place| plainly(place) == plainly(value)) {
        *place = value.clone();
    }
}

fn below<'a>(document: &'a mut Document<'static>, part: &str) -> Option<&'a mut Document<'static>> {
    match document {
        Document::Object(members) => members.iter_mut().find(|(name, _)| name == part).map(|(_, member)| member),
        Document::Array(items) => {
            let at = if part == "-" { items.len().checked_sub(1)? } else { part.parse().ok()? };
            items.get_mut(at)
        }
        _ => None,
    }
}

/// A text that equal values share, however they are written.
fn plainly(document: &Document<'_>) -> String {
    let value: Value = serde_json::from_str(&go::print_document(document)).unwrap_or_default();
    go::print_json(&value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Document<'static> {
        Document::read(text).unwrap().into_owned()
    }

    #[test]
    fn a_merge_patch_sorts_what_it_looks_into() {
        let check = |current: &str, patch: &str, expected: &str| {
            assert_eq!(go::print_document(&merged(read(current), read(patch))), expected);
        };
        let current = r#"{"z":{"b":1,"a":2},"m":{"y":{"d":1,"c":2},"x":1},"a":1}"#;
        check(current, r#"{"m":{"n":1.0}}"#, r#"{"a":1,"m":{"n":1.0,"x":1,"y":{"d":1,"c":2}},"z":{"b":1,"a":2}}"#);
        check(
            current,
            r#"{"m":null,"a":{"q":null,"p":[{"s":1,"r":null}]}}"#,
            r#"{"a":{"p":[{"s":1}]},"z":{"b":1,"a":2}}"#,
        );
        check(current, r#"{"m":[{"b":1,"a":null}]}"#, r#"{"a":1,"m":[{"b":1,"a":null}],"z":{"b":1,"a":2}}"#);
    }

    #[test]
    fn a_json_patch_sorts_the_objects_on_its_way_and_keeps_its_own_values_as_they_are() {
        let patched = r#"{"z":{"b":1,"a":2},"m":{"y":{"d":1,"c":2},"x":{"a":1,"b":2}}}"#;
        let operations = r#"[{"op":"add","path":"/m/x","value":{"b":2.0,"a":1}},{"op":"test","path":"/q/r"}]"#;
        let expected = r#"{"m":{"x":{"b":2.0,"a":1},"y":{"d":1,"c":2}},"z":{"b":1,"a":2}}"#;
        assert_eq!(go::print_document(&operated(read(patched), &read(operations))), expected);
    }
}
