//! Somebody who writes an object, and the two ways to do it: with an object that is to replace another one, or with a
//! configuration that is applied.
//!
//! In: the object before, and the object or configuration. Out: the object with its `managedFields`.
//! Source: `k8s.io/apimachinery/pkg/util/managedfields/internal` (`fieldmanager.go` and the managers that it wraps).

use std::sync::LazyLock;

use serde_json::Value;

use super::apply;
use super::cap::cap;
use super::conflict::Conflicts;
use super::entries::{self, Entries, Entry, Manager};
use super::field_set::FieldSet;
use super::last_applied;
use super::typed::Duplicates;
use super::update::{self, Context, Error};
use super::versions::{Typed, Versions};
use crate::object::{meta, set, text};

/// Who writes, when, and to what.
#[derive(Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub(crate) name: &'a str,
    pub(crate) api_version: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) subresource: &'a str,
    /// `metav1.Time`
    pub(crate) time: &'a str,
    pub(crate) versions: &'a dyn Versions,
    /// An object without anything in it.
    pub(crate) blank: &'a Value,
    /// Why the server cannot convert what it makes of a configuration, if it cannot.
    pub(crate) unconvertible: Option<&'a str>,
}

/// Why a configuration is not applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    BadRequest(String),
    Conflicts(Conflicts),
    Other(String),
}

/// The name of the manager of all fields of an object that was written before anybody kept track.
const BEFORE: &str = "before-first-apply";

/// The fields of `metadata` that nobody owns.
static UNOWNED: LazyLock<FieldSet> = LazyLock::new(|| {
    FieldSet::of_fields(&[
        "apiVersion",
        "kind",
        "metadata",
        "metadata.name",
        "metadata.namespace",
        "metadata.creationTimestamp",
        "metadata.selfLink",
        "metadata.uid",
        "metadata.clusterName",
        "metadata.generation",
        "metadata.managedFields",
        "metadata.resourceVersion",
    ])
});

impl Writer<'_> {
    /// Sets the `managedFields` of an object that is about to replace `live`, or the blank object.
    pub(crate) fn record(&self, object: &mut Value, live: &Value) {
        let entries = self.starting_point(object, live);
        set(object, "managedFields", Value::Null);
        if entries.is_empty() && meta(live, "uid").is_some() {
            return;
        }
        // If anything goes wrong, the object has no managed fields.
        if let Ok(entries) = self.update(object, live, entries, self.name) {
            set(object, "managedFields", entries::write(&entries));
        }
    }

    /// The entries to start from: those in the request, or the stored ones if the request writes a subresource or has no
    /// valid entries.
    fn starting_point(&self, object: &Value, live: &Value) -> Entries {
        if self.subresource.is_empty() {
            if entries::is_reset(object) {
                return Entries::new();
            }
            if let Some(sent) = entries::read(object).ok().filter(|sent| !sent.is_empty()) {
                return sent;
            }
        }
        entries::read(live).unwrap_or_default()
    }

    /// The entries after an update by somebody.
    fn update(&self, object: &Value, live: &Value, entries: Entries, name: &str) -> Result<Entries, Error> {
        let typed = |object, which: &str| {
            self.typed(object, Duplicates::Allowed).map_err(|why| {
                Error::Other(format!(
                    "failed to convert {which} object ({}) to smd typed: {why}",
                    self.described(object)
                ))
            })
        };
        let (new, live) = (typed(object, "new")?, typed(live, "live")?);
        let (mut entries, mut own) = update::update(self.context(), &live, &new, entries)?;
        own.subtract(&UNOWNED);
        if !own.is_empty() {
            let manager = Manager::update(name, self.api_version, self.subresource);
            let entry = entries.entry(manager).or_insert_with(|| Entry {
                api_version: self.api_version.to_owned(),
                time: String::new(),
                fields: FieldSet::default(),
            });
            entry.fields.union(&own);
            self.time.clone_into(&mut entry.time);
            self.api_version.clone_into(&mut entry.api_version);
        }
        cap(&mut entries);
        Ok(entries)
    }

    /// Applies a configuration to `live`, or to the blank object.
    pub(crate) fn apply(&self, live: &Value, applied: &Value, force: bool) -> Result<Value, Refusal> {
        let entries =
            entries::read(live).map_err(|why| Refusal::Other(format!("failed to decode managed fields: {why}")))?;
        let (api_version, kind) = type_of(applied);
        if (api_version, kind) != (self.api_version, self.kind) {
            let group_version = printed_version(api_version);
            return Err(Refusal::BadRequest(format!("invalid object type: {group_version}, Kind={kind}")));
        }
        let mut object = live.clone();
        set(&mut object, "managedFields", Value::Null);
        let result = self.apply_tracked(&object, applied, entries.clone(), force);
        let (mut object, entries) = match result {
            Err(Refusal::Conflicts(conflicts)) if self.name == last_applied::MANAGER => {
                match self.untouched_conflicts(&object, conflicts) {
                    Some(conflicts) => return Err(Refusal::Conflicts(conflicts)),
                    None => self.apply_tracked(&object, applied, entries, true)?,
                }
            }
            result => result?,
        };
        if self.name == last_applied::MANAGER {
            last_applied::refresh(&mut object, applied);
        }
        set(&mut object, "managedFields", entries::write(&entries));
        Ok(object)
    }

    /// The conflicts that are left once those are taken away that concern kubectl's last configuration only. `None` if
    /// there are none left.
    fn untouched_conflicts(&self, live: &Value, conflicts: Conflicts) -> Option<Conflicts> {
        let Ok(version) = self.versions.find(self.api_version) else { return Some(conflicts) };
        let Some(allowed) = last_applied::untouched(live, self.api_version, version.shape) else {
            return Some(conflicts);
        };
        Some(conflicts.without(&allowed)).filter(|left| !left.is_empty())
    }

    /// Applies a configuration. An object that nobody kept track of gets an entry for all that it has before.
    fn apply_tracked(
        &self,
        live: &Value,
        applied: &Value,
        mut entries: Entries,
        force: bool,
    ) -> Result<(Value, Entries), Refusal> {
        if entries.is_empty() {
            if let Some(why) = self.unconvertible {
                let live = self.described(self.blank);
                return Err(Refusal::Other(format!(
                    "failed to create manager for existing fields: failed to convert live object ({live}) to proper \
                     version: {why}"
                )));
            }
            entries = self
                .update(live, self.blank, entries, BEFORE)
                .map_err(|error| refusal(error.prefixed("failed to create manager for existing fields")))?;
        }
        if meta(applied, "managedFields").is_some_and(Value::is_array) {
            return Err(Refusal::BadRequest("metadata.managedFields must be nil".to_owned()));
        }
        let configuration = self.typed(applied, Duplicates::Refused).map_err(|why| {
            Refusal::Other(format!("failed to create typed patch object ({}): {why}", self.described(applied)))
        })?;
        let typed = self.typed(live, Duplicates::Allowed).map_err(|why| {
            Refusal::Other(format!("failed to create typed live object ({}): {why}", self.described(live)))
        })?;
        let manager = Manager::apply(self.name, self.subresource);
        let outcome =
            apply::apply(self.context(), &typed, &configuration, entries, &manager, force).map_err(refusal)?;
        if let (Some(_), Some(why)) = (&outcome.object, self.unconvertible) {
            let applied = self.described(applied);
            return Err(Refusal::Other(format!("failed to convert new object ({applied}) to proper version: {why}")));
        }
        let mut entries = outcome.entries;
        if let Some(entry) = entries.get_mut(&manager) {
            entry.fields.subtract(&UNOWNED);
            if entry.fields.is_empty() {
                entries.remove(&manager);
            } else if outcome.object.is_some() {
                self.time.clone_into(&mut entry.time);
            }
        }
        Ok((outcome.object.unwrap_or_else(|| live.clone()), entries))
    }

    fn context(&self) -> Context<'_> {
        Context { api_version: self.api_version, versions: self.versions }
    }

    fn typed<'o>(&'o self, object: &'o Value, duplicates: Duplicates) -> Result<Typed<'o>, String> {
        let Ok(version) = self.versions.find(self.api_version) else {
            return Err(format!("no corresponding type for {}, Kind={}", printed_version(self.api_version), self.kind));
        };
        Typed::new(object, version.shape, duplicates).map_err(|errors| errors.to_string())
    }

    /// `NAMESPACE/NAME; GROUP/VERSION, Kind=KIND`
    fn described(&self, object: &Value) -> String {
        let version = printed_version(self.api_version);
        format!("{}/{}; {version}, Kind={}", text(object, "namespace"), text(object, "name"), self.kind)
    }
}

fn refusal(error: Error) -> Refusal {
    match error {
        Error::Conflicts(conflicts) => Refusal::Conflicts(conflicts),
        Error::Other(why) => Refusal::Other(why),
    }
}

/// The version and the kind of a configuration. A version that makes no sense takes the kind with it.
fn type_of(object: &Value) -> (&str, &str) {
    let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let (version, kind) = (text("apiVersion"), text("kind"));
    if version.matches('/').count() > 1 { ("", "") } else { (version, kind) }
}

/// `GROUP/VERSION`, with the slash even if there is no group.
fn printed_version(api_version: &str) -> String {
    if api_version.contains('/') { api_version.to_owned() } else { format!("/{api_version}") }
}
