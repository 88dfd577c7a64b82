//! `ValidatingAdmissionPolicyBinding` and `MutatingAdmissionPolicyBinding`.

use crdgen_schema::metadata::NameRule;
use serde_json::{Value, json};

use super::{UNSET, rule};
use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// What a policy applies to.
#[derive(Debug)]
pub(in crate::strategy) struct Binding {
    pub(in crate::strategy) mutates: bool,
}

impl Strategy for Binding {
    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn unconditional_update(&self) -> bool {
        false
    }

    fn wants_standard_finalizers(&self) -> bool {
        false
    }

    fn repeats_changes(&self) -> bool {
        false
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        let spec = object.get("spec");
        if spec.get("policyName").require_text() {
            spec.get("policyName").dns_subdomain();
        }
        if spec.get("paramRef").is_set() {
            check_params(spec.get("paramRef"));
        }
        let resources = spec.get("matchResources");
        if resources.is_set() {
            rule::check_match(resources);
        }
        if self.mutates {
            rule::check_mutating(resources);
        } else {
            check_actions(spec.get("validationActions"));
        }
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, _old: Field<'_>, _: Subresource) {
        object.plain_metadata(false, NameRule::DnsSubdomain);
        self.validate(resource, object);
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let params = &object["spec"]["paramRef"];
        let part = |name: &str| params[name].as_str().unwrap_or_default();
        let shown = match (part("namespace"), part("name")) {
            (_, "") => UNSET.to_owned(),
            ("", name) => format!("*/{name}"),
            (namespace, name) => format!("{namespace}/{name}"),
        };
        let policy = object["spec"]["policyName"].as_str().unwrap_or_default();
        vec![object["metadata"]["name"].clone(), json!(policy), json!(shown), table::age(object, now)]
    }
}

fn check_params(params: Field<'_>) {
    const EXCLUSIVE: &str = "name and selector are mutually exclusive";
    let (name, selector, missing) = (params.get("name"), params.get("selector"), params.get("parameterNotFoundAction"));
    let has_name = !name.text().is_empty();
    if has_name {
        name.path_segment();
        if selector.is_set() {
            name.forbidden(EXCLUSIVE);
        }
    }
    if selector.is_set() {
        selector.label_selector();
        if has_name {
            selector.forbidden(EXCLUSIVE);
        }
    }
    if !has_name && !selector.is_set() {
        params.required("one of name or selector must be specified");
    }
    if missing.require_text() && !["Deny", "Allow"].contains(&missing.text()) {
        missing.not_supported(&["Deny", "Allow"]);
    }
}

fn check_actions(actions: Field<'_>) {
    let mut seen: Vec<&str> = Vec::new();
    for action in actions.items() {
        action.one_of(&["Audit", "Deny", "Warn"]);
        if seen.contains(&action.text()) {
            action.duplicate();
        }
        seen.push(action.text());
    }
    if seen.contains(&"Deny") && seen.contains(&"Warn") {
        actions.invalid(
            "must not contain both Deny and Warn (repeating the same validation failure information in the API response \
             and headers serves no purpose)",
        );
    }
    if seen.is_empty() {
        actions.required("at least one validation action is required");
    }
}
