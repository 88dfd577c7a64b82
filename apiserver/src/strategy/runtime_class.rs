//! `node.k8s.io/v1` `RuntimeClass`: what runs the containers of a pod.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/node/validation`, `pkg/registry/node/runtimeclass`.

use crdgen_schema::metadata::NameRule;
use serde_json::{Value, json};

use crate::check::{Field, node_label};
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;
use crate::strategy::pod;

/// `node.k8s.io/v1/RuntimeClass`
#[derive(Debug)]
pub(super) struct RuntimeClass;

/// The collection of runtime classes.
pub(crate) const RUNTIME_CLASSES: &str = "node.k8s.io/runtimeclasses";

impl Strategy for RuntimeClass {
    fn create_on_update(&self) -> bool {
        true
    }

    fn unconditional_update(&self) -> bool {
        false
    }

    fn wants_standard_finalizers(&self) -> bool {
        false
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        let (handler, overhead) = (object.get("handler"), object.get("overhead"));
        if handler.require_text() {
            handler.dns_label();
        }
        for (resource, amount) in overhead.get("podFixed").entries() {
            let amount = amount.shown_as(overhead.get("limits").key(resource));
            amount.container_resource_name(resource);
            amount.quantity_of(resource);
        }
        let scheduling = object.get("scheduling");
        scheduling.get("nodeSelector").labels();
        check_tolerations(scheduling.get("tolerations"));
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        object.metadata(false, NameRule::DnsSubdomain);
        self.validate(resource, object);
        object.get("handler").immutable(old.get("handler"));
    }

    fn warnings(&self, object: Field<'_>, _old: Option<Field<'_>>) -> Vec<String> {
        let labels = object.get("scheduling").get("nodeSelector").entries();
        let deprecated = labels.filter_map(|(label, _)| node_label::deprecation(label));
        deprecated.map(|message| format!("scheduling.nodeSelector: {message}")).collect()
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        vec![
            object["metadata"]["name"].clone(),
            json!(object["handler"].as_str().unwrap_or_default()),
            table::age(object, now),
        ]
    }
}

fn check_tolerations(tolerations: Field<'_>) {
    pod::check_tolerations(tolerations);
    let mut seen: Vec<[&str; 4]> = Vec::new();
    for toleration in tolerations.items() {
        let key = ["key", "operator", "value", "effect"].map(|name| toleration.get(name).text());
        if seen.contains(&key) {
            toleration.duplicate();
        }
        seen.push(key);
    }
}
