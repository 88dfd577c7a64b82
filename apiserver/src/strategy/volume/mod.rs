//! `v1` `PersistentVolume` and `PersistentVolumeClaim`: storage, and who asks for it.
//!
//! Source: `ValidatePersistentVolume`, `ValidatePersistentVolumeClaim`, `k8s.io/kubernetes/pkg/registry/core/persistentvolume`,
//! `persistentvolumeclaim`.

mod cells;
mod claim;
mod persistent;
mod source;
mod spec;

pub(super) use claim::{Claim, check_spec as check_claim_spec};
pub(super) use persistent::Volume;
pub(super) use spec::check_inline;

use crate::check::Field;

/// The annotation that named the class before there was a field for it.
pub(crate) const CLASS_ANNOTATION: &str = "volume.beta.kubernetes.io/storage-class";

/// The collection of claims.
pub(crate) const CLAIMS: &str = "/persistentvolumeclaims";

/// The collection of volumes.
pub(crate) const VOLUMES: &str = "/persistentvolumes";

/// The ways in which a volume can be used.
const MODES: [&str; 4] = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

fn check_access_modes(modes: Field<'_>) {
    let (mut one_pod, mut others) = (false, false);
    for mode in modes.items() {
        let known = mode.shown_as(modes).one_of(&MODES);
        one_pod |= mode.text() == "ReadWriteOncePod";
        others |= known && mode.text() != "ReadWriteOncePod";
    }
    if one_pod && others {
        modes.forbidden("may not use ReadWriteOncePod with other access modes");
    }
}
