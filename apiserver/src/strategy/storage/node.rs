//! `storage.k8s.io/v1` `CSINode`: which drivers a node has.

use crdgen_schema::metadata::NameRule;
use serde_json::{Value, json};

use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// `storage.k8s.io/v1/CSINode`
#[derive(Debug)]
pub(in crate::strategy) struct CsiNode;

impl Strategy for CsiNode {
    fn unconditional_update(&self) -> bool {
        false
    }

    fn repeats_changes(&self) -> bool {
        false
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        let mut names: Vec<&str> = Vec::new();
        for driver in object.get("spec").get("drivers").items() {
            check_driver(driver, &names);
            names.push(driver.get("name").text());
        }
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        object.metadata(false, NameRule::DnsSubdomain);
        self.validate(resource, object);
        let drivers = object.get("spec").get("drivers");
        for before in old.get("spec").get("drivers").items() {
            let same = drivers.items().filter(|driver| driver.get("name").equals(before.get("name")));
            for driver in same.filter(|driver| {
                !["nodeID", "topologyKeys"].iter().all(|part| driver.get(part).equals(before.get(part)))
            }) {
                // What can be allocated may change, and is not compared.
                let mut compared = driver.value().clone();
                compared.as_object_mut().map(|members| members.remove("allocatable"));
                driver.with_value(&compared).shown_as(drivers).invalid("field is immutable");
            }
        }
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let count = object["spec"]["drivers"].as_array().map_or(0, Vec::len);
        vec![object["metadata"]["name"].clone(), json!(count), table::age(object, now)]
    }
}

fn check_driver(driver: Field<'_>, names: &[&str]) {
    let (name, id) = (driver.get("name"), driver.get("nodeID"));
    super::check_driver_name(name);
    id.require_text();
    if id.text().len() > 256 {
        id.invalid("must be 256 characters or less");
    }
    driver.get("allocatable").get("count").not_negative();
    if names.contains(&name.text()) {
        name.duplicate_text(name.text());
    }
    let mut keys: Vec<&str> = Vec::new();
    for key in driver.get("topologyKeys").items().map(|key| key.shown_as(driver)) {
        key.require_text();
        if keys.contains(&key.text()) {
            key.duplicate();
        }
        keys.push(key.text());
        key.qualified_name();
    }
}
