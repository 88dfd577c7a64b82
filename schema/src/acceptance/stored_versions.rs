//! `status.storedVersions`: the versions in which objects may be stored.
//!
//! In: the versions that the status will list, and those of the spec. Out: field errors: the storage version must be listed, and
//! what is listed must be in the spec.

use serde_json::Value;

use super::stored_crd::storage_version;
use crate::{
    field::{Error, Errors, Path},
    node::Node,
};

/// The path of the list.
pub(super) const PATH: &str = "status.storedVersions";

/// The versions that the status lists after a write: the server adds the storage version.
pub(super) fn after_write<'n>(mut listed: Vec<&'n str>, spec: &'n Node<'_>) -> Vec<&'n str> {
    if let Some(name) = storage_version(spec)
        && !listed.contains(&name)
    {
        listed.push(name);
    }
    listed
}

/// Checks the list.
pub(super) fn check(listed: &[&str], versions: &[Node<'_>]) -> Errors {
    if listed.is_empty() {
        return Errors(vec![Error::invalid(PATH, &Value::Null, "must have at least one stored version")]);
    }
    let mut errors = Errors::default();
    // Of two versions of one name, the second is not found any more.
    let mut rest = listed.to_vec();
    for version in versions {
        let name = version["name"].as_str().unwrap_or_default();
        let is_listed = rest.contains(&name);
        if version["storage"].as_bool() == Some(true) && !is_listed {
            errors.push(Error::invalid(PATH, &Value::from(listed), format!("must have the storage version {name}")));
        }
        rest.retain(|listed| *listed != name);
    }
    let path = Path::ROOT.child(PATH);
    for (index, name) in listed.iter().enumerate().filter(|(_, name)| rest.contains(name)) {
        let detail = format!(
            "missing from spec.versions; {name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in {name} and removes {name} from status.storedVersions"
        );
        errors.push(Error::invalid_text(path.index(index), name, detail));
    }
    errors
}
