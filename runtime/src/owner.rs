//! Owner references: which object another one belongs to, and is deleted with.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;

use crate::kind::{ApiResource, Kind, StaticKind};

/// The object already has another controller.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("the object is already controlled by {} {}", .0.kind, .0.name)]
pub struct AlreadyOwned(pub Box<OwnerReference>);

/// The reference by which `owner` controls another object: that one is deleted with it, and an `owns` of a
/// [controller](crate::controller::Controller::owns) finds the way back. None if the owner has no name or UID yet, because
/// it was not created.
pub fn controller_reference<K: StaticKind>(owner: &K) -> Option<OwnerReference> {
    reference_to(owner, &ApiResource::of::<K>())
}

/// Like [`controller_reference`], for an owner of a kind that is only known at run time.
pub fn reference_to<K: Kind>(owner: &K, resource: &ApiResource) -> Option<OwnerReference> {
    Some(OwnerReference {
        api_version: resource.api_version().into_owned(),
        kind: resource.kind.to_string(),
        name: owner.meta().name.clone()?,
        uid: owner.meta().uid.clone()?,
        controller: Some(true),
        block_owner_deletion: Some(true),
    })
}

/// Makes `owner` the controller of `object`, which is in the owner's namespace. An object has at most one: another one is an
/// error (controller-runtime's `SetControllerReference`).
pub fn set_controller<K: StaticKind, W: Kind>(object: &mut W, owner: &K) -> Result<(), AlreadyOwned> {
    let Some(reference) = controller_reference(owner) else { return Ok(()) };
    let references = object.meta_mut().owner_references.get_or_insert_default();
    if let Some(other) = references.iter().find(|other| other.controller == Some(true) && other.uid != reference.uid) {
        return Err(AlreadyOwned(Box::new(other.clone())));
    }
    references.retain(|other| other.uid != reference.uid);
    references.push(reference);
    Ok(())
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::Secret;

    use super::*;
    use crate::testing::database;

    #[test]
    fn an_object_has_one_controller() {
        let mut secret = Secret::default();
        let (owner, mut other) = (database("a", "1"), database("b", "1"));
        set_controller(&mut secret, &owner).unwrap();
        set_controller(&mut secret, &owner).unwrap();
        let references = secret.metadata.owner_references.clone().unwrap();
        assert_eq!(references, [controller_reference(&owner).unwrap()]);
        assert_eq!((references[0].api_version.as_str(), references[0].uid.as_str()), ("example.com/v1", "uid-a"));
        let error = set_controller(&mut secret, &other).unwrap_err();
        assert_eq!(error.to_string(), "the object is already controlled by Database a");
        other.metadata.uid = None;
        assert_eq!(controller_reference(&other), None);
    }
}
