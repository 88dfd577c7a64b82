//! `networking.k8s.io/v1` `IngressClass`: who cares for an ingress.

use crdgen_schema::metadata::NameRule;
use serde_json::{Value, json};

use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// `networking.k8s.io/v1/IngressClass`
#[derive(Debug)]
pub(in crate::strategy) struct IngressClass;

/// The annotation of the class of ingresses that name none.
pub(crate) const DEFAULT_CLASS: &str = "ingressclass.kubernetes.io/is-default-class";

const LONGEST_CONTROLLER: i64 = 250;

impl Strategy for IngressClass {
    fn set_defaults(&self, object: &mut Value) {
        let parameters = object.pointer_mut("/spec/parameters").filter(|parameters| parameters.is_object());
        if let Some(parameters) = parameters.filter(|parameters| parameters["scope"].is_null()) {
            parameters["scope"] = json!("Cluster");
        }
    }

    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        let controller = object.get("spec").get("controller");
        if controller.text().len() > 250 {
            controller.too_long(LONGEST_CONTROLLER);
        }
        check_controller(controller);
        let parameters = object.get("spec").get("parameters");
        if parameters.is_set() {
            check_parameters(parameters);
        }
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        let controller = |object: Field<'_>| object.get("spec").get("controller").text().to_owned();
        if controller(object) != controller(old) {
            object.get("spec").get("controller").invalid("field is immutable");
        }
        object.metadata(false, NameRule::DnsSubdomain);
        self.validate(resource, object);
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut name = text(&object["metadata"]["name"]);
        if object["metadata"]["annotations"][DEFAULT_CLASS] == "true" {
            name.push_str(" (default)");
        }
        let parameters = &object["spec"]["parameters"];
        let shown = match (parameters.is_null(), parameters["apiGroup"].as_str()) {
            (true, _) => "<none>".to_owned(),
            (false, Some(group)) => format!("{}.{group}/{}", text(&parameters["kind"]), text(&parameters["name"])),
            (false, None) => format!("{}/{}", text(&parameters["kind"]), text(&parameters["name"])),
        };
        vec![json!(name), json!(text(&object["spec"]["controller"])), json!(shown), table::age(object, now)]
    }
}

/// The text must be a domain with a path (`IsDomainPrefixedPath`).
fn check_controller(controller: Field<'_>) {
    const PATH_RULE: &str = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";
    if !controller.require_text() {
        return;
    }
    match controller.text().split_once('/') {
        Some((host, path)) if !host.is_empty() && !path.is_empty() => {
            controller.invalid_text_for(host, crdgen_schema::name::dns_subdomain(host));
            if !path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte)) {
                controller.invalid_as(&path.into(), PATH_RULE);
            }
        }
        _ => controller.invalid("must be a domain-prefixed path (such as \"acme.io/foo\")"),
    }
}

/// A reference to an object of some kind.
pub(super) fn check_reference(reference: Field<'_>) {
    if reference.get("apiGroup").is_set() {
        reference.get("apiGroup").dns_subdomain();
    }
    for part in ["kind", "name"] {
        if reference.get(part).require_text() {
            reference.get(part).path_segment();
        }
    }
}

fn check_parameters(parameters: Field<'_>) {
    check_reference(parameters);
    let (scope, namespace) = (parameters.get("scope"), parameters.get("namespace"));
    match (scope.text(), namespace.is_set()) {
        ("Namespace", false) => namespace.required("`parameters.scope` is set to 'Namespace'"),
        ("Namespace", true) => namespace.dns_label(),
        ("Cluster", true) => namespace.forbidden("`parameters.scope` is set to 'Cluster'"),
        ("Cluster", false) => {}
        _ if !scope.is_set() => scope.required(""),
        _ => scope.not_supported(&["Cluster", "Namespace"]),
    }
}
