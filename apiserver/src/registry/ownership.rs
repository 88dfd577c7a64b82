//! Who owns which field after a write that is not an apply.

use serde_json::Value;

use super::Attributes;
use crate::object::generate;
use crate::resource::ownership::Author;

/// Sets the `managedFields` of an object that is about to replace `live`; of one that is created, if there is none.
pub(super) fn record(attributes: &Attributes<'_>, object: &mut Value, live: Option<&Value>) {
    let time = generate::time(attributes.state.now());
    let author = Author { name: &attributes.options.manager, subresource: attributes.subresource, time: &time };
    attributes.resource.record(object, live, author);
}
