//! `apiregistration.k8s.io/v1` `APIService`: a version of a group that is served, here or by a service in the cluster.
//!
//! This server serves what it has, and passes nothing on: an `APIService` of another server is stored and stays without conditions.
//!
//! Source: `k8s.io/kube-aggregator/pkg/registry/apiservice`, `pkg/apis/apiregistration/{v1/defaults.go,validation}`.

use crdgen_schema::metadata::NameRule;
use crdgen_schema::name;
use serde_json::{Value, json};

use crate::check::Field;
use crate::object::generate;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// `apiregistration.k8s.io/v1/APIService`
#[derive(Debug)]
pub(super) struct ApiService;

impl Strategy for ApiService {
    fn set_defaults(&self, object: &mut Value) {
        if let Some(service) = object.pointer_mut("/spec/service").and_then(Value::as_object_mut) {
            service.entry("port").or_insert_with(|| Value::from(443));
        }
    }

    fn prepare_for_create(&self, _resource: &Resource, object: &mut Value) {
        object["status"] = json!({});
        if object.pointer("/spec/service").is_none() {
            object["status"]["conditions"] = json!([{
                "type": "Available",
                "status": "True",
                "lastTransitionTime": generate::time(jiff::Timestamp::now()),
                "reason": "Local",
                "message": "Local APIServices are always available",
            }]);
        }
    }

    fn unconditional_update(&self) -> bool {
        false
    }

    fn name_rule(&self) -> NameRule {
        NameRule::PathSegment
    }

    fn wants_standard_finalizers(&self) -> bool {
        false
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        let spec = object.get("spec");
        let (group, version) = (spec.get("group"), spec.get("version"));
        let name = object.get("metadata").get("name");
        let required = format!("{}.{}", version.text(), group.text());
        if name.text() != required && name::path_segment(name.text()).is_empty() {
            name.invalid(format!("must be `spec.version+\".\"+spec.group`: {required:?}"));
        }
        if group.text().is_empty() && version.text() != "v1" {
            group.required("only v1 may have an empty group and it better be legacy kube");
        }
        if !group.text().is_empty() {
            group.dns_subdomain();
        }
        version.invalid_for(name::dns_1035_label(version.text()));
        for (field, most) in [("groupPriorityMinimum", 20000), ("versionPriority", 1000)] {
            let priority = spec.get(field);
            if !(1..=most).contains(&priority.int()) {
                priority.invalid_number(format!("must be positive and less than {most}"));
            }
        }
        if spec.get("service").is_set() { check_remote(spec) } else { check_local(spec) }
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, _old: Field<'_>, subresource: Subresource) {
        if subresource == Subresource::Main {
            self.validate(resource, object);
            return;
        }
        for condition in object.get("status").get("conditions").items() {
            condition.get("status").one_of(&["False", "True", "Unknown"]);
        }
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let service = &object["spec"]["service"];
        let part = |name: &str| service[name].as_str().unwrap_or_default();
        let place =
            if service.is_null() { "Local".to_owned() } else { format!("{}/{}", part("namespace"), part("name")) };
        let conditions = object["status"]["conditions"].as_array();
        let available = conditions.into_iter().flatten().find(|condition| condition["type"] == "Available");
        let text = |name: &str| available.and_then(|condition| condition[name].as_str()).unwrap_or_default();
        let available = match (text("status"), text("reason")) {
            _ if available.is_none() => "Unknown".to_owned(),
            (status, reason) if status == "True" || reason.is_empty() => status.to_owned(),
            (status, reason) => format!("{status} ({reason})"),
        };
        vec![object["metadata"]["name"].clone(), json!(place), json!(available), table::age(object, now)]
    }
}

fn check_local(spec: Field<'_>) {
    let bundle = spec.get("caBundle");
    let length = bytes(bundle);
    if length > 0 {
        bundle.invalid_as(&json!(format!("{length} bytes")), "local APIServices may not have a caBundle");
    }
    let insecure = spec.get("insecureSkipTLSVerify");
    if insecure.flag() {
        insecure.invalid("local APIServices may not have insecureSkipTLSVerify");
    }
}

fn check_remote(spec: Field<'_>) {
    let service = spec.get("service");
    service.get("namespace").require_text();
    service.get("name").require_text();
    let port = service.get("port");
    if !(1..=65535).contains(&port.int()) {
        port.invalid_number("port is not valid: must be between 1 and 65535, inclusive");
    }
    let insecure = spec.get("insecureSkipTLSVerify");
    if insecure.flag() && bytes(spec.get("caBundle")) > 0 {
        insecure.invalid("may not be true if caBundle is present");
    }
}

/// How many bytes a text in base64 stands for.
fn bytes(field: Field<'_>) -> usize {
    let text = field.text();
    text.len() / 4 * 3 - text.bytes().rev().take_while(|byte| *byte == b'=').count().min(text.len() / 4 * 3)
}
