//! The kinds of `storage.k8s.io`.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/storage/validation`, `pkg/registry/storage`.

mod attachment;
mod capacity;
mod class;
mod driver;
mod node;

pub(super) use attachment::VolumeAttachment;
pub(super) use capacity::StorageCapacity;
pub(crate) use class::DEFAULT_CLASS;
pub(super) use class::{StorageClass, VolumeAttributesClass};
pub(super) use driver::CsiDriver;
pub(super) use node::CsiNode;

/// The collection of storage classes.
pub(crate) const CLASSES: &str = "storage.k8s.io/storageclasses";

/// The collection of classes of volume attributes.
pub(crate) const ATTRIBUTES_CLASSES: &str = "storage.k8s.io/volumeattributesclasses";

use crate::check::Field;

/// The text must be the name of a CSI driver (`ValidateCSIDriverName`).
fn check_driver_name(driver: Field<'_>) {
    if !driver.require_text() {
        return;
    }
    if driver.text().len() > 63 {
        driver.too_long(63);
    }
    driver.invalid_for(crdgen_schema::name::dns_subdomain(&driver.text().to_lowercase()));
}
