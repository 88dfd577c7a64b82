//! Roles and their bindings. Nobody is kept from giving more than they have: every client is an administrator here.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/rbac/validation`, `pkg/registry/rbac`.

use crdgen_schema::metadata::NameRule;
use crdgen_schema::name;
use serde_json::{Value, json};

use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

const GROUP: &str = "rbac.authorization.k8s.io";

/// `rbac.authorization.k8s.io/v1` `Role` and `ClusterRole`
#[derive(Debug)]
pub(super) struct Role;

/// `rbac.authorization.k8s.io/v1` `RoleBinding` and `ClusterRoleBinding`
#[derive(Debug)]
pub(super) struct Binding;

impl Strategy for Role {
    fn name_rule(&self) -> NameRule {
        NameRule::PathSegment
    }

    fn create_on_update(&self) -> bool {
        true
    }

    fn validate(&self, resource: &Resource, object: Field<'_>) {
        check_role(resource.namespaced, object, None);
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        object.metadata(resource.namespaced, NameRule::PathSegment);
        check_role(resource.namespaced, object, Some(old));
    }
}

fn check_role<'a>(namespaced: bool, role: Field<'a>, old: Option<Field<'a>>) {
    role.get("rules").items().for_each(|rule| check_rule(rule, namespaced));
    let aggregation = role.get("aggregationRule");
    let selectors = aggregation.get("clusterRoleSelectors");
    if aggregation.is_set() && selectors.is_empty() {
        selectors.required("at least one clusterRoleSelector required if aggregationRule is non-nil");
    }
    let stored = old.into_iter().flat_map(|old| old.get("aggregationRule").get("clusterRoleSelectors").items());
    let lenient = stored.into_iter().any(Field::has_invalid_selector_value);
    for selector in selectors.items() {
        let before = selector.reported();
        selector.label_selector_with(!lenient);
        if selector.reported() > before {
            // What Go shows is the selector that it could not make.
            selector.invalid_as(&Value::Null, "invalid label selector.");
        }
    }
}

fn check_rule(rule: Field<'_>, namespaced: bool) {
    let urls = rule.get("nonResourceURLs");
    if rule.get("verbs").is_empty() {
        rule.get("verbs").required("verbs must contain at least one value");
    }
    if !urls.is_empty() {
        if namespaced {
            urls.invalid("namespaced rules cannot apply to non-resource URLs");
        }
        if ["apiGroups", "resources", "resourceNames"].iter().any(|name| !rule.get(name).is_empty()) {
            urls.invalid("rules cannot apply to both regular resources and non-resource URLs");
        }
        return;
    }
    if rule.get("apiGroups").is_empty() {
        rule.get("apiGroups").required("resource rules must supply at least one api group");
    }
    if rule.get("resources").is_empty() {
        rule.get("resources").required("resource rules must supply at least one resource");
    }
}

impl Strategy for Binding {
    fn set_defaults(&self, object: &mut Value) {
        if object["roleRef"]["apiGroup"].as_str().unwrap_or_default().is_empty() {
            object["roleRef"]["apiGroup"] = json!(GROUP);
        }
        let subjects = object.get_mut("subjects").and_then(Value::as_array_mut);
        for subject in subjects.into_iter().flatten() {
            let is_person = matches!(subject["kind"].as_str(), Some("User" | "Group"));
            if is_person && subject.get("apiGroup").is_none_or(|group| *group == "") {
                subject["apiGroup"] = json!(GROUP);
            }
        }
    }

    fn name_rule(&self) -> NameRule {
        NameRule::PathSegment
    }

    fn create_on_update(&self) -> bool {
        true
    }

    fn validate(&self, resource: &Resource, object: Field<'_>) {
        let role = object.get("roleRef");
        role.get("apiGroup").one_of(&[GROUP]);
        let kinds: &[&str] = if resource.namespaced { &["Role", "ClusterRole"] } else { &["ClusterRole"] };
        role.get("kind").one_of(kinds);
        if role.get("name").require_text() {
            role.get("name").path_segment();
        }
        object.get("subjects").items().for_each(|subject| check_subject(subject, resource.namespaced));
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        object.metadata(resource.namespaced, NameRule::PathSegment);
        self.validate(resource, object);
        let role = object.get("roleRef");
        if !role.equals(old.get("roleRef")) {
            role.invalid("cannot change roleRef");
        }
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let role = &object["roleRef"];
        let subjects = |kind: &str| {
            let all = object["subjects"].as_array().into_iter().flatten().filter(|subject| subject["kind"] == kind);
            let names = all.map(|subject| {
                let name = text(&subject["name"]);
                if kind == "ServiceAccount" { format!("{}/{name}", text(&subject["namespace"])) } else { name }
            });
            json!(names.collect::<Vec<_>>().join(", "))
        };
        vec![
            object["metadata"]["name"].clone(),
            json!(format!("{}/{}", text(&role["kind"]), text(&role["name"]))),
            table::age(object, now),
            subjects("User"),
            subjects("Group"),
            subjects("ServiceAccount"),
        ]
    }
}

fn check_subject(subject: Field<'_>, namespaced: bool) {
    let (own_name, group) = (subject.get("name"), subject.get("apiGroup"));
    own_name.require_text();
    match subject.get("kind").text() {
        "ServiceAccount" => {
            if !own_name.text().is_empty() {
                own_name.invalid_for(name::dns_subdomain(own_name.text()));
            }
            if !group.text().is_empty() {
                group.not_supported(&[""]);
            }
            if !namespaced && subject.get("namespace").text().is_empty() {
                subject.get("namespace").required("");
            }
        }
        "User" | "Group" => {
            group.one_of(&[GROUP]);
        }
        _ => subject.get("kind").not_supported(&["ServiceAccount", "User", "Group"]),
    }
}
