//! What is decided about a body before it becomes an object: its type, its namespace, and where it may be created.
//!
//! Source: `k8s.io/apiserver/pkg/endpoints/handlers`, the admission plugin `NamespaceLifecycle`.

use http::StatusCode;
use serde_json::Value;

use super::Target;
use crate::api::Api;
use crate::builtin::{DEFINITIONS, NAMESPACES};
use crate::object::{self, meta, text};
use crate::request::body::{self, Decoded};
use crate::request::duplicates::Duplicates;
use crate::request::write_options::FieldValidation;
use crate::request::{Request, query};
use crate::resource::Resource;
use crate::status::{Cause, Details, Result, Status};
use crate::store::Seen;

/// An object that was read and decoded, and the warnings about it.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) object: Value,
    pub(crate) warnings: Vec<String>,
}

/// Reads the body of a creation or an update.
pub(crate) fn read(request: &Request, resource: &Resource, validation: FieldValidation) -> Result<Admitted> {
    let decoded = match body::decode(request, body::OBJECTS) {
        Err(status) if status.code == StatusCode::BAD_REQUEST.as_u16() => {
            return Err(unrecognized(request, resource, &status.message));
        }
        decoded => decoded?,
    };
    check_type(request, resource, &decoded.value)?;
    finish(resource, decoded, validation, strict_error(resource))
}

/// Decodes an object that was read from a body or made by a patch. `refuse` turns the text about unknown or duplicate
/// fields into the refusal, if the request asks for one.
pub(crate) fn finish(
    resource: &Resource,
    decoded: Decoded,
    validation: FieldValidation,
    refuse: impl Fn(&str) -> Box<Status>,
) -> Result<Admitted> {
    let mut object = decoded.value;
    let findings = resource.strategy.decode(resource, &mut object)?;
    let mut warnings = warnings(&decoded.duplicates, &findings.unknown, validation, refuse)?;
    warnings.extend(object::owner::dedupe(&mut object));
    Ok(Admitted { object, warnings })
}

/// The warnings about duplicate and unknown fields, or the refusal because of them, as `validation` asks for.
pub(crate) fn warnings(
    duplicates: &Duplicates,
    unknown: &[String],
    validation: FieldValidation,
    refuse: impl Fn(&str) -> Box<Status>,
) -> Result<Vec<String>> {
    let unknown: Vec<String> = unknown.iter().map(|path| format!("unknown field \"{path}\"")).collect();
    match validation {
        FieldValidation::Ignore => Ok(Vec::new()),
        FieldValidation::Warn => Ok([duplicates.warnings(), &unknown].concat()),
        FieldValidation::Strict => match [duplicates.errors(), unknown].concat().as_slice() {
            [] => Ok(Vec::new()),
            errors => Err(refuse(&format!("strict decoding error: {}", errors.join(", ")))),
        },
    }
}

fn strict_error(resource: &Resource) -> impl Fn(&str) -> Box<Status> {
    move |why| {
        let (kind, version) = (&resource.kind, &resource.version);
        Status::bad_request(format!("{kind} in version \"{version}\" cannot be handled as a {kind}: {why}"))
    }
}

fn unrecognized(request: &Request, resource: &Resource, why: &str) -> Box<Status> {
    let kind = &resource.kind;
    Status::bad_request(format!(
        "the object provided is unrecognized (must be of type {kind}): {why} ({})",
        summary(&request.body)
    ))
}

/// The first 30 bytes of a body, as text if it looks like a JSON object, else in hexadecimal (Go's `summarizeData`).
fn summary(body: &[u8]) -> String {
    let cut = &body[..body.len().min(30)];
    let more = if body.len() > 30 { " ..." } else { "" };
    match body.first() {
        None => "<empty>".to_owned(),
        Some(b'{') => format!("{}{more}", String::from_utf8_lossy(cut)),
        Some(_) => {
            let digits: Vec<String> = cut.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("{}{more}", digits.concat())
        }
    }
}

/// Checks `apiVersion` and `kind`. Objects of built-in types may leave them out; custom resources must have them.
fn check_type(request: &Request, resource: &Resource, object: &Value) -> Result<()> {
    let given = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let (version, kind) = (given("apiVersion"), given("kind"));
    let expected = resource.api_version();
    let custom = resource.custom.is_some();
    let shown = || String::from_utf8_lossy(&crate::json::compact(object)).into_owned();
    if !object.is_object() || (custom && kind.is_empty()) {
        return Err(unrecognized(request, resource, &format!("Object 'Kind' is missing in '{}'", shown())));
    }
    if custom && version.is_empty() {
        return Err(unrecognized(request, resource, &format!("Object 'apiVersion' is missing in '{}'", shown())));
    }
    if !version.is_empty() && version != expected {
        return Err(Status::bad_request(format!(
            "the API version in the data ({version}) does not match the expected API version ({expected})"
        )));
    }
    if !custom && !kind.is_empty() && kind != resource.kind {
        return Err(Status::bad_request(format!(
            "{} in version \"{}\" cannot be handled as a {}: converting ({version}.{kind}) to ({expected}.{}): unknown conversion",
            kind, resource.version, resource.kind, resource.kind
        )));
    }
    Ok(())
}

/// Sets the namespace of the object to that of the request. An object that names another one is refused.
pub(crate) fn place(object: &mut Value, target: &Target<'_>) -> Result<()> {
    match (&target.path.namespace, text(object, "namespace")) {
        (Some(namespace), given) if given.is_empty() || given == namespace => {
            let namespace = Value::from(namespace.as_str());
            object::set(object, "namespace", namespace);
            Ok(())
        }
        (Some(_), _) => Err(Status::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        )),
        (None, _) => {
            object::set(object, "namespace", Value::Null);
            Ok(())
        }
    }
}

/// An update must name the object that the path names.
pub(crate) fn check_name(object: &Value, name: &str) -> Result<()> {
    match text(object, "name") {
        "" => Err(Status::bad_request(format!(
            "the name of the object ({name} based on URL) was undeterminable: name must be provided"
        ))),
        given if given != name => Err(Status::bad_request(format!(
            "the name of the object ({given}) does not match the name on the URL ({name})"
        ))),
        _ => Ok(()),
    }
}

/// Refuses an update whose body has another uid than the stored object.
pub(crate) fn check_uid(target: &Target<'_>, object: &Value, current: &Value) -> Result<()> {
    let (given, stored) = (text(object, "uid"), text(current, "uid"));
    if given.is_empty() || given == stored {
        return Ok(());
    }
    let resource = target.resource;
    let group = if resource.group.is_empty() { String::new() } else { format!("{}/", resource.group) };
    let why = format!(
        "StorageError: invalid object, Code: 4, Key: /registry/{group}{}/{}, ResourceVersion: 0, AdditionalErrorMsg: \
         Precondition failed: UID in precondition: {given}, UID in object meta: {stored}",
        resource.plural,
        target.key()
    );
    Err(Status::conflict(Details::object(resource.group_resource(), target.name()), &why))
}

/// Refuses a creation in a namespace that is missing or being deleted, or of a CRD that is being deleted. Returns the
/// revisions that this was decided on: the object may only be stored if both are still the same.
pub(crate) fn check_creation(api: &Api, target: &Target<'_>, name: &str) -> Result<Vec<Seen>> {
    let mut seen = Vec::new();
    if let Some(namespace) = &target.path.namespace {
        let found = api.store.get(NAMESPACES, namespace);
        let Some(found) = found else {
            let message = format!("namespaces \"{namespace}\" not found");
            let details = Details::kind("", "namespaces", namespace);
            return Err(Status::failure(StatusCode::NOT_FOUND, "NotFound", message).with(details));
        };
        if meta(&found.value, "deletionTimestamp").is_some() {
            return Err(terminating_namespace(target, name, namespace));
        }
        seen.push(Seen { collection: NAMESPACES, key: namespace.clone(), revision: found.revision });
    }
    if let Some(custom) = &target.resource.custom {
        let found = api.store.get(DEFINITIONS, &custom.definition);
        let Some(found) = found.filter(|found| meta(&found.value, "deletionTimestamp").is_none()) else {
            let why = "create not allowed while custom resource definition is terminating";
            return Err(Status::forbidden(target.resource.group_resource(), name, why));
        };
        seen.push(Seen { collection: DEFINITIONS, key: custom.definition.clone(), revision: found.revision });
    }
    Ok(seen)
}

fn terminating_namespace(target: &Target<'_>, name: &str, namespace: &str) -> Box<Status> {
    let why = format!("unable to create new content in namespace {namespace} because it is being terminated");
    let mut status = Status::forbidden(target.resource.group_resource(), name, &why);
    status.details.get_or_insert_default().causes.push(Cause {
        reason: "NamespaceTerminating".to_owned(),
        message: format!("namespace {namespace} is being terminated"),
        field: "metadata.namespace".to_owned(),
    });
    status
}

/// The resource version in an object's metadata; 0 if it has none.
pub(crate) fn resource_version(object: &Value) -> Result<u64> {
    query::parse_resource_version(text(object, "resourceVersion")).map_err(Status::unclassified)
}
