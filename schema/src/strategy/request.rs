//! An object as the server checks it, without changing it: with defaults, and with what a request cannot choose.
//!
//! In: a view of the object that a client would send, and of the one that is stored. Out: a view of what
//! [`Strategy::decode`] and [`Strategy::prepare`] would make of it, and of what storage sets (`rest.BeforeCreate`,
//! `rest.BeforeUpdate`, `ValidateObjectMetaAccessorUpdate`).

use super::{Operation, Strategy, overlay::Overlay};
use crate::{
    field::{Errors, Path},
    metadata::{self, NameRule},
    view::{Arena, View},
};

/// The namespace of an object that names none: a client sends it to a namespace's URL.
const SOME_NAMESPACE: View<'static> = View::Text("default");

impl Strategy {
    /// The verdict on an object as a client holds it before it is sent, in a form that has nothing unknown to the schema: typed
    /// values, for example. Defaults count as if they were filled in, a missing namespace as given by the URL, and what a
    /// request cannot choose as it is stored. A status is checked in every case.
    ///
    /// What views of the object's parts need lies in the arena.
    ///
    /// JSON is better [decoded](Strategy::decode), [prepared](Strategy::prepare) and [checked](Strategy::check).
    pub fn judge<'v>(&self, object: View<'v>, operation: Operation<View<'v>>, arena: &'v Arena) -> Errors {
        let (plan, defaults, is_new) = (self.plan(), self.defaults(), operation.old().is_none());
        let as_it_is = is_new && plan.leaves_metadata();
        let mut conforms = as_it_is && plan.accepts_without_defaults(object, arena);
        let whole = |view| defaults.map_or(view, |defaults| defaults.over(view, arena));
        let is_fine =
            conforms && self.has_fine_head(object, true, arena) && self.check_scale(whole(object), false).is_empty();
        if is_fine && !self.has_rules {
            return Errors::default();
        }
        let request = Request { namespaced: self.namespaced, status_subresource: self.status_subresource, arena };
        if !as_it_is && !operation.is_status() {
            let old = operation.map(|old| request.in_namespace(old));
            conforms = plan.accepts_without_defaults(request.prepared(request.in_namespace(object), old), arena);
        }
        let seen = |view| request.in_namespace(whole(view));
        let operation = operation.map(seen);
        let object = request.prepared(seen(object), operation);
        if is_fine {
            return self.check_rules(object, operation, Errors::default());
        }
        let mut errors = self.check_all(object, operation, conforms, arena);
        if operation.old().is_some() {
            let metadata = object.get("metadata", arena).unwrap_or(View::Null);
            let path = Path::ROOT.child("metadata");
            for error in metadata::validate(metadata, self.namespaced, NameRule::PathSegment, &path) {
                if !errors.iter().any(|known| *known == error) {
                    errors.push(error);
                }
            }
        }
        errors
    }
}

/// What is known of a kind of object.
#[derive(Clone, Copy)]
struct Request<'v> {
    namespaced: bool,
    status_subresource: bool,
    arena: &'v Arena,
}

impl<'v> Request<'v> {
    fn prepared(self, object: View<'v>, operation: Operation<View<'v>>) -> View<'v> {
        let metadata = self.metadata(object, operation);
        let metadata = ("metadata", Some(metadata));
        let status = |of: View<'v>| ("status", of.get("status", self.arena));
        match operation {
            Operation::Update { old } if self.status_subresource => self.overlay(object, &[metadata, status(old)]),
            Operation::Create | Operation::Update { .. } => self.overlay(object, &[metadata]),
            Operation::Status { old } => self.overlay(old, &[metadata, status(object)]),
        }
    }

    fn metadata(self, object: View<'v>, operation: Operation<View<'v>>) -> View<'v> {
        let of = |object: View<'v>| object.get("metadata", self.arena).unwrap_or(View::Null);
        let given = of(object);
        let get = |name: &str| given.get(name, self.arena);
        match operation {
            Operation::Create => {
                let name = get("name").or_else(|| self.generated_name(get("generateName")?.as_text()?));
                self.overlay(given, &[("name", name)])
            }
            Operation::Update { old } => {
                let old = of(old);
                let kept = |name: &str| old.get(name, self.arena);
                let set = [
                    ("uid", get("uid").or_else(|| kept("uid"))),
                    ("creationTimestamp", kept("creationTimestamp")),
                    ("deletionTimestamp", kept("deletionTimestamp").or_else(|| get("deletionTimestamp"))),
                    (
                        "deletionGracePeriodSeconds",
                        get("deletionGracePeriodSeconds").or_else(|| kept("deletionGracePeriodSeconds")),
                    ),
                    ("generation", kept("generation")),
                ];
                self.overlay(given, &set)
            }
            Operation::Status { old } => self.overlay(of(old), &[("managedFields", get("managedFields"))]),
        }
    }

    /// The object in the namespace of the URL, if it names none.
    fn in_namespace(self, object: View<'v>) -> View<'v> {
        let Some(metadata) = object.get("metadata", self.arena) else { return object };
        let given = metadata.get("namespace", self.arena);
        let namespace = if self.namespaced { Some(given.unwrap_or(SOME_NAMESPACE)) } else { None };
        self.overlay(object, &[("metadata", Some(self.overlay(metadata, &[("namespace", namespace)])))])
    }

    fn generated_name(self, prefix: &str) -> Option<View<'v>> {
        (!prefix.is_empty()).then(|| View::Text(self.arena.alloc_str(&format!("{prefix}00000"))))
    }

    fn overlay(self, value: View<'v>, set: &[(&'static str, Option<View<'v>>)]) -> View<'v> {
        match value {
            View::Object(members) => {
                View::Object(self.arena.alloc(Overlay { members, set: self.arena.alloc_slice_copy(set) }))
            }
            _ => value,
        }
    }
}
