//! What must hold of the stored object so that a write may go on.

use crdgen_schema::field;
use serde_json::Value;

use super::Attributes;
use crate::object::text;
use crate::request::delete_options::DeleteOptions;
use crate::request::query;
use crate::resource::Resource;
use crate::status::{Details, Result, Status};
use crate::store::Stored;

/// Refuses an update whose body has another uid than the stored object.
pub(crate) fn check_uid(attributes: &Attributes<'_>, object: &Value, current: &Value) -> Result<()> {
    let (given, stored) = (text(object, "uid"), text(current, "uid"));
    if given.is_empty() || given == stored {
        return Ok(());
    }
    let resource = attributes.resource;
    let why = format!(
        "StorageError: invalid object, Code: 4, Key: /registry/{}/{}, ResourceVersion: 0, AdditionalErrorMsg: \
         Precondition failed: UID in precondition: {given}, UID in object meta: {stored}",
        prefix(resource),
        attributes.key()
    );
    Err(Status::conflict(Details::object(resource.group_resource(), attributes.name), &why))
}

/// Where etcd has the objects of a resource (`SpecialDefaultResourcePrefixes`).
fn prefix(resource: &Resource) -> String {
    match (resource.group.as_str(), resource.plural.as_str()) {
        ("", "replicationcontrollers") => "controllers".to_owned(),
        ("", "endpoints") => "services/endpoints".to_owned(),
        ("", "services") => "services/specs".to_owned(),
        ("", "nodes") => "minions".to_owned(),
        ("networking.k8s.io", "ingresses") => "ingress".to_owned(),
        (group, plural) if resource.custom.is_some() || group == "apiextensions.k8s.io" => format!("{group}/{plural}"),
        (_, plural) => plural.to_owned(),
    }
}

/// Refuses an object whose resource version is not that of the stored one.
pub(super) fn check_version(attributes: &Attributes<'_>, object: &Value, stored: &Stored) -> Result<()> {
    let resource = attributes.resource;
    let given = query::parse_resource_version(text(object, "resourceVersion")).map_err(Status::unclassified)?;
    match given {
        0 if resource.strategy.unconditional_update() => Ok(()),
        0 => {
            let why = "must be specified for an update";
            let error = field::Error::invalid("metadata.resourceVersion", &Value::from(0), why);
            Err(Status::invalid(Details::object(resource.group_resource(), attributes.name), &[error]))
        }
        version if version == stored.revision => Ok(()),
        _ => Err(Status::modified(resource.group_resource(), attributes.name)),
    }
}

/// Refuses a deletion of another object than the one that the options ask for.
pub(crate) fn check_deletion(attributes: &Attributes<'_>, object: &Value, options: &DeleteOptions) -> Result<()> {
    let resource = attributes.resource;
    let details = || Details::kind(&resource.stored().group, &resource.kind, text(object, "name"));
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
