//! Changes that pass neither admission nor the strategy of the resource, because clients do not write what they change.
//!
//! Source: `Storage.GuaranteedUpdate`, where subresources such as `binding` call it themselves.

use serde_json::Value;

use super::Attributes;
use crate::status::Result;
use crate::store::Write;

/// Changes the stored object, and returns it. If somebody else writes meanwhile, the newer object is changed. A dry run stores nothing.
pub(crate) fn change_directly(attributes: &Attributes<'_>, change: impl Fn(&mut Value) -> Result<()>) -> Result<Value> {
    let (resource, store, key) = (attributes.resource, &attributes.state.store, attributes.key());
    loop {
        let stored = attributes.stored().ok_or_else(|| attributes.not_found())?;
        let revision = stored.revision;
        let mut object = resource.take(stored);
        change(&mut object)?;
        if attributes.options.dry_run {
            return Ok(object);
        }
        let value = resource.strategy.to_stored(resource, object);
        if let Ok(stored) = store.write(&resource.collection, &key, Write::Replace(revision, value)) {
            return Ok(resource.take(stored));
        }
    }
}
