//! Checks of quantities and of the names of resources.
//!
//! Source: `ValidateResourceQuantityValue`, `validateContainerResourceName`, `pkg/apis/core/helper`.

use crdgen_schema::name;
use crdgen_schema::quantity::Quantity;

use super::Field;

/// What the names of huge pages start with.
pub(crate) const HUGE_PAGES: &str = "hugepages-";

/// Resources that are counted in whole numbers, beside extended ones.
const WHOLE: [&str; 9] = [
    "pods",
    "services",
    "replicationcontrollers",
    "resourcequotas",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];

impl Field<'_> {
    /// The quantity; 0 if there is none.
    pub(crate) fn quantity(self) -> Quantity {
        Quantity::parse(self.text()).unwrap_or_else(Quantity::zero)
    }

    /// The quantity must not be negative.
    pub(crate) fn quantity_not_negative(self) {
        if self.quantity().sign() < 0 {
            self.invalid("must be greater than or equal to 0");
        }
    }

    /// The quantity must be above 0 (`ValidatePositiveQuantityValue`).
    pub(crate) fn quantity_positive(self) {
        if self.quantity().sign() <= 0 {
            self.invalid_as(&self.quantity().to_string().into(), "must be greater than zero");
        }
    }

    /// The quantity must be one of that resource (`ValidateResourceQuantityValue`).
    pub(crate) fn quantity_of(self, resource: &str) {
        self.quantity_not_negative();
        if is_whole(resource) && self.quantity().milli_value() % 1000 != 0 {
            self.invalid("must be an integer");
        }
    }

    /// The key of an entry must be the name of a resource (`validateResourceName`).
    pub(crate) fn resource_name(self, resource: &str) {
        let faults = name::label_key(resource);
        if faults.is_empty() && !resource.contains('/') && !is_standard(resource) {
            self.invalid_as(&resource.into(), "must be a standard resource type or fully qualified");
        }
        self.invalid_text_for(resource, faults);
    }

    /// The key of an entry must be the name of a resource that containers can ask for.
    pub(crate) fn container_resource_name(self, resource: &str) {
        let faults = name::label_key(resource);
        let has_fault = !faults.is_empty();
        self.invalid_text_for(resource, faults);
        if !resource.contains('/') {
            if !has_fault && !is_standard(resource) {
                self.invalid_as(&resource.into(), "must be a standard resource type or fully qualified");
            }
            if !is_for_containers(resource) {
                self.invalid_as(&resource.into(), "must be a standard resource for containers");
            }
        } else if !is_native(resource) && !is_extended(resource) {
            self.invalid_as(&resource.into(), "doesn't follow extended resource name standard");
        }
    }
}

fn is_standard(resource: &str) -> bool {
    const OTHERS: [&str; 11] = [
        "cpu",
        "memory",
        "ephemeral-storage",
        "requests.cpu",
        "requests.memory",
        "requests.ephemeral-storage",
        "limits.cpu",
        "limits.memory",
        "limits.ephemeral-storage",
        "storage",
        "requests.storage",
    ];
    OTHERS.contains(&resource)
        || WHOLE.contains(&resource)
        || resource.starts_with(HUGE_PAGES)
        || resource.starts_with("requests.hugepages-")
}

fn is_for_containers(resource: &str) -> bool {
    matches!(resource, "cpu" | "memory" | "ephemeral-storage") || resource.starts_with(HUGE_PAGES)
}

/// Whether a name belongs to Kubernetes (`IsNativeResource`).
pub(crate) fn is_native(resource: &str) -> bool {
    !resource.contains('/') || resource.contains("kubernetes.io/")
}

/// Whether a name belongs to somebody else (`IsExtendedResourceName`).
pub(crate) fn is_extended(resource: &str) -> bool {
    !is_native(resource)
        && !resource.starts_with("requests.")
        && name::label_key(&format!("requests.{resource}")).is_empty()
}

/// Whether limits may be above requests (`IsOvercommitAllowed`).
pub(crate) fn may_overcommit(resource: &str) -> bool {
    is_native(resource) && !resource.starts_with(HUGE_PAGES)
}

fn is_whole(resource: &str) -> bool {
    WHOLE.contains(&resource) || is_extended(resource)
}
