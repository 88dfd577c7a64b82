//! Coerces metadata: decodes it as Go decodes it into `ObjectMeta`, and writes it back.
//!
//! In: an object. Out: its metadata (and that of embedded resources) without unknown and empty members, with the paths
//! of the unknown ones; or an error, with which the server answers 400.

use serde_json::{Map, Value};

use super::OBJECT_META;
use crate::{
    field::{Error, Path},
    go,
    node::Node,
    part,
    schema::Schema,
};

/// Coerces the metadata of an object. Returns the paths of members that `ObjectMeta` does not have. The error is Go's
/// text about the first value of a wrong type.
pub fn coerce(object: &mut Value) -> Result<Vec<String>, String> {
    let Some(metadata) = object.get_mut("metadata") else { return Ok(Vec::new()) };
    let unknown = go::round_trip(metadata, &OBJECT_META)?;
    Ok(unknown.into_iter().map(|path| format!("metadata.{path}")).collect())
}

/// The first value of a wrong type in metadata, if there is one: what the error of [`coerce`] is about.
pub fn malformed<'n, 't>(metadata: &'n Node<'t>) -> Option<&'n Node<'t>> {
    go::check_node(metadata, &OBJECT_META).err().map(|refused| refused.value)
}

/// Coerces the metadata of the resources embedded in an object. Returns the paths of members that `ObjectMeta` does not
/// have.
pub fn coerce_embedded(object: &mut Value, schema: &Schema) -> Result<Vec<String>, Error> {
    let mut unknown = Vec::new();
    coerce_below(object, schema, &Path::ROOT, &mut unknown)?;
    Ok(unknown)
}

fn coerce_below(value: &mut Value, schema: &Schema, path: &Path<'_>, unknown: &mut Vec<String>) -> Result<(), Error> {
    if let (true, Value::Object(members)) = (schema.embedded_resource, &mut *value) {
        coerce_resource(members, path, unknown)?;
    }
    for (step, part, schema) in part::parts_mut(value, schema) {
        coerce_below(part, schema, &step.below(path), unknown)?;
    }
    Ok(())
}

fn coerce_resource(members: &mut Map<String, Value>, path: &Path<'_>, unknown: &mut Vec<String>) -> Result<(), Error> {
    for name in ["apiVersion", "kind"] {
        if let Some(value) = members.get(name).filter(|value| !value.is_string()) {
            return Err(Error::invalid(path.child(name), value, "must be a string"));
        }
    }
    if let Some(metadata) = members.get_mut("metadata") {
        let path = path.child("metadata");
        let lacking = go::round_trip(metadata, &OBJECT_META);
        let lacking = lacking.map_err(|detail| Error::invalid(path, metadata, detail))?;
        unknown.extend(lacking.into_iter().map(|below| format!("{path}.{below}")));
    }
    Ok(())
}
