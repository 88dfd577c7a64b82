//! `apps/v1` `ControllerRevision`: a former state of a stateful or daemon set.
//!
//! The real server compares `data` as it was written, blanks included; here only its meaning counts.
//!
//! Source: `ValidateControllerRevisionCreate`, `ValidateControllerRevisionUpdate`.

use serde_json::{Value, json};

use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// `apps/v1/ControllerRevision`
#[derive(Debug)]
pub(crate) struct ControllerRevision;

impl Strategy for ControllerRevision {
    fn prepare_for_create(&self, _resource: &Resource, _object: &mut Value) {}

    fn prepare_for_update(&self, _resource: &Resource, _object: &mut Value, _old: &Value, _: Subresource) {}

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        object.get("revision").not_negative();
        let data = object.get("data");
        if !data.is_set() {
            data.required("data is mandatory");
        } else if !data.value().is_object() {
            data.required("data must be a valid JSON object");
        }
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        object.metadata(true, self.name_rule());
        object.get("revision").not_negative();
        object.get("data").immutable(old.get("data"));
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let owners = object["metadata"]["ownerReferences"].as_array().into_iter().flatten();
        let controller =
            owners.into_iter().find(|owner| owner["controller"] == true).map_or("<none>".to_owned(), |owner| {
                let text = |name: &str| owner[name].as_str().unwrap_or_default();
                let group = text("apiVersion").rsplit_once('/').map_or(String::new(), |(group, _)| format!(".{group}"));
                format!("{}/{}", format!("{}{group}", text("kind")).to_lowercase(), text("name"))
            });
        let revision = object["revision"].as_i64().unwrap_or_default();
        vec![object["metadata"]["name"].clone(), json!(controller), json!(revision), table::age(object, now)]
    }
}
