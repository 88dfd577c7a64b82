//! Who owns which field after a write that is not an apply.

use serde_json::Value;

use super::Attributes;
use crate::managed_fields::shape::Shape;
use crate::managed_fields::update::{self, Writer};

/// Sets the `managedFields` of an object that is about to replace `live` (on creation, a blank object).
pub(super) fn record(attributes: &Attributes<'_>, object: &mut Value, live: &Value, time: &str) {
    let (resource, subresource) = (attributes.resource, attributes.subresource);
    let writer = Writer {
        manager: &attributes.options.manager,
        api_version: &resource.api_version(),
        subresource: subresource.name(),
        time,
        ignored: resource.strategy.ignored(resource, subresource),
    };
    update::record(object, live, Shape::of(&resource.schema), &writer);
}
