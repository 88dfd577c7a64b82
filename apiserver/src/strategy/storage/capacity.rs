//! `storage.k8s.io/v1` `CSIStorageCapacity`: how much of a kind of storage is left.

use crdgen_schema::metadata::NameRule;
use serde_json::Value;

use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};

/// `storage.k8s.io/v1/CSIStorageCapacity`
#[derive(Debug)]
pub(in crate::strategy) struct StorageCapacity;

impl Strategy for StorageCapacity {
    fn unconditional_update(&self) -> bool {
        false
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        object.get("nodeTopology").label_selector();
        object.get("storageClassName").dns_subdomain();
        object.get("capacity").quantity_not_negative();
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        let (topology, class) = (object.get("nodeTopology"), object.get("storageClassName"));
        object.metadata(true, NameRule::DnsSubdomain);
        let is_bad = old.get("nodeTopology").is_wrong(Field::label_selector);
        topology.label_selector_with(!is_bad);
        class.dns_subdomain();
        object.get("capacity").quantity_not_negative();
        if !topology.equals(old.get("nodeTopology")) {
            topology.invalid("field is immutable");
        }
        class.immutable(old.get("storageClassName"));
    }

    fn warnings(&self, object: Field<'_>, _old: Option<Field<'_>>) -> Vec<String> {
        object.get("nodeTopology").node_label_warnings()
    }

    fn cells(&self, object: &Value, _now: jiff::Timestamp) -> Vec<Value> {
        vec![object["metadata"]["name"].clone(), object["metadata"]["creationTimestamp"].clone()]
    }
}
