//! Who owns what after an object has changed: the writer owns what it changed, and nobody what is gone.
//!
//! Source: `Updater.Update` and `Updater.update` in `sigs.k8s.io/structured-merge-diff/merge/update.go`.

use std::collections::BTreeMap;

use super::conflict::Conflicts;
use super::entries::{Entries, Manager};
use super::field_set::FieldSet;
use super::typed::{Comparison, reconcile};
use super::versions::{Typed, Unconvertible, Versions};

/// Why it cannot be said who owns what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Error {
    Conflicts(Conflicts),
    Other(String),
}

impl Error {
    /// The error with what it happened at.
    pub(super) fn prefixed(self, what: &str) -> Self {
        match self {
            Self::Other(why) => Self::Other(format!("{what}: {why}")),
            Self::Conflicts(_) => self,
        }
    }
}

/// The version of a request, and what is known of the others.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) api_version: &'a str,
    pub(super) versions: &'a dyn Versions,
}

/// The entries after an update, and the fields of the writer, which come on top of those that it has already.
pub(super) fn update(
    context: Context<'_>,
    live: &Typed<'_>,
    new: &Typed<'_>,
    entries: Entries,
) -> Result<(Entries, FieldSet), Error> {
    let entries = reconciled(context, live, entries)?;
    let (entries, comparison) = take(context, live, new, entries, None, true)?;
    let mut own = comparison.modified;
    own.union(&comparison.added);
    Ok((entries, own))
}

/// Takes from everybody except `writer` what has changed. Without force, that somebody owns it is a conflict.
pub(super) fn take(
    context: Context<'_>,
    live: &Typed<'_>,
    new: &Typed<'_>,
    mut entries: Entries,
    writer: Option<&Manager>,
    force: bool,
) -> Result<(Entries, Comparison), Error> {
    let mut compared = BTreeMap::from([(context.api_version.to_owned(), compare(context, live, new)?)]);
    let mut conflicts = BTreeMap::new();
    let others: Vec<Manager> = entries.keys().filter(|manager| Some(*manager) != writer).cloned().collect();
    for manager in others {
        let Some(entry) = entries.get_mut(&manager) else { continue };
        if !compared.contains_key(&entry.api_version) {
            let context = Context { api_version: &entry.api_version, ..context };
            let Some(comparison) = compare_converted(context, live, new)? else {
                entries.remove(&manager);
                continue;
            };
            compared.insert(entry.api_version.clone(), comparison);
        }
        let Some(comparison) = compared.get(&entry.api_version) else { continue };
        let mut conflict = entry.fields.intersection(&comparison.modified);
        conflict.union(&entry.fields.intersection(&comparison.added));
        entry.fields.subtract(&conflict);
        entry.fields.subtract(&comparison.removed);
        if !conflict.is_empty() {
            conflicts.insert(manager, conflict);
        }
    }
    if !force && !conflicts.is_empty() {
        return Err(Error::Conflicts(Conflicts::new(&conflicts)));
    }
    entries.retain(|_, entry| !entry.fields.is_empty());
    Ok((entries, compared.remove(context.api_version).unwrap_or_default()))
}

/// What differs between two objects of the context's version, as far as such a write can change it.
fn compare(context: Context<'_>, live: &Typed<'_>, new: &Typed<'_>) -> Result<Comparison, Error> {
    let comparison = Comparison::of(&live.value, &new.value, live.shape)
        .map_err(|errors| Error::Other(format!("failed to compare objects: {errors}")))?;
    match context.versions.find(context.api_version) {
        Ok(version) => Ok(comparison.without(&FieldSet::of_fields(version.ignored))),
        Err(_) => Ok(comparison),
    }
}

/// The same for objects of any version; `None` if nobody knows the context's.
fn compare_converted(context: Context<'_>, live: &Typed<'_>, new: &Typed<'_>) -> Result<Option<Comparison>, Error> {
    let convert = |object| converted(object, context.api_version, context.versions);
    let (old, new) = (convert(live), convert(new));
    let Some(old) = old.map_err(|error| error.prefixed("failed to convert old object"))? else { return Ok(None) };
    let Some(new) = new.map_err(|error| error.prefixed("failed to convert new object"))? else { return Ok(None) };
    compare(context, &old, &new).map(Some)
}

/// An object in another version; `None` if nobody knows that.
pub(super) fn converted<'a>(
    object: &Typed<'a>,
    api_version: &str,
    versions: &'a dyn Versions,
) -> Result<Option<Typed<'a>>, Error> {
    match object.in_version(api_version, versions) {
        Ok(object) => Ok(Some(object)),
        Err(Unconvertible::Unknown) => Ok(None),
        Err(Unconvertible::Failed(why)) => Err(Error::Other(why)),
    }
}

/// The entries, adapted to the schemas of their versions. Those of versions that nobody knows are dropped.
pub(super) fn reconciled(context: Context<'_>, live: &Typed<'_>, entries: Entries) -> Result<Entries, Error> {
    let mut shapes = BTreeMap::new();
    let mut all = Entries::new();
    for (manager, mut entry) in entries {
        if !shapes.contains_key(&entry.api_version) {
            let shape = match live.in_version(&entry.api_version, context.versions) {
                Ok(live) => Some(live.shape),
                Err(Unconvertible::Unknown) => None,
                Err(Unconvertible::Failed(why)) => return Err(Error::Other(why)),
            };
            shapes.insert(entry.api_version.clone(), shape);
        }
        if let Some(Some(shape)) = shapes.get(&entry.api_version) {
            entry.fields = reconcile(entry.fields, *shape);
            all.insert(manager, entry);
        }
    }
    Ok(all)
}
