//! The removal of what a manager applied before and does not apply any more.
//!
//! Source: `prune`, `addBackOwnedItems` and `addBackDanglingItems` in `sigs.k8s.io/structured-merge-diff/merge/update.go`.

use std::collections::BTreeMap;

use super::entries::{Entries, Entry};
use super::field_set::FieldSet;
use super::typed::{remove, to_set};
use super::update::{Context, Error, converted};
use super::versions::{Typed, Versions};

/// The merged object without what only the manager's last configuration had. `entries` has the manager's fields of now.
pub(super) fn prune<'a>(
    context: Context<'a>,
    merged: Typed<'a>,
    entries: &Entries,
    last: &Entry,
) -> Result<Typed<'a>, Error> {
    let then = |object, what: &str| {
        converted(object, &last.api_version, context.versions).map_err(|error| error.prefixed(what))
    };
    let Some(merged_then) = then(&merged, "failed to convert merged object to last applied version")? else {
        return Ok(merged);
    };
    let last_fields = last.fields.with_declared(Some(merged_then.shape));
    let pruned = merged_then.with(remove(&merged_then.value, &last_fields, merged_then.shape));
    let pruned = add_owned(context.versions, &merged_then, pruned, &last.api_version, entries)
        .map_err(|error| error.prefixed("failed add back owned items"))?;
    let dangling = "failed add back dangling items: failed to convert pruned object to last applied version";
    let pruned = match then(&pruned, dangling)? {
        Some(pruned) => add_dangling(&merged_then, &pruned, &last_fields),
        None => merged_then,
    };
    Ok(converted(&pruned, context.api_version, context.versions)?.unwrap_or(pruned))
}

/// Adds what somebody owns, the manager with its new configuration included. The version of the last configuration comes
/// first, for what it misses may be needed to convert the object.
fn add_owned<'a>(
    versions: &'a dyn Versions,
    merged: &Typed<'a>,
    mut pruned: Typed<'a>,
    last_version: &str,
    entries: &Entries,
) -> Result<Typed<'a>, Error> {
    let mut owned: BTreeMap<&str, FieldSet> = BTreeMap::new();
    for entry in entries.values() {
        owned.entry(entry.api_version.as_str()).or_default().union(&entry.fields);
    }
    let mut merged = merged.clone();
    let first = owned.remove_entry(last_version);
    for (api_version, fields) in first.into_iter().chain(owned) {
        let failed =
            |error: Error, which| error.prefixed(&format!("failed to convert {which} object at version {api_version}"));
        let merged_there = converted(&merged, api_version, versions).map_err(|error| failed(error, "merged"))?;
        let Some(merged_there) = merged_there else { continue };
        merged = merged_there;
        let pruned_there = converted(&pruned, api_version, versions).map_err(|error| failed(error, "pruned"))?;
        let Some(pruned_there) = pruned_there else { continue };
        let mut kept = fields_of(&pruned_there, merged.shape);
        kept.union(&fields.with_declared(Some(merged.shape)));
        let mut gone = fields_of(&merged, merged.shape);
        gone.subtract(&kept);
        pruned = merged.with(remove(&merged.value, &gone, merged.shape));
    }
    Ok(pruned)
}

/// Adds what was taken away with a field of the manager and was not the manager's: it belongs to nobody, or to somebody
/// who updates.
fn add_dangling<'a>(merged: &Typed<'a>, pruned: &Typed<'_>, last_fields: &FieldSet) -> Typed<'a> {
    let mut gone = fields_of(merged, merged.shape);
    gone.subtract(&fields_of(pruned, merged.shape));
    merged.with(remove(&merged.value, &gone.intersection(last_fields), merged.shape))
}

fn fields_of(object: &Typed<'_>, shape: super::shape::Shape<'_>) -> FieldSet {
    to_set(&object.value, object.shape).with_declared(Some(shape))
}
