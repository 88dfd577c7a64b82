//! The merger of what somebody applies into an object, and who owns what after it.
//!
//! What the manager applied before and does not apply now is removed, unless somebody else owns it.
//! Source: `Updater.Apply` in `sigs.k8s.io/structured-merge-diff/merge/update.go`.

use serde_json::Value;

use super::entries::{Entries, Entry, Manager};
use super::field_set::FieldSet;
use super::order;
use super::prune::prune;
use super::typed::{merge, to_set};
use super::update::{Context, Error, reconciled, take};
use super::versions::Typed;

/// What came of it.
#[derive(Clone, Debug)]
pub(super) struct Applied {
    /// The object; `None` if it has not changed.
    pub(super) object: Option<Value>,
    pub(super) entries: Entries,
}

/// Applies a configuration. Both objects are of the context's version.
pub(super) fn apply(
    context: Context<'_>,
    live: &Typed<'_>,
    configuration: &Typed<'_>,
    entries: Entries,
    manager: &Manager,
    force: bool,
) -> Result<Applied, Error> {
    let mut entries = reconciled(context, live, entries)?;
    let merged = merge(&live.value, &configuration.value, live.shape)
        .map_err(|errors| Error::Other(format!("failed to merge config: {errors}")))?;
    let last = entries.get(manager).cloned();
    let time = last.as_ref().map(|entry| entry.time.clone()).unwrap_or_default();
    let fields = applied_fields(context, configuration);
    let last = last.filter(|last| leaves_out(context, &fields, last));
    entries.insert(manager.clone(), Entry { api_version: context.api_version.to_owned(), time, fields });
    let merged = live.with(merged);
    let new = match &last {
        Some(last) => {
            prune(context, merged, &entries, last).map_err(|error| error.prefixed("failed to prune fields"))?
        }
        None => merged,
    };
    let (entries, _) = take(context, live, &new, entries, Some(manager), force)?;
    let unchanged = order::equal(&live.value, &new.value);
    Ok(Applied { object: (!unchanged).then(|| new.value.into_owned()), entries })
}

/// Whether something may have to be removed: the last configuration had fields that are not applied any more, or is of
/// another version.
fn leaves_out(context: Context<'_>, fields: &FieldSet, last: &Entry) -> bool {
    let mut left_out = last.fields.clone();
    if last.api_version == context.api_version {
        left_out.subtract(fields);
    }
    !left_out.is_empty()
}

/// The fields that a configuration has, as far as such a write can change them.
fn applied_fields(context: Context<'_>, configuration: &Typed<'_>) -> FieldSet {
    let mut fields = to_set(&configuration.value, configuration.shape);
    if let Ok(version) = context.versions.find(context.api_version) {
        fields.subtract_deeply(&FieldSet::of_fields(version.ignored));
    }
    fields
}
