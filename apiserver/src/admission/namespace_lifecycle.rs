//! Nothing is created in a namespace that is missing or being deleted, and some namespaces cannot be deleted at all.
//!
//! Source: `k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle`; for CRDs that are being deleted,
//! `k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go`.

use std::future::ready;

use http::StatusCode;

use super::{Answer, Operation, Plugin, Review};
use crate::object::text;
use crate::status::{Cause, Details, Result, Status};
use crate::store::Seen;
use crate::strategy::{DEFINITIONS, NAMESPACES};

/// The namespaces that nobody may delete.
const PROTECTED: [&str; 3] = ["default", "kube-system", "kube-public"];

/// The plugin `NamespaceLifecycle`.
#[derive(Debug)]
pub(super) struct NamespaceLifecycle;

impl Plugin for NamespaceLifecycle {
    fn mutate<'a>(&'a self, review: &'a mut Review<'_>) -> Answer<'a> {
        let outcome = match review.operation {
            Operation::Create => check_creation(review),
            Operation::Update | Operation::Delete => Ok(()),
        };
        Box::pin(ready(outcome))
    }

    fn validate<'a>(&'a self, review: &'a Review<'_>) -> Answer<'a> {
        let attributes = review.attributes;
        let is_protected = attributes.resource.collection == NAMESPACES && PROTECTED.contains(&attributes.name);
        let outcome = if review.operation == Operation::Delete && is_protected {
            let of = attributes.resource.group_resource();
            Err(Status::forbidden(of, attributes.name, "this namespace may not be deleted"))
        } else {
            Ok(())
        };
        Box::pin(ready(outcome))
    }
}

/// Refuses a creation in a namespace that is missing or being deleted, or of a CRD that is being deleted.
fn check_creation(review: &mut Review<'_>) -> Result<()> {
    let (attributes, name) = (review.attributes, text(&review.object, "name"));
    let (store, resource) = (&attributes.state.store, attributes.resource);
    let mut seen = Vec::new();
    if let Some(namespace) = attributes.namespace {
        let Some(found) = store.get(NAMESPACES, namespace) else {
            let message = format!("namespaces \"{namespace}\" not found");
            let details = Details::kind("", "namespaces", namespace);
            return Err(Status::failure(StatusCode::NOT_FOUND, "NotFound", message).with(details));
        };
        if found.is_being_deleted() {
            return Err(terminating(review, namespace));
        }
        seen.push(Seen { collection: NAMESPACES, key: namespace.to_owned(), revision: found.revision });
    }
    if let Some(custom) = &resource.custom {
        let found = store.get(DEFINITIONS, &custom.definition);
        let Some(found) = found.filter(|found| !found.is_being_deleted()) else {
            let why = "create not allowed while custom resource definition is terminating";
            return Err(Status::forbidden(resource.group_resource(), name, why));
        };
        seen.push(Seen { collection: DEFINITIONS, key: custom.definition.clone(), revision: found.revision });
    }
    review.relies_on.extend(seen);
    Ok(())
}

fn terminating(review: &Review<'_>, namespace: &str) -> Box<Status> {
    let why = format!("unable to create new content in namespace {namespace} because it is being terminated");
    let of = review.attributes.resource.group_resource();
    let mut status = Status::forbidden(of, text(&review.object, "name"), &why);
    status.details.get_or_insert_default().causes.push(Cause {
        reason: "NamespaceTerminating".to_owned(),
        message: format!("namespace {namespace} is being terminated"),
        field: "metadata.namespace".to_owned(),
    });
    status
}
