//! `v1` `ConfigMap`: data as text or bytes, which can be made immutable.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/core/validation`.

use crdgen_schema::metadata::NameRule;
use serde_json::{Value, json};

use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// `v1/ConfigMap`
#[derive(Debug)]
pub(super) struct ConfigMap;

impl Strategy for ConfigMap {
    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        let (data, binary) = (object.get("data"), object.get("binaryData"));
        let size = data.data(false) + binary.data(true);
        for (key, _) in data.entries().filter(|(key, _)| binary.key(key).is_set()) {
            data.key(key).invalid_as(&key.into(), "duplicate of key present in binaryData");
        }
        object.key("").data_size(size);
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        object.sealed(old, &["data", "binaryData"]);
        object.metadata(true, NameRule::DnsSubdomain);
        self.validate(resource, object);
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let count = ["data", "binaryData"].map(|part| object[part].as_object().map_or(0, serde_json::Map::len));
        vec![object["metadata"]["name"].clone(), json!(count[0] + count[1]), table::age(object, now)]
    }
}
