//! Ownership after a creation, an update or a patch, server-side apply excepted: the writer owns what it changed.

use serde_json::Value;

use super::compare::Comparison;
use super::entries::{Entries, Entry, Manager, is_reset};
use super::shape::Shape;
use crate::object::{meta, set};

/// Who writes, when, and to what.
#[derive(Clone, Debug)]
pub(crate) struct Writer<'a> {
    pub(crate) manager: &'a str,
    pub(crate) api_version: &'a str,
    pub(crate) subresource: &'a str,
    /// `metav1.Time`
    pub(crate) time: &'a str,
    /// The top-level fields that this write does not change, whatever the object says.
    pub(crate) ignored: &'a [&'a str],
}

/// Sets the `managedFields` of an object that is about to replace `live` (on creation, a blank object).
pub(crate) fn record(object: &mut Value, live: &Value, shape: Shape<'_>, writer: &Writer<'_>) {
    let Some(mut entries) = starting_point(object, live, writer) else {
        set(object, "managedFields", Value::Null);
        return;
    };
    let creation = meta(live, "uid").is_none();
    if entries.0.is_empty() && !creation {
        set(object, "managedFields", Value::Null);
        return;
    }
    let mut difference = Comparison::of(live, object, shape, writer.ignored);
    for entry in entries.0.values_mut() {
        entry.fields.subtract(&difference.added);
        entry.fields.subtract(&difference.modified);
        entry.fields.subtract(&difference.removed);
    }
    difference.added.union(&difference.modified);
    if !difference.added.is_empty() {
        let manager = Manager::update(writer.manager, writer.api_version, writer.subresource);
        let entry = entries.0.entry(manager).or_insert_with(|| Entry {
            api_version: writer.api_version.to_owned(),
            time: String::new(),
            fields: super::field_set::FieldSet::default(),
        });
        entry.fields.union(&difference.added);
        writer.time.clone_into(&mut entry.time);
    }
    set(object, "managedFields", entries.to_json());
}

/// The entries to start from: those in the request, or the stored ones if the request writes a subresource or has no
/// valid entries. `None` if the request resets them.
fn starting_point(object: &Value, live: &Value, writer: &Writer<'_>) -> Option<Entries> {
    if writer.subresource.is_empty() {
        if is_reset(object) {
            return None;
        }
        if let Some(sent) = Entries::read(object).filter(|sent| !sent.0.is_empty()) {
            return Some(sent);
        }
    }
    Some(Entries::read(live).unwrap_or_default())
}
