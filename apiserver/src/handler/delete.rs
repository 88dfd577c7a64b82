//! `DELETE` of an object or a collection: preconditions, finalizers, propagation.
//!
//! Source: `k8s.io/apiserver/pkg/registry/generic/registry/store.go`.

use std::sync::Arc;

use http::{Method, StatusCode};
use serde_json::Value;

use super::{Target, list, write};
use crate::api::Api;
use crate::builtin::{DEFINITIONS, NAMESPACES};
use crate::crd;
use crate::object::{self, finalizers, generate, meta, text};
use crate::request::Request;
use crate::request::accept::{Accept, Shape};
use crate::request::delete_options::{DeleteOptions, Propagation};
use crate::request::list_options::ListOptions;
use crate::resource::Resource;
use crate::response::Reply;
use crate::status::{Details, Result, Status};
use crate::store::{Write, WriteError};

/// The namespaces that nobody may delete.
const PROTECTED: [&str; 3] = ["default", "kube-system", "kube-public"];

/// Deletes the object, or starts its deletion.
pub(super) fn delete(api: &Arc<Api>, request: &Request, target: &Target<'_>) -> Result<Reply> {
    let accept = Accept::negotiate(request, target.resource)?;
    let options = DeleteOptions::parse(request)?;
    if target.resource.collection == NAMESPACES && PROTECTED.contains(&target.name()) {
        return Err(Status::forbidden(
            target.resource.group_resource(),
            target.name(),
            "this namespace may not be deleted",
        ));
    }
    match delete_object(api, target.resource, &target.key(), target.name(), &options)? {
        Deletion::Done(object) if !target.resource.strategy.returns_deleted_object() => {
            let mut details = Details::object(target.resource.group_resource(), target.name());
            text(&object, "uid").clone_into(&mut details.uid);
            Ok(Reply::status(&Accept { shape: Shape::Object, ..accept }, &Status::success(details)))
        }
        Deletion::Done(object) | Deletion::Started(object) => {
            Reply::object(&accept, StatusCode::OK, target.resource, &object, api.now())
        }
    }
}

/// Deletes every object that the query selects, and answers with a list of them as they were before.
pub(super) fn delete_collection(api: &Arc<Api>, request: &Request, target: &Target<'_>) -> Result<Reply> {
    debug_assert_eq!(request.method, Method::DELETE);
    let accept = Accept::negotiate(request, target.resource)?;
    let listing = ListOptions::parse(&request.query, false)?;
    let options = DeleteOptions::parse(request)?;
    let list = list::read(api, target, &listing)?;
    for stored in &list.items {
        let name = text(&stored.value, "name");
        let key = object::key(target.resource.namespace_of(&stored.value), name);
        match delete_object(api, target.resource, &key, name, &options) {
            Err(status) if status.http_code() == StatusCode::NOT_FOUND => {}
            outcome => drop(outcome?),
        }
    }
    list.reply(&accept, target.resource, api.now())
}

/// How far a deletion went.
#[derive(Debug)]
pub(crate) enum Deletion {
    /// The object, which is gone.
    Done(Value),
    /// The object, which waits for its finalizers.
    Started(Value),
}

/// Deletes one object by its key.
pub(crate) fn delete_object(
    api: &Api,
    resource: &Arc<Resource>,
    key: &str,
    name: &str,
    options: &DeleteOptions,
) -> Result<Deletion> {
    loop {
        let stored = api
            .store
            .get(&resource.collection, key)
            .ok_or_else(|| Status::not_found(resource.group_resource(), name))?;
        let current = resource.read(&stored).into_owned();
        check_preconditions(resource, &current, options)?;
        let Some(marked) = marked(api, resource, &current, options) else {
            if options.dry_run {
                return Ok(Deletion::Done(current));
            }
            match api.store.write(&resource.collection, key, Write::Delete(stored.revision)) {
                Ok(deleted) => return Ok(Deletion::Done(resource.read(&deleted).into_owned())),
                Err(WriteError::Modified | WriteError::Exists) => continue,
            }
        };
        if options.dry_run || marked == current {
            return Ok(Deletion::Started(marked));
        }
        let value = resource.strategy.to_stored(resource, marked);
        match api.store.write(&resource.collection, key, Write::Replace(stored.revision, value)) {
            Ok(stored) => return Ok(Deletion::Started(resource.read(&stored).into_owned())),
            Err(WriteError::Modified | WriteError::Exists) => {}
        }
    }
}

fn check_preconditions(resource: &Resource, object: &Value, options: &DeleteOptions) -> Result<()> {
    let details = || Details::kind(&resource.group, &resource.kind, text(object, "name"));
    let (uid, version) = (text(object, "uid"), text(object, "resourceVersion"));
    if let Some(wanted) = options.uid.as_deref().filter(|wanted| *wanted != uid) {
        let why = format!(
            "the UID in the precondition ({wanted}) does not match the UID in record ({uid}). \
             The object might have been deleted and then recreated"
        );
        return Err(Status::conflict(details(), &why));
    }
    if let Some(wanted) = options.resource_version.as_deref().filter(|wanted| *wanted != version) {
        let why = format!(
            "the ResourceVersion in the precondition ({wanted}) does not match the ResourceVersion in record \
             ({version}). The object might have been modified"
        );
        return Err(Status::conflict(details(), &why));
    }
    Ok(())
}

/// The object marked as being deleted; `None` if it has no finalizers and can be removed at once.
fn marked(api: &Api, resource: &Resource, current: &Value, options: &DeleteOptions) -> Option<Value> {
    let time = Value::String(generate::time(api.now()));
    if resource.collection == DEFINITIONS {
        return Some(crd::status::terminating(current, &time));
    }
    let finalizers = wanted_finalizers(current, options.propagation);
    let own = write::holds_finalizers(resource, current);
    if finalizers.is_empty() && !own {
        return None;
    }
    let mut object = current.clone();
    object::set(&mut object, "finalizers", if finalizers.is_empty() { Value::Null } else { Value::from(finalizers) });
    if meta(current, "deletionTimestamp").is_none() {
        object::set(&mut object, "deletionTimestamp", time);
        if own {
            object["status"]["phase"] = Value::from("Terminating");
        } else {
            object::set(&mut object, "deletionGracePeriodSeconds", Value::from(0));
        }
        if let Some(generation) = meta(current, "generation").and_then(Value::as_i64).filter(|number| *number > 0) {
            object::set(&mut object, "generation", Value::from(generation + 1));
        }
    }
    Some(object)
}

/// The object's finalizers, with or without the two of the garbage collector (`foregroundDeletion`, `orphan`) as the
/// propagation policy asks for.
fn wanted_finalizers(object: &Value, propagation: Option<Propagation>) -> Vec<String> {
    let mut finalizers: Vec<String> = finalizers::of(object).into_iter().map(str::to_owned).collect();
    let wanted = match propagation {
        None => return finalizers,
        Some(Propagation::Background) => None,
        Some(Propagation::Foreground) => Some("foregroundDeletion"),
        Some(Propagation::Orphan) => Some("orphan"),
    };
    finalizers.retain(|one| Some(one.as_str()) == wanted || (one != "foregroundDeletion" && one != "orphan"));
    if let Some(wanted) = wanted.filter(|wanted| !finalizers.iter().any(|one| one == wanted)) {
        finalizers.push(wanted.to_owned());
    }
    finalizers
}
